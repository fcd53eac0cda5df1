-- No function of ours may be executed merely by existing.
-- as: app
select f.oid::regprocedure::text as object,
       'public may execute it' as problem
from pg_catalog.pg_proc f
join pg_catalog.pg_namespace n on n.oid = f.pronamespace
where n.nspname in ('polyclinic', 'platform', 'gate')
  and exists (
    select
    from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x
    where x.grantee = 0
  )
