-- A link to one prescription for its patient: lives for days, asks for the birth year, dies of five wrong answers.
--
-- Whoever opens it has no login. The door below verifies token and year and opens the clinic as role `share`, with the
-- rights of that patient's own login and no more; the service then draws the one sheet through the wall as for anybody.
set local role polyclinic_gate;
insert into gate.roles (role, code, about) values
  ('share', 30, 'whoever opened a link to one prescription: sees that patient''s own record, read only');
insert into gate.permissions (permission, bit, roles, about) values
  ('prescriptions:share', 42, '{doctor,receptionist}', 'make and revoke links to a prescription for its patient');
update gate.permissions
set roles = roles || '{share}'
where permission in ('clinic:read', 'practitioners:read', 'self:read');
reset role;

set local role polyclinic_owner;
create table polyclinic.shares (
  clinic_id       bigint not null default gate.clinic_id(),
  share_id        uuid not null,
  prescription_id uuid not null,
  patient_id      uuid not null,
  -- Only the hash: whoever reads this table opens nothing.
  token_sha256    bytea not null constraint shares_token_length check (length(token_sha256) = 32),
  created_by      uuid not null,
  created_by_name text not null constraint shares_by_length check (length(created_by_name) between 1 and 150),
  expires_at      timestamptz not null,
  revoked_at      timestamptz,
  wrong_tries     smallint not null default 0 constraint shares_tries_range check (wrong_tries between 0 and 5),
  opened          int not null default 0 constraint shares_opened_positive check (opened >= 0),
  opened_at       timestamptz,
  version         int not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint shares_pkey primary key (clinic_id, share_id),
  constraint shares_token_key unique (clinic_id, token_sha256),
  constraint shares_life check (expires_at > created_at and expires_at <= created_at + interval '14 days'),
  constraint shares_opened_whole check ((opened = 0) = (opened_at is null)),
  constraint shares_prescription_fkey foreign key (clinic_id, prescription_id) references polyclinic.prescriptions on delete restrict,
  constraint shares_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict
);
create index shares_by_prescription on polyclinic.shares (clinic_id, prescription_id, created_at desc);
call gate.guard('polyclinic.shares', key => 'share_id', reads => 'prescriptions:read', inserts => 'prescriptions:share',
                updates => 'prescriptions:share', redact => '{-token_sha256}');
-- In the own name, to a signed prescription of the patient it says.
create policy own_inserts on polyclinic.shares as restrictive for insert to polyclinic_app
  with check (created_by = (select gate.user_id()) and opened = 0 and wrong_tries = 0 and exists (
    select
    from polyclinic.prescriptions p
    where p.clinic_id = shares.clinic_id
      and p.prescription_id = shares.prescription_id
      and p.patient_id = shares.patient_id
      and p.status = 'signed'));
-- The door reads a link and counts; it makes none.
create policy door_reads on polyclinic.shares for select to polyclinic_gate using (clinic_id = (select gate.clinic_for(0)));
create policy door_updates on polyclinic.shares for update to polyclinic_gate
  using (clinic_id = (select gate.clinic_for(0))) with check (clinic_id = (select gate.clinic_for(0)));
grant select, insert on polyclinic.shares to polyclinic_app;
grant update (revoked_at) on polyclinic.shares to polyclinic_app;
grant select, update (wrong_tries, opened, opened_at) on polyclinic.shares to polyclinic_gate;
-- A link ends once; it does not come back to life.
create function polyclinic.keep_revoked() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
    raise exception 'a revoked link stays revoked' using errcode = 'PC020';
  end if;
  return new;
end $$;
create trigger keep_revoked before update on polyclinic.shares for each row execute function polyclinic.keep_revoked();

-- The door asks the patient's birth year and whether the record is in use.
create policy door_reads on polyclinic.patients for select to polyclinic_gate using (clinic_id = (select gate.clinic_for(0)));
grant select (clinic_id, patient_id, birth_date, status) on polyclinic.patients to polyclinic_gate;
reset role;

set local role polyclinic_gate;
-- Whether a link is good, for the page that asks for the year. Unknown, expired, revoked, used up, of an archived
-- patient, of another clinic: false, all the same.
create function gate.share_lives(p_slug text, p_token_sha256 bytea) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  c bigint;
  good boolean;
begin
  select d.clinic_id into c from platform.directory d where d.slug = p_slug and d.status in ('active', 'trial');
  if not found then return false; end if;
  perform gate.refuse_dirty();
  perform gate.sign(c, nil, nil, nil, 1, 0::smallint);
  good := exists (
    select
    from polyclinic.shares s
    join polyclinic.patients p on p.clinic_id = s.clinic_id and p.patient_id = s.patient_id
    where s.clinic_id = c
      and s.token_sha256 = p_token_sha256
      and s.revoked_at is null
      and s.expires_at > clock_timestamp()
      and s.wrong_tries < 5
      and p.status <> 'archived');
  perform set_config('gate.ctx', '', true);
  return good;
end $$;

-- Opens a link. outcome: 'opened' (and the clinic is open for the patient's own record), 'wrong' (counted; `left` says
-- how many tries remain) or 'over'. A wrong answer is an outcome and no exception, which would undo its count; the row is
-- locked, so that tries made at once are counted one by one.
create function gate.open_share(
  p_slug text, p_token_sha256 bytea, p_birth_year int,
  out outcome text, out tries_left int, out prescription_id uuid,
  out clinic_id bigint, out clinic_number int, out clinic_name text, out zone text, out locale text, out currency text,
  out user_id uuid, out user_name text, out role text, out session_id uuid, out patient_id uuid, out permissions bigint,
  out entered_at timestamptz, out today date)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil   constant uuid := '00000000-0000-0000-0000-000000000000';
  place record;
  link  record;
  born  int;
  r     record;
begin
  outcome := 'over';
  select d.clinic_id, d.clinic_number, d.name, d.zone, d.locale, d.currency into place
  from platform.directory d
  where d.slug = p_slug and d.status in ('active', 'trial');
  if not found then return; end if;
  perform gate.refuse_dirty();
  perform gate.pin_settings();
  perform gate.sign(place.clinic_id, nil, nil, nil, 1, 0::smallint);
  select s.share_id, s.prescription_id, s.patient_id, s.wrong_tries into link
  from polyclinic.shares s
  where s.clinic_id = place.clinic_id
    and s.token_sha256 = p_token_sha256
    and s.revoked_at is null
    and s.expires_at > clock_timestamp()
    and s.wrong_tries < 5
  for update;
  if found then
    select extract(year from p.birth_date)::int into born
    from polyclinic.patients p
    where p.clinic_id = place.clinic_id and p.patient_id = link.patient_id and p.status <> 'archived';
  end if;
  if born is null then
    perform set_config('gate.ctx', '', true);
    return;
  end if;
  -- The trail names the link as the session.
  perform gate.sign(place.clinic_id, nil, link.share_id, nil, 1, 0::smallint);
  if born is distinct from p_birth_year then
    update polyclinic.shares s set wrong_tries = s.wrong_tries + 1
    where s.clinic_id = place.clinic_id and s.share_id = link.share_id;
    perform set_config('gate.ctx', '', true);
    outcome := 'wrong';  tries_left := 4 - link.wrong_tries;
    return;
  end if;
  update polyclinic.shares s set opened = s.opened + 1, opened_at = clock_timestamp()
  where s.clinic_id = place.clinic_id and s.share_id = link.share_id;
  select g.role, g.mask, g.code into strict r from gate.roles g where g.role = 'share';
  perform gate.sign(place.clinic_id, nil, link.share_id, link.patient_id, r.mask, r.code);
  outcome := 'opened';  prescription_id := link.prescription_id;
  clinic_id := place.clinic_id;  clinic_number := place.clinic_number;  clinic_name := place.name;
  zone := place.zone;  locale := place.locale;  currency := place.currency;
  user_id := nil;  user_name := r.role;  role := r.role;  session_id := link.share_id;  patient_id := link.patient_id;
  permissions := r.mask;
  entered_at := transaction_timestamp();
  today := (transaction_timestamp() at time zone place.zone)::date;
end $$;
grant execute on function gate.share_lives(text, bytea) to polyclinic_auth;
grant execute on function gate.open_share(text, bytea, int) to polyclinic_app;
reset role;
