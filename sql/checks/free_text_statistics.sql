-- Free text of polyclinic keeps no planner statistics: a histogram is made of real values of all clinics, and EXPLAIN tells them.
-- as: app
select format('%s.%s', c.oid::regclass, a.attname) as object,
       'keeps statistics; set statistics 0, or name its check …_known' as problem
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
  and a.attnum > 0
  and not a.attisdropped
  and a.atttypid in ('text'::regtype, 'bytea'::regtype, 'jsonb'::regtype, 'varchar'::regtype)
  and a.attstattarget is distinct from 0
  and not exists (
    select
    from pg_catalog.pg_constraint k
    where k.conrelid = c.oid
      and k.conname like '%\_known'
      and k.conkey = array[a.attnum]
  )
