-- Sign-in: its login sees credentials and makes sessions, no more. It has no privilege on any table.
set local role polyclinic_gate;

-- The credentials to check for an identifier or email in one clinic. No row when there is nobody.
create function gate.candidate(p_slug text, p_identifier text,
    out account_id uuid, out user_id uuid, out password_phc text, out wait_seconds int)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  c bigint;
begin
  select d.clinic_id into c from platform.directory d where d.slug = p_slug and d.status in ('active', 'trial');
  if not found then return; end if;
  perform gate.refuse_dirty();
  perform gate.sign(c, nil, nil, nil, 1, 0::smallint);
  select a.account_id, u.user_id, a.password_phc,
         greatest(0, ceil(extract(epoch from a.retry_after - clock_timestamp())))::int
    into account_id, user_id, password_phc, wait_seconds
  from polyclinic.users u
  join platform.accounts a on a.account_id = u.account_id and a.status = 'active'
  where u.clinic_id = c
    and (u.identifier = p_identifier or u.email = p_identifier)
    and u.status = 'active'
  order by u.identifier = p_identifier desc
  limit 1;
  perform set_config('gate.ctx', '', true);
end $$;

-- The same by the account's email, for people of several clinics and for super-admins.
create function gate.account_candidate(p_email text,
    out account_id uuid, out super_admin_id uuid, out password_phc text, out wait_seconds int)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  select a.account_id, s.super_admin_id, a.password_phc,
         greatest(0, ceil(extract(epoch from a.retry_after - clock_timestamp())))::int
    into account_id, super_admin_id, password_phc, wait_seconds
  from platform.accounts a
  left join platform.super_admins s on s.account_id = a.account_id
  where a.email = p_email and a.status = 'active';
end $$;

-- The clinics of an account whose password was just verified.
create function gate.account_clinics(p_account uuid, out slug text, out name text, out user_id uuid)
  returns setof record
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select d.slug, d.name, m.user_id
  from platform.memberships m
  join platform.directory d on d.clinic_id = m.clinic_id and d.status in ('active', 'trial')
  where m.account_id = p_account
  order by d.name, d.slug;
end $$;

-- Counts a failed attempt (the wait doubles from 1 s at the fourth to 15 min) or forgets them all.
create function gate.note_attempt(p_account uuid, p_success boolean) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_success then
    update platform.accounts set failed_attempts = 0, retry_after = null
    where account_id = p_account and failed_attempts > 0;
  else
    update platform.accounts
    set failed_attempts = failed_attempts + 1,
        retry_after = case when failed_attempts >= 3
                      then clock_timestamp() + make_interval(secs => least(900, power(2, least(failed_attempts - 3, 10)))) end
    where account_id = p_account;
  end if;
end $$;

-- Opens a session in a clinic for an account that proved its password. Null when it may not.
create function gate.open_session(
    p_slug text, p_account uuid, p_session uuid, p_kind text, p_secret_sha256 bytea, p_secret_seconds int,
    p_refresh_sha256 bytea, p_idle_seconds int, p_life_seconds int, p_user_agent text,
    out user_id uuid, out name text, out role text, out permissions text[])
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  c bigint;
  e timestamptz := clock_timestamp() + make_interval(secs => p_life_seconds);
begin
  select d.clinic_id into c from platform.directory d where d.slug = p_slug and d.status in ('active', 'trial');
  if not found then return; end if;
  perform gate.refuse_dirty();
  perform gate.sign(c, nil, nil, nil, 1, 0::smallint);
  select u.user_id, u.name, u.role into user_id, name, role
  from polyclinic.users u
  join platform.accounts a on a.account_id = u.account_id and a.status = 'active'
  where u.clinic_id = c and u.account_id = p_account and u.status = 'active';
  if user_id is null then
    perform set_config('gate.ctx', '', true);
    return;
  end if;
  permissions := array(select p.permission from gate.permissions p where role = any (p.roles) order by p.bit);
  perform gate.sign(c, user_id, p_session, nil, 1, 0::smallint);
  insert into polyclinic.sessions (clinic_id, session_id, user_id, kind, secret_sha256, idle_seconds, secret_until, expires_at, user_agent)
  values (c, p_session, user_id, p_kind, p_secret_sha256, p_idle_seconds,
          least(e, clock_timestamp() + make_interval(secs => p_secret_seconds)), e, left(p_user_agent, 200));
  if p_refresh_sha256 is not null then
    insert into polyclinic.refresh_tokens (clinic_id, token_sha256, session_id, expires_at)
    values (c, p_refresh_sha256, p_session, e);
  end if;
  perform set_config('gate.ctx', '', true);
end $$;

-- Exchanges a refresh token for a new pair. outcome: 'rotated', 'unknown', or 'reused' (the session is
-- now revoked, and that stands: it is an answer, not an exception that would undo it).
create function gate.rotate_session(
    p_slug text, p_refresh_sha256 bytea, p_secret_sha256 bytea, p_secret_seconds int, p_new_refresh_sha256 bytea,
    out outcome text, out session_id uuid, out user_id uuid, out name text, out role text, out permissions text[])
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  c bigint;
  t record;
begin
  outcome := 'unknown';
  select d.clinic_id into c from platform.directory d where d.slug = p_slug and d.status in ('active', 'trial');
  if not found then return; end if;
  perform gate.refuse_dirty();
  perform gate.sign(c, nil, nil, nil, 1, 0::smallint);
  select r.session_id, r.used_at, r.expires_at, s.revoked_at, s.user_id,
         (s.proved_at >= a.valid_from and u.status = 'active' and a.status = 'active') as alive, u.name, u.role into t
  from polyclinic.refresh_tokens r
  join polyclinic.sessions s on s.clinic_id = r.clinic_id and s.session_id = r.session_id
  join polyclinic.users u on u.clinic_id = s.clinic_id and u.user_id = s.user_id
  join platform.accounts a on a.account_id = u.account_id
  where r.clinic_id = c and r.token_sha256 = p_refresh_sha256
  for update of r;
  if not found then
    perform set_config('gate.ctx', '', true);
    return;
  end if;
  perform gate.sign(c, t.user_id, t.session_id, nil, 1, 0::smallint);
  if t.used_at is not null then
    update polyclinic.sessions set revoked_at = clock_timestamp()
    where clinic_id = c and session_id = t.session_id and revoked_at is null;
    outcome := 'reused';
  elsif t.revoked_at is null and t.expires_at > clock_timestamp() and t.alive then
    update polyclinic.refresh_tokens set used_at = clock_timestamp() where clinic_id = c and token_sha256 = p_refresh_sha256;
    insert into polyclinic.refresh_tokens (clinic_id, token_sha256, session_id, expires_at)
    values (c, p_new_refresh_sha256, t.session_id, t.expires_at);
    update polyclinic.sessions
    set secret_sha256 = p_secret_sha256, seen_at = clock_timestamp(),
        secret_until = least(expires_at, clock_timestamp() + make_interval(secs => p_secret_seconds))
    where clinic_id = c and session_id = t.session_id;
    outcome := 'rotated'; session_id := t.session_id; user_id := t.user_id; name := t.name; role := t.role;
    permissions := array(select p.permission from gate.permissions p where t.role = any (p.roles) order by p.bit);
  end if;
  perform set_config('gate.ctx', '', true);
end $$;

-- The stored hash of the person in a live session, to verify the old password before a change.
-- `known` is what no password may be made of: how the person signs in, and the names that stand on every door.
create function gate.own_credentials(
    p_slug text, p_secret bytea, out account_id uuid, out password_phc text, out wait_seconds int, out known text[])
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare who record;
begin
  select e.clinic_id, e.user_id into who from gate.enter(p_slug, p_secret) e;
  perform gate.sign(who.clinic_id, who.user_id, gate.session_id(), '00000000-0000-0000-0000-000000000000', 1, 0::smallint);
  select a.account_id, a.password_phc, greatest(0, ceil(extract(epoch from a.retry_after - clock_timestamp())))::int,
         array_remove(array[u.name, u.identifier, u.email, c.name], null)
    into account_id, password_phc, wait_seconds, known
  from polyclinic.users u
  join polyclinic.clinics c on c.clinic_id = u.clinic_id
  join platform.accounts a on a.account_id = u.account_id
  where u.clinic_id = who.clinic_id and u.user_id = who.user_id;
  perform set_config('gate.ctx', '', true);
end $$;

-- Sets the password of the person in a live session. Every other session of the account is over.
create function gate.change_password(p_slug text, p_secret bytea, p_phc text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  who record;
  acc uuid;
begin
  select e.clinic_id, e.user_id, e.session_id into who from gate.enter(p_slug, p_secret) e;
  perform gate.sign(who.clinic_id, who.user_id, who.session_id, '00000000-0000-0000-0000-000000000000', 1, 0::smallint);
  select u.account_id into acc from polyclinic.users u where u.clinic_id = who.clinic_id and u.user_id = who.user_id;
  update platform.accounts
  set password_phc = p_phc, valid_from = clock_timestamp(), failed_attempts = 0, retry_after = null
  where account_id = acc;
  update platform.password_links set used_at = clock_timestamp() where account_id = acc and used_at is null;
  update polyclinic.sessions set proved_at = clock_timestamp()
  where clinic_id = who.clinic_id and session_id = who.session_id;
  perform set_config('gate.ctx', '', true);
end $$;

-- Whether a one-time link is still good, and for whom: a name to greet, no more.
create function gate.password_link(p_token_sha256 bytea, out name text, out slug text, out known text[])
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  m record;
begin
  select l.account_id, m.clinic_id, m.user_id, d.slug into m
  from platform.password_links l
  left join platform.memberships m on m.account_id = l.account_id
  left join platform.directory d on d.clinic_id = m.clinic_id
  where l.token_sha256 = p_token_sha256 and l.used_at is null and l.expires_at > clock_timestamp()
  order by m.clinic_id
  limit 1;
  if not found then return; end if;
  slug := coalesce(m.slug, '');
  if m.clinic_id is null then
    select s.name, array_remove(array[a.email], null) into name, known
    from platform.super_admins s
    join platform.accounts a on a.account_id = s.account_id
    where s.account_id = m.account_id;
    return;
  end if;
  perform gate.sign(m.clinic_id, nil, nil, nil, 1, 0::smallint);
  select u.name, array_remove(array[u.identifier, u.email, c.name], null) into name, known
  from polyclinic.users u
  join polyclinic.clinics c on c.clinic_id = u.clinic_id
  where u.clinic_id = m.clinic_id and u.user_id = m.user_id;
  perform set_config('gate.ctx', '', true);
end $$;

-- Uses the link up: sets the password, ends every session of the account, wakes an invited user.
create function gate.use_password_link(p_token_sha256 bytea, p_phc text) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  acc uuid;
  m record;
begin
  update platform.password_links set used_at = clock_timestamp()
  where token_sha256 = p_token_sha256 and used_at is null and expires_at > clock_timestamp()
  returning account_id into acc;
  if acc is null then return false; end if;
  update platform.password_links set used_at = clock_timestamp() where account_id = acc and used_at is null;
  update platform.accounts
  set password_phc = p_phc, valid_from = clock_timestamp(), failed_attempts = 0, retry_after = null
  where account_id = acc;
  for m in select clinic_id, user_id from platform.memberships where account_id = acc loop
    perform gate.sign(m.clinic_id, nil, nil, nil, 1, 0::smallint);
    update polyclinic.users set status = 'active'
    where clinic_id = m.clinic_id and user_id = m.user_id and status = 'invited';
    update polyclinic.practitioners set status = 'active'
    where clinic_id = m.clinic_id and user_id = m.user_id and status = 'invited';
  end loop;
  perform set_config('gate.ctx', '', true);
  return true;
end $$;

-- A super-admin's session: the platform's own pages, no clinic.
create function gate.open_platform_session(p_account uuid, p_secret_sha256 bytea, p_life_seconds int) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare s uuid;
begin
  select super_admin_id into s from platform.super_admins where account_id = p_account;
  if s is not null then
    insert into platform.super_admin_sessions (secret_sha256, super_admin_id, expires_at)
    values (p_secret_sha256, s, clock_timestamp() + make_interval(secs => p_life_seconds));
  end if;
  return s;
end $$;

create function gate.platform_session(p_secret bytea, out super_admin_id uuid, out name text)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  select s.super_admin_id, a.name into super_admin_id, name
  from platform.super_admin_sessions s
  join platform.super_admins a on a.super_admin_id = s.super_admin_id
  join platform.accounts c on c.account_id = a.account_id and c.status = 'active'
  where s.secret_sha256 = sha256(p_secret)
    and s.revoked_at is null
    and s.expires_at > clock_timestamp()
    and s.created_at >= c.valid_from;
end $$;

create function gate.end_platform_session(p_secret bytea) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  update platform.super_admin_sessions set revoked_at = clock_timestamp()
  where secret_sha256 = sha256(p_secret) and revoked_at is null;
end $$;

grant execute on function
  gate.candidate(text, text), gate.account_candidate(text), gate.account_clinics(uuid), gate.note_attempt(uuid, boolean),
  gate.open_session(text, uuid, uuid, text, bytea, int, bytea, int, int, text),
  gate.rotate_session(text, bytea, bytea, int, bytea), gate.own_credentials(text, bytea),
  gate.change_password(text, bytea, text), gate.password_link(bytea), gate.use_password_link(bytea, text),
  gate.open_platform_session(uuid, bytea, int), gate.platform_session(bytea), gate.end_platform_session(bytea)
  to polyclinic_auth;
grant execute on function gate.platform_session(bytea) to polyclinic_platform;
reset role;
