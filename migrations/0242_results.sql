-- Tests on their way: ordered by a signed prescription, sample taken, result entered, verified by a second person; or
-- not done, with a reason. A result never changes: a correction is the next revision and the old one stays.
set local role polyclinic_gate;
insert into gate.permissions (permission, bit, roles, about) values
  ('results:read',   36, '{admin,doctor,receptionist,lab_tech,operator}', 'see ordered tests and their results'),
  ('results:write',  37, '{admin,lab_tech}', 'take samples, enter and correct results'),
  ('results:verify', 38, '{doctor,lab_tech}', 'verify a result that somebody else entered');
reset role;
set local role polyclinic_owner;

-- What is measured in a test of the catalogue, with unit and limits; where they differ by sex, once for each.
create table polyclinic.test_measures (
  clinic_id  bigint not null default gate.clinic_id(),
  test_id    uuid not null,
  measures   jsonb not null constraint test_measures_list check (jsonb_typeof(measures) = 'array' and jsonb_array_length(measures) <= 60),
  version    int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint test_measures_pkey primary key (clinic_id, test_id),
  constraint test_measures_test_fkey foreign key (clinic_id, test_id) references polyclinic.tests on delete restrict
);
call gate.guard('polyclinic.test_measures', key => 'test_id', reads => 'catalogue:read', inserts => 'catalogue:write', updates => 'catalogue:write');
grant select, insert, update (measures) on polyclinic.test_measures to polyclinic_app;

-- One row a test of a signed prescription: where it stands. Born when the prescription is signed.
create table polyclinic.ordered_tests (
  clinic_id       bigint not null default gate.clinic_id(),
  ordered_test_id uuid not null,
  prescription_id uuid not null,
  patient_id      uuid not null,
  practitioner_id uuid not null,
  test_id         uuid,
  name            text not null constraint ordered_tests_name_length check (length(name) between 2 and 100),
  kind            text not null constraint ordered_tests_kind_known check (kind in ('blood', 'urine', 'xray', 'ultrasound', 'ecg', 'ct_scan', 'mri', 'other')),
  instructions    text constraint ordered_tests_instructions_length check (length(instructions) <= 500),
  status          text not null default 'waiting' constraint ordered_tests_status_known
                  check (status in ('waiting', 'sampled', 'resulted', 'verified', 'not_done', 'cancelled')),
  ordered_at      timestamptz not null,
  sampled_at      timestamptz,
  sampled_by      uuid,
  reason          text constraint ordered_tests_reason_length check (length(reason) between 3 and 500),
  -- The result that counts; 0 before the first.
  revision        int not null default 0,
  resulted_at     timestamptz,
  version         int not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint ordered_tests_pkey primary key (clinic_id, ordered_test_id),
  constraint ordered_tests_order_fkey foreign key (clinic_id, ordered_test_id) references polyclinic.prescription_tests on delete restrict,
  constraint ordered_tests_prescription_fkey foreign key (clinic_id, prescription_id) references polyclinic.prescriptions on delete restrict,
  constraint ordered_tests_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint ordered_tests_practitioner_fkey foreign key (clinic_id, practitioner_id) references polyclinic.practitioners on delete restrict,
  constraint ordered_tests_resulted_whole check ((status in ('resulted', 'verified')) <= (revision > 0 and resulted_at is not null)),
  constraint ordered_tests_reason_said check (status <> 'not_done' or reason is not null)
);
create index ordered_tests_work on polyclinic.ordered_tests (clinic_id, status, ordered_at, ordered_test_id);
create index ordered_tests_by_patient on polyclinic.ordered_tests (clinic_id, patient_id, ordered_at desc, ordered_test_id desc);
-- What has a result, in the order in which it came: the chart, and what stands beside a consultation.
create index ordered_tests_results on polyclinic.ordered_tests (clinic_id, patient_id, resulted_at desc, ordered_test_id desc) where revision > 0;
create index ordered_tests_by_prescription on polyclinic.ordered_tests (clinic_id, prescription_id);
call gate.guard('polyclinic.ordered_tests', key => 'ordered_test_id', reads => 'results:read', own => 'patient_id');
create policy role_updates on polyclinic.ordered_tests for update to polyclinic_app, polyclinic_worker
  using (clinic_id = (select gate.clinic_for(37, 38))) with check (clinic_id = (select gate.clinic_for(37, 38)));
comment on policy role_updates on polyclinic.ordered_tests is 'results:write, or results:verify for what has a result';
create policy verify_only on polyclinic.ordered_tests as restrictive for update to polyclinic_app
  using (case when (select gate.clinic_for(37)) is not null then true else status = 'resulted' end)
  with check (case when (select gate.clinic_for(37)) is not null then true else status = 'verified' end);
grant select on polyclinic.ordered_tests to polyclinic_app;
grant update (status, sampled_at, sampled_by, reason, revision, resulted_at) on polyclinic.ordered_tests to polyclinic_app;
create policy door on polyclinic.ordered_tests for all to polyclinic_gate
  using (clinic_id = (select gate.clinic_id())) with check (clinic_id = (select gate.clinic_id()));
grant select, insert, update (status) on polyclinic.ordered_tests to polyclinic_gate;

create table polyclinic.test_results (
  clinic_id       bigint not null default gate.clinic_id(),
  ordered_test_id uuid not null,
  revision        int not null constraint test_results_revision_positive check (revision > 0),
  patient_id      uuid not null,
  -- What was found, in words; values stand in result_values.
  finding         text constraint test_results_finding_length check (length(finding) <= 4000),
  -- The worst that its values say. Here and not with the test: a patient's login sees the test before it is verified.
  flag            text constraint test_results_flag_known check (flag in ('normal', 'low', 'high', 'critical')),
  -- Why it corrects the revision before.
  reason          text constraint test_results_reason_length check (length(reason) between 3 and 500),
  entered_by      uuid not null default gate.user_id(),
  entered_at      timestamptz not null default now(),
  verified_by     uuid,
  verified_at     timestamptz,
  constraint test_results_pkey primary key (clinic_id, ordered_test_id, revision),
  constraint test_results_test_fkey foreign key (clinic_id, ordered_test_id) references polyclinic.ordered_tests on delete restrict,
  constraint test_results_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint test_results_reason_said check ((revision = 1) = (reason is null)),
  constraint test_results_verified_whole check ((verified_by is null) = (verified_at is null)),
  constraint test_results_four_eyes check (verified_by <> entered_by)
);
call gate.guard('polyclinic.test_results', key => 'ordered_test_id', reads => 'results:read', inserts => 'results:write',
                updates => 'results:verify', own => 'patient_id');
-- Entered in the own name, verified in the own name, once.
create policy own_inserts on polyclinic.test_results as restrictive for insert to polyclinic_app
  with check (entered_by = (select gate.user_id()) and verified_at is null);
create policy own_updates on polyclinic.test_results as restrictive for update to polyclinic_app
  using (verified_at is null) with check (verified_by = (select gate.user_id()));
-- A patient's login sees what was verified: the first figure may be a slip.
create policy no_drafts on polyclinic.test_results as restrictive for select to polyclinic_app
  using (case when (select gate.clinic_for(36)) is not null then true else verified_at is not null end);
grant select, insert, update (verified_by, verified_at) on polyclinic.test_results to polyclinic_app;

create table polyclinic.result_values (
  clinic_id       bigint not null default gate.clinic_id(),
  ordered_test_id uuid not null,
  revision        int not null,
  position        int not null constraint result_values_position_range check (position between 1 and 30),
  patient_id      uuid not null,
  name            text not null constraint result_values_name_length check (length(name) between 1 and 100),
  -- A number with its unit and the limits that held for this patient on that day, or a word such as "reactive".
  value           double precision,
  word            text constraint result_values_word_length check (length(word) <= 200),
  unit            text constraint result_values_unit_length check (length(unit) <= 30),
  low             double precision,
  high            double precision,
  critical_low    double precision,
  critical_high   double precision,
  flag            text constraint result_values_flag_known check (flag in ('normal', 'low', 'high', 'critical')),
  constraint result_values_pkey primary key (clinic_id, ordered_test_id, revision, position),
  constraint result_values_result_fkey foreign key (clinic_id, ordered_test_id, revision) references polyclinic.test_results on delete restrict,
  constraint result_values_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint result_values_one check (num_nonnulls(value, word) = 1),
  constraint result_values_limits_order check (low <= high and critical_low <= low and high <= critical_high)
);
call gate.guard('polyclinic.result_values', key => 'ordered_test_id', reads => 'results:read', inserts => 'results:write', own => 'patient_id');
create policy with_result on polyclinic.result_values as restrictive for select to polyclinic_app
  using (case when (select gate.clinic_for(36)) is not null then true
              else exists (select
                           from polyclinic.test_results r
                           where r.clinic_id = result_values.clinic_id
                             and r.ordered_test_id = result_values.ordered_test_id
                             and r.revision = result_values.revision) end);
-- Values come with their result: nobody adds to one that stands.
create policy own_inserts on polyclinic.result_values as restrictive for insert to polyclinic_app
  with check (exists (select
                      from polyclinic.test_results r
                      where r.clinic_id = result_values.clinic_id
                        and r.ordered_test_id = result_values.ordered_test_id
                        and r.revision = result_values.revision
                        and r.patient_id = result_values.patient_id
                        and r.entered_by = (select gate.user_id())
                        and r.entered_at = transaction_timestamp()));
grant select, insert on polyclinic.result_values to polyclinic_app;

-- What the doors below read in nobody's name, each of its clinic. Of patients only where a caller may see ordered tests.
create policy door on polyclinic.prescription_tests for select to polyclinic_gate using (clinic_id = (select gate.clinic_id()));
create policy door on polyclinic.tests for select to polyclinic_gate using (clinic_id = (select gate.clinic_id()));
alter policy door_reads on polyclinic.patients using (clinic_id = (select gate.clinic_for(0, 36)));
grant select on polyclinic.prescription_tests to polyclinic_gate;
grant select (clinic_id, test_id, name_key) on polyclinic.tests to polyclinic_gate;
grant select (clinic_id, patient_id, number, given_name, family_name, birth_date, age_years, age_told_on, sex, allergy_status,
              allergies, status)
  on polyclinic.patients to polyclinic_gate;
grant execute on function polyclinic.fold(text) to polyclinic_gate;
reset role;

-- A signed prescription orders its tests; a voided one calls off those of which nothing is done yet.
set local role polyclinic_gate;
create function gate.order_tests() returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare entered boolean := coalesce(current_setting('gate.ctx', true), '') <> '';
begin
  if new.status = old.status then return null; end if;
  if not entered then perform gate.maintain(new.clinic_id); end if;
  if new.status = 'signed' then
    insert into polyclinic.ordered_tests
      (clinic_id, ordered_test_id, prescription_id, patient_id, practitioner_id, test_id, name, kind, instructions, ordered_at)
    select t.clinic_id, t.ordered_test_id, t.prescription_id, t.patient_id, new.practitioner_id,
           coalesce(t.test_id, (select c.test_id
                                from polyclinic.tests c
                                where c.clinic_id = t.clinic_id and c.name_key = polyclinic.fold(t.name))),
           t.name, t.kind, t.instructions, new.signed_at
    from polyclinic.prescription_tests t
    where t.clinic_id = new.clinic_id and t.prescription_id = new.prescription_id and t.revision = new.revision;
  elsif new.status = 'voided' then
    update polyclinic.ordered_tests
    set status = 'cancelled'
    where clinic_id = new.clinic_id and prescription_id = new.prescription_id and status in ('waiting', 'sampled');
  end if;
  if not entered then perform set_config('gate.ctx', '', true); end if;
  return null;
end $$;
grant execute on function gate.order_tests() to polyclinic_owner;

-- Whose sample it is. A technician may not search patients, but must tell one from another: of those for whom a test is
-- ordered this says what stands on a label, and no more.
create function gate.labels(p_patients uuid[])
  returns table (patient_id uuid, number text, given_name text, family_name text, birth_date date, age_years double precision,
                 age_told_on date, sex text, allergy_status text, allergies text, status text)
  language sql stable security definer rows 50
  set search_path = pg_catalog, pg_temp
as $$
  select p.patient_id, p.number, p.given_name, p.family_name, p.birth_date, p.age_years, p.age_told_on, p.sex,
         p.allergy_status, p.allergies, p.status
  from polyclinic.patients p
  where p.clinic_id = (select gate.clinic_for(36))
    and p.patient_id = any (p_patients)
    and exists (select from polyclinic.ordered_tests t where t.clinic_id = p.clinic_id and t.patient_id = p.patient_id)
$$;
grant execute on function gate.labels(uuid[]) to polyclinic_app;
reset role;

set local role polyclinic_owner;
create trigger order_tests after update of status on polyclinic.prescriptions
  for each row execute function gate.order_tests();

-- The report of a test is a document. A patient's login sees it when the result is verified.
alter table polyclinic.documents add column ordered_test_id uuid;
alter table polyclinic.documents add constraint documents_test_fkey
  foreign key (clinic_id, ordered_test_id) references polyclinic.ordered_tests on delete restrict;
create index documents_by_test on polyclinic.documents (clinic_id, ordered_test_id) where ordered_test_id is not null;
create policy no_drafts on polyclinic.documents as restrictive for select to polyclinic_app
  using (case when ordered_test_id is null or (select gate.clinic_for(32)) is not null then true
              else exists (select
                           from polyclinic.ordered_tests t
                           where t.clinic_id = documents.clinic_id
                             and t.ordered_test_id = documents.ordered_test_id
                             and t.status = 'verified') end);

-- A doctor's board shows at once that a result came.
create trigger ring after insert on polyclinic.test_results for each row execute function polyclinic.ring_queue();
reset role;
