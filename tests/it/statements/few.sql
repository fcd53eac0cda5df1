-- Tables of the clinics with so few rows that reading all of them would be right.
select c.relname, c.reltuples
from pg_class c
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
  and c.reltuples < case c.relname when 'clinics' then 500 else 1000 end
