-- Results of what was ordered before today ($2): every number near its limits, pictures and smears in words. Of
-- yesterday's tests the last three are still to do, for one of them the sample is taken.
with who as (
  select (select u.user_id from polyclinic.users u where u.clinic_id = $1 and u.role = 'lab_tech' order by u.user_id limit 1) as lab,
         (select u.user_id from polyclinic.users u where u.clinic_id = $1 and u.role = 'doctor' order by u.user_id limit 1) as doctor
), last as (
  select t.ordered_test_id, row_number() over (order by t.ordered_at desc, t.ordered_test_id) as n
  from polyclinic.ordered_tests t
  where t.clinic_id = $1
    and t.status = 'waiting'
    and t.ordered_at >= $2::date - 1
    and t.ordered_at < $2::date
), due as (
  select t.ordered_test_id, t.patient_id, t.kind, t.test_id, p.sex, t.ordered_at + interval '3 hours' as at,
         t.ordered_at < $2::date - 1 as verified
  from polyclinic.ordered_tests t
  join polyclinic.patients p on p.clinic_id = t.clinic_id and p.patient_id = t.patient_id
  where t.clinic_id = $1
    and t.status = 'waiting'
    and t.ordered_at < $2::date
    and not exists (select from last l where l.ordered_test_id = t.ordered_test_id and l.n <= 3)
), sampled as (
  update polyclinic.ordered_tests t
  set status = 'sampled', sampled_at = t.ordered_at + interval '1 hour'
  from last l
  where t.clinic_id = $1
    and t.ordered_test_id = l.ordered_test_id
    and l.n = 3
), line as (
  select d.*, m.line, m.position,
         round((coalesce((m.line ->> 'low')::numeric, (m.line ->> 'high')::numeric * 0.5)
                + (coalesce((m.line ->> 'high')::numeric, (m.line ->> 'low')::numeric * 2) - coalesce((m.line ->> 'low')::numeric, (m.line ->> 'high')::numeric * 0.5))
                * ((abs(hashtext(d.ordered_test_id::text || m.position)) % 140)::numeric / 100 - 0.15)), 1)::float8 as value
  from due d
  join polyclinic.test_measures c on c.clinic_id = $1 and c.test_id = d.test_id
  cross join lateral (
    select e.line, row_number() over (order by e.n)::int as position
    from jsonb_array_elements(c.measures) with ordinality e (line, n)
    where coalesce(e.line ->> 'sex', d.sex) = d.sex) m
), flagged as (
  select l.*,
         case when l.value < (l.line ->> 'critical_low')::float8 or l.value > (l.line ->> 'critical_high')::float8 then 'critical'
              when l.value < (l.line ->> 'low')::float8 then 'low'
              when l.value > (l.line ->> 'high')::float8 then 'high' else 'normal' end as flag
  from line l
), result as (
  insert into polyclinic.test_results
    (clinic_id, ordered_test_id, revision, patient_id, finding, flag, entered_by, entered_at, verified_by, verified_at)
  select $1, d.ordered_test_id, 1, d.patient_id,
         case when exists (select from flagged f where f.ordered_test_id = d.ordered_test_id) then null
              when d.kind in ('xray', 'ultrasound', 'ecg') then 'Nothing unusual to be seen.' else 'Not found.' end,
         (select f.flag from flagged f where f.ordered_test_id = d.ordered_test_id
          order by array_position(array['critical', 'high', 'low', 'normal'], f.flag) limit 1),
         who.lab, d.at, case when d.verified then who.doctor end, case when d.verified then d.at + interval '1 hour' end
  from due d
  cross join who
), figures as (
  insert into polyclinic.result_values
    (clinic_id, ordered_test_id, revision, position, patient_id, name, value, unit, low, high, critical_low, critical_high, flag)
  select $1, f.ordered_test_id, 1, f.position, f.patient_id, f.line ->> 'name', f.value, f.line ->> 'unit',
         (f.line ->> 'low')::float8, (f.line ->> 'high')::float8, (f.line ->> 'critical_low')::float8,
         (f.line ->> 'critical_high')::float8, f.flag
  from flagged f
)
update polyclinic.ordered_tests t
set status = case when d.verified then 'verified' else 'resulted' end, revision = 1, resulted_at = d.at,
    sampled_at = d.at - interval '2 hours'
from due d
where t.clinic_id = $1
  and t.ordered_test_id = d.ordered_test_id
