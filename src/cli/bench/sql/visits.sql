-- Two visits a patient: eleven of every tenth, one of the others. Readings and notes in the clinics whose charts
-- are read, and a full queue of today in those whose queues are.
set session_replication_role = replica;

insert into polyclinic.visits
  (clinic_id, visit_id, patient_id, visit_day, token, purpose, status, arrived_at, started_at, ended_at, created_at, updated_at)
select c.clinic_id, ('01910000-0000-7000-8000-' || lpad(to_hex(n * 16 + k), 12, '0'))::uuid,
       ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       current_date - 2 - s.seq / a.day, s.seq % a.day + 1, 'Follow-up', 'completed', t.at, t.at + interval '10 min',
       t.at + interval '18 min', t.at, t.at
from bench.clinics c
cross join lateral (select greatest(20, c.patients / 500) as day) a
cross join lateral generate_series(1, c.patients) n
cross join lateral generate_series(1, case when n % 10 = 0 then 11 else 1 end) k
cross join lateral (select case k when 1 then n else c.patients + (k - 2) * (c.patients / 10) + n / 10 end as seq) s
cross join lateral (select now() - make_interval(days => 2 + s.seq / a.day, mins => s.seq % a.day) as at) t;

insert into polyclinic.vitals
  (clinic_id, vitals_id, patient_id, visit_id, systolic_mmhg, diastolic_mmhg, pulse_bpm, weight_kg, measured_by, measured_at)
select v.clinic_id, v.visit_id, v.patient_id, v.visit_id, 110 + v.token % 50, 70 + v.token % 20, 64 + v.token % 30, 62,
       p.id, v.arrived_at
from polyclinic.visits v
join bench.people p on p.clinic_id = v.clinic_id and p.consults
where v.clinic_id in (4001, 4101, 4102, 4103, 4104, 4105, 4106, 4107, 4108, 4109, 4110);

insert into polyclinic.notes
  (clinic_id, note_id, patient_id, visit_id, practitioner_id, complaint, findings, diagnosis, diagnosis_code, plan, created_at, updated_at)
select v.clinic_id, v.visit_id, v.patient_id, v.visit_id, p.id, 'Came for the blood pressure.', 'Heart sounds normal.',
       'Essential hypertension', 'I10', 'Go on as before.', v.ended_at, v.ended_at
from polyclinic.visits v
join bench.people p on p.clinic_id = v.clinic_id and p.consults
where v.clinic_id in (4001, 4101, 4102, 4103, 4104, 4105, 4106, 4107, 4108, 4109, 4110);

insert into polyclinic.visits
  (clinic_id, visit_id, patient_id, practitioner_id, visit_day, token, purpose, status, arrived_at, started_at, ended_at)
select c.clinic_id, ('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, p.id, (now() at time zone 'Asia/Kolkata')::date, n,
       'Fever and cough', case when n <= 12 then 'completed' when n <= 15 then 'in_consultation' else 'waiting' end,
       now(), case when n <= 15 then now() end, case when n <= 12 then now() end
from bench.clinics c
join bench.people p on p.clinic_id = c.clinic_id and p.consults
cross join generate_series(1, 40) n
where c.number = 2 or c.number between 101 and 110;

insert into polyclinic.counters (clinic_id, kind, period, value)
select v.clinic_id, 'token', v.visit_day::text, max(v.token)
from polyclinic.visits v
where v.status = 'waiting'
group by 1, 3;

vacuum analyze polyclinic.visits;
vacuum analyze polyclinic.vitals;
vacuum analyze polyclinic.notes;

-- A signed prescription of the big clinic, for its sheet.
insert into polyclinic.prescriptions
  (clinic_id, prescription_id, patient_id, practitioner_id, number, status, diagnosis, advice, signed_at, created_at)
select p.clinic_id, '01930000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-00000000000a', p.id, 'RX-1-0001', 'signed',
       'Essential hypertension', 'Less salt, a walk every day.', now(), now()
from bench.people p
where p.consults and p.clinic_id = 4001;

insert into polyclinic.prescription_lines
  (clinic_id, line_id, prescription_id, patient_id, revision, position, medicine, form, strength, dose, schedule, days, quantity)
select r.clinic_id, ('01940000-0000-7000-8000-' || lpad(to_hex(l.position), 12, '0'))::uuid, r.prescription_id, r.patient_id, r.revision,
       l.position, l.medicine, 'tablet', l.strength, '1', l.schedule, l.days, l.quantity
from polyclinic.prescriptions r
cross join (values (1, 'amlodipine', '5 mg', '1-0-0', 30, 30), (2, 'telmisartan', '40 mg', '0-0-1', 30, 30),
                   (3, 'atorvastatin', '10 mg', '0-0-1', 30, 30), (4, 'paracetamol', '500 mg', '1-1-1', 3, 9),
                   (5, 'pantoprazole', '40 mg', '1-0-0', 10, 10)) as l (position, medicine, strength, schedule, days, quantity);
