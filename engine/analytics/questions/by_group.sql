with begun as (
  select *, case $dimension when 'world' then world_id when 'character' then character_id when 'episode' then template_id
              when 'genre' then genre else release_id end as key,
            case $dimension when 'world' then world_name when 'character' then character_name when 'episode' then title
              when 'genre' then genre
              else concat(character_name, ' · ', coalesce(cast(release_number as varchar), '?')) end as label
  from picked where not is_fork and started_on between $since and $until)
select coalesce(key, '') as key, coalesce(max_by(label, started_at), '') as label, count(*) as sessions,
       count(distinct user_id) as players, cast(sum(turns) as bigint) as turns, median(turns) as turns_per_session,
       count(*) filter (where completed) as completed
from begun group by 1 order by sessions desc, label, key
