-- Who may do what, before there is anything to do it to.
--
-- Owners cannot log in and logins own nothing. No role here has BYPASSRLS. The migration login
-- is the one exception to comfort: it may act as the owners, and the service never holds it.
do $$
declare r text;
begin
  foreach r in array array['polyclinic_owner', 'polyclinic_gate', 'polyclinic_operator'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = r) then
      execute format('create role %I nologin noinherit', r);
    end if;
  end loop;
  foreach r in array array['polyclinic_app', 'polyclinic_auth', 'polyclinic_platform',
                           'polyclinic_worker', 'polyclinic_migrator'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = r) then
      execute format('create role %I login noinherit', r);
    end if;
  end loop;
  -- The migrator and whoever runs this file may act as the owners; nobody else may. The migrator itself,
  -- on a second database, may not grant and need not: whoever may not act as the owners fails at the next file.
  begin
    grant polyclinic_owner, polyclinic_gate to polyclinic_migrator;
    execute format('grant polyclinic_owner, polyclinic_gate to %I', current_user);
  exception when insufficient_privilege or invalid_grant_operation then
    raise notice 'roles stand already; % did not grant them again', current_user;
  end;
end $$;

-- Nobody connects, makes temporary tables or schemas merely by existing.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to polyclinic_app, polyclinic_auth, polyclinic_platform,
                  polyclinic_worker, polyclinic_operator, polyclinic_migrator', current_database());
  execute format('grant create on database %I to polyclinic_migrator', current_database());
end $$;

create schema gate authorization polyclinic_gate;
create schema platform authorization polyclinic_gate;
create schema polyclinic authorization polyclinic_owner;

-- Each owner speaks for its own schemas: the migrator may act as both and inherits from neither.
set local role polyclinic_gate;
comment on schema gate is 'The doors between the service and the clinics, and the key that signs the context. No business data.';
comment on schema platform is 'The landlord''s books: which clinics exist, who may sign in, what work is queued. No patient data.';
grant usage on schema gate to polyclinic_app, polyclinic_auth, polyclinic_platform, polyclinic_worker,
  polyclinic_operator, polyclinic_owner;
grant usage on schema platform to polyclinic_platform, polyclinic_worker;
alter default privileges revoke execute on functions from public;
reset role;

set local role polyclinic_owner;
comment on schema polyclinic is 'Every row of every clinic, each marked with its clinic_id and walled in.';
grant usage on schema polyclinic to polyclinic_app, polyclinic_worker, polyclinic_operator, polyclinic_gate;
alter default privileges revoke execute on functions from public;
reset role;
