-- The landlord's books. They say which clinics exist, who may sign in and what work is queued;
-- they name no patient. Global tables are rarely written and never reference a clinic's rows.
set local role polyclinic_gate;

-- The directory: one row a clinic, found by the slug in the URL. It repeats the few facts that every
-- page shows, so that opening a clinic reads one row; gate.publish_clinic keeps them in step.
create table platform.directory (
  clinic_id     bigint generated always as identity (start with 4001) constraint directory_pkey primary key,
  clinic_number int generated always as identity constraint directory_clinic_number_key unique,
  slug          text not null constraint directory_slug_key unique
                constraint directory_slug_shape check (slug ~ '^[a-z0-9](-?[a-z0-9]){2,39}$' and length(slug) between 3 and 40),
  name          text not null,
  zone          text not null default 'Asia/Kolkata',
  locale        text not null default 'en-IN',
  currency      text not null default 'INR',
  logo          text constraint directory_logo_shape check (logo ~ '^[0-9a-f]{12}$'),
  status        text not null default 'active'
                constraint directory_status_known check (status in ('trial', 'active', 'suspended', 'closed', 'moving')),
  server        text not null default 'main',
  generation    int not null default 1,
  created_at    timestamptz not null default now()
);
comment on column platform.directory.clinic_id is 'Internal key of the clinic; never leaves the database.';
comment on column platform.directory.clinic_number is 'The number people read inside PT-<clinic number>-<year>-<seq>.';
comment on column platform.directory.logo is 'Begins the SHA-256 of the logo at the top of every page; null: there is none, or none light enough.';
comment on column platform.directory.server is 'Which database server holds this clinic; one today.';

-- Credentials. An account may belong to several clinics; the password is the account's.
create table platform.accounts (
  account_id      uuid constraint accounts_pkey primary key,
  email           text constraint accounts_email_key unique
                  constraint accounts_email_folded check (email = lower(email)),
  password_phc    text,
  status          text not null default 'active' constraint accounts_status_known check (status in ('active', 'disabled')),
  -- Sessions opened before this moment are over: a password change moves it.
  valid_from      timestamptz not null default now(),
  failed_attempts int not null default 0,
  retry_after     timestamptz,
  created_at      timestamptz not null default now()
);
comment on column platform.accounts.password_phc is 'argon2id, PHC string. Read only by the sign-in doors.';

create table platform.memberships (
  account_id uuid not null,
  clinic_id  bigint not null,
  user_id    uuid not null,
  constraint memberships_pkey primary key (account_id, clinic_id),
  constraint memberships_account_fkey foreign key (account_id) references platform.accounts on delete restrict,
  constraint memberships_clinic_fkey foreign key (clinic_id) references platform.directory on delete restrict
);
create index memberships_by_user on platform.memberships (clinic_id, user_id);

-- One-time links to set a password. Only the sha256 of the token is stored.
create table platform.password_links (
  token_sha256 bytea constraint password_links_pkey primary key,
  account_id   uuid not null,
  expires_at   timestamptz not null,
  used_at      timestamptz,
  created_at   timestamptz not null default now(),
  constraint password_links_account_fkey foreign key (account_id) references platform.accounts on delete restrict
);
create index password_links_by_account on platform.password_links (account_id);

create table platform.super_admins (
  super_admin_id uuid constraint super_admins_pkey primary key,
  account_id     uuid not null constraint super_admins_account_key unique,
  name           text not null,
  created_at     timestamptz not null default now(),
  constraint super_admins_account_fkey foreign key (account_id) references platform.accounts on delete restrict
);

create table platform.super_admin_sessions (
  secret_sha256  bytea constraint super_admin_sessions_pkey primary key,
  super_admin_id uuid not null,
  expires_at     timestamptz not null,
  revoked_at     timestamptz,
  created_at     timestamptz not null default now(),
  constraint super_admin_sessions_admin_fkey foreign key (super_admin_id) references platform.super_admins on delete restrict
);

-- Queued work. A job names a clinic, a kind and ids; never a patient's data.
create table platform.jobs (
  job_id       uuid constraint jobs_pkey primary key,
  clinic_id    bigint not null,
  kind         text not null,
  args         jsonb not null default '{}',
  -- Who asked for it inside the clinic: the trail of what the job does names this person.
  user_id      uuid,
  state        text not null default 'queued'
               constraint jobs_state_known check (state in ('queued', 'leased', 'done', 'failed')),
  attempts     int not null default 0,
  run_at       timestamptz not null default now(),
  leased_until timestamptz,
  finished_at  timestamptz,
  created_at   timestamptz not null default now(),
  constraint jobs_clinic_fkey foreign key (clinic_id) references platform.directory on delete restrict
);
create index jobs_due on platform.jobs (run_at) where state in ('queued', 'leased');

-- Operators look inside a clinic only with a reason that was committed before (see gate.break_glass).
create table platform.break_glass (
  grant_id   uuid constraint break_glass_pkey primary key default gen_random_uuid(),
  clinic_id  bigint not null,
  operator   name not null default session_user,
  reason     text not null constraint break_glass_reason_said check (length(btrim(reason)) >= 15),
  opened_xid xid8 not null default pg_current_xact_id(),
  opened_at  timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null default clock_timestamp() + interval '30 minutes',
  constraint break_glass_clinic_fkey foreign key (clinic_id) references platform.directory on delete restrict
);

-- By column, by login: the control plane sees clinics and not credentials; workers see jobs.
grant select (clinic_id, clinic_number, slug, name, zone, locale, currency, status, server, generation, created_at),
      update (status)
  on platform.directory to polyclinic_platform;
grant select (account_id, email, status, created_at), update (status) on platform.accounts to polyclinic_platform;
grant select on platform.memberships, platform.super_admins, platform.break_glass to polyclinic_platform;
grant select, insert (job_id, clinic_id, kind, args, run_at) on platform.jobs to polyclinic_platform;
grant select, update (state, attempts, run_at, leased_until, finished_at) on platform.jobs to polyclinic_worker;
grant select (clinic_id, slug) on platform.directory to polyclinic_worker;
reset role;
