-- Every permissive policy repeats the clinic and joins nothing to it by "or": it is safe without the wall.
-- as: app
select format('%s on %s', p.polname, p.polrelid::regclass) as object,
       format('does not begin with clinic_id = (select gate.clinic_for(…)): %s', e.expr) as problem
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
cross join lateral (values (pg_get_expr(p.polqual, p.polrelid), p.polcmd <> 'a'),
                           (pg_get_expr(p.polwithcheck, p.polrelid), p.polcmd in ('a', 'w', '*'))) as e (expr, needed)
where c.relnamespace = 'polyclinic'::regnamespace
  and p.polpermissive
  and e.needed
  and (e.expr is null
       or e.expr !~ '^\(+clinic_id = \( SELECT gate\.(clinic_for\(\d+(, \d+)?\) AS clinic_for|clinic_id\(\) AS clinic_id|door_clinic\(\) AS door_clinic)\)\)'
       or e.expr ~ '\mOR\M'
       -- The doors' own word for it binds nobody else.
       or (e.expr ~ 'door_clinic' and p.polroles <> array['polyclinic_gate'::regrole::oid]))
