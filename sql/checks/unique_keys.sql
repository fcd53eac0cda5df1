-- Every unique key of polyclinic begins with clinic_id: uniqueness ignores row-level security, and would tell of other clinics' values.
-- as: app
select i.indexrelid::regclass::text as object,
       format('is unique over %s and begins with %s', i.indrelid::regclass, coalesce(a.attname, 'an expression')) as problem
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
where c.relnamespace = 'polyclinic'::regnamespace
  and i.indisunique
  and a.attname is distinct from 'clinic_id'
