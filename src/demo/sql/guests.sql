-- Who may come today: people who were here before and do not stand in the queue, the same all day.
select p.patient_id, coalesce(v.purpose, '') as "purpose!"
from polyclinic.patients p
left join lateral (
  select v.purpose
  from polyclinic.visits v
  where v.clinic_id = $1 and v.patient_id = p.patient_id
  order by v.arrived_at desc
  limit 1) v on true
where p.clinic_id = $1
  and p.status not in ('archived', 'deceased')
  and p.given_name !~ '^Patient '
order by (v.purpose is null), md5(p.patient_id::text || $2::date::text)
limit $3
