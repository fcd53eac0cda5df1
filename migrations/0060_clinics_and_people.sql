-- A clinic, the people who work in it, and their sessions.
set local role polyclinic_owner;

create table polyclinic.clinics (
  clinic_id           bigint not null,
  name                text not null constraint clinics_name_length check (length(name) between 2 and 255),
  registration_number text constraint clinics_registration_length check (length(registration_number) <= 100),
  address             text constraint clinics_address_length check (length(address) <= 500),
  city                text constraint clinics_city_length check (length(city) <= 100),
  state               text constraint clinics_state_length check (length(state) <= 100),
  postcode            text constraint clinics_postcode_length check (length(postcode) <= 20),
  phone               text constraint clinics_phone_length check (length(phone) <= 25),
  email               text constraint clinics_email_length check (length(email) <= 254),
  website             text constraint clinics_website_length check (length(website) <= 200),
  logo                bytea constraint clinics_logo_size check (length(logo) <= 262144),
  logo_type           text constraint clinics_logo_type_known check (logo_type in ('image/png', 'image/jpeg')),
  zone                text not null default 'Asia/Kolkata',
  currency            text not null default 'INR' constraint clinics_currency_shape check (currency ~ '^[A-Z]{3}$'),
  locale              text not null default 'en-IN' constraint clinics_locale_shape check (locale ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  status              text not null default 'active' constraint clinics_status_known check (status in ('trial', 'active', 'suspended', 'closed')),
  -- The chemist printed on every slip.
  chemist_name        text constraint clinics_chemist_name_length check (length(chemist_name) <= 255),
  chemist_address     text constraint clinics_chemist_address_length check (length(chemist_address) <= 500),
  chemist_phone       text constraint clinics_chemist_phone_length check (length(chemist_phone) <= 25),
  version             int not null default 1,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  constraint clinics_pkey primary key (clinic_id)
);
call gate.guard('polyclinic.clinics', key => 'name', reads => 'clinic:read', updates => 'clinic:write', doors => 'rw', redact => '{logo}');
grant select on polyclinic.clinics to polyclinic_app, polyclinic_worker, polyclinic_gate;
grant update (name, registration_number, address, city, state, postcode, phone, email, website, logo, logo_type, zone,
              currency, locale, chemist_name, chemist_address, chemist_phone)
  on polyclinic.clinics to polyclinic_app;
grant insert (clinic_id, name, registration_number, address, city, phone, email, zone, currency, locale, status)
  on polyclinic.clinics to polyclinic_gate;

-- One row a person and clinic. The password is the account's, which may open several clinics.
create table polyclinic.users (
  clinic_id  bigint not null default gate.clinic_id(),
  user_id    uuid not null,
  account_id uuid not null,
  identifier text not null constraint users_identifier_shape check (identifier ~ '^[a-z0-9][a-z0-9._@+-]{1,99}$'),
  email      text constraint users_email_folded check (email = lower(email) and length(email) <= 254),
  name       text not null constraint users_name_length check (length(name) between 1 and 150),
  phone      text constraint users_phone_length check (length(phone) <= 25),
  role       text not null constraint users_role_known check (role in
             ('admin', 'doctor', 'nurse', 'receptionist', 'lab_tech', 'pharmacist', 'cashier', 'patient')),
  patient_id uuid,
  -- Null: the clinic's own.
  language   text constraint users_language_shape check (language ~ '^[a-z]{2}$'),
  status     text not null default 'active' constraint users_status_known check (status in ('invited', 'active', 'inactive')),
  version    int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_pkey primary key (clinic_id, user_id),
  constraint users_identifier_key unique (clinic_id, identifier),
  constraint users_email_key unique (clinic_id, email),
  constraint users_account_key unique (clinic_id, account_id),
  constraint users_patient_key unique (clinic_id, patient_id),
  constraint users_patient_is_patient check ((patient_id is null) or role = 'patient')
);
create index users_by_name on polyclinic.users (clinic_id, name, user_id);
-- Colleagues are few among the logins of patients.
create index users_staff on polyclinic.users (clinic_id, name, user_id) where role <> 'patient';
create index users_admins on polyclinic.users (clinic_id, user_id) where role = 'admin';
call gate.guard('polyclinic.users', key => 'user_id', inserts => 'staff:write', updates => 'staff:write', doors => 'rw');
-- Who may not see colleagues sees the own row.
create policy role_reads on polyclinic.users for select to polyclinic_app, polyclinic_worker, polyclinic_operator
  using (clinic_id = (select gate.clinic_for(3, 25)));
comment on policy role_reads on polyclinic.users is 'staff:read, or session:own for the own row';
create policy self_only on polyclinic.users as restrictive for select to polyclinic_app
  using (case when (select gate.clinic_for(3)) is not null then true else user_id = (select gate.user_id()) end);
grant select on polyclinic.users to polyclinic_app, polyclinic_worker, polyclinic_gate;
grant update (name, phone, email, role, status, identifier) on polyclinic.users to polyclinic_app;
grant insert on polyclinic.users to polyclinic_gate;
grant update (status, patient_id, language) on polyclinic.users to polyclinic_gate;

-- Those who may consult and prescribe. The name stands here too: a patient reads it, but no user row.
create table polyclinic.practitioners (
  clinic_id       bigint not null default gate.clinic_id(),
  practitioner_id uuid not null,
  user_id         uuid not null,
  name            text not null constraint practitioners_name_length check (length(name) between 1 and 150),
  specialization  text constraint practitioners_specialization_length check (length(specialization) <= 100),
  qualification   text constraint practitioners_qualification_length check (length(qualification) <= 150),
  licence_number  text constraint practitioners_licence_length check (length(licence_number) <= 50),
  -- Invited until the login is used for the first time: nobody waits for, and no paper names, who never came.
  status          text not null default 'active' constraint practitioners_status_known check (status in ('invited', 'active', 'inactive')),
  version         int not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint practitioners_pkey primary key (clinic_id, practitioner_id),
  constraint practitioners_user_key unique (clinic_id, user_id),
  constraint practitioners_licence_key unique (clinic_id, licence_number),
  constraint practitioners_user_fkey foreign key (clinic_id, user_id) references polyclinic.users on delete restrict
);
call gate.guard('polyclinic.practitioners', key => 'practitioner_id', reads => 'practitioners:read', inserts => 'staff:write', updates => 'staff:write', doors => 'rw');
grant select on polyclinic.practitioners to polyclinic_app, polyclinic_worker, polyclinic_gate;
grant insert on polyclinic.practitioners to polyclinic_app, polyclinic_gate;
grant update (name, specialization, qualification, licence_number, status) on polyclinic.practitioners to polyclinic_app;
grant update (status) on polyclinic.practitioners to polyclinic_gate;

-- A session belongs to one clinic. Only hashes of its secrets are stored.
create table polyclinic.sessions (
  clinic_id     bigint not null default gate.clinic_id(),
  session_id    uuid not null,
  user_id       uuid not null,
  kind          text not null constraint sessions_kind_known check (kind in ('browser', 'api')),
  secret_sha256 bytea not null constraint sessions_secret_length check (length(secret_sha256) = 32),
  -- When this person last proved who they are; a password change ends what is older.
  proved_at     timestamptz not null default now(),
  seen_at       timestamptz not null default now(),
  idle_seconds  int not null constraint sessions_idle_positive check (idle_seconds > 0),
  secret_until  timestamptz not null,
  expires_at    timestamptz not null,
  revoked_at    timestamptz,
  user_agent    text constraint sessions_user_agent_length check (length(user_agent) <= 200),
  created_at    timestamptz not null default now(),
  constraint sessions_pkey primary key (clinic_id, session_id),
  constraint sessions_secret_key unique (clinic_id, secret_sha256),
  constraint sessions_user_fkey foreign key (clinic_id, user_id) references polyclinic.users on delete restrict
);
create index sessions_by_user on polyclinic.sessions (clinic_id, user_id, created_at desc);
call gate.guard('polyclinic.sessions', key => 'session_id', doors => 'rw', redact => '{-secret_sha256,-seen_at,-secret_until}');
-- A session may be ended from here, the own or by an admin, and never brought back.
create policy role_reads on polyclinic.sessions for select to polyclinic_app
  using (clinic_id = (select gate.clinic_for(4, 25)));
comment on policy role_reads on polyclinic.sessions is 'staff:write, or session:own for own rows';
create policy role_updates on polyclinic.sessions for update to polyclinic_app
  using (clinic_id = (select gate.clinic_for(4, 25)))
  with check (clinic_id = (select gate.clinic_for(4, 25)) and revoked_at is not null);
comment on policy role_updates on polyclinic.sessions is 'staff:write, or session:own for own rows';
create policy self_only on polyclinic.sessions as restrictive for all to polyclinic_app
  using (case when (select gate.clinic_for(4)) is not null then true else user_id = (select gate.user_id()) end);
grant select (clinic_id, session_id, user_id, kind, seen_at, expires_at, revoked_at, user_agent, created_at),
      update (revoked_at)
  on polyclinic.sessions to polyclinic_app;
grant select, insert, update (seen_at, revoked_at, secret_sha256, secret_until, proved_at) on polyclinic.sessions to polyclinic_gate;

-- Refresh tokens of an API session, each good once. A used one that comes again kills its session.
create table polyclinic.refresh_tokens (
  clinic_id    bigint not null default gate.clinic_id(),
  token_sha256 bytea not null constraint refresh_tokens_length check (length(token_sha256) = 32),
  session_id   uuid not null,
  expires_at   timestamptz not null,
  used_at      timestamptz,
  constraint refresh_tokens_pkey primary key (clinic_id, token_sha256),
  constraint refresh_tokens_session_fkey foreign key (clinic_id, session_id) references polyclinic.sessions on delete restrict
);
call gate.guard('polyclinic.refresh_tokens', key => 'session_id', doors => 'rw', history => false);
grant select, insert, update (used_at) on polyclinic.refresh_tokens to polyclinic_gate;

-- What a request with an Idempotency-Key was answered, claimed in the transaction that does the work.
create table polyclinic.idempotency_keys (
  clinic_id   bigint not null default gate.clinic_id(),
  user_id     uuid not null default gate.user_id(),
  key         text not null constraint idempotency_keys_length check (length(key) between 1 and 128),
  fingerprint bytea not null,
  status      smallint,
  headers     jsonb,
  body        bytea,
  created_at  timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (clinic_id, user_id, key)
);
call gate.guard('polyclinic.idempotency_keys', key => 'key', history => false);
create policy own_reads on polyclinic.idempotency_keys for select to polyclinic_app
  using (clinic_id = (select gate.clinic_for(25)) and user_id = (select gate.user_id()));
create policy own_inserts on polyclinic.idempotency_keys for insert to polyclinic_app
  with check (clinic_id = (select gate.clinic_for(25)) and user_id = (select gate.user_id()));
create policy own_updates on polyclinic.idempotency_keys for update to polyclinic_app
  using (clinic_id = (select gate.clinic_for(25)) and user_id = (select gate.user_id()))
  with check (clinic_id = (select gate.clinic_for(25)) and user_id = (select gate.user_id()));
grant select, insert, update (status, headers, body) on polyclinic.idempotency_keys to polyclinic_app;
reset role;

-- The directory repeats name, zone, locale, currency and which logo it is; it follows the clinic's own profile. A logo
-- of more than 64 KiB is for paper: a page weighs 100 KB in all.
set local role polyclinic_gate;
create function gate.publish_clinic() returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  update platform.directory
  set name = new.name, zone = new.zone, locale = new.locale, currency = new.currency,
      logo = case when length(new.logo) <= 65536 then left(encode(sha256(new.logo), 'hex'), 12) end
  where clinic_id = new.clinic_id;
  return null;
end $$;
grant execute on function gate.publish_clinic() to polyclinic_owner;
reset role;
set local role polyclinic_owner;
create trigger publish after update of name, zone, locale, currency, logo on polyclinic.clinics
  for each row execute function gate.publish_clinic();
reset role;
