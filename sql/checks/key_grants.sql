-- Nobody may update clinic_id or another column of a primary key.
-- as: app
select format('%s.%s', c.oid::regclass, a.attname) as object,
       format('%s has %s', coalesce(r.rolname, 'public'), x.privilege_type) as problem
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid
cross join lateral aclexplode(a.attacl) x
left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
left join pg_catalog.pg_roles r on r.oid = x.grantee
where c.relnamespace = 'polyclinic'::regnamespace
  and x.grantee <> c.relowner
  and x.privilege_type not in ('SELECT', 'INSERT')
  and (a.attname = 'clinic_id' or a.attnum = any (k.conkey))
