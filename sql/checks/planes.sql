-- The clinics' login reads no book of the landlord, the control plane no row of a clinic, sign-in no table at all.
-- as: app
select c.oid::regclass::text as object,
       format('%s may %s', r.rolname, lower(p.privilege)) as problem
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join (values ('polyclinic_app', 'platform'), ('polyclinic_auth', 'platform'), ('polyclinic_auth', 'polyclinic'),
             ('polyclinic_platform', 'polyclinic'), ('polyclinic_operator', 'platform')) as x (login, plane) on x.plane = n.nspname
join pg_catalog.pg_roles r on r.rolname = x.login
cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES')) as p (privilege)
where c.relkind in ('r', 'p', 'v', 'm')
  and has_any_column_privilege(r.oid, c.oid, p.privilege)
