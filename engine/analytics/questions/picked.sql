-- The sessions that a filter picks, whenever they were; with their names, their standing turns and how they ended.
create or replace temp table picked as
select s.*, r.number as release_number, r.character_name, r.world_id, r.world_name, r.genre, t.title, t.position,
       coalesce(n.turns, 0) as turns,
       coalesce(s.ended_kind in ('positive', 'neutral', 'negative', 'surprise'), false) as completed,
       cast(s.started_at at time zone $zone as date) as started_on,
       cast(s.ended_at at time zone $zone as date) as ended_on
from sessions s
left join releases r using (release_id)
left join templates t on t.release_id = s.release_id and t.template_id = s.template_id
left join (select session_id, count(*) as turns from turns where standing group by session_id) n using (session_id)
where s.audience in (select unnest($audiences::varchar[]))
  and ($world::varchar is null or r.world_id = $world)
  and ($character::varchar is null or s.character_id = $character)
  and ($episode::varchar is null or s.template_id = $episode)
  and ($genre::varchar is null or r.genre = $genre)
  and ($release::varchar is null or s.release_id = $release)
