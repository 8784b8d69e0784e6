-- The sessions behind a figure: begun in the range; of one day, also those in which a line was sent on it.
select p.session_id as id, coalesce(w.name, '') as player, coalesce(p.character_name, '') as character,
       coalesce(p.title, '') as episode, p.release_number as release, p.started_at, p.turns, p.ended_kind as ending,
       p.audience, count(*) over () as whole
from picked p left join people w using (user_id)
where case when $day::date is null then not p.is_fork and p.started_on between $since and $until
           else p.started_on = $day or exists (select 1 from events e where e.session_id = p.session_id
                  and e.name = 'line_sent' and cast(e.occurred_at at time zone $zone as date) = $day) end
order by p.started_at desc, p.session_id limit $limit offset $offset
