with calendar as (select cast(unnest(generate_series($since::date, $until::date, interval 1 day)) as date) as day),
lines as (select cast(e.occurred_at at time zone $zone as date) as day, count(distinct p.user_id) as active
          from events e join picked p using (session_id) where e.name = 'line_sent' group by 1),
played as (select cast(t.occurred_at at time zone $zone as date) as day, count(*) as turns
           from turns t join picked p using (session_id) where t.standing group by 1),
begun as (select started_on as day, count(*) as sessions from picked where not is_fork group by 1),
done as (select ended_on as day, count(*) as completed from picked where completed and not is_fork group by 1)
select day, coalesce(active, 0) as active, coalesce(sessions, 0) as sessions, coalesce(turns, 0) as turns,
       coalesce(completed, 0) as completed
from calendar left join lines using (day) left join played using (day) left join begun using (day)
left join done using (day) order by day
