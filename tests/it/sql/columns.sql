-- Every column of every table of the clinics, partitions included.
select c.relname, case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
       a.attname, format_type(a.atttypid, null), a.attnotnull, a.attgenerated <> '',
       pg_get_expr(d.adbin, d.adrelid),
       (select pg_get_constraintdef(k.oid)
        from pg_constraint k
        where k.conrelid = c.oid
          and k.contype = 'c'
          and k.conkey = array[a.attnum]
          and pg_get_constraintdef(k.oid) like '%ARRAY[''%'
        limit 1)
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
order by c.relname, a.attnum
