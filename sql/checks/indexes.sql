-- Every index of polyclinic begins with clinic_id: a page of one clinic costs the same beside ten thousand others.
-- as: app
select i.indexrelid::regclass::text as object,
       format('on %s begins with %s', i.indrelid::regclass, coalesce(a.attname, 'an expression')) as problem
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
where c.relnamespace = 'polyclinic'::regnamespace
  and a.attname is distinct from 'clinic_id'
