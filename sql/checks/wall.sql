-- Every table of polyclinic has the restrictive policies same_clinic, for everything and everybody, and same_clinic_first, for every login that reads rows (the doors and the owner's triggers run fixed statements), with exactly the wall's expressions.
-- as: app
select c.oid::regclass::text as object,
       case when p.oid is null then format('has no policy %s', w.policy) else format('%s is not the wall', w.policy) end as problem
from pg_catalog.pg_class c
cross join (values
  ('same_clinic', '*', '(clinic_id = ( SELECT gate.clinic_id() AS clinic_id))', '(clinic_id = ( SELECT gate.clinic_id() AS clinic_id))'),
  ('same_clinic_first', 'r', 'CASE WHEN (clinic_id = ANY (ARRAY[( SELECT gate.clinic_id() AS clinic_id)])) THEN true ELSE false END', null)
) as w (policy, command, sees, keeps)
left join pg_catalog.pg_policy p on p.polrelid = c.oid and p.polname = w.policy
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
  and (p.oid is null
       or p.polpermissive
       or p.polcmd <> w.command::"char"
       or (w.policy = 'same_clinic' and p.polroles <> array[0::oid])
       or (w.policy = 'same_clinic_first'
           and exists (select
                       from pg_catalog.pg_policy o
                       cross join unnest(o.polroles) as x (login)
                       where o.polrelid = c.oid
                         and o.polpermissive
                         and x.login not in ('polyclinic_gate'::regrole, 'polyclinic_owner'::regrole)
                         and x.login <> all (p.polroles)))
       or btrim(regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g')) is distinct from w.sees
       or pg_get_expr(p.polwithcheck, p.polrelid) is distinct from w.keeps)
