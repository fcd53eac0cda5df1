-- The permission grid: the only place that says what a role may do. gate.enter packs a role's
-- permissions into the signed context, policies read them there, the service reads this table for
-- its routes, documents and tests. Bits are never reused.
--
-- A role may do nothing that is not written here. Roles with a colon are not people: job:<kind> is
-- a queued job, operator is a human who broke the glass.
set local role polyclinic_gate;

create table gate.roles (
  role  text primary key,
  code  smallint not null constraint roles_code_key unique,
  mask  bigint not null default 0,
  about text not null,
  -- The permission to enqueue such a job from inside a clinic; null: nobody there may.
  needs text
);
insert into gate.roles (role, code, about) values
  ('super_admin',  1, 'runs the platform; never inside a clinic'),
  ('admin',        2, 'runs one clinic: staff, settings, imports'),
  ('doctor',       3, 'consults and prescribes'),
  ('nurse',        4, 'takes vitals'),
  ('receptionist', 5, 'registers and checks in'),
  ('lab_tech',     6, 'performs tests'),
  ('pharmacist',   7, 'dispenses'),
  ('cashier',      8, 'takes payments'),
  ('patient',      9, 'sees the own record, nothing else'),
  ('operator',    20, 'a human in psql after breaking the glass: read only'),
  ('job:import',  21, 'an import: a clinic''s admin or the platform''s operator asked for it'),
  ('job:seal',    22, 'the chain over the history trail');
update gate.roles set needs = 'imports:write' where role = 'job:import';

comment on table gate.roles is 'What a context may be opened as. Its mask follows gate.permissions.';

create table gate.permissions (
  permission text primary key,
  bit        smallint not null constraint permissions_bit_key unique
             constraint permissions_bit_range check (bit between 0 and 62),
  roles      text[] not null,
  about      text not null
);
comment on table gate.permissions is 'The permission grid. Change it only in a migration.';

create function gate.refresh_masks() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  update gate.roles r
  set mask = coalesce((select sum(1::bigint << p.bit)::bigint from gate.permissions p where r.role = any (p.roles)), 0);
  return null;
end $$;
create trigger permissions_refresh_masks after insert or update or delete on gate.permissions
  for each statement execute function gate.refresh_masks();

insert into gate.permissions (permission, bit, roles, about) values
  ('gate:internal',       0, '{}', 'the doors themselves, while they look up a session'),
  ('clinic:read',         1, '{admin,doctor,nurse,receptionist,lab_tech,pharmacist,cashier,patient,operator,job:import}', 'see the clinic''s profile'),
  ('clinic:write',        2, '{admin}', 'change the clinic''s profile and settings'),
  ('staff:read',          3, '{admin,doctor,nurse,receptionist,lab_tech,pharmacist,cashier,operator}', 'see colleagues'' names and roles'),
  ('staff:write',         4, '{admin}', 'list, invite, change and deactivate staff'),
  ('practitioners:read',  5, '{admin,doctor,nurse,receptionist,lab_tech,pharmacist,cashier,patient,operator}', 'see who practises here'),
  ('patients:read',       6, '{admin,doctor,nurse,receptionist,operator,job:import}', 'find and see patients'),
  ('patients:register',   7, '{receptionist,job:import}', 'register a patient'),
  ('patients:write',      8, '{admin,receptionist,job:import}', 'correct and archive a patient'),
  ('visits:read',         9, '{admin,doctor,nurse,receptionist,operator}', 'see visits and the queue'),
  ('visits:checkin',     10, '{receptionist}', 'check a patient in'),
  ('visits:move',        11, '{doctor,receptionist}', 'move a visit through the queue'),
  ('vitals:read',        12, '{admin,doctor,nurse,receptionist,operator}', 'see vitals'),
  ('vitals:write',       13, '{doctor,nurse}', 'record vitals'),
  ('notes:read',         14, '{admin,doctor,receptionist,operator}', 'see clinical notes: part of the patient''s history'),
  ('notes:write',        15, '{doctor}', 'write clinical notes'),
  ('prescriptions:read', 16, '{admin,doctor,receptionist,operator}', 'see and print prescriptions'),
  ('prescriptions:write',17, '{doctor}', 'draft, sign and void prescriptions'),
  ('catalogue:read',     18, '{admin,doctor,nurse,receptionist,lab_tech,pharmacist,operator}', 'see the medicine and test catalogues'),
  ('catalogue:write',    19, '{admin,doctor}', 'change the catalogues'),
  ('history:read',       20, '{admin,operator}', 'read the trail of changes'),
  ('imports:read',       21, '{admin,operator,job:import}', 'see imports and what they rejected'),
  ('imports:write',      22, '{admin,job:import}', 'import patients'),
  ('cohort:read',        23, '{admin,doctor,receptionist,operator,job:import}', 'see figures over all patients'),
  ('self:read',          24, '{patient}', 'see the own record'),
  ('session:own',        25, '{admin,doctor,nurse,receptionist,lab_tech,pharmacist,cashier,patient}', 'see and end the own sessions; remember the own requests'),
  ('counters:write',     26, '{receptionist,doctor,job:import}', 'take the next number'),
  ('history:seal',       27, '{job:seal}', 'chain the trail'),
  ('prescriptions:void', 50, '{admin,doctor}', 'void what was signed: the prescriber, and when the prescriber has left a colleague or the admin'),
  ('patients:track',     51, '{admin,doctor,receptionist,job:import}', 'say where a patient stands: from registered to discharged'),
  ('platform:read',      40, '{super_admin}', 'see clinics, plans and figures; no patient'),
  ('platform:write',     41, '{super_admin}', 'sign up, suspend and close clinics');

-- The bit of a permission; raises when there is no such permission, so a misspelt policy is not born.
create function gate.bit(p_permission text) returns int
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare n int;
begin
  select p.bit into n from gate.permissions p where p.permission = p_permission;
  if not found then
    raise exception 'no permission named %', p_permission using errcode = 'PC008';
  end if;
  return n;
end $$;

-- The same question by name, for people and tests; policies use the bit.
create function gate.clinic_for(p_permission text) returns bigint
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return gate.clinic_for(gate.bit(p_permission));
end $$;

-- The role this context was opened for.
create function gate.role() returns text
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c int := ('x' || encode(substr(gate.verified(), 65, 2), 'hex'))::bit(16)::int;
  r text;
begin
  select role into r from gate.roles where code = c;
  return r;
end $$;

grant select on gate.permissions, gate.roles to polyclinic_app, polyclinic_platform, polyclinic_worker, polyclinic_operator;
grant execute on function gate.bit(text), gate.clinic_for(text), gate.role()
  to polyclinic_app, polyclinic_worker, polyclinic_operator, polyclinic_owner;
reset role;
