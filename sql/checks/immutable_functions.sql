-- No immutable function reads a setting, the clock or a table: folded into a cached plan it would outlive its clinic.
-- as: app
select f.oid::regprocedure::text as object,
       'is immutable' as problem
from pg_catalog.pg_proc f
join pg_catalog.pg_namespace n on n.oid = f.pronamespace
where n.nspname in ('polyclinic', 'platform', 'gate')
  and f.provolatile = 'i'
  and (n.nspname = 'gate'
       or f.prosrc ~* 'current_setting|gate\.|now\(|current_|clock_timestamp|\mfrom\s+(polyclinic|platform)\.')
