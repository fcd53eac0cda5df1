-- What this clinic prescribes and orders: its own medicines and tests, each name once.
set local role polyclinic_owner;

create table polyclinic.medicines (
  clinic_id    bigint not null default gate.clinic_id(),
  medicine_id  uuid not null,
  -- The generic name, as printed: lower case but for proper parts.
  name         text not null constraint medicines_name_length check (length(name) between 2 and 100),
  brand        text constraint medicines_brand_length check (length(brand) <= 100),
  form         text not null constraint medicines_form_known check (form in
               ('tablet', 'capsule', 'syrup', 'injection', 'ointment', 'drops', 'soap', 'lotion', 'powder', 'inhaler', 'other')),
  strength     text constraint medicines_strength_length check (length(strength) <= 60),
  route        text constraint medicines_route_length check (length(route) <= 40),
  default_dose text constraint medicines_dose_length check (length(default_dose) <= 60),
  default_schedule text constraint medicines_schedule_length check (length(default_schedule) <= 40),
  default_food text constraint medicines_food_known check (default_food in ('before', 'after', 'with', 'any')),
  default_days int constraint medicines_days_range check (default_days between 1 and 365),
  -- Words by which an allergy forbids it, folded: "penicillin" for amoxicillin.
  allergy_terms text constraint medicines_allergy_terms_length check (length(allergy_terms) <= 200),
  active       boolean not null default true,
  name_key     text collate "C" generated always as (polyclinic.fold(name)) stored,
  strength_key text generated always as (polyclinic.fold(coalesce(strength, ''))) stored,
  brand_key    text collate "C" generated always as (polyclinic.fold(brand)) stored,
  version      int not null default 1,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint medicines_pkey primary key (clinic_id, medicine_id),
  constraint medicines_name_key unique (clinic_id, name_key, form, strength_key)
);
create index medicines_by_name on polyclinic.medicines (clinic_id, name_key, medicine_id);
create index medicines_by_brand on polyclinic.medicines (clinic_id, brand_key) where brand_key is not null;
call gate.guard('polyclinic.medicines', key => 'medicine_id', reads => 'catalogue:read', inserts => 'catalogue:write', updates => 'catalogue:write');
grant select, insert on polyclinic.medicines to polyclinic_app;
grant update (name, brand, form, strength, route, default_dose, default_schedule, default_food, default_days, allergy_terms, active)
  on polyclinic.medicines to polyclinic_app;

create table polyclinic.tests (
  clinic_id   bigint not null default gate.clinic_id(),
  test_id     uuid not null,
  name        text not null constraint tests_name_length check (length(name) between 2 and 100),
  kind        text not null constraint tests_kind_known check (kind in ('blood', 'urine', 'xray', 'ultrasound', 'ecg', 'ct_scan', 'mri', 'other')),
  description text constraint tests_description_length check (length(description) <= 500),
  active      boolean not null default true,
  name_key    text collate "C" generated always as (polyclinic.fold(name)) stored,
  version     int not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  constraint tests_pkey primary key (clinic_id, test_id),
  constraint tests_name_key unique (clinic_id, name_key)
);
call gate.guard('polyclinic.tests', key => 'test_id', reads => 'catalogue:read', inserts => 'catalogue:write', updates => 'catalogue:write');
grant select, insert on polyclinic.tests to polyclinic_app;
grant update (name, kind, description, active) on polyclinic.tests to polyclinic_app;
reset role;
