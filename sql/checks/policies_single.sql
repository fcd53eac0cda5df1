-- A login has one permissive policy for each command on a table: two are joined by "or", with which no index and no estimate survives.
-- as: app
select c.oid::regclass::text as object,
       format('%s meets %s policies for %s', coalesce(r.rolname, 'public'), count(*), k.command) as problem
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
cross join unnest(p.polroles) as x (login)
cross join (values ('r', 'select'), ('a', 'insert'), ('w', 'update'), ('d', 'delete')) as k (cmd, command)
left join pg_catalog.pg_roles r on r.oid = x.login
where c.relnamespace = 'polyclinic'::regnamespace
  and p.polpermissive
  and p.polcmd in ('*', k.cmd::"char")
group by c.oid, r.rolname, k.command
having count(*) > 1
