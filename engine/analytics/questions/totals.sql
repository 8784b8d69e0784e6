-- Active: who sent a line, whether it still stands. Turns: standing ones. Sessions: those begun, but no forks.
with begun as (select turns, completed from picked where not is_fork and started_on between $since and $until)
select (select count(distinct p.user_id) from events e join picked p using (session_id) where e.name = 'line_sent'
          and cast(e.occurred_at at time zone $zone as date) between $since and $until) as active,
       (select count(*) from begun) as sessions,
       (select count(*) from turns t join picked p using (session_id) where t.standing
          and cast(t.occurred_at at time zone $zone as date) between $since and $until) as turns,
       (select median(turns) from begun) as turns_per_session,
       (select count(*) from begun where completed) as completed
