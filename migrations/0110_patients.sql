-- Patients: who they are, how to find them, what must be known before anything is prescribed.
set local role polyclinic_owner;

create table polyclinic.patients (
  clinic_id          bigint not null default gate.clinic_id(),
  patient_id         uuid not null,
  number             text not null,
  external_id        text constraint patients_external_length check (length(external_id) <= 64),
  given_name         text not null constraint patients_given_name_length check (length(given_name) between 1 and 100),
  family_name        text constraint patients_family_name_length check (length(family_name) between 1 and 100),
  -- Either a birth date or an age in years as told on a day; the age is exact to a hundredth for infants.
  birth_date         date constraint patients_birth_date_sane check (birth_date >= '1875-01-01'),
  age_years          double precision constraint patients_age_sane check (age_years >= 0 and age_years <= 150),
  age_told_on        date,
  sex                text not null constraint patients_sex_known check (sex in ('male', 'female', 'other', 'unknown')),
  blood_group        text constraint patients_blood_group_known check (blood_group in ('A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-')),
  phone              text constraint patients_phone_length check (length(phone) <= 25),
  phone_digits       text generated always as (regexp_replace(phone, '[^0-9]', '', 'g')) stored,
  email              text constraint patients_email_length check (length(email) <= 254),
  address            text constraint patients_address_length check (length(address) <= 500),
  city               text constraint patients_city_length check (length(city) <= 100),
  state              text constraint patients_state_length check (length(state) <= 100),
  postcode           text constraint patients_postcode_length check (length(postcode) <= 20),
  weight_kg          double precision constraint patients_weight_sane check (weight_kg > 0 and weight_kg <= 700),
  -- 'none' is a statement ("no known allergies"), 'unknown' is its absence: a banner shows them apart.
  allergy_status     text not null default 'unknown' constraint patients_allergy_status_known check (allergy_status in ('unknown', 'none', 'some')),
  allergies          text constraint patients_allergies_length check (length(allergies) <= 1000),
  medical_history    text constraint patients_history_length check (length(medical_history) <= 4000),
  emergency_name     text constraint patients_emergency_name_length check (length(emergency_name) <= 150),
  emergency_phone    text constraint patients_emergency_phone_length check (length(emergency_phone) <= 25),
  identity_kind      text constraint patients_identity_kind_known check (identity_kind in ('aadhaar', 'pan', 'driving_licence', 'passport', 'voter_id', 'other')),
  identity_number    text constraint patients_identity_number_length check (length(identity_number) <= 50),
  status             text not null default 'registered' constraint patients_status_known
                     check (status in ('registered', 'in_diagnosis', 'treatment_started', 'discharged', 'deceased', 'archived')),
  registered_by      uuid,
  version            int not null default 1,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint patients_pkey primary key (clinic_id, patient_id),
  constraint patients_number_key unique (clinic_id, number),
  constraint patients_external_key unique (clinic_id, external_id),
  constraint patients_age_or_birth check (birth_date is not null or age_years is not null),
  constraint patients_age_told check ((age_years is null) = (age_told_on is null)),
  constraint patients_allergies_said check ((allergy_status = 'some') = (allergies is not null)),
  constraint patients_identity_whole check ((identity_kind is null) = (identity_number is null))
);
create index patients_by_newest on polyclinic.patients (clinic_id, created_at desc, patient_id desc);
call gate.guard('polyclinic.patients', key => 'patient_id', reads => 'patients:read', inserts => 'patients:register',
                updates => 'patients:track', own => 'patient_id', redact => '{identity_number}');
-- Who may say where a patient stands, and may not correct the record, changes nothing else of it.
create function polyclinic.only_status() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  beside constant text[] := array['status', 'version', 'updated_at', 'phone_digits'];
  way constant text[] := array['registered', 'in_diagnosis', 'treatment_started', 'discharged'];
begin
  if coalesce(current_setting('gate.ctx', true), '') = '' or gate.clinic_for(8) is not null then return new; end if;
  if to_jsonb(new) - beside = to_jsonb(old) - beside and old.status = any (way) and new.status = any (way) then
    return new;
  end if;
  raise exception 'may only say where a patient stands' using errcode = 'PC021';
end $$;
create trigger only_status before update on polyclinic.patients for each row execute function polyclinic.only_status();
grant select, insert on polyclinic.patients to polyclinic_app, polyclinic_worker;
grant update (external_id, given_name, family_name, birth_date, age_years, age_told_on, sex, blood_group, phone, email,
              address, city, state, postcode, weight_kg, allergy_status, allergies, medical_history, emergency_name,
              emergency_phone, identity_kind, identity_number, status)
  on polyclinic.patients to polyclinic_app, polyclinic_worker;
comment on column polyclinic.patients.age_years is 'Age in years as told on age_told_on, where no birth date is known.';

alter table polyclinic.users add constraint users_patient_fkey
  foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict;

-- What a patient is found by: folded name tokens, phone digits, the number. Plain rows, because under
-- row-level security an index serves only leakproof operators, and a range on text is one.
create table polyclinic.patient_search (
  clinic_id  bigint not null default gate.clinic_id(),
  token      text collate "C" not null,
  patient_id uuid not null,
  constraint patient_search_pkey primary key (clinic_id, token, patient_id),
  constraint patient_search_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict
);
create index patient_search_by_patient on polyclinic.patient_search (clinic_id, patient_id, token);
call gate.guard('polyclinic.patient_search', key => 'patient_id', reads => 'patients:read', own => 'patient_id', history => false);
create policy keeper on polyclinic.patient_search for all to polyclinic_owner
  using (clinic_id = (select gate.clinic_id())) with check (clinic_id = (select gate.clinic_id()));
grant select on polyclinic.patient_search to polyclinic_app, polyclinic_worker;

-- Lower case, accents off, so that "José" is found by "jose"; every apostrophe is the one of the keyboard. Devanagari
-- signs are letters here and stay.
create function polyclinic.fold(p_text text) returns text
  language sql immutable parallel safe strict
  set search_path = pg_catalog, pg_temp
as $$
  select translate(lower(normalize(regexp_replace(normalize(p_text, nfd), '[\u0300-\u036f]', '', 'g'), nfc)),
                   '’‘ʼ`´', repeat('''', 5))
$$;

grant execute on function polyclinic.fold(text) to polyclinic_app, polyclinic_worker;

create function polyclinic.index_patient() returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  entered boolean := coalesce(current_setting('gate.ctx', true), '') <> '';
  digits text := regexp_replace(coalesce(new.phone, ''), '[^0-9]', '', 'g');
  names text := polyclinic.fold(concat_ws(' ', new.given_name, new.family_name));
begin
  if not entered then perform gate.maintain(new.clinic_id); end if;
  if tg_op = 'UPDATE' then
    delete from polyclinic.patient_search where clinic_id = new.clinic_id and patient_id = new.patient_id;
  end if;
  insert into polyclinic.patient_search (clinic_id, token, patient_id)
  select new.clinic_id, left(t, 100), new.patient_id
  -- O'Brien is found by "brien" and by "obrien".
  from regexp_split_to_table(concat_ws(' ', names, replace(names, '''', '')), '[\s,.;:/()''"-]+') t
  where t <> ''
  union
  select new.clinic_id, lower(new.number), new.patient_id
  union
  select new.clinic_id, polyclinic.fold(new.external_id), new.patient_id where new.external_id is not null
  union
  select new.clinic_id, d, new.patient_id
  from unnest(array[digits, right(digits, 10), right(digits, 4)]) d
  where length(d) >= 4
  union
  -- What people say of their number: the end of it, without the zeros.
  select new.clinic_id, d, new.patient_id
  from substring(new.number from '[0-9]+$') tail, unnest(array[tail, ltrim(tail, '0')]) d
  where d <> '';
  if not entered then perform set_config('gate.ctx', '', true); end if;
  return null;
end $$;
create trigger index_for_search after insert or update of given_name, family_name, phone, number, external_id
  on polyclinic.patients for each row execute function polyclinic.index_patient();
reset role;
