-- Every role a user may have is in gate.roles and holds a permission; every role of the grid is in gate.roles.
-- as: app
select r.role as object,
       case when g.role is null then 'is not in gate.roles' else 'holds no permission' end as problem
from (
  select (regexp_matches(pg_get_constraintdef(k.oid), '''([^'']+)''::text', 'g'))[1] as role
  from pg_catalog.pg_constraint k
  where k.conname = 'users_role_known'
  union
  select unnest(p.roles)
  from gate.permissions p
) r
left join gate.roles g on g.role = r.role
where g.role is null
   or g.mask = 0
   or not exists (select from gate.permissions p where r.role = any (p.roles))
