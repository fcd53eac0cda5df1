-- The wall, built once and called at every table's birth, and the trail that every table writes.

-- 1. Help for triggers that write on a clinic's behalf when nobody entered: a superuser or the
-- migrator in psql. The service's logins have no such way; for them this raises PC001.
set local role polyclinic_gate;
create function gate.maintain(p_clinic bigint) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare nil constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  if not pg_has_role(session_user, 'polyclinic_owner', 'member') then
    raise exception 'no clinic context' using errcode = 'PC001';
  end if;
  perform gate.sign(p_clinic, nil, nil, nil, 1, 0::smallint);
end $$;
grant execute on function gate.maintain(bigint) to polyclinic_owner;

-- 2. gate.wall: row-level security enabled and forced, and RESTRICTIVE policies that no later policy can widen.
--
-- same_clinic holds for everybody. The equality lends itself to indexes and estimates, but PostgreSQL runs leakproof conditions
-- of the caller's own before it if it thinks them cheaper, and "where clinic_id = any ('{4002}') and given_name < any
-- ('{B}')" then answers about another clinic: no row, or an error from the wall. So same_clinic_first says it again
-- to every login whose statements somebody else may write: it costs half an operator, the least that any comparison costs,
-- is kept out of the planner's equality classes by its case, counts as one row in two, and comes first among equals: no row
-- of another clinic reaches a condition of the caller's. Whoever states a condition reads, so
-- that it is a policy for select. The doors' statements have no conditions but ours.
--
-- Free text keeps no planner statistics: a histogram is made of real values, and EXPLAIN would tell them.
create procedure gate.wall(tbl regclass)
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  same  constant text := 'clinic_id = (select gate.clinic_id())';
  first constant text := 'case when clinic_id = any (array[(select gate.clinic_id())]) then true else false end';
  free  name;
begin
  execute format('alter table %s enable row level security', tbl);
  execute format('alter table %s force row level security', tbl);
  execute format('create policy same_clinic on %s as restrictive for all to public using (%s) with check (%s)', tbl, same, same);
  execute format('create policy same_clinic_first on %s as restrictive for select
                  to polyclinic_app, polyclinic_worker, polyclinic_operator using (%s)', tbl, first);
  for free in
    select a.attname
    from pg_attribute a
    where a.attrelid = tbl
      and a.attnum > 0
      and not a.attisdropped
      and a.atttypid in ('text'::regtype, 'bytea'::regtype, 'jsonb'::regtype)
      and not exists (select from pg_constraint c
                      where c.conrelid = tbl and c.conname like '%\_known' and c.conkey = array[a.attnum])
  loop
    execute format('alter table %s alter %I set statistics 0', tbl, free);
  end loop;
end $$;

-- 3. gate.guard: the wall, and permissive policies that repeat the clinic, so that each is safe alone. One for each
-- command and login, never two: the planner joins two by "or", loses count, and reads a whole clinic for one page.
-- Who may see only own rows is therefore told by a second restrictive policy, self_only.
--   key      the table's own id column, for the trail
--   reads, inserts, updates   permissions; null means nobody may
--   own      the column that holds the patient, where a patient's login may see the own rows
--   doors    what the sign-in doors do here: '' | 'r' | 'rw'
--   history  false only for rows that repeat others or hold no fact
--   redact   columns of which the trail keeps a hash only; with a dash before the name, nothing at all
create procedure gate.guard(
  tbl regclass, key text, reads text default null, inserts text default null, updates text default null,
  own text default null, doors text default '', history boolean default true, redact text[] default '{}')
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  may  constant text := 'clinic_id = (select gate.clinic_for(%s))';
  door constant text := 'clinic_id = (select gate.door_clinic())';
begin
  call gate.wall(tbl);
  if own is not null then
    execute format('create policy role_reads on %s for select to polyclinic_app, polyclinic_worker, polyclinic_operator
                    using (clinic_id = (select gate.clinic_for(%s, %s)))', tbl, gate.bit(reads), gate.bit('self:read'));
    execute format('comment on policy role_reads on %s is %L', tbl, reads || ', or self:read for own rows');
    execute format('create policy self_only on %s as restrictive for select to polyclinic_app
                    using (case when (select gate.clinic_for(%s)) is not null then true else %I = (select gate.patient_id()) end)',
                   tbl, gate.bit(reads), own);
  elsif reads is not null then
    execute format('create policy role_reads on %s for select to polyclinic_app, polyclinic_worker, polyclinic_operator using (%s)',
                   tbl, format(may, gate.bit(reads)));
    execute format('comment on policy role_reads on %s is %L', tbl, reads);
  end if;
  if inserts is not null then
    execute format('create policy role_inserts on %s for insert to polyclinic_app, polyclinic_worker with check (%s)',
                   tbl, format(may, gate.bit(inserts)));
    execute format('comment on policy role_inserts on %s is %L', tbl, inserts);
  end if;
  if updates is not null then
    execute format('create policy role_updates on %s for update to polyclinic_app, polyclinic_worker using (%s) with check (%s)',
                   tbl, format(may, gate.bit(updates)), format(may, gate.bit(updates)));
    execute format('comment on policy role_updates on %s is %L', tbl, updates);
  end if;
  if doors like 'r%' then
    execute format('create policy door_reads on %s for select to polyclinic_gate using (%s)', tbl, door);
  end if;
  if doors = 'rw' then
    execute format('create policy door_inserts on %s for insert to polyclinic_gate with check (%s)', tbl, door);
    execute format('create policy door_updates on %s for update to polyclinic_gate using (%s) with check (%s)', tbl, door, door);
  end if;
  execute format('grant select on %s to polyclinic_operator', tbl);
  if exists (select from pg_attribute where attrelid = tbl and attname = 'version') then
    execute format('create trigger stamp before update on %s for each row execute function polyclinic.stamp()', tbl);
  end if;
  if history then
    execute format('create trigger record_history after insert or update or delete on %s for each row execute function polyclinic.record_history(%L%s)',
                   tbl, key, (select coalesce(string_agg(', ' || quote_literal(c), ''), '') from unnest(redact) c));
  end if;
end $$;
grant execute on procedure gate.wall(regclass), gate.guard(regclass, text, text, text, text, text, text, boolean, text[]) to polyclinic_owner;
reset role;

-- 4. The trail. Append-only, written by triggers alone, so a change made in psql is on it too.
set local role polyclinic_owner;
create table polyclinic.history (
  clinic_id  bigint not null default gate.clinic_id(),
  history_id uuid not null default gen_random_uuid(),
  changed_at timestamptz not null default clock_timestamp(),
  xid        bigint not null default pg_current_xact_id()::text::bigint,
  login      name not null default session_user,
  user_id    uuid,
  session_id uuid,
  table_name text not null,
  row_id     text not null,
  operation  text not null constraint history_operation_known check (operation in ('insert', 'update', 'delete')),
  changes    jsonb not null,
  -- Time comes last: else it passes for as good a way to one row's changes as history_by_row, and reads the clinic's.
  constraint history_pkey primary key (clinic_id, history_id, changed_at)
) partition by range (changed_at);
create index history_by_row on polyclinic.history (clinic_id, table_name, row_id, changed_at, history_id);
create index history_by_xid on polyclinic.history (clinic_id, xid);
comment on table polyclinic.history is 'Field-level changes of every clinic row: {"column": [old, new]} for updates, the row for inserts and deletes.';

-- Raises the version and the time of a changed row.
create function polyclinic.stamp() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.version := old.version + 1;
  new.updated_at := transaction_timestamp();
  return new;
end $$;

-- Writes what changed, who changed it and through which login. Arguments: the id column, then the
-- columns to redact, as gate.guard says.
create function polyclinic.record_history() returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  o jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - array['clinic_id', 'version', 'updated_at'] end;
  n jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - array['clinic_id', 'version', 'updated_at'] end;
  clinic bigint := case when tg_op = 'DELETE' then old.clinic_id else new.clinic_id end;
  d jsonb;
  entered boolean := coalesce(current_setting('gate.ctx', true), '') <> '';
begin
  for i in 1 .. tg_nargs - 1 loop
    if tg_argv[i] like '-%' then
      o := o - substr(tg_argv[i], 2);
      n := n - substr(tg_argv[i], 2);
      continue;
    end if;
    if o ->> tg_argv[i] is not null then o := jsonb_set(o, array[tg_argv[i]], to_jsonb(md5(o ->> tg_argv[i]))); end if;
    if n ->> tg_argv[i] is not null then n := jsonb_set(n, array[tg_argv[i]], to_jsonb(md5(n ->> tg_argv[i]))); end if;
  end loop;
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(e.key, jsonb_build_array(o -> e.key, e.value)) into d
    from jsonb_each(n) e
    where e.value is distinct from o -> e.key;
    if d is null then return null; end if;
  else
    d := jsonb_strip_nulls(coalesce(n, o));
  end if;
  if not entered then perform gate.maintain(clinic); end if;
  insert into polyclinic.history (clinic_id, user_id, session_id, table_name, row_id, operation, changes)
  values (clinic, nullif(gate.user_id(), '00000000-0000-0000-0000-000000000000'),
          nullif(gate.session_id(), '00000000-0000-0000-0000-000000000000'),
          tg_table_name, coalesce(n, o) ->> tg_argv[0], lower(tg_op), d);
  if not entered then perform set_config('gate.ctx', '', true); end if;
  return null;
end $$;

call gate.guard('polyclinic.history', key => 'history_id', reads => 'history:read', history => false);
create policy trail_inserts on polyclinic.history for insert to polyclinic_owner
  with check (clinic_id = (select gate.clinic_id()));
create policy trail_reads on polyclinic.history for select to polyclinic_owner
  using (clinic_id = (select gate.clinic_id()));
grant select on polyclinic.history to polyclinic_app, polyclinic_worker;

-- Who changed a row since a time, for whom else wanted to change it: a colleague's id, and nothing of what was changed.
create function polyclinic.last_hand(p_table text, p_row text, p_since timestamptz) returns uuid
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select h.user_id from polyclinic.history h
    where h.clinic_id = gate.clinic_for('staff:read')
      and h.table_name = p_table
      and h.row_id = p_row
      and h.changed_at >= p_since
    order by h.changed_at desc
    limit 1);
end $$;
grant execute on function polyclinic.last_hand(text, text, timestamptz) to polyclinic_app;

-- A month of history is a partition, walled like every table and reachable only through its parent.
create function polyclinic.add_history_month(p_month date) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  m date := date_trunc('month', p_month)::date;
  part text := 'history_' || to_char(m, 'YYYY_MM');
begin
  if to_regclass('polyclinic.' || part) is not null then return; end if;
  execute format('create table polyclinic.%I partition of polyclinic.history for values from (%L) to (%L)',
                 part, m::text || ' 00:00+00', (m + interval '1 month')::date::text || ' 00:00+00');
  call gate.wall(('polyclinic.' || part)::regclass);
end $$;
-- Nothing is lost when a month was forgotten: the default partition takes it and doctor reports it.
create table polyclinic.history_rest partition of polyclinic.history default;
call gate.wall('polyclinic.history_rest');
select polyclinic.add_history_month((date_trunc('month', now()) + make_interval(months => m))::date)
from generate_series(-1, 24) m;

-- 5. Numbers that people read, without gap or duplicate: one row a clinic, kind and period, taken by
-- upsert in the transaction that uses the number. A period is a year or, for tokens, the clinic's day.
create table polyclinic.counters (
  clinic_id bigint not null default gate.clinic_id(),
  kind      text not null constraint counters_kind_known check (kind in ('patient', 'prescription', 'token', 'invoice', 'admission')),
  period    text not null,
  value     int not null constraint counters_value_positive check (value > 0),
  constraint counters_pkey primary key (clinic_id, kind, period)
);
call gate.guard('polyclinic.counters', key => 'kind', reads => 'counters:write', inserts => 'counters:write',
                updates => 'counters:write', history => false);
grant select, insert, update (value) on polyclinic.counters to polyclinic_app, polyclinic_worker;
reset role;
