-- No role of ours passes by row-level security, makes roles or databases, or replicates; the two owners cannot log in.
-- as: app
select r.rolname::text as object,
       concat_ws(', ',
         case when r.rolsuper then 'is a superuser' end,
         case when r.rolbypassrls then 'has BYPASSRLS' end,
         case when r.rolcreaterole then 'makes roles' end,
         case when r.rolcreatedb then 'makes databases' end,
         case when r.rolreplication then 'replicates' end,
         case when r.rolcanlogin then 'can log in' end) as problem
from pg_catalog.pg_roles r
where (r.rolname like 'polyclinic\_%' or pg_has_role(r.oid, 'polyclinic_operator', 'member') and not r.rolsuper)
  and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
       or (r.rolcanlogin and r.rolname in ('polyclinic_owner', 'polyclinic_gate', 'polyclinic_operator')))
