-- The mask of every role is the sum of its permissions in the grid.
-- as: app
select r.role as object,
       'the mask does not follow the grid' as problem
from gate.roles r
where r.mask <> coalesce((select sum(1::bigint << p.bit)::bigint from gate.permissions p where r.role = any (p.roles)), 0)
