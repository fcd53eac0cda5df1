-- What else was done from $2 until $3, in the days of the zone $4: patients registered, prescriptions signed, the ten
-- diagnoses and the ten tests that were written most. A draft may be revised for a week after it was begun.
select 'patients' as "kind!", (p.created_at at time zone $4)::date as day, null as name, count(*) as "count!"
from polyclinic.patients p
where p.clinic_id = $1
  and p.created_at >= $2
  and p.created_at < $3
  and p.status <> 'archived'
group by 2
union all
select 'prescriptions', null, null, count(*)
from polyclinic.prescriptions r
where r.clinic_id = $1
  and r.created_at >= $2
  and r.created_at < $3
  and r.status = 'signed'
union all
(select 'diagnoses', null, min(n.diagnosis), count(*)
 from polyclinic.notes n
 where n.clinic_id = $1
   and n.created_at >= $2
   and n.created_at < $3
   and n.diagnosis is not null
 group by lower(n.diagnosis)
 order by count(*) desc, lower(n.diagnosis)
 limit 10)
union all
(select 'tests', null, min(t.name), count(*)
 from polyclinic.prescription_tests t
 join polyclinic.prescriptions s on s.clinic_id = $1 and s.prescription_id = t.prescription_id
                                and s.revision = t.revision
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
