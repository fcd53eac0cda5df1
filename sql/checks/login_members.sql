-- A login of the service is a member of no role; only the migrator and whoever installs act as the owners.
-- as: app
select r.rolname::text as object,
       'may act as ' || g.rolname as problem
from pg_catalog.pg_roles r
join pg_catalog.pg_roles g on g.oid <> r.oid and pg_has_role(r.oid, g.oid, 'member')
where not r.rolsuper
  and (r.rolname in ('polyclinic_app', 'polyclinic_auth', 'polyclinic_platform', 'polyclinic_worker', 'polyclinic_operator')
       or (g.rolname in ('polyclinic_owner', 'polyclinic_gate')
           and r.rolname <> 'polyclinic_migrator'
           and not r.rolcreaterole
           and r.oid <> (select d.datdba from pg_catalog.pg_database d where d.datname = current_database())))
