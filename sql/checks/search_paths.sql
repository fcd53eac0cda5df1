-- Every function of ours pins its search_path to pg_catalog, pg_temp, or its body was bound when it was made.
-- as: app
select f.oid::regprocedure::text as object,
       'does not pin search_path' as problem
from pg_catalog.pg_proc f
join pg_catalog.pg_namespace n on n.oid = f.pronamespace
where n.nspname in ('polyclinic', 'platform', 'gate')
  and f.prosqlbody is null
  and not coalesce(f.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']
