-- Every table, view, sequence and function of polyclinic belongs to polyclinic_owner, of platform and gate to polyclinic_gate.
-- as: app
select o.name as object,
       'belongs to ' || pg_get_userbyid(o.owner) as problem
from (
  select c.oid::regclass::text as name, c.relnamespace as place, c.relowner as owner
  from pg_catalog.pg_class c
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  union all
  select f.oid::regprocedure::text, f.pronamespace, f.proowner
  from pg_catalog.pg_proc f
) o
join pg_catalog.pg_namespace n on n.oid = o.place
where n.nspname in ('polyclinic', 'platform', 'gate')
  and pg_get_userbyid(o.owner) <> case n.nspname when 'polyclinic' then 'polyclinic_owner' else 'polyclinic_gate' end
