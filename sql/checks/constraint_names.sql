-- Every constraint is named by us, after its table: its name maps once to an answer.
-- as: app
select format('%s on %s', k.conname, k.conrelid::regclass) as object,
       'has the name PostgreSQL gave it, or one not of its table' as problem
from pg_catalog.pg_constraint k
join pg_catalog.pg_namespace n on n.oid = k.connamespace
join pg_catalog.pg_class c on c.oid = k.conrelid
where n.nspname in ('polyclinic', 'platform', 'gate')
  and k.contype in ('p', 'u', 'f', 'c', 'x')
  and not c.relispartition
  and (k.conname ~ '_(check|excl)\d*$'
       or k.conname ~ '_(key|fkey|pkey)\d+$'
       or k.conname ~ '_id_(key|fkey)$'
       or k.conname ~ '_clinic_id_'
       or left(k.conname, length(c.relname) + 1) <> c.relname || '_')
