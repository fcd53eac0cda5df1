-- The doors. All are SECURITY DEFINER functions of polyclinic_gate; each is granted to the one login
-- that needs it. Codes: PC003 access denied, PC004 no grant, PC005 dirty connection, PC006 context
-- already open, PC007 the clinic is moving.
set local role polyclinic_gate;

-- Refuses a connection on which SQL left something that outlives its transaction. A driver's own
-- prepared statements are made by the protocol (from_sql is false) and pass.
create function gate.refuse_dirty() returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(current_setting('gate.ctx', true), '') <> '' then
    raise exception 'context already open' using errcode = 'PC006';
  end if;
  if exists (select from pg_prepared_statement() p where p.from_sql)
     or exists (select from pg_cursor() c where c.is_holdable)
     or exists (select from pg_listening_channels()) then
    raise exception 'connection carries foreign state' using errcode = 'PC005';
  end if;
end $$;

-- For this transaction, whatever an earlier one may have SET on the session.
create function gate.pin_settings() returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, MDY', true),
          set_config('client_encoding', 'UTF8', true), set_config('statement_timeout', '5s', true),
          set_config('lock_timeout', '2s', true);
end $$;

-- THE door for clinic work: finds the clinic by slug, opens it, and inside it, under the same wall as
-- everybody, looks for the live session. One error for an unknown slug, a stranger, an expired or
-- revoked session, a suspended clinic. Idle time is counted from the last touch.
--
-- Every request passes here, so it is written for speed: refuse_dirty, sign, mac and pin_settings in its own steps,
-- because a nested call or a "perform" costs as much as ten expressions, and the clinic and the key in one query.
create function gate.enter(
  p_slug text, p_secret bytea,
  out clinic_id bigint, out clinic_number int, out clinic_name text, out zone text, out locale text, out currency text,
  out user_id uuid, out user_name text, out language text, out role text, out session_id uuid, out patient_id uuid,
  out permissions bigint, out entered_at timestamptz, out today date, out stale boolean, out logo text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  -- Nobody yet, with the permission of the doors themselves: what sign() would write behind the clinic.
  nobody constant bytea := '\x000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'
                           '00000000000000010000';
  here   constant bytea := int4send(pg_backend_pid()) || timestamptz_send(transaction_timestamp());
  state  text;
  key    bytea;
  p      bytea;
  done   text;
begin
  if current_setting('gate.ctx', true) <> '' then
    raise exception 'context already open' using errcode = 'PC006';
  end if;
  if exists (select from pg_prepared_statement() p where p.from_sql
             union all select from pg_cursor() c where c.is_holdable
             union all select from pg_listening_channels()) then
    raise exception 'connection carries foreign state' using errcode = 'PC005';
  end if;
  select d.clinic_id, d.clinic_number, d.name, d.zone, d.locale, d.currency, d.logo, d.status, k.key
    into clinic_id, clinic_number, clinic_name, zone, locale, currency, logo, state, key
  from platform.directory d
  cross join gate.keys k
  where d.slug = p_slug;
  if not found or state not in ('active', 'trial', 'moving') then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  p := int8send(clinic_id) || nobody;
  done := set_config('gate.ctx', encode(p || sha256(key || p || here), 'hex'), true);
  select s.session_id, u.user_id, u.name, u.language, u.role, u.patient_id, r.mask, transaction_timestamp(),
         (transaction_timestamp() at time zone enter.zone)::date,
         s.seen_at < transaction_timestamp() - interval '2 minutes',
         int8send(s.clinic_id) || uuid_send(u.user_id) || uuid_send(s.session_id)
         || coalesce(uuid_send(u.patient_id), '\x00000000000000000000000000000000') || int8send(r.mask) || int2send(r.code)
    into session_id, user_id, user_name, language, role, patient_id, permissions, entered_at, today, stale, p
  from polyclinic.sessions s
  join polyclinic.users u on u.clinic_id = s.clinic_id and u.user_id = s.user_id
  join platform.accounts a on a.account_id = u.account_id
  join gate.roles r on r.role = u.role
  where s.clinic_id = enter.clinic_id
    and s.secret_sha256 = sha256(p_secret)
    and s.revoked_at is null
    and s.expires_at > clock_timestamp()
    and s.secret_until > clock_timestamp()
    and s.seen_at + make_interval(secs => s.idle_seconds) > clock_timestamp()
    and s.proved_at >= a.valid_from
    and u.status = 'active'
    and a.status = 'active';
  if not found then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  if state = 'moving' then
    raise exception 'clinic is moving' using errcode = 'PC007';
  end if;
  done := set_config('gate.ctx', encode(p || sha256(key || p || here), 'hex'), true);
  -- As pin_settings does, but only where somebody has changed them.
  if current_setting('TimeZone') <> 'UTC' or current_setting('DateStyle') <> 'ISO, MDY'
     or current_setting('client_encoding') <> 'UTF8' or current_setting('statement_timeout') <> '5s'
     or current_setting('lock_timeout') <> '2s' then
    perform gate.pin_settings();
  end if;
end $$;

-- Marks the session of this context as seen now. Called at most every other minute; does not wait for the disk: lost in a
-- crash, it makes a session look idle for two minutes longer.
create function gate.touch() returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  s uuid := gate.session_id();
begin
  perform gate.sign(c, gate.user_id(), s, gate.patient_id(), 1, 0::smallint);
  update polyclinic.sessions set seen_at = clock_timestamp() where clinic_id = c and session_id = s;
  perform set_config('synchronous_commit', 'off', true);
end $$;

-- The language that the person of this context wants to be spoken to in; null: the clinic's own.
create function gate.speak(p_language text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  u uuid := gate.user_id();
  ctx text := current_setting('gate.ctx', true);
begin
  if gate.clinic_for('session:own') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  perform gate.sign(c, u, gate.session_id(), gate.patient_id(), 1, 0::smallint);
  update polyclinic.users set language = p_language
  where clinic_id = c and user_id = u and language is distinct from p_language;
  perform set_config('gate.ctx', ctx, true);
end $$;

-- Ends this very backend. The service calls it on a connection that enter refused as dirty: behind a
-- pooler, closing the client's side would leave the server's side, and what was planted in it, alive.
create function gate.hang_up() returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return pg_terminate_backend(pg_backend_pid());
exception when insufficient_privilege then
  return false;
end $$;

-- A leased job opens its clinic with the permissions of its kind, in the name of who asked for it.
create function gate.enter_job(
  p_job uuid,
  out clinic_id bigint, out clinic_number int, out clinic_name text, out zone text, out locale text, out currency text,
  out user_id uuid, out user_name text, out language text, out role text, out session_id uuid, out patient_id uuid,
  out permissions bigint, out entered_at timestamptz, out today date, out stale boolean, out logo text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  job record;
begin
  perform gate.refuse_dirty();
  select d.clinic_id, d.clinic_number, d.name, d.zone, d.locale, d.currency,
         coalesce(j.user_id, nil) as user_id, r.role, r.mask, r.code
    into job
  from platform.jobs j
  join platform.directory d on d.clinic_id = j.clinic_id and d.status in ('active', 'trial')
  join gate.roles r on r.role = 'job:' || j.kind
  where j.job_id = p_job
    and j.state = 'leased'
    and j.leased_until > clock_timestamp();
  if not found then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  perform gate.sign(job.clinic_id, job.user_id, p_job, nil, job.mask, job.code);
  perform gate.pin_settings();
  clinic_id := job.clinic_id;  clinic_number := job.clinic_number;  clinic_name := job.name;
  zone := job.zone;  locale := job.locale;  currency := job.currency;
  user_id := job.user_id;  user_name := job.role;  role := job.role;  session_id := p_job;  permissions := job.mask;
  entered_at := transaction_timestamp();
  today := (transaction_timestamp() at time zone job.zone)::date;
  stale := false;
end $$;

-- Puts work for this clinic into the queue, in the transaction that makes it necessary. A job has rights of
-- its own, so whoever enqueues it must hold the permission that its kind needs.
create function gate.enqueue(p_job uuid, p_kind text, p_args jsonb) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  permission text;
begin
  select r.needs into permission from gate.roles r where r.role = 'job:' || p_kind;
  if not found then
    raise exception 'no such job' using errcode = 'PC008';
  end if;
  if permission is null or gate.clinic_for(permission) is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  insert into platform.jobs (job_id, clinic_id, kind, args, user_id) values (p_job, c, p_kind, p_args, gate.user_id());
end $$;

-- An operator's way in: the reason must be committed before any row is visible, so that a rollback
-- cannot erase it; thirty minutes, read only, and the clinic's admin can see it.
create function gate.break_glass(p_slug text, p_reason text) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare g uuid;
begin
  insert into platform.break_glass (clinic_id, reason)
  select d.clinic_id, p_reason from platform.directory d where d.slug = p_slug
  returning grant_id into g;
  if g is null then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  raise log 'glass broken: grant % by % for %', g, session_user, p_slug;
  return g;
end $$;

create function gate.enter_broken_glass(p_grant uuid) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  g platform.break_glass;
  r gate.roles;
begin
  perform gate.refuse_dirty();
  select * into g from platform.break_glass b
  where b.grant_id = p_grant and b.operator = session_user and b.expires_at > clock_timestamp();
  if not found or g.opened_xid = pg_current_xact_id_if_assigned() then
    raise exception 'no committed grant' using errcode = 'PC004';
  end if;
  select * into strict r from gate.roles where role = 'operator';
  perform gate.sign(g.clinic_id, nil, g.grant_id, nil, r.mask, r.code);
end $$;

-- Who broke the glass of this clinic, for its admin.
create function gate.glass_broken(out operator text, out reason text, out opened_at timestamptz, out expires_at timestamptz)
  returns setof record
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select b.operator::text, b.reason, b.opened_at, b.expires_at
  from platform.break_glass b
  where b.clinic_id = gate.clinic_for('staff:write') and b.clinic_id = gate.clinic_id()
  order by b.opened_at desc
  limit 50;
end $$;

-- What a page without a session may know of a clinic: that it exists and its name.
create function gate.front(p_slug text, out name text, out locale text, out clinic_number int)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  select d.name, d.locale, d.clinic_number into name, locale, clinic_number
  from platform.directory d
  where d.slug = p_slug and d.status in ('active', 'trial');
end $$;

grant execute on function gate.enter(text, bytea), gate.touch(), gate.speak(text), gate.hang_up(), gate.enqueue(uuid, text, jsonb), gate.glass_broken()
  to polyclinic_app;
grant execute on function gate.enter_job(uuid), gate.hang_up() to polyclinic_worker;
grant execute on function gate.break_glass(text, text), gate.enter_broken_glass(uuid) to polyclinic_operator;
grant execute on function gate.front(text) to polyclinic_auth;
reset role;

-- pg_terminate_backend asks for this, inherited, even to end one's own backend from a definer function. Where a
-- managed server does not let it be granted, hang_up answers false and the service can only close its own side.
do $$
begin
  if not pg_has_role('polyclinic_gate', 'pg_signal_backend', 'usage') then
    alter role polyclinic_gate inherit;
    grant pg_signal_backend to polyclinic_gate;
  end if;
exception when insufficient_privilege or invalid_grant_operation then
  raise notice 'pg_signal_backend is not polyclinic_gate''s: hang_up cannot end a backend here';
end $$;
