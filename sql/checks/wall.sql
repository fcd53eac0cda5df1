-- Every table of polyclinic has the restrictive policy same_clinic, for all, to public, with exactly the wall's expression.
-- as: app
select c.oid::regclass::text as object,
       case when p.oid is null then 'has no policy same_clinic' else 'same_clinic is not the wall' end as problem
from pg_catalog.pg_class c
left join pg_catalog.pg_policy p on p.polrelid = c.oid and p.polname = 'same_clinic'
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
  and (p.oid is null
       or p.polpermissive
       or p.polcmd <> '*'
       or p.polroles <> array[0::oid]
       or regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g') is distinct from
          '((clinic_id = ( SELECT gate.clinic_id() AS clinic_id)) AND CASE WHEN (clinic_id = ANY (ARRAY[( SELECT gate.clinic_id() AS clinic_id)])) THEN true ELSE false END)'
       or pg_get_expr(p.polwithcheck, p.polrelid) is distinct from
          '(clinic_id = ( SELECT gate.clinic_id() AS clinic_id))')
