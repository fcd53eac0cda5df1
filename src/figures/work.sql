-- What else was done from $2 until $3, in the days of the zone $4: patients registered, prescriptions signed, the ten
-- diagnoses that were written most, the ten tests that were ordered most and how many of them have a result. A
-- draft may be revised for a week after it was begun.
select 'patients' as "kind!", (p.created_at at time zone $4)::date as day, null as name, count(*) as "count!", 0 as "done!"
from polyclinic.patients p
where p.clinic_id = $1
  and p.created_at >= $2
  and p.created_at < $3
  and p.status <> 'archived'
group by 2
union all
select 'prescriptions', null, null, count(*), 0
from polyclinic.prescriptions r
where r.clinic_id = $1
  and r.created_at >= $2
  and r.created_at < $3
  and r.status = 'signed'
union all
(select 'diagnoses', null, min(n.diagnosis), count(*), 0
 from polyclinic.notes n
 where n.clinic_id = $1
   and n.created_at >= $2
   and n.created_at < $3
   and n.diagnosis is not null
 group by lower(n.diagnosis)
 order by count(*) desc, lower(n.diagnosis)
 limit 10)
union all
(select 'tests', null, min(t.name), count(*), count(*) filter (where o.status in ('resulted', 'verified'))
 from polyclinic.prescription_tests t
 join polyclinic.prescriptions s on s.clinic_id = $1 and s.prescription_id = t.prescription_id
                                and s.revision = t.revision
 join polyclinic.ordered_tests o on o.clinic_id = $1 and o.ordered_test_id = t.ordered_test_id
 where t.clinic_id = $1
   and t.created_at >= $2
   and t.created_at < $3::timestamptz + interval '7 days'
   and s.created_at >= $2
   and s.created_at < $3
   and s.status = 'signed'
 group by lower(t.name)
 order by count(*) desc, lower(t.name)
 limit 10)
limit 1000
