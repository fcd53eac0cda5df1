-- A login of the service owns nothing, in any database.
-- as: app
select r.rolname::text as object,
       format('owns %s object(s), the first in %s', count(*), coalesce(min(d.datname), 'the cluster')) as problem
from pg_catalog.pg_shdepend s
join pg_catalog.pg_roles r on r.oid = s.refobjid
left join pg_catalog.pg_database d on d.oid = s.dbid
where s.refclassid = 'pg_authid'::regclass
  and s.deptype = 'o'
  and r.rolname in ('polyclinic_app', 'polyclinic_auth', 'polyclinic_platform', 'polyclinic_worker', 'polyclinic_operator')
group by r.rolname
