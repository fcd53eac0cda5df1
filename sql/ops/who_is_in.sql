-- Who is inside: glasses broken in the last day, and what every login of the service is doing now.
--
-- When:     something looks odd; before a restart; after somebody broke the glass.
-- As:       a superuser. It changes nothing, and shows no clinic's rows.
-- Run:      psql -d polyclinic -f sql/ops/who_is_in.sql
-- Expected: three tables, the first mostly empty; in the second "stands" below ten seconds for polyclinic_app; the third
--           empty. A row in the third means: see sql/hardening.sql and `polyclinic doctor`.
\set ON_ERROR_STOP on
begin read only;

\echo 'Broken glasses of the last day'
select b.opened_at, d.slug, b.operator, b.reason, b.expires_at > clock_timestamp() as open
from platform.break_glass b
join platform.directory d using (clinic_id)
where b.opened_at > now() - interval '1 day'
order by b.opened_at desc;

\echo 'Connections by login'
select a.usename as login, a.state, count(*) as connections,
       max(clock_timestamp() - a.xact_start) as "longest transaction",
       max(clock_timestamp() - a.state_change) as stands
from pg_catalog.pg_stat_activity a
where a.datname = current_database()
  and a.pid <> pg_backend_pid()
group by a.usename, a.state
order by a.usename, a.state;

\echo 'Transactions that hold others up'
select a.pid, a.usename as login, clock_timestamp() - a.xact_start as since, a.wait_event_type as "waits for",
       pg_blocking_pids(a.pid) as "held up by"
from pg_catalog.pg_stat_activity a
where a.datname = current_database()
  and cardinality(pg_blocking_pids(a.pid)) > 0
order by since desc;

commit;
