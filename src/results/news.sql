-- Which of these patients ($2), each here since a time ($3), got a result since then, or after $4 a critical one.
select here.patient_id as "patient_id!: PatientId", bool_or(found.critical) as "critical!"
from unnest($2::uuid[], $3::timestamptz[]) as here (patient_id, since)
cross join lateral (
  select coalesce(r.flag = 'critical', false) as critical
  from polyclinic.ordered_tests t
  join polyclinic.test_results r
    on r.clinic_id = $1 and r.ordered_test_id = t.ordered_test_id and r.revision = t.revision
  where t.clinic_id = $1
    and t.patient_id = here.patient_id
    and t.revision > 0
    and t.resulted_at >= $4
    and (t.resulted_at >= here.since or r.flag = 'critical')
  order by t.resulted_at desc, t.ordered_test_id desc
  limit 20) found
group by here.patient_id
