-- The day ($2) so far, and what waits for a decision at this time ($3). Whoever counts past a hundred has seen enough.
select v.came as "came!", v.waiting as "waiting!", v.inside as "inside!",
       (select count(*)
        from (select
              from polyclinic.visits o
              where o.clinic_id = $1
                and o.status in ('waiting', 'in_consultation')
                and o.visit_day < $2
              limit 100) o) as "left_open!",
       (select count(*)
        from (select
              from polyclinic.prescriptions r
              where r.clinic_id = $1
                and r.status = 'draft'
                and r.created_at < $3::timestamptz - interval '1 day'
              limit 100) r) as "unsigned!",
       (select count(*)
        from (select
              from polyclinic.users u
              where u.clinic_id = $1
                and u.role <> 'patient'
                and u.status = 'invited'
              limit 100) u) as "invited!",
       (select count(*)
        from (select
              from polyclinic.imports i
              where i.clinic_id = $1
                and i.status = 'interrupted'
              limit 100) i) as "interrupted!"
from (
  select count(*) filter (where v.status not in ('cancelled', 'no_show')) as came,
         count(*) filter (where v.status = 'waiting') as waiting,
         count(*) filter (where v.status = 'in_consultation') as inside
  from polyclinic.visits v
  where v.clinic_id = $1
    and v.visit_day = $2
) v
