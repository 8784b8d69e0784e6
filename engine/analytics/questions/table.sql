create or replace temp view {name} as select * from read_parquet([{files}])
