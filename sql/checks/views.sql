-- Every view is security_invoker, and no view keeps rows of its own.
-- as: app
select c.oid::regclass::text as object,
       case when c.relkind = 'm' then 'is materialized: its rows are behind no wall' else 'is not security_invoker' end as problem
from pg_catalog.pg_class c
where c.relnamespace in (select n.oid from pg_catalog.pg_namespace n where n.nspname in ('polyclinic', 'platform', 'gate', 'public'))
  and (c.relkind = 'm'
       or (c.relkind = 'v' and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1']))
