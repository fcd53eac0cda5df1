-- Every table of polyclinic has clinic_id bigint not null, which defaults to the context; only polyclinic.clinics is told its own.
-- as: app
select c.oid::regclass::text as object,
       case when a.attnum is null then 'has no clinic_id'
            when a.atttypid <> 'bigint'::regtype then 'clinic_id is ' || format_type(a.atttypid, a.atttypmod)
            when not a.attnotnull then 'clinic_id may be null'
            else 'clinic_id does not default to gate.clinic_id()' end as problem
from pg_catalog.pg_class c
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'clinic_id' and not a.attisdropped
left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p', 'f')
  and (a.attnum is null
       or a.atttypid <> 'bigint'::regtype
       or not a.attnotnull
       or (c.relname <> 'clinics' and pg_get_expr(d.adbin, d.adrelid) is distinct from 'gate.clinic_id()'))
