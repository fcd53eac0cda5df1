-- What a doctor prescribes again and again: a template holds lines and tests without a patient. It is the own
-- one of its practitioner, who may let the colleagues use it too; only the practitioner changes it. Loading one
-- copies its lines, so a template that changes later changes nothing that was prescribed.
set local role polyclinic_owner;

create table polyclinic.prescription_templates (
  clinic_id       bigint not null default gate.clinic_id(),
  template_id     uuid not null,
  practitioner_id uuid not null,
  name            text not null constraint prescription_templates_name_length check (length(name) between 2 and 80),
  -- Words by which it is found besides its name: "fever, viral".
  keywords        text constraint prescription_templates_keywords_length check (length(keywords) <= 200),
  diagnosis       text constraint prescription_templates_diagnosis_length check (length(diagnosis) <= 1000),
  advice          text constraint prescription_templates_advice_length check (length(advice) <= 2000),
  shared          boolean not null default false,
  active          boolean not null default true,
  -- Lines and tests belong to a revision, as a prescription's do.
  revision        int not null default 1,
  name_key        text collate "C" generated always as (polyclinic.fold(name)) stored,
  search_key      text generated always as (' ' || polyclinic.fold(name || ' ' || coalesce(keywords, ''))) stored,
  version         int not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint prescription_templates_pkey primary key (clinic_id, template_id),
  constraint prescription_templates_practitioner_fkey foreign key (clinic_id, practitioner_id) references polyclinic.practitioners on delete restrict
);
create unique index prescription_templates_name_key on polyclinic.prescription_templates (clinic_id, practitioner_id, name_key) where active;
create index prescription_templates_own on polyclinic.prescription_templates (clinic_id, practitioner_id, name_key, template_id);
create index prescription_templates_shared on polyclinic.prescription_templates (clinic_id, name_key, template_id) where shared and active;
call gate.guard('polyclinic.prescription_templates', key => 'template_id', reads => 'prescriptions:write',
                inserts => 'prescriptions:write', updates => 'prescriptions:write');
create policy own_or_shared on polyclinic.prescription_templates as restrictive for select to polyclinic_app
  using (shared or practitioner_id = (
    select p.practitioner_id
    from polyclinic.practitioners p
    where p.clinic_id = (select gate.clinic_id()) and p.user_id = (select gate.user_id())));
create policy own_inserts on polyclinic.prescription_templates as restrictive for insert to polyclinic_app
  with check (practitioner_id = (
    select p.practitioner_id
    from polyclinic.practitioners p
    where p.clinic_id = (select gate.clinic_id()) and p.user_id = (select gate.user_id())));
create policy own_updates on polyclinic.prescription_templates as restrictive for update to polyclinic_app
  using (practitioner_id = (
    select p.practitioner_id
    from polyclinic.practitioners p
    where p.clinic_id = (select gate.clinic_id()) and p.user_id = (select gate.user_id())));
grant select, insert on polyclinic.prescription_templates to polyclinic_app;
grant update (name, keywords, diagnosis, advice, shared, active, revision) on polyclinic.prescription_templates to polyclinic_app;

create table polyclinic.template_lines (
  clinic_id        bigint not null default gate.clinic_id(),
  template_line_id uuid not null,
  template_id      uuid not null,
  revision         int not null,
  position         int not null constraint template_lines_position_range check (position between 1 and 50),
  medicine_id      uuid,
  medicine         text not null constraint template_lines_medicine_length check (length(medicine) between 2 and 100),
  form             text not null constraint template_lines_form_known check (form in
                   ('tablet', 'capsule', 'syrup', 'injection', 'ointment', 'drops', 'soap', 'lotion', 'powder', 'inhaler', 'other')),
  strength         text constraint template_lines_strength_length check (length(strength) <= 60),
  dose             text constraint template_lines_dose_length check (length(dose) <= 60),
  schedule         text not null constraint template_lines_schedule_length check (length(schedule) <= 40),
  food             text not null default 'any' constraint template_lines_food_known check (food in ('before', 'after', 'with', 'any')),
  days             int constraint template_lines_days_range check (days between 1 and 365),
  -- Only where somebody said how many; else it is counted out when the line is prescribed.
  quantity         int constraint template_lines_quantity_range check (quantity between 1 and 10000),
  route            text constraint template_lines_route_length check (length(route) <= 40),
  instructions     text constraint template_lines_instructions_length check (length(instructions) <= 500),
  created_at       timestamptz not null default now(),
  constraint template_lines_pkey primary key (clinic_id, template_line_id),
  constraint template_lines_position_key unique (clinic_id, template_id, revision, position),
  constraint template_lines_template_fkey foreign key (clinic_id, template_id) references polyclinic.prescription_templates on delete restrict,
  constraint template_lines_medicine_fkey foreign key (clinic_id, medicine_id) references polyclinic.medicines on delete restrict
);
call gate.guard('polyclinic.template_lines', key => 'template_line_id', reads => 'prescriptions:write', inserts => 'prescriptions:write');
grant select, insert on polyclinic.template_lines to polyclinic_app;

create table polyclinic.template_tests (
  clinic_id        bigint not null default gate.clinic_id(),
  template_test_id uuid not null,
  template_id      uuid not null,
  revision         int not null,
  position         int not null constraint template_tests_position_range check (position between 1 and 50),
  test_id          uuid,
  name             text not null constraint template_tests_name_length check (length(name) between 2 and 100),
  kind             text not null constraint template_tests_kind_known check (kind in ('blood', 'urine', 'xray', 'ultrasound', 'ecg', 'ct_scan', 'mri', 'other')),
  instructions     text constraint template_tests_instructions_length check (length(instructions) <= 500),
  created_at       timestamptz not null default now(),
  constraint template_tests_pkey primary key (clinic_id, template_test_id),
  constraint template_tests_position_key unique (clinic_id, template_id, revision, position),
  constraint template_tests_template_fkey foreign key (clinic_id, template_id) references polyclinic.prescription_templates on delete restrict,
  constraint template_tests_test_fkey foreign key (clinic_id, test_id) references polyclinic.tests on delete restrict
);
call gate.guard('polyclinic.template_tests', key => 'template_test_id', reads => 'prescriptions:write', inserts => 'prescriptions:write');
grant select, insert on polyclinic.template_tests to polyclinic_app;

-- A template's lines are seen by whoever sees the template, and written by nobody but its practitioner.
create policy with_template on polyclinic.template_lines as restrictive for select to polyclinic_app
  using (exists (
    select
    from polyclinic.prescription_templates t
    where t.clinic_id = template_lines.clinic_id and t.template_id = template_lines.template_id));
create policy with_template on polyclinic.template_tests as restrictive for select to polyclinic_app
  using (exists (
    select
    from polyclinic.prescription_templates t
    where t.clinic_id = template_tests.clinic_id and t.template_id = template_tests.template_id));

create function polyclinic.only_into_own_template() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- "for update" finds only what the own policy lets be changed.
  perform from polyclinic.prescription_templates t
  where t.clinic_id = new.clinic_id and t.template_id = new.template_id and t.revision = new.revision
  for update;
  if not found then
    raise exception 'not the own template' using errcode = 'PC020';
  end if;
  return new;
end $$;
create trigger only_into_own_template before insert on polyclinic.template_lines for each row execute function polyclinic.only_into_own_template();
create trigger only_into_own_template before insert on polyclinic.template_tests for each row execute function polyclinic.only_into_own_template();
reset role;
