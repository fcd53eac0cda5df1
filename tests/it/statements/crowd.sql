-- Rows enough that a plan shows what it is worth: north with 20,000 patients among 500 clinics of 40, so that neither
-- "a clinic is small" nor "a clinic is the table" holds. No chance, no triggers, no foreign keys: the same rows every
-- time. Row n of a table belongs to row n of the others, or to patient n / 5.
set session_replication_role = replica;

insert into platform.directory (slug, name)
select format('crowd-%s', n), format('Crowd %s', n)
from generate_series(1, 500) n;

insert into polyclinic.clinics (clinic_id, name, address, email)
select d.clinic_id, d.name, 'Station Road, beside the old post office', 'desk@crowd.example'
from platform.directory d
where d.slug like 'crowd-%';

create function pg_temp.id(clinic bigint, n bigint) returns uuid
  language sql immutable
as $$ select (lpad(to_hex(clinic), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;

create temp table crowd as
select d.clinic_id, n, pg_temp.id(d.clinic_id, n) as id, pg_temp.id(d.clinic_id, n / 5) as patient_id,
       pg_temp.id(d.clinic_id, n % 30) as practitioner_id, format('name%s', n * 7919 % 20011) as name,
       sha256(format('%s %s', d.clinic_id, n)::bytea) as hash,
       date_trunc('day', now()) + interval '1 day' - n * interval '400000 min' / size - interval '1 min' as at
from platform.directory d
cross join lateral (select case d.slug when 'north' then 20000 else 40 end) s (size)
cross join generate_series(0, size - 1) n;

insert into polyclinic.users (clinic_id, user_id, account_id, identifier, name, role, patient_id)
select clinic_id, id, id, name, name, case when n < 2 then 'admin' when n < 30 then 'doctor' else 'patient' end, case when n >= 30 then id end
from crowd
where n < 3000;

insert into polyclinic.practitioners (clinic_id, practitioner_id, user_id, name, licence_number)
select clinic_id, id, id, name, name
from crowd
where n < 30;

insert into polyclinic.sessions (clinic_id, session_id, user_id, kind, secret_sha256, idle_seconds, secret_until, expires_at, created_at)
select clinic_id, id, patient_id, 'browser', hash, 3600, at, at + interval '1 day', at
from crowd;

insert into polyclinic.refresh_tokens (clinic_id, token_sha256, session_id, expires_at)
select clinic_id, hash, id, at
from crowd;

insert into polyclinic.idempotency_keys (clinic_id, user_id, key, fingerprint, created_at)
select clinic_id, practitioner_id, id::text, hash, at
from crowd;

insert into polyclinic.patients (clinic_id, patient_id, number, external_id, given_name, family_name, birth_date, sex, phone, status, created_at)
select clinic_id, id, format('P-%s', n), n, 'Asha', name, date '1940-01-01' + n, 'female', 9000000000 + n,
       case when n % 50 = 0 then 'archived' else 'registered' end, at
from crowd;

insert into polyclinic.patient_search (clinic_id, token, patient_id)
select clinic_id, token, id
from crowd
cross join lateral unnest(array['asha', name, format('p-%s', n), (9000000000 + n)::text]) token;

insert into polyclinic.risk_profiles (clinic_id, patient_id, age_years, hypertension, heart_disease, stroke)
select clinic_id, id, n % 90, n % 10 = 0, n % 20 = 0, n % 20 = 1
from crowd;

insert into polyclinic.visits (clinic_id, visit_id, patient_id, practitioner_id, visit_day, token, purpose, status, arrived_at)
select clinic_id, id, patient_id, practitioner_id, at::date, 1 + n, 'Fever',
       case when n % 5 > 0 or n > 100 then 'completed' else 'waiting' end, at
from crowd;

insert into polyclinic.visit_moves (clinic_id, move_id, visit_id, patient_id, to_status, moved_by, moved_at)
select clinic_id, id, id, patient_id, 'waiting', practitioner_id, at
from crowd;

insert into polyclinic.vitals (clinic_id, vitals_id, patient_id, visit_id, pulse_bpm, measured_by, measured_at)
select clinic_id, id, patient_id, id, 80, practitioner_id, at
from crowd;

insert into polyclinic.notes (clinic_id, note_id, patient_id, visit_id, practitioner_id, findings, created_at)
select clinic_id, id, patient_id, id, practitioner_id, 'Nothing new.', at
from crowd;

insert into polyclinic.note_drafts (clinic_id, note_draft_id, visit_id, patient_id, user_id, typed)
select clinic_id, id, id, patient_id, practitioner_id, '{"complaint": "Cough"}'
from crowd
where n < 2000;

insert into polyclinic.unsaved_prescriptions (clinic_id, unsaved_id, about_id, patient_id, user_id, typed)
select clinic_id, id, id, patient_id, practitioner_id, '{"advice": "Rest"}'
from crowd
where n < 2000;

insert into polyclinic.admission_recommendations (clinic_id, recommendation_id, patient_id, visit_id, practitioner_id, reason, urgency, status, closed_at, closed_reason, created_at)
select clinic_id, id, id, id, practitioner_id, 'Pneumonia', 'urgent', case when n % 40 = 0 then 'open' else 'withdrawn' end,
       case when n % 40 > 0 then at end, case when n % 40 > 0 then 'Better' end, at
from crowd
where n < 2000;

insert into polyclinic.medicines (clinic_id, medicine_id, name, form)
select clinic_id, id, name, 'tablet'
from crowd
where n < 2000;

insert into polyclinic.tests (clinic_id, test_id, name, kind)
select clinic_id, id, name, 'blood'
from crowd
where n < 2000;

insert into polyclinic.medicine_search (clinic_id, token, medicine_id)
select clinic_id, token, id
from crowd
cross join lateral unnest(array[name, 'tablet']) token
where n < 2000;

insert into polyclinic.test_search (clinic_id, token, test_id)
select clinic_id, token, id
from crowd
cross join lateral unnest(array[name, 'blood', 'serum']) token
where n < 2000;

insert into polyclinic.prescriptions
  (clinic_id, prescription_id, patient_id, visit_id, practitioner_id, number, status, signed_at, replaces_id, created_at)
select clinic_id, id, patient_id, id, practitioner_id, case when n % 50 > 0 then format('RX-%s', n) end,
       case when n % 50 > 0 then 'signed' else 'draft' end, case when n % 50 > 0 then at end,
       case when n % 50 = 1 then pg_temp.id(clinic_id, n + 1) end, at
from crowd;

insert into polyclinic.prescription_lines
  (clinic_id, line_id, prescription_id, patient_id, revision, position, medicine_id, medicine, form, schedule, days, quantity)
select clinic_id, pg_temp.id(clinic_id, 2 * n + second), id, patient_id, 1, 1 + second, pg_temp.id(clinic_id, n % 2000), 'paracetamol', 'tablet', '1-0-1', 5, 10
from crowd
cross join generate_series(0, 1) second;

insert into polyclinic.prescription_tests (clinic_id, ordered_test_id, prescription_id, patient_id, revision, position, test_id, name, kind)
select clinic_id, id, id, patient_id, 1, 1, pg_temp.id(clinic_id, n % 2000), 'haemoglobin', 'blood'
from crowd;

insert into polyclinic.prescription_templates (clinic_id, template_id, practitioner_id, name, shared)
select clinic_id, id, practitioner_id, name, n % 20 = 0
from crowd
where n < 2000;

insert into polyclinic.template_lines (clinic_id, template_line_id, template_id, revision, position, medicine_id, medicine, form, schedule, days)
select clinic_id, id, id, 1, 1, id, 'paracetamol', 'tablet', '1-0-1', 5
from crowd
where n < 2000;

insert into polyclinic.template_tests (clinic_id, template_test_id, template_id, revision, position, test_id, name, kind)
select clinic_id, id, id, 1, 1, id, 'haemoglobin', 'blood'
from crowd
where n < 2000;
insert into polyclinic.test_measures (clinic_id, test_id, measures)
select clinic_id, id, '[]'
from crowd
where n < 2000;

insert into polyclinic.ordered_tests
  (clinic_id, ordered_test_id, prescription_id, patient_id, practitioner_id, test_id, name, kind, status, ordered_at, revision, resulted_at)
select clinic_id, id, id, patient_id, practitioner_id, pg_temp.id(clinic_id, n % 2000), 'haemoglobin', case when n % 7 = 0 then 'urine' else 'blood' end,
       case when n < 200 then 'waiting' when n < 300 then 'sampled' when n < 400 then 'resulted' else 'verified' end, at,
       case when n < 300 then 0 else 1 end, case when n >= 300 then at end
from crowd;

insert into polyclinic.test_results (clinic_id, ordered_test_id, revision, patient_id, entered_by, entered_at)
select clinic_id, id, 1, patient_id, practitioner_id, at
from crowd
where n >= 300 or n % 20 = 0;

insert into polyclinic.result_values (clinic_id, ordered_test_id, revision, position, patient_id, name, value)
select clinic_id, id, 1, 1, patient_id, 'haemoglobin', 13
from crowd;

insert into polyclinic.documents (clinic_id, document_id, patient_id, category, title, content_type, size_bytes, sha256, uploaded_by, created_at)
select clinic_id, id, patient_id, case when n % 3 = 0 then 'xray' else 'lab_report' end, name, 'application/pdf', 5, hash, practitioner_id, at
from crowd;

insert into polyclinic.document_pieces (clinic_id, document_id, patient_id, number, bytes)
select clinic_id, id, patient_id, 0, '%PDF-'
from crowd;

insert into polyclinic.imports (clinic_id, import_id, done_sha256, mapping, created_at)
select clinic_id, id, hash, '{}', at
from crowd
where n < 1000;

insert into polyclinic.import_files (clinic_id, file_id, columns, uploaded_by, created_at)
select clinic_id, id, '[]', practitioner_id, at
from crowd
where n < 1000;

insert into polyclinic.import_pieces (clinic_id, file_id, number, bytes, created_at)
select clinic_id, id, 0, hash, at
from crowd
where n < 1000;

insert into polyclinic.import_patients (clinic_id, import_id, patient_id)
select clinic_id, pg_temp.id(clinic_id, n % 100), id
from crowd;

insert into polyclinic.import_rejects (clinic_id, reject_id, import_id, row_number, field, code, args, raw)
select clinic_id, id, pg_temp.id(clinic_id, n % 100), n, 'sex', 'unknown', '{}', '[]'
from crowd;

insert into polyclinic.shares (clinic_id, share_id, prescription_id, patient_id, token_sha256, created_by, created_by_name, expires_at, created_at)
select clinic_id, id, id, patient_id, hash, practitioner_id, 'Asha', at + interval '72 hours', at
from crowd
where n < 2000;

insert into polyclinic.counters (clinic_id, kind, period, value)
select clinic_id, 'token', current_date - n, 40
from crowd
where n < 2000;

insert into polyclinic.seals (clinic_id, seal_no, from_xid, below_xid, row_count, rows_hash, chain_hash)
select clinic_id, 1 + n, n, n + 1, 1, hash, hash
from crowd
where n < 5000;

-- A share for every month, also those to come and the one that was forgotten.
insert into polyclinic.history (clinic_id, history_id, changed_at, xid, table_name, row_id, operation, changes)
select c.clinic_id, c.id, month.first + make_interval(mins => 2 * c.n), c.n,
       case when c.n % 2 = 0 then 'patients' else 'visits' end, c.patient_id, 'update', '{"sex": ["male", "female"]}'
from crowd c
join (
  select row_number() over (order by p.oid) as k, count(*) over () as months,
         coalesce(substring(pg_get_expr(p.relpartbound, p.oid) from '\d{4}-\d\d-\d\d')::date, '2001-01-01')::timestamptz as first
  from pg_inherits i
  join pg_class p on p.oid = i.inhrelid
  where i.inhparent = 'polyclinic.history'::regclass
) month on month.k = 1 + c.n % month.months;

drop table crowd;
reset session_replication_role;
