select * from read_parquet($old) where session_id not in (select unnest($touched::varchar[]))
union all
select * from read_parquet($new)
order by session_id, occurred_at
