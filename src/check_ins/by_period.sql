-- Check-ins of a range of days, counted by day, month or year of the clinic.
select date_trunc($7, v.visit_day::timestamp)::date as "first_day!",
       count(*) as "check_ins!",
       count(*) filter (where v.status = 'completed') as "completed!",
       count(*) filter (where v.status = 'cancelled') as "cancelled!",
       count(*) filter (where v.status = 'no_show') as "no_show!",
       count(*) filter (where v.status in ('waiting', 'in_consultation')) as "open!",
       count(*) filter (where v.visit_type = 'emergency') as "emergencies!",
       count(v.started_at) as "called!",
       round(avg(extract(epoch from v.started_at - v.arrived_at)) / 60)::bigint as waited_minutes
from polyclinic.visits v
where v.clinic_id = $1
  and v.visit_day >= $2
  and v.visit_day <= $3
  and ($4::uuid is null or v.practitioner_id = $4)
  and ($5::text is null or v.status = $5)
  and ($6::text is null or v.visit_type = $6)
group by 1
order by 1 desc
limit 500
