-- Every index of the clinics' tables and of their partitions: its name and its parent's, the relation and the table
-- it belongs to, its columns, whether it stands for a key, and whether it holds some rows only.
select c.relname, coalesce(pc.relname, c.relname), t.relname, coalesce(pt.relname, t.relname),
       (select string_agg(a.attname, ' ' order by k.n)
        from unnest(i.indkey) with ordinality k (att, n)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.att
        where k.n <= i.indnkeyatts),
       exists (select from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u')),
       i.indpred is not null
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid
left join pg_inherits p on p.inhrelid = c.oid
left join pg_class pc on pc.oid = p.inhparent
left join pg_inherits pp on pp.inhrelid = t.oid
left join pg_class pt on pt.oid = pp.inhparent
where t.relnamespace = 'polyclinic'::regnamespace
order by 1
