-- The chain over the trail. A sealer takes what a clinic's trail has gained, hashes it and chains the hash to the one before, so that a later change to
-- the trail, even by the owner of the database, does not go unnoticed by whoever kept the last hash.
--
-- Nothing is chained on the way of a request: that costs several times its throughput. A seal covers the rows of a range of
-- transaction ids; below the horizon no transaction can still add one, so the range is closed when it is sealed.
set local role polyclinic_owner;

create table polyclinic.seals (
  clinic_id  bigint not null default gate.clinic_id(),
  seal_no    int not null constraint seals_number_positive check (seal_no > 0),
  from_xid   bigint not null,
  below_xid  bigint not null,
  row_count  int not null,
  rows_hash  bytea not null,
  chain_hash bytea not null,
  sealed_at  timestamptz not null default now(),
  constraint seals_pkey primary key (clinic_id, seal_no),
  constraint seals_range_forward check (below_xid > from_xid)
);
call gate.guard('polyclinic.seals', key => 'seal_no', reads => 'history:read', history => false);
create policy sealer on polyclinic.seals for insert to polyclinic_owner with check (clinic_id = (select gate.clinic_id()));
create policy sealer_reads on polyclinic.seals for select to polyclinic_owner using (clinic_id = (select gate.clinic_id()));
grant select on polyclinic.seals to polyclinic_app;
comment on column polyclinic.seals.chain_hash is 'sha256 of the chain so far and this seal. Publish the newest elsewhere: it vouches for all before it.';

-- The hash of the trail's rows in a range of transaction ids. Times as binary, so that no setting of the caller changes them.
create function polyclinic.hash_history(p_clinic bigint, p_from bigint, p_below bigint, out row_count int, out rows_hash bytea)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  select count(*)::int,
         sha256(coalesce(string_agg(sha256(
           uuid_send(h.history_id) || timestamptz_send(h.changed_at) || int8send(h.xid)
           || convert_to(jsonb_build_array(h.login, h.user_id, h.session_id, h.table_name, h.row_id, h.operation, h.changes)::text, 'UTF8')),
           ''::bytea order by h.history_id), ''::bytea))
    into row_count, rows_hash
  from polyclinic.history h
  where h.clinic_id = p_clinic and h.xid >= p_from and h.xid < p_below;
end $$;

create function polyclinic.chain(p_before bytea, p_seal int, p_from bigint, p_below bigint, p_count int, p_rows bytea) returns bytea
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select sha256(p_before || int4send(p_seal) || int8send(p_from) || int8send(p_below) || int4send(p_count) || p_rows)
$$;

-- Seals what is closed and new. Returns how many rows; no seal is made of nothing.
create function polyclinic.seal_history() returns int
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  last polyclinic.seals;
  horizon bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  n int;
  h bytea;
begin
  if gate.clinic_for('history:seal') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  select * into last from polyclinic.seals s where s.clinic_id = c order by s.seal_no desc limit 1;
  if coalesce(last.below_xid, 0) >= horizon then return 0; end if;
  select x.row_count, x.rows_hash into n, h from polyclinic.hash_history(c, coalesce(last.below_xid, 0), horizon) x;
  if n = 0 then return 0; end if;
  insert into polyclinic.seals (clinic_id, seal_no, from_xid, below_xid, row_count, rows_hash, chain_hash)
  values (c, coalesce(last.seal_no, 0) + 1, coalesce(last.below_xid, 0), horizon, n, h,
          polyclinic.chain(coalesce(last.chain_hash, ''::bytea), coalesce(last.seal_no, 0) + 1, coalesce(last.below_xid, 0), horizon, n, h));
  return n;
end $$;

-- Reads the whole chain of this clinic again: 'whole, N seals', or where it first does not hold.
create function polyclinic.verify_history() returns text
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_for('history:read');
  s polyclinic.seals;
  before bytea := ''::bytea;
  upto bigint := 0;
  n int := 0;
  x record;
begin
  if c is null then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  for s in select * from polyclinic.seals where clinic_id = c order by seal_no loop
    n := n + 1;
    if s.seal_no <> n or s.from_xid <> upto then return format('seal %s is missing', n); end if;
    select * into x from polyclinic.hash_history(c, s.from_xid, s.below_xid);
    if x.row_count <> s.row_count or x.rows_hash <> s.rows_hash then
      return format('the rows under seal %s were changed', n);
    end if;
    if s.chain_hash <> polyclinic.chain(before, n, s.from_xid, s.below_xid, s.row_count, s.rows_hash) then
      return format('seal %s was changed', n);
    end if;
    before := s.chain_hash;
    upto := s.below_xid;
  end loop;
  return format('whole, %s seals', n);
end $$;
grant execute on function polyclinic.seal_history() to polyclinic_worker;
grant execute on function polyclinic.verify_history() to polyclinic_app, polyclinic_operator;

-- Forgets answers that nobody will ask for again, a few at a time.
create policy sweeper on polyclinic.idempotency_keys for delete to polyclinic_owner using (clinic_id = (select gate.clinic_id()));
create policy sweeper_reads on polyclinic.idempotency_keys for select to polyclinic_owner using (clinic_id = (select gate.clinic_id()));
create function polyclinic.sweep() returns int
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  n int;
begin
  if gate.clinic_for('history:seal') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  delete from polyclinic.idempotency_keys k where k.clinic_id = c and k.created_at < now() - interval '1 day';
  get diagnostics n = row_count;
  return n;
end $$;
grant execute on function polyclinic.sweep() to polyclinic_worker;
reset role;

-- Queues the upkeep of every open clinic that has none waiting, spread over the interval.
set local role polyclinic_gate;
create function gate.schedule_upkeep(p_seconds int) returns int
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare n int;
begin
  insert into platform.jobs (job_id, clinic_id, kind, run_at)
  select gen_random_uuid(), d.clinic_id, 'seal', clock_timestamp() + make_interval(secs => (d.clinic_id % p_seconds)::int)
  from platform.directory d
  where d.status in ('active', 'trial')
    and not exists (select from platform.jobs j where j.clinic_id = d.clinic_id and j.kind = 'seal' and j.state in ('queued', 'leased'));
  get diagnostics n = row_count;
  delete from platform.jobs j where j.kind = 'seal' and j.state = 'done' and j.finished_at < clock_timestamp() - interval '1 day';
  return n;
end $$;
grant execute on function gate.schedule_upkeep(int) to polyclinic_worker;
create index jobs_by_clinic on platform.jobs (clinic_id, kind) where state in ('queued', 'leased');
reset role;
