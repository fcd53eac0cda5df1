-- Every operator of an index of polyclinic is leakproof, else row-level security keeps the planner from using the index:
-- no enum, numeric or array columns, no expressions, no operator classes for like, trigram, jsonb or ranges.
-- as: app
select i.indexrelid::regclass::text as object,
       case when i.indexprs is not null then 'indexes an expression'
            else format('%s is not leakproof', o.amopopr::regoperator) end as problem
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
cross join unnest(i.indclass) as k (opclass)
join pg_catalog.pg_opclass oc on oc.oid = k.opclass
join pg_catalog.pg_amop o
  on o.amopfamily = oc.opcfamily
  and o.amoplefttype = oc.opcintype
  and o.amoprighttype = oc.opcintype
join pg_catalog.pg_operator p on p.oid = o.amopopr
join pg_catalog.pg_proc f on f.oid = p.oprcode
where c.relnamespace = 'polyclinic'::regnamespace
  and (i.indexprs is not null or not f.proleakproof)
