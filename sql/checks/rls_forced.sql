-- Row-level security is enabled and forced on every table of polyclinic.
-- as: app
select c.oid::regclass::text as object,
       case when c.relrowsecurity then 'row-level security is not forced' else 'row-level security is off' end as problem
from pg_catalog.pg_class c
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
  and not (c.relrowsecurity and c.relforcerowsecurity)
