-- A patient's own login: opened and closed from the patient's record, by those who may, without the rights over staff.
set local role polyclinic_gate;
insert into gate.permissions (permission, bit, roles, about) values
  ('logins:write', 39, '{admin,receptionist}', 'open and close a patient''s own login');

-- Opens it, or makes a fresh link where there is one already: who lost the password, who was shut out. As for staff the
-- account is a new one without an email, and one that other clinics share is not this clinic's to reset (null then).
create function gate.open_patient_login(p_patient uuid, p_user uuid, p_account uuid, p_identifier text, p_name text,
    p_token_sha256 bytea, p_link_seconds int) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  by_user uuid := gate.user_id();
  session uuid := gate.session_id();
  ctx text := current_setting('gate.ctx', true);
  own record;
begin
  if gate.clinic_for('logins:write') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  perform gate.sign(c, by_user, session, '00000000-0000-0000-0000-000000000000', 1, 0::smallint);
  select u.user_id, u.account_id, u.status into own
  from polyclinic.users u
  where u.clinic_id = c and u.patient_id = p_patient and u.role = 'patient';
  if found then
    if exists (select from platform.memberships m where m.account_id = own.account_id and m.clinic_id <> c)
       or exists (select from platform.super_admins s where s.account_id = own.account_id) then
      perform set_config('gate.ctx', ctx, true);
      return null;
    end if;
    update platform.password_links set used_at = clock_timestamp() where account_id = own.account_id and used_at is null;
    -- Who was shut out comes back through the link alone: the old password may be the reason.
    update polyclinic.users set status = 'invited'
    where clinic_id = c and user_id = own.user_id and status = 'inactive';
  else
    insert into platform.accounts (account_id) values (p_account);
    insert into platform.memberships (account_id, clinic_id, user_id) values (p_account, c, p_user);
    insert into polyclinic.users (clinic_id, user_id, account_id, identifier, name, role, patient_id, status)
    values (c, p_user, p_account, p_identifier, p_name, 'patient', p_patient, 'invited');
    select p_user as user_id, p_account as account_id, 'invited' as status into own;
  end if;
  insert into platform.password_links (token_sha256, account_id, expires_at)
  values (p_token_sha256, own.account_id, clock_timestamp() + make_interval(secs => p_link_seconds));
  perform set_config('gate.ctx', ctx, true);
  return own.user_id;
end $$;

-- Shuts it: signed out everywhere at once, open links void, the record as it was.
create function gate.close_patient_login(p_patient uuid) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  by_user uuid := gate.user_id();
  session uuid := gate.session_id();
  ctx text := current_setting('gate.ctx', true);
  own record;
begin
  if gate.clinic_for('logins:write') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  perform gate.sign(c, by_user, session, '00000000-0000-0000-0000-000000000000', 1, 0::smallint);
  update polyclinic.users u set status = 'inactive'
  where u.clinic_id = c and u.patient_id = p_patient and u.role = 'patient' and u.status <> 'inactive'
  returning u.user_id, u.account_id into own;
  if own.user_id is not null then
    update polyclinic.sessions s set revoked_at = clock_timestamp()
    where s.clinic_id = c and s.user_id = own.user_id and s.revoked_at is null;
    if not exists (select from platform.memberships m where m.account_id = own.account_id and m.clinic_id <> c) then
      update platform.password_links set used_at = clock_timestamp() where account_id = own.account_id and used_at is null;
    end if;
  end if;
  perform set_config('gate.ctx', ctx, true);
  return own.user_id is not null;
end $$;
grant execute on function gate.open_patient_login(uuid, uuid, uuid, text, text, bytea, int), gate.close_patient_login(uuid)
  to polyclinic_app;
reset role;
