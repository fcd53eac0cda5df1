-- Every table of polyclinic has a primary key that begins with clinic_id.
-- as: app
select c.oid::regclass::text as object,
       case when k.oid is null then 'has no primary key' else 'the primary key begins with ' || a.attname end as problem
from pg_catalog.pg_class c
left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
  and a.attname is distinct from 'clinic_id'
