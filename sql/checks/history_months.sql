-- The trail has a partition for this month and the next; else its rows pile up in polyclinic.history_rest.
-- as: app
select 'polyclinic.history' as object,
       format('has no partition for %s', to_char(m.month, 'YYYY-MM')) as problem
from (values (date_trunc('month', now() at time zone 'UTC')),
             (date_trunc('month', now() at time zone 'UTC') + interval '1 month')) as m (month)
where to_char(m.month, '"history_"YYYY_MM') not in (
  select c.relname
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'polyclinic.history'::regclass
)
