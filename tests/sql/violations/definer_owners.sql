-- A function that runs as a superuser.
create function public.anything() returns bigint
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as 'select count(*) from polyclinic.patients';
