select distinct 'world' as dimension, world_id as key, world_name as label from picked where world_id is not null
union all select distinct 'character', character_id, character_name from picked where character_name is not null
union all select 'episode', template_id, max_by(concat(character_name, ': ', title), started_at) from picked
  where title is not null group by template_id
union all select distinct 'genre', genre, genre from picked where genre is not null
union all select distinct 'release', release_id, concat(character_name, ' · ', coalesce(cast(release_number as varchar), '?'))
  from picked where character_name is not null
order by 1, 3, 2
