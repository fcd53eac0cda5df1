-- Every foreign key of polyclinic begins with clinic_id on both sides: a one-column key would reach across clinics.
-- as: app
select format('%s on %s', k.conname, k.conrelid::regclass) as object,
       format('goes from %s to %s of %s', a.attname, r.attname, k.confrelid::regclass) as problem
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
join pg_catalog.pg_attribute r on r.attrelid = k.confrelid and r.attnum = k.confkey[1]
where 'polyclinic'::regnamespace in (c.relnamespace, (select t.relnamespace from pg_catalog.pg_class t where t.oid = k.confrelid))
  and k.contype = 'f'
  and not (a.attname = 'clinic_id' and r.attname = 'clinic_id')
