-- Takes from PUBLIC what PostgreSQL gives to everybody and what one request could use against another: settings
-- from inside a query, killing and spying on backends of the same login, shared locks, blobs and notifications,
-- functions that run SQL given as text, sizes and counters of other clinics' rows. The wall does not need it; it leaves
-- hostile SQL fewer tools.
--
-- When:     after `polyclinic migrate`, again after each upgrade of PostgreSQL. It may be repeated.
-- As:       a superuser, in the clinics' database. Role settings hold for the whole cluster.
-- Expected: "hardened", and no error. Undo: grant execute on the function to public.
--
-- SET, RESET, LISTEN, PREPARE, DECLARE and EXPLAIN cannot be revoked: gate.enter refuses what they leave behind.
\set ON_ERROR_STOP on
begin;

-- 1. Catalog functions. By name, because their signatures differ between major versions.
do $$
declare f regprocedure;
begin
  for f in
    select p.oid::regprocedure
    from pg_catalog.pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace
      and (p.proname in (
             'set_config', 'pg_terminate_backend', 'pg_cancel_backend', 'pg_notify',
             'pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'pg_export_snapshot', 'pg_logical_emit_message',
             'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema', 'cursor_to_xml', 'cursor_to_xmlschema',
             'table_to_xml', 'table_to_xmlschema', 'table_to_xml_and_xmlschema',
             'schema_to_xml', 'schema_to_xmlschema', 'schema_to_xml_and_xmlschema',
             'database_to_xml', 'database_to_xmlschema', 'database_to_xml_and_xmlschema',
             'ts_stat', 'loread', 'lowrite', 'pg_lock_status', 'pg_blocking_pids', 'pg_safe_snapshot_blocking_pids',
             'pg_database_size', 'pg_relation_size', 'pg_total_relation_size', 'pg_table_size', 'pg_indexes_size',
             'pg_tablespace_size', 'pg_prepared_xact')
           or (p.proname = 'ts_rewrite' and p.pronargs = 2)
           or p.proname ~ '^pg_(try_)?advisory_'
           or p.proname ~ '^lo_'
           or p.proname ~ '^pg_stat_(get|have)_')
  loop
    execute format('revoke execute on function %s from public', f);
  end loop;
end $$;

-- 2. Views over the same. pg_prepared_statements and pg_settings show one's own session and stay.
do $$
declare v regclass;
begin
  for v in
    select c.oid::regclass
    from pg_catalog.pg_class c
    where c.relnamespace = 'pg_catalog'::regnamespace
      and c.relkind in ('v', 'r')
      and (c.relname ~ '^pg_stat(io)?_' or c.relname in ('pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_locks',
           'pg_largeobject_metadata', 'pg_prepared_xacts', 'pg_shmem_allocations'))
  loop
    execute format('revoke select on %s from public', v);
  end loop;
end $$;

-- 3. Back to those who need them. Whoever watches the server is a member of pg_monitor.
grant execute on function pg_catalog.set_config(text, text, boolean) to polyclinic_gate, polyclinic_owner, polyclinic_migrator;
grant execute on function pg_catalog.pg_notify(text, text) to polyclinic_owner;
do $$
declare f regprocedure;
begin
  for f in select p.oid::regprocedure from pg_catalog.pg_proc p
           where p.pronamespace = 'pg_catalog'::regnamespace and p.proname = 'pg_terminate_backend'
  loop
    execute format('grant execute on function %s to polyclinic_gate, pg_signal_backend', f);
  end loop;
  -- The migration tool takes one lock, so that two migrations cannot overlap.
  for f in select p.oid::regprocedure from pg_catalog.pg_proc p
           where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^pg_(try_)?advisory_'
  loop
    execute format('grant execute on function %s to polyclinic_migrator', f);
  end loop;
  for f in select p.oid::regprocedure from pg_catalog.pg_proc p
           where p.pronamespace = 'pg_catalog'::regnamespace
             and (p.proname ~ '^pg_stat_(get|have)_' or p.proname ~ '_size$' or p.proname in ('pg_lock_status', 'pg_blocking_pids'))
             and not has_function_privilege('public', p.oid, 'execute')
  loop
    execute format('grant execute on function %s to pg_monitor', f);
  end loop;
end $$;
grant select on pg_catalog.pg_stat_activity, pg_catalog.pg_stat_database, pg_catalog.pg_stat_user_tables,
  pg_catalog.pg_stat_user_indexes, pg_catalog.pg_stat_replication, pg_catalog.pg_locks to pg_monitor;

-- 4. No DO blocks and no functions for logins; functions that stand still run.
revoke usage on language plpgsql from public;
grant usage on language plpgsql to polyclinic_owner, polyclinic_gate, polyclinic_migrator;
revoke usage on language sql from public;
grant usage on language sql to polyclinic_owner, polyclinic_gate, polyclinic_migrator;

-- 5. Nothing of ours is in schema public but the list of applied migrations.
revoke all on schema public from public;
grant usage, create on schema public to polyclinic_migrator;
do $$
begin
  if to_regclass('public._sqlx_migrations') is not null then
    grant select, insert, update, delete on public._sqlx_migrations to polyclinic_migrator;
  end if;
end $$;

-- 6. Limits of the logins, where the service sets none. A session can raise them; gate.enter lowers them again.
alter role polyclinic_app set statement_timeout = '5s';
alter role polyclinic_app set lock_timeout = '2s';
alter role polyclinic_app set idle_in_transaction_session_timeout = '10s';
alter role polyclinic_auth set statement_timeout = '5s';
alter role polyclinic_auth set lock_timeout = '2s';
alter role polyclinic_auth set idle_in_transaction_session_timeout = '10s';
alter role polyclinic_platform set statement_timeout = '30s';
alter role polyclinic_platform set lock_timeout = '2s';
alter role polyclinic_platform set idle_in_transaction_session_timeout = '30s';
alter role polyclinic_worker set statement_timeout = '60s';
alter role polyclinic_worker set lock_timeout = '2s';
alter role polyclinic_worker set idle_in_transaction_session_timeout = '60s';
-- The calendar that gate.enter pins; where it is the login's own, nothing is left to pin at every request. A job's door
-- pins it once a job, whatever it was.
alter role polyclinic_app set timezone = 'UTC';
alter role polyclinic_app set datestyle = 'ISO, MDY';
-- What a human types inside a clinic is logged, and the human cannot turn that off. A login does not
-- inherit settings from its group: run this again after adding an operator.
do $$
declare r name;
begin
  for r in select o.rolname from pg_catalog.pg_auth_members m join pg_catalog.pg_roles o on o.oid = m.member where m.roleid = 'polyclinic_operator'::regrole loop
    execute format('alter role %I set log_statement = %L', r, 'all');
  end loop;
end $$;

commit;
\echo hardened
