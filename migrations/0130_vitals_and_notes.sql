-- What was measured and what was thought. Both append: a wrong reading is marked, not overwritten.
set local role polyclinic_owner;

-- Numbers with their unit in the name; a reading may hold any of them, at least one.
create table polyclinic.vitals (
  clinic_id             bigint not null default gate.clinic_id(),
  vitals_id             uuid not null,
  patient_id            uuid not null,
  visit_id              uuid,
  systolic_mmhg         int constraint vitals_systolic_range check (systolic_mmhg between 30 and 350),
  diastolic_mmhg        int constraint vitals_diastolic_range check (diastolic_mmhg between 10 and 250),
  pulse_bpm             int constraint vitals_pulse_range check (pulse_bpm between 10 and 350),
  respiration_bpm       int constraint vitals_respiration_range check (respiration_bpm between 2 and 120),
  temperature_c         double precision constraint vitals_temperature_range check (temperature_c between 25 and 46),
  spo2_percent          int constraint vitals_spo2_range check (spo2_percent between 20 and 100),
  glucose_mg_dl         int constraint vitals_glucose_range check (glucose_mg_dl between 10 and 2000),
  weight_kg             double precision constraint vitals_weight_range check (weight_kg between 0.2 and 700),
  height_cm             double precision constraint vitals_height_range check (height_cm between 20 and 280),
  entered_in_error      boolean not null default false,
  measured_by           uuid not null default gate.user_id(),
  measured_at           timestamptz not null default now(),
  version               int not null default 1,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  constraint vitals_pkey primary key (clinic_id, vitals_id),
  constraint vitals_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint vitals_visit_fkey foreign key (clinic_id, visit_id) references polyclinic.visits on delete restrict,
  constraint vitals_pressure_order check (diastolic_mmhg < systolic_mmhg),
  constraint vitals_something_measured check (num_nonnulls(systolic_mmhg, diastolic_mmhg, pulse_bpm, respiration_bpm,
    temperature_c, spo2_percent, glucose_mg_dl, weight_kg, height_cm) > 0)
);
create index vitals_by_patient on polyclinic.vitals (clinic_id, patient_id, measured_at desc, vitals_id desc);
create index vitals_by_visit on polyclinic.vitals (clinic_id, visit_id);
call gate.guard('polyclinic.vitals', key => 'vitals_id', reads => 'vitals:read', inserts => 'vitals:write',
                updates => 'vitals:write', own => 'patient_id');
grant select, insert, update (entered_in_error) on polyclinic.vitals to polyclinic_app;

-- One note a visit, amended in place under its version; the trail keeps every earlier text.
create table polyclinic.notes (
  clinic_id       bigint not null default gate.clinic_id(),
  note_id         uuid not null,
  patient_id      uuid not null,
  visit_id        uuid not null,
  practitioner_id uuid not null,
  complaint       text constraint notes_complaint_length check (length(complaint) <= 4000),
  findings        text constraint notes_findings_length check (length(findings) <= 4000),
  diagnosis       text constraint notes_diagnosis_length check (length(diagnosis) <= 1000),
  diagnosis_code  text constraint notes_diagnosis_code_shape check (diagnosis_code ~ '^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$'),
  plan            text constraint notes_plan_length check (length(plan) <= 4000),
  advice          text constraint notes_advice_length check (length(advice) <= 4000),
  follow_up_on    date,
  version         int not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint notes_pkey primary key (clinic_id, note_id),
  constraint notes_visit_key unique (clinic_id, visit_id),
  constraint notes_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint notes_visit_fkey foreign key (clinic_id, visit_id) references polyclinic.visits on delete restrict,
  constraint notes_practitioner_fkey foreign key (clinic_id, practitioner_id) references polyclinic.practitioners on delete restrict
);
comment on column polyclinic.notes.diagnosis_code is 'ICD-10 code, as in "J45.9".';
create index notes_by_patient on polyclinic.notes (clinic_id, patient_id, created_at desc, note_id desc);
call gate.guard('polyclinic.notes', key => 'note_id', reads => 'notes:read', inserts => 'notes:write',
                updates => 'notes:write', own => 'patient_id');
grant select, insert, update (complaint, findings, diagnosis, diagnosis_code, plan, advice, follow_up_on) on polyclinic.notes to polyclinic_app;
reset role;
