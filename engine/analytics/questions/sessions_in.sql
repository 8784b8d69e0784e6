select distinct session_id from read_parquet($file) where session_id is not null
