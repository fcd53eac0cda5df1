-- Clinics {first} to {last} with three people each, who share one password. As the superuser and without
-- triggers, here and in the files that follow: what is measured later reads and writes through all of them.
set session_replication_role = replica;
create schema bench;
grant usage on schema bench to polyclinic_app;

-- How large each clinic is: one of 200,000 patients, nine of 20,000, ninety of 2,000, the others of 489 or 488.
create table bench.clinics as
select d.n as number, 'bench-' || d.n as slug, 4000 + d.n::bigint as clinic_id,
       greatest(45, case when d.n = 1 then 200000 when d.n <= 10 then 20000 when d.n <= 100 then 2000
                         when d.n <= 900 then 489 else 488 end / {divisor}) as patients
from generate_series({first}, {last}) as d (n);

insert into platform.directory (clinic_id, clinic_number, slug, name)
overriding system value
select c.clinic_id, c.number, c.slug, 'Clinic ' || c.number
from bench.clinics c;

insert into polyclinic.clinics (clinic_id, name)
select c.clinic_id, 'Clinic ' || c.number
from bench.clinics c;

create table bench.people as
select c.clinic_id, c.slug, r.role, r.n = 2 as consults,
       ('01800000-0000-7000-8000-' || lpad(to_hex(c.number * 16 + r.n), 12, '0'))::uuid as id
from bench.clinics c
cross join unnest(array['receptionist', 'doctor', 'admin']) with ordinality as r (role, n);

insert into platform.accounts (account_id, password_phc, valid_from)
select p.id, {phc}, now() - interval '1 day'
from bench.people p;

insert into platform.memberships (account_id, clinic_id, user_id)
select p.id, p.clinic_id, p.id
from bench.people p;

insert into polyclinic.users (clinic_id, user_id, account_id, identifier, name, role)
select p.clinic_id, p.id, p.id, p.role, initcap(p.role), p.role
from bench.people p;

insert into polyclinic.practitioners (clinic_id, practitioner_id, user_id, name, specialization)
select p.clinic_id, p.id, p.id, initcap(p.role), 'General medicine'
from bench.people p
where p.consults;

vacuum analyze;
