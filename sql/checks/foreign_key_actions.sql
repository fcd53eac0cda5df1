-- No foreign key of polyclinic changes or deletes rows: the trail and the wall would not see it happen.
-- as: app
select format('%s on %s', k.conname, k.conrelid::regclass) as object,
       'must be on delete restrict, on update no action' as problem
from pg_catalog.pg_constraint k
where k.connamespace = 'polyclinic'::regnamespace
  and k.contype = 'f'
  and not (k.confdeltype = 'r' and k.confupdtype in ('a', 'r'))
