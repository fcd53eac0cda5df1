-- Nobody but polyclinic_gate reads the key that signs contexts.
-- as: app
select 'gate.keys' as object,
       format('%s has %s', coalesce(r.rolname, 'public'), x.privilege_type) as problem
from pg_catalog.pg_class c
cross join lateral (
  select e.grantee, e.privilege_type from aclexplode(c.relacl) e
  union all
  select e.grantee, e.privilege_type
  from pg_catalog.pg_attribute a
  cross join lateral aclexplode(a.attacl) e
  where a.attrelid = c.oid
) x
left join pg_catalog.pg_roles r on r.oid = x.grantee
where c.relnamespace = 'gate'::regnamespace
  and c.relname = 'keys'
  and r.rolname is distinct from 'polyclinic_gate'
