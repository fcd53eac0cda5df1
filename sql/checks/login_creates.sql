-- A login of the service creates nothing here: no schema, no table, no temporary table.
-- as: app
select r.rolname::text as object,
       'may create in ' || p.place as problem
from pg_catalog.pg_roles r
cross join lateral (
  select 'the database' as place
  where has_database_privilege(r.oid, current_database(), 'create')
  union all
  select 'temporary tables'
  where has_database_privilege(r.oid, current_database(), 'temp')
  union all
  select 'schema ' || n.nspname
  from pg_catalog.pg_namespace n
  where has_schema_privilege(r.oid, n.oid, 'create')
) p
where r.rolname in ('polyclinic_app', 'polyclinic_auth', 'polyclinic_platform', 'polyclinic_worker', 'polyclinic_operator')
