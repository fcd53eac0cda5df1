-- Every SECURITY DEFINER function outside the catalog belongs to polyclinic_gate or polyclinic_owner, which cannot log in.
-- as: app
select f.oid::regprocedure::text as object,
       'runs as ' || pg_get_userbyid(f.proowner) as problem
from pg_catalog.pg_proc f
join pg_catalog.pg_namespace n on n.oid = f.pronamespace
where f.prosecdef
  and n.nspname not in ('pg_catalog', 'information_schema')
  and pg_get_userbyid(f.proowner) not in ('polyclinic_gate', 'polyclinic_owner')
