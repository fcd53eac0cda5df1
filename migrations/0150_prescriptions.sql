-- A prescription is drafted, signed, perhaps voided. Once signed it never changes: a correction is a
-- new one that points back. What was printed must be found again word for word, so the line repeats
-- the medicine's name instead of pointing at a catalogue that may change.
set local role polyclinic_owner;

create table polyclinic.prescriptions (
  clinic_id       bigint not null default gate.clinic_id(),
  prescription_id uuid not null,
  patient_id      uuid not null,
  visit_id        uuid,
  practitioner_id uuid not null,
  -- Given at signing, so that the numbers of a year have no gap.
  number          text,
  status          text not null default 'draft' constraint prescriptions_status_known check (status in ('draft', 'signed', 'voided', 'discarded')),
  -- Lines and tests belong to a revision; saving a draft writes the next one.
  revision        int not null default 1,
  diagnosis       text constraint prescriptions_diagnosis_length check (length(diagnosis) <= 1000),
  advice          text constraint prescriptions_advice_length check (length(advice) <= 2000),
  warnings_acknowledged jsonb,
  -- What stood around it when it was signed: the clinic, those who practise, the patient, note and vitals of the visit.
  sheet           jsonb constraint prescriptions_sheet_signed check (sheet is null or signed_at is not null),
  replaces_id     uuid,
  signed_at       timestamptz,
  signed_by       uuid,
  voided_at       timestamptz,
  voided_by       uuid,
  void_reason     text constraint prescriptions_void_reason_length check (length(void_reason) between 3 and 500),
  version         int not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint prescriptions_pkey primary key (clinic_id, prescription_id),
  constraint prescriptions_number_key unique (clinic_id, number),
  constraint prescriptions_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint prescriptions_visit_fkey foreign key (clinic_id, visit_id) references polyclinic.visits on delete restrict,
  constraint prescriptions_practitioner_fkey foreign key (clinic_id, practitioner_id) references polyclinic.practitioners on delete restrict,
  constraint prescriptions_replaces_fkey foreign key (clinic_id, replaces_id) references polyclinic.prescriptions on delete restrict,
  constraint prescriptions_signed_whole check ((status in ('draft', 'discarded')) = (signed_at is null) and (status in ('draft', 'discarded')) = (number is null)),
  constraint prescriptions_voided_whole check ((status = 'voided') = (voided_at is not null) and (status = 'voided') = (void_reason is not null))
);
create index prescriptions_by_patient on polyclinic.prescriptions (clinic_id, patient_id, created_at desc, prescription_id desc);
-- One correction at a time; one that was discarded makes room for another.
create unique index prescriptions_replaces_key on polyclinic.prescriptions (clinic_id, replaces_id) where status <> 'discarded';
-- Drafts and voided ones are few, and a list of them alone would read all that were signed.
create index prescriptions_unsigned on polyclinic.prescriptions (clinic_id, created_at desc) where status <> 'signed';
create index prescriptions_by_newest on polyclinic.prescriptions (clinic_id, created_at desc, prescription_id desc);
call gate.guard('polyclinic.prescriptions', key => 'prescription_id', reads => 'prescriptions:read',
                inserts => 'prescriptions:write', updates => 'prescriptions:void', own => 'patient_id');
-- Whoever drafts does it in the own name, as a draft; only the prescriber changes, signs and voids it. What somebody
-- signed who practises here no more can be voided by the others, and nothing else.
create policy own_inserts on polyclinic.prescriptions as restrictive for insert to polyclinic_app
  with check (status = 'draft' and practitioner_id = (
    select p.practitioner_id
    from polyclinic.practitioners p
    where p.clinic_id = (select gate.clinic_id()) and p.user_id = (select gate.user_id())));
create policy own_updates on polyclinic.prescriptions as restrictive for update to polyclinic_app
  using (practitioner_id = (
      select p.practitioner_id
      from polyclinic.practitioners p
      where p.clinic_id = (select gate.clinic_id()) and p.user_id = (select gate.user_id()))
    or status = 'signed' and exists (
      select
      from polyclinic.practitioners p
      where p.clinic_id = prescriptions.clinic_id and p.practitioner_id = prescriptions.practitioner_id and p.status = 'inactive'))
  with check (status = 'voided' or practitioner_id = (
    select p.practitioner_id
    from polyclinic.practitioners p
    where p.clinic_id = (select gate.clinic_id()) and p.user_id = (select gate.user_id())));
-- A patient's login sees what was signed. What a doctor is still thinking about is not yet said.
create policy no_drafts on polyclinic.prescriptions as restrictive for select to polyclinic_app
  using (case when (select gate.clinic_for(16)) is not null then true else signed_at is not null end);
grant select, insert on polyclinic.prescriptions to polyclinic_app;
grant update (number, status, revision, diagnosis, advice, warnings_acknowledged, sheet, signed_at, signed_by, voided_at, voided_by, void_reason)
  on polyclinic.prescriptions to polyclinic_app;

create table polyclinic.prescription_lines (
  clinic_id       bigint not null default gate.clinic_id(),
  line_id         uuid not null,
  prescription_id uuid not null,
  patient_id      uuid not null,
  revision        int not null,
  position        int not null constraint prescription_lines_position_range check (position between 1 and 50),
  medicine_id     uuid,
  medicine        text not null constraint prescription_lines_medicine_length check (length(medicine) between 2 and 100),
  form            text not null constraint prescription_lines_form_known check (form in
                  ('tablet', 'capsule', 'syrup', 'injection', 'ointment', 'drops', 'soap', 'lotion', 'powder', 'inhaler', 'other')),
  strength        text constraint prescription_lines_strength_length check (length(strength) <= 60),
  dose            text constraint prescription_lines_dose_length check (length(dose) <= 60),
  -- Morning-afternoon-night counts as "1-0-1"; with an evening between them "1-0-1-0" where one takes some
  -- then. Or "every 6 hours", "every 7 days", "as needed".
  schedule        text not null constraint prescription_lines_schedule_length check (length(schedule) <= 40),
  food            text not null default 'any' constraint prescription_lines_food_known check (food in ('before', 'after', 'with', 'any')),
  days            int constraint prescription_lines_days_range check (days between 1 and 365),
  quantity        int not null constraint prescription_lines_quantity_range check (quantity between 1 and 10000),
  route           text constraint prescription_lines_route_length check (length(route) <= 40),
  instructions    text constraint prescription_lines_instructions_length check (length(instructions) <= 500),
  created_at      timestamptz not null default now(),
  constraint prescription_lines_pkey primary key (clinic_id, line_id),
  constraint prescription_lines_position_key unique (clinic_id, prescription_id, revision, position),
  constraint prescription_lines_prescription_fkey foreign key (clinic_id, prescription_id) references polyclinic.prescriptions on delete restrict,
  constraint prescription_lines_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint prescription_lines_medicine_fkey foreign key (clinic_id, medicine_id) references polyclinic.medicines on delete restrict
);
call gate.guard('polyclinic.prescription_lines', key => 'line_id', reads => 'prescriptions:read',
                inserts => 'prescriptions:write', own => 'patient_id');
create policy no_drafts on polyclinic.prescription_lines as restrictive for select to polyclinic_app
  using (case when (select gate.clinic_for(16)) is not null then true
              else exists (select
                           from polyclinic.prescriptions p
                           where p.clinic_id = prescription_lines.clinic_id
                             and p.prescription_id = prescription_lines.prescription_id
                             and p.revision = prescription_lines.revision
                             and p.signed_at is not null) end);
grant select, insert on polyclinic.prescription_lines to polyclinic_app;

create table polyclinic.prescription_tests (
  clinic_id       bigint not null default gate.clinic_id(),
  ordered_test_id uuid not null,
  prescription_id uuid not null,
  patient_id      uuid not null,
  revision        int not null,
  position        int not null constraint prescription_tests_position_range check (position between 1 and 50),
  test_id         uuid,
  name            text not null constraint prescription_tests_name_length check (length(name) between 2 and 100),
  kind            text not null constraint prescription_tests_kind_known check (kind in ('blood', 'urine', 'xray', 'ultrasound', 'ecg', 'ct_scan', 'mri', 'other')),
  instructions    text constraint prescription_tests_instructions_length check (length(instructions) <= 500),
  created_at      timestamptz not null default now(),
  constraint prescription_tests_pkey primary key (clinic_id, ordered_test_id),
  constraint prescription_tests_position_key unique (clinic_id, prescription_id, revision, position),
  constraint prescription_tests_prescription_fkey foreign key (clinic_id, prescription_id) references polyclinic.prescriptions on delete restrict,
  constraint prescription_tests_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint prescription_tests_test_fkey foreign key (clinic_id, test_id) references polyclinic.tests on delete restrict
);
call gate.guard('polyclinic.prescription_tests', key => 'ordered_test_id', reads => 'prescriptions:read',
                inserts => 'prescriptions:write', own => 'patient_id');
create policy no_drafts on polyclinic.prescription_tests as restrictive for select to polyclinic_app
  using (case when (select gate.clinic_for(16)) is not null then true
              else exists (select
                           from polyclinic.prescriptions p
                           where p.clinic_id = prescription_tests.clinic_id
                             and p.prescription_id = prescription_tests.prescription_id
                             and p.revision = prescription_tests.revision
                             and p.signed_at is not null) end);
grant select, insert on polyclinic.prescription_tests to polyclinic_app;

-- A signed prescription is a document: from here on only voiding is possible, and its lines are closed.
create function polyclinic.keep_signed() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.status = 'draft' and new.status in ('draft', 'signed', 'discarded') then return new; end if;
  if old.status = 'signed' and new.status = 'voided'
     and (to_jsonb(new) - array['status', 'voided_at', 'voided_by', 'void_reason', 'version', 'updated_at'])
       = (to_jsonb(old) - array['status', 'voided_at', 'voided_by', 'void_reason', 'version', 'updated_at']) then
    return new;
  end if;
  raise exception 'a signed prescription does not change' using errcode = 'PC020';
end $$;
create trigger keep_signed before update on polyclinic.prescriptions for each row execute function polyclinic.keep_signed();

create function polyclinic.only_into_draft() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform from polyclinic.prescriptions p
  where p.clinic_id = new.clinic_id and p.prescription_id = new.prescription_id
    and p.patient_id = new.patient_id and p.status = 'draft' and p.revision = new.revision
  for update;
  if not found then
    raise exception 'a signed prescription does not change' using errcode = 'PC020';
  end if;
  return new;
end $$;
create trigger only_into_draft before insert on polyclinic.prescription_lines for each row execute function polyclinic.only_into_draft();
create trigger only_into_draft before insert on polyclinic.prescription_tests for each row execute function polyclinic.only_into_draft();
reset role;
