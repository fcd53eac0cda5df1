-- No table, index or constraint has a name of more than 50 bytes: engines that shard append to it.
-- as: app
select x.name as object,
       format('has a name of %s bytes', octet_length(x.name)) as problem
from (
  select c.relname::text as name, c.relnamespace as place
  from pg_catalog.pg_class c
  where c.relkind in ('r', 'p', 'i', 'I', 'v')
    and not c.relispartition
  union
  select k.conname::text, k.connamespace
  from pg_catalog.pg_constraint k
) x
where x.place in (select n.oid from pg_catalog.pg_namespace n where n.nspname in ('polyclinic', 'platform', 'gate'))
  and octet_length(x.name) > 50
