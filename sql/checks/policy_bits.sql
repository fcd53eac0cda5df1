-- Every bit in a policy is a permission of the grid, and a policy of a role asks for no permission but those of its comment.
-- as: app
select format('%s on %s', p.polname, p.polrelid::regclass) as object,
       format('asks for bit %s: %s', b.bit, coalesce(g.permission, 'no such permission')) as problem
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
cross join lateral (
  select distinct unnest(string_to_array(
           (regexp_matches(concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
                           'clinic_for\(([0-9, ]+)\)', 'g'))[1], ', '))::int as bit
) b
left join gate.permissions g on g.bit = b.bit
where c.relnamespace = 'polyclinic'::regnamespace
  and (g.permission is null
       or (p.polname like 'role\_%'
           and not coalesce(obj_description(p.oid, 'pg_policy'), '') ~ ('\m' || g.permission || '\M')))
