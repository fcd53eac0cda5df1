-- Accounts: who is let in, by whom. The control plane makes a clinic and its first people; a clinic's admin invites.
set local role polyclinic_gate;

-- A clinic.
create function gate.create_clinic(p_slug text, p_name text, p_zone text, p_currency text, p_locale text,
    p_registration text, p_address text, p_city text, p_phone text, p_email text, out clinic_number int)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  c bigint;
begin
  insert into platform.directory (slug, name, zone, locale, currency) values (p_slug, p_name, p_zone, p_locale, p_currency)
  returning clinic_id, clinic_number into c, clinic_number;
  perform gate.sign(c, nil, nil, nil, 1, 0::smallint);
  insert into polyclinic.clinics (clinic_id, name, registration_number, address, city, phone, email, zone, currency, locale)
  values (c, p_name, p_registration, p_address, p_city, p_phone, p_email, p_zone, p_currency, p_locale);
  perform set_config('gate.ctx', '', true);
end $$;

-- A person in a clinic, with a new account or one that exists, and a link to set the password.
-- Also who has a password proves the mailbox anew before the second clinic opens, and older links
-- are void: the first clinic's admin, who could renew them, may know both. Returns the account.
create function gate.create_user(p_slug text, p_user uuid, p_account uuid, p_role text, p_identifier text, p_email text, p_name text,
    p_token_sha256 bytea, p_link_seconds int) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  c bigint;
  acc uuid;
begin
  select d.clinic_id into c from platform.directory d where d.slug = p_slug and d.status <> 'closed';
  if not found then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  select a.account_id into acc from platform.accounts a where a.email = p_email;
  if acc is null then
    acc := p_account;
    insert into platform.accounts (account_id, email) values (acc, p_email);
  end if;
  -- Whoever runs the platform is never inside a clinic.
  if exists (select from platform.super_admins s where s.account_id = acc) then
    raise exception 'a super-admin belongs to no clinic' using errcode = 'PC009';
  end if;
  update platform.password_links set used_at = clock_timestamp() where account_id = acc and used_at is null;
  insert into platform.memberships (account_id, clinic_id, user_id) values (acc, c, p_user);
  perform gate.sign(c, nil, nil, nil, 1, 0::smallint);
  insert into polyclinic.users (clinic_id, user_id, account_id, identifier, email, name, role, status)
  values (c, p_user, acc, p_identifier, p_email, p_name, p_role, 'invited');
  perform set_config('gate.ctx', '', true);
  insert into platform.password_links (token_sha256, account_id, expires_at)
  values (p_token_sha256, acc, clock_timestamp() + make_interval(secs => p_link_seconds));
  return acc;
end $$;

-- What a doctor needs to consult and prescribe, beside the user that create_user made.
create function gate.create_practitioner(p_slug text, p_practitioner uuid, p_user uuid,
    p_specialization text, p_qualification text, p_licence_number text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  c bigint;
begin
  select d.clinic_id into c from platform.directory d where d.slug = p_slug and d.status <> 'closed';
  if not found then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  perform gate.sign(c, nil, nil, nil, 1, 0::smallint);
  insert into polyclinic.practitioners (clinic_id, practitioner_id, user_id, name, specialization, qualification, licence_number, status)
  select c, p_practitioner, u.user_id, u.name, p_specialization, p_qualification, p_licence_number, u.status
  from polyclinic.users u
  where u.clinic_id = c and u.user_id = p_user and u.role = 'doctor';
  if not found then
    raise exception 'no such doctor' using errcode = 'PC003';
  end if;
  perform set_config('gate.ctx', '', true);
end $$;

create function gate.create_super_admin(p_super_admin uuid, p_account uuid, p_email text, p_name text, p_token_sha256 bytea, p_link_seconds int)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  insert into platform.accounts (account_id, email) values (p_account, p_email);
  insert into platform.super_admins (super_admin_id, account_id, name) values (p_super_admin, p_account, p_name);
  insert into platform.password_links (token_sha256, account_id, expires_at)
  values (p_token_sha256, p_account, clock_timestamp() + make_interval(secs => p_link_seconds));
end $$;

grant execute on function
  gate.create_clinic(text, text, text, text, text, text, text, text, text, text),
  gate.create_user(text, uuid, uuid, text, text, text, text, bytea, int),
  gate.create_practitioner(text, uuid, uuid, text, text, text),
  gate.create_super_admin(uuid, uuid, text, text, bytea, int)
  to polyclinic_platform;

-- Invitation from inside a clinic, by its admin. The account is always a new one and has no email of its own: the
-- person signs in at this clinic. Else an admin could learn which emails are taken, or set the password of
-- an email that the platform will later let into another clinic.
create function gate.invite(p_user uuid, p_account uuid, p_role text, p_identifier text, p_email text, p_name text, p_phone text,
    p_token_sha256 bytea, p_link_seconds int) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  by_user uuid := gate.user_id();
  session uuid := gate.session_id();
  ctx text := current_setting('gate.ctx', true);
begin
  if gate.clinic_for('staff:write') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  insert into platform.accounts (account_id) values (p_account);
  insert into platform.memberships (account_id, clinic_id, user_id) values (p_account, c, p_user);
  insert into platform.password_links (token_sha256, account_id, expires_at)
  values (p_token_sha256, p_account, clock_timestamp() + make_interval(secs => p_link_seconds));
  perform gate.sign(c, by_user, session, '00000000-0000-0000-0000-000000000000', 1, 0::smallint);
  insert into polyclinic.users (clinic_id, user_id, account_id, identifier, email, name, phone, role, status)
  values (c, p_user, p_account, p_identifier, p_email, p_name, p_phone, p_role, 'invited');
  perform set_config('gate.ctx', ctx, true);
end $$;

-- A fresh link for a member of this clinic. Refused (false) for an account that other clinics share:
-- its password is not this clinic's to reset.
create function gate.renew_link(p_user uuid, p_token_sha256 bytea, p_link_seconds int) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  acc uuid;
begin
  if gate.clinic_for('staff:write') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  select m.account_id into acc from platform.memberships m where m.clinic_id = c and m.user_id = p_user;
  if acc is null
     or exists (select from platform.memberships m where m.account_id = acc and m.clinic_id <> c)
     or exists (select from platform.super_admins s where s.account_id = acc) then
    return false;
  end if;
  update platform.password_links set used_at = clock_timestamp() where account_id = acc and used_at is null;
  insert into platform.password_links (token_sha256, account_id, expires_at)
  values (p_token_sha256, acc, clock_timestamp() + make_interval(secs => p_link_seconds));
  return true;
end $$;
grant execute on function gate.invite(uuid, uuid, text, text, text, text, text, bytea, int), gate.renew_link(uuid, bytea, int)
  to polyclinic_app;
reset role;
