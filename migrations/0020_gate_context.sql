-- The context: which clinic, which person, which session, which rights; signed by the database.
--
-- It lives in the transaction-local setting gate.ctx as hex of
--   clinic 8 | user 16 | session 16 | patient 16 | permissions 8 | role 2 | HMAC-SHA256 32   (98 bytes)
-- where the HMAC also covers this backend's pid and this transaction's start. A captured context is
-- therefore good in one transaction of one backend: where it already is.
--
-- The HMAC is built from core sha256() with precomputed pads. The key is in a table which only
-- polyclinic_gate reads, never in a function body, because pg_proc.prosrc is public.
-- Error codes: PC001 no context, PC002 signature does not hold.
set local role polyclinic_gate;

create table gate.keys (
  key_id     smallint primary key,
  ipad       bytea not null constraint keys_ipad_length check (length(ipad) = 64),
  opad       bytea not null constraint keys_opad_length check (length(opad) = 64),
  active     boolean not null default true,
  created_at timestamptz not null default now()
);
create unique index keys_one_active on gate.keys (active) where active;
comment on table gate.keys is 'HMAC pads of the context key. Readable by polyclinic_gate alone.';

-- Makes a fresh 256-bit key active. Contexts open at that moment stop verifying: their requests are retried.
create function gate.rotate_key() returns smallint
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  k bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
  i bytea := decode(repeat('36', 64), 'hex');
  o bytea := decode(repeat('5c', 64), 'hex');
  n smallint;
begin
  for j in 0..31 loop
    i := set_byte(i, j, get_byte(k, j) # 54);
    o := set_byte(o, j, get_byte(k, j) # 92);
  end loop;
  update gate.keys set active = false where active;
  insert into gate.keys (key_id, ipad, opad)
  select coalesce(max(key_id), 0) + 1, i, o from gate.keys
  returning key_id into n;
  return n;
end $$;
select gate.rotate_key();

-- Binds a payload to this backend and this transaction. The one function an engine that spreads
-- transactions over several servers would replace. Binary sends, never ::text: the caller controls
-- TimeZone and DateStyle, under which two instants can be made to print alike.
create function gate.mac(payload bytea, ipad bytea, opad bytea) returns bytea
  language plpgsql stable parallel restricted
  set search_path = pg_catalog, pg_temp
as $$
begin
  return sha256(opad || sha256(ipad || payload || int4send(pg_backend_pid())
                               || timestamptz_send(transaction_timestamp())));
end $$;

-- Signs and sets the context. Only the doors, which polyclinic_gate owns, may call it.
create function gate.sign(p_clinic bigint, p_user uuid, p_session uuid, p_patient uuid, p_mask bigint, p_role smallint)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  p bytea := int8send(p_clinic) || uuid_send(p_user) || uuid_send(p_session) || uuid_send(p_patient)
             || int8send(p_mask) || int2send(p_role);
  i bytea;
  o bytea;
begin
  select k.ipad, k.opad into strict i, o from gate.keys k where k.active;
  perform set_config('gate.ctx', encode(p || gate.mac(p, i, o), 'hex'), true);
end $$;

-- The verified payload. Raises PC001 without a context, PC002 when its signature does not hold.
create function gate.verified() returns bytea
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  g text := current_setting('gate.ctx', true);
  b bytea;
  i bytea;
  o bytea;
begin
  if g is null or octet_length(g) <> 196 then
    raise exception 'no clinic context' using errcode = 'PC001';
  end if;
  b := decode(g, 'hex');
  select k.ipad, k.opad into strict i, o from gate.keys k where k.active;
  if sha256(o || sha256(i || substr(b, 1, 66) || int4send(pg_backend_pid())
                        || timestamptz_send(transaction_timestamp()))) <> substr(b, 67) then
    raise exception 'invalid clinic context' using errcode = 'PC002';
  end if;
  return b;
end $$;

-- The clinic of this transaction: what the wall of every table asks, once per statement and table.
-- STABLE, never IMMUTABLE: a constant folded into a cached plan would outlive its clinic.
-- It repeats verified() in its own steps because a nested call costs as much again.
create function gate.clinic_id() returns bigint
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  g text := current_setting('gate.ctx', true);
  b bytea;
  i bytea;
  o bytea;
begin
  if g is null or octet_length(g) <> 196 then
    raise exception 'no clinic context' using errcode = 'PC001';
  end if;
  b := decode(g, 'hex');
  select k.ipad, k.opad into strict i, o from gate.keys k where k.active;
  if sha256(o || sha256(i || substr(b, 1, 66) || int4send(pg_backend_pid())
                        || timestamptz_send(transaction_timestamp()))) <> substr(b, 67) then
    raise exception 'invalid clinic context' using errcode = 'PC002';
  end if;
  return ('x' || left(g, 16))::bit(64)::bigint;
end $$;

-- The person of this transaction; the nil uuid for a job, null where nobody entered.
create function gate.user_id() returns uuid
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return encode(substr(gate.verified(), 9, 16), 'hex')::uuid;
end $$;

-- The session (or job, or break-glass grant) that opened this context.
create function gate.session_id() returns uuid
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return encode(substr(gate.verified(), 25, 16), 'hex')::uuid;
end $$;

-- The patient a patient's login stands for; the nil uuid for staff, which no patient has.
create function gate.patient_id() returns uuid
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return encode(substr(gate.verified(), 41, 16), 'hex')::uuid;
end $$;

-- The clinic if the context holds the permission of this bit, else null. It repeats the MAC although the
-- wall has verified the setting in the same statement: hostile SQL opens a cursor, fetches the row at which
-- the wall is asked, writes a mask of its own into gate.ctx and fetches the row at which this is asked.
create function gate.clinic_for(p_bit int) returns bigint
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  g text := current_setting('gate.ctx', true);
  b bytea;
  i bytea;
  o bytea;
begin
  if g is null or octet_length(g) <> 196 or (('x' || substr(g, 113, 16))::bit(64)::bigint >> p_bit) & 1 = 0 then
    return null;
  end if;
  b := decode(g, 'hex');
  select k.ipad, k.opad into strict i, o from gate.keys k where k.active;
  if sha256(o || sha256(i || substr(b, 1, 66) || int4send(pg_backend_pid())
                        || timestamptz_send(transaction_timestamp()))) <> substr(b, 67) then
    raise exception 'invalid clinic context' using errcode = 'PC002';
  end if;
  return ('x' || left(g, 16))::bit(64)::bigint;
end $$;

-- The clinic if the context holds either permission.
create function gate.clinic_for(p_bit int, p_other int) returns bigint
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(gate.clinic_for(p_bit), gate.clinic_for(p_other));
end $$;

-- The clinic that a door has opened, as it stands in the setting. Only the doors' own fixed statements run as
-- polyclinic_gate, and the wall verifies beside it: a second verification would protect nobody and cost as much as the
-- first. Its body is bound when it is made, so no search_path reaches it.
create function gate.door_clinic() returns bigint
  language sql stable parallel restricted
  return ('x' || substr(current_setting('gate.ctx', true), 1, 16))::bit(64)::bigint;

grant execute on function gate.clinic_id(), gate.user_id(), gate.session_id(), gate.patient_id(), gate.clinic_for(int),
  gate.clinic_for(int, int)
  to polyclinic_app, polyclinic_worker, polyclinic_operator, polyclinic_owner;
reset role;
