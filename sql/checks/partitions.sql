-- A partition is reached only through its parent: nobody holds a privilege on it.
-- as: app
select c.oid::regclass::text as object,
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
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relispartition
  and c.relkind in ('r', 'p')
  and x.grantee <> c.relowner
