-- A demo a hundred times over, in every clinic: 50,000 patients, 100,000 visits with vitals and notes. As the
-- superuser and without triggers: what is measured later reads and writes through all of them.
set session_replication_role = replica;

insert into polyclinic.patients
  (clinic_id, patient_id, number, given_name, family_name, birth_date, sex, phone, city, allergy_status, created_at, updated_at)
select d.clinic_id, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       format('PT-%s-2020-%s', d.clinic_number, lpad(n::text, 5, '0')),
       (array['Asha', 'Ravi', 'Meera', 'Anil', 'Sunita', 'Ganesh', 'Lakshmi', 'Imran', 'Gurpreet', 'Maria', 'Kavita', 'Suresh'])[1 + n % 12] || ' ' || chr(65 + n % 26),
       (array['Patil', 'Kulkarni', 'Rao', 'Khan', 'Sharma', 'Nair', 'Das', 'Singh', 'Fernandes', 'Shah', 'Joshi', 'More', 'Reddy'])[1 + n % 13],
       date '1940-01-01' + n * 7 % 30000, case n % 2 when 0 then 'female' else 'male' end,
       '9' || lpad((n * 7919::bigint % 1000000000)::text, 9, '0'), 'Pune', 'none',
       now() - make_interval(mins => 60000 - n), now() - make_interval(mins => 60000 - n)
from platform.directory d
cross join generate_series(1, 50000) n;

insert into polyclinic.patient_search (clinic_id, token, patient_id)
select distinct p.clinic_id, t.token, p.patient_id
from polyclinic.patients p
cross join lateral (
  select regexp_split_to_table(lower(concat_ws(' ', p.given_name, p.family_name)), ' ') as token
  union all
  select unnest(array[lower(p.number), p.phone_digits])) t;

insert into polyclinic.visits
  (clinic_id, visit_id, patient_id, visit_day, token, purpose, status, arrived_at, started_at, ended_at, created_at, updated_at)
select d.clinic_id, ('01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('01900000-0000-7000-8000-' || lpad(to_hex(1 + n * 7919::bigint % 50000), 12, '0'))::uuid,
       current_date - 2 - n / 400, n % 400 + 1, 'Follow-up', 'completed', t.at, t.at + interval '10 min', t.at + interval '18 min', t.at, t.at
from platform.directory d
cross join generate_series(1, 100000) n
cross join lateral (select now() - make_interval(days => 2 + n / 400, mins => n % 400) as at) t;

insert into polyclinic.vitals
  (clinic_id, vitals_id, patient_id, visit_id, systolic_mmhg, diastolic_mmhg, pulse_bpm, weight_kg, measured_by, measured_at)
select v.clinic_id, gen_random_uuid(), v.patient_id, v.visit_id, 110 + v.token % 50, 70 + v.token % 20, 64 + v.token % 30, 62,
       gen_random_uuid(), v.arrived_at
from polyclinic.visits v;

insert into polyclinic.notes
  (clinic_id, note_id, patient_id, visit_id, practitioner_id, complaint, findings, diagnosis, diagnosis_code, plan, created_at, updated_at)
select v.clinic_id, gen_random_uuid(), v.patient_id, v.visit_id, p.practitioner_id, 'Came for the blood pressure.', 'Heart sounds normal.',
       'Essential hypertension', 'I10', 'Go on as before.', v.ended_at, v.ended_at
from polyclinic.visits v
join polyclinic.practitioners p on p.clinic_id = v.clinic_id;

reset session_replication_role;
vacuum analyze polyclinic.patients;
vacuum analyze polyclinic.patient_search;
vacuum analyze polyclinic.visits;
vacuum analyze polyclinic.vitals;
vacuum analyze polyclinic.notes;
