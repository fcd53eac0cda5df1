-- Nobody but its owner holds more than SELECT and INSERT on a whole table of polyclinic: the rest permits exclusive locks.
-- as: app
select c.oid::regclass::text as object,
       format('%s has %s', coalesce(r.rolname, 'public'), x.privilege_type) as problem
from pg_catalog.pg_class c
cross join lateral aclexplode(c.relacl) x
left join pg_catalog.pg_roles r on r.oid = x.grantee
where c.relnamespace = 'polyclinic'::regnamespace
  and x.grantee <> c.relowner
  and (x.privilege_type not in ('SELECT', 'INSERT') or x.grantee = 0 or x.is_grantable)
