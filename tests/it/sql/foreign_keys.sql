-- Every foreign key of every table of the clinics: table, name, parent, own columns, theirs.
select c.relname, k.conname, p.relname,
       (select string_agg(a.attname, ',' order by u.n) from unnest(k.conkey) with ordinality u (att, n)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.att),
       (select string_agg(a.attname, ',' order by u.n) from unnest(k.confkey) with ordinality u (att, n)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.att)
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_class p on p.oid = k.confrelid
where k.contype = 'f'
  and k.connamespace = 'polyclinic'::regnamespace
order by 1, 2
