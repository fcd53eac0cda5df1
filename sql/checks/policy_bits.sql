-- Every bit in a policy is a permission of the grid, and a policy of a role asks for the permission in its comment.
-- as: app
select format('%s on %s', p.polname, p.polrelid::regclass) as object,
       format('asks for bit %s: %s', b.bit, coalesce(g.permission, 'no such permission')) as problem
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
cross join lateral (
  select distinct (regexp_matches(concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
                                  'clinic_for\((\d+)\)', 'g'))[1]::int as bit
) b
left join gate.permissions g on g.bit = b.bit
where c.relnamespace = 'polyclinic'::regnamespace
  and (g.permission is null
       or (p.polname like 'role\_%'
           and g.permission is distinct from obj_description(p.oid, 'pg_policy')))
