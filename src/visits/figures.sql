-- Today's visits by where they stand; "late" are those who have waited since before $3.
select count(*) filter (where v.status = 'waiting') as "waiting!",
       count(*) filter (where v.status = 'in_consultation') as "in_consultation!",
       count(*) filter (where v.status = 'completed') as "completed!",
       count(*) filter (where v.status = 'waiting' and v.arrived_at < $3) as "late!"
from polyclinic.visits v
where v.clinic_id = $1
  and v.visit_day = $2
