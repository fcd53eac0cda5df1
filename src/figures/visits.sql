-- Visits of these days ($2), by day and by doctor in one pass. Nobody was seen in a visit that was cancelled, and
-- nobody came to one that was missed: both are counted apart.
select c.visit_day as "visit_day?", c.practitioner_id as "practitioner_id: PractitionerId", d.name as "name?",
       c.of_doctor as "of_doctor!", c.visits as "visits!", c.lost as "lost!"
from (
  select v.visit_day, v.practitioner_id, grouping(v.visit_day) = 1 as of_doctor,
         count(*) filter (where v.status not in ('cancelled', 'no_show')) as visits,
         count(*) filter (where v.status in ('cancelled', 'no_show')) as lost
  from polyclinic.visits v
  where v.clinic_id = $1
    and v.visit_day = any ($2)
  group by grouping sets ((v.visit_day), (v.practitioner_id))
) c
left join polyclinic.practitioners d on d.clinic_id = $1 and d.practitioner_id = c.practitioner_id
order by c.of_doctor, c.visit_day, c.visits desc, d.name
limit 1000
