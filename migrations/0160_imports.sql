-- Data from elsewhere: what came in, how far it got, what was refused and why. And the risk profile
-- that the stroke data set brings.
set local role polyclinic_owner;

create table polyclinic.imports (
  clinic_id    bigint not null default gate.clinic_id(),
  import_id    uuid not null,
  kind         text not null default 'patients' constraint imports_kind_known check (kind in ('patients')),
  file_name    text constraint imports_file_name_length check (length(file_name) <= 255),
  file_sha256  bytea constraint imports_file_sha256_length check (length(file_sha256) = 32),
  -- Of everything up to the last committed row: an import is continued with the same file or not at all.
  done_sha256  bytea not null constraint imports_done_sha256_length check (length(done_sha256) = 32),
  mapping      jsonb not null,
  dry_run      boolean not null default false,
  status       text not null default 'running' constraint imports_status_known check (status in ('running', 'completed', 'interrupted')),
  -- Data rows already committed; an interrupted import continues after them.
  rows_done    int not null default 0,
  created      int not null default 0,
  updated      int not null default 0,
  unchanged    int not null default 0,
  rejected     int not null default 0,
  started_by   uuid,
  version      int not null default 1,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint imports_pkey primary key (clinic_id, import_id),
  constraint imports_adds_up check (created + updated + unchanged + rejected = rows_done)
);
create index imports_unfinished on polyclinic.imports (clinic_id, file_sha256) where status in ('running', 'interrupted');
create index imports_by_newest on polyclinic.imports (clinic_id, created_at desc, import_id desc);
call gate.guard('polyclinic.imports', key => 'import_id', reads => 'imports:read', inserts => 'imports:write', updates => 'imports:write');
grant select, insert, update (status, rows_done, created, updated, unchanged, rejected, file_sha256, done_sha256) on polyclinic.imports to polyclinic_app, polyclinic_worker;

create table polyclinic.import_rejects (
  clinic_id  bigint not null default gate.clinic_id(),
  reject_id  uuid not null,
  import_id  uuid not null,
  row_number int not null,
  field      text not null,
  code       text not null,
  -- What fills the words of the code, in whatever language it is read.
  args       jsonb not null,
  -- The row as it came, so that the CSV of rejects can be corrected and imported again.
  raw        jsonb not null,
  created_at timestamptz not null default now(),
  constraint import_rejects_pkey primary key (clinic_id, reject_id),
  constraint import_rejects_row_key unique (clinic_id, import_id, row_number),
  constraint import_rejects_import_fkey foreign key (clinic_id, import_id) references polyclinic.imports on delete restrict
);
call gate.guard('polyclinic.import_rejects', key => 'reject_id', reads => 'imports:read', inserts => 'imports:write', history => false);
grant select, insert on polyclinic.import_rejects to polyclinic_app, polyclinic_worker;

-- The twelve columns of the stroke data set, as facts about a patient. bmi may be unknown.
create table polyclinic.risk_profiles (
  clinic_id         bigint not null default gate.clinic_id(),
  patient_id        uuid not null,
  age_years         double precision not null constraint risk_profiles_age_range check (age_years >= 0 and age_years <= 150),
  hypertension      boolean not null,
  heart_disease     boolean not null,
  ever_married      boolean,
  work_type         text constraint risk_profiles_work_length check (length(work_type) <= 40),
  residence_type    text constraint risk_profiles_residence_length check (length(residence_type) <= 40),
  avg_glucose_mg_dl double precision constraint risk_profiles_glucose_range check (avg_glucose_mg_dl between 0 and 500),
  bmi               double precision constraint risk_profiles_bmi_range check (bmi > 0 and bmi <= 100),
  smoking_status    text constraint risk_profiles_smoking_length check (length(smoking_status) <= 40),
  stroke            boolean not null,
  version           int not null default 1,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint risk_profiles_pkey primary key (clinic_id, patient_id),
  constraint risk_profiles_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict
);
call gate.guard('polyclinic.risk_profiles', key => 'patient_id', reads => 'cohort:read', inserts => 'imports:write', updates => 'imports:write', own => 'patient_id');
grant select, insert, update (age_years, hypertension, heart_disease, ever_married, work_type, residence_type,
  avg_glucose_mg_dl, bmi, smoking_status, stroke) on polyclinic.risk_profiles to polyclinic_app, polyclinic_worker;
reset role;
