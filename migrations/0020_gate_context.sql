-- The context: which clinic, which person, which session, which rights; signed by the database.
--
-- It lives in the transaction-local setting gate.ctx as hex of
--   clinic 8 | user 16 | session 16 | patient 16 | permissions 8 | role 2 | SHA-256 32   (98 bytes)
-- where the hash is of a secret key, those 66 bytes, this backend's pid and this transaction's start. A captured context is
-- therefore good in one transaction of one backend: where it already is.
--
-- It is core sha256() over the key, which fills the hash's first block, and a message of one length, 78 bytes: as safe as
-- HMAC there, whose second hash guards messages that can be made longer (ADR 9). The key is in a table which only
-- polyclinic_gate reads, never in a function body, because pg_proc.prosrc is public.
-- Error codes: PC001 no context, PC002 signature does not hold.
set local role polyclinic_gate;

create table gate.keys (
  -- One row: whoever verifies reads it without asking which.
  one        boolean primary key default true constraint keys_one check (one),
  key        bytea not null constraint keys_key_length check (length(key) = 64),
  rotation   int not null default 1,
  rotated_at timestamptz not null default now()
);
comment on table gate.keys is 'What contexts are signed with: 64 bytes, a block of SHA-256. Readable by polyclinic_gate alone.';

-- 64 bytes that nobody can guess.
create function gate.fresh_key() returns bytea
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  return sha512(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
                || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
end $$;
insert into gate.keys (key) values (gate.fresh_key());

-- Replaces the key. Contexts open at that moment stop verifying: their requests are retried. How often it was done.
create function gate.rotate_key() returns int
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare n int;
begin
  update gate.keys set key = gate.fresh_key(), rotation = rotation + 1, rotated_at = now()
  returning rotation into n;
  return n;
end $$;

-- Binds a payload to this backend and this transaction; whoever verifies, and gate.enter, says the same in its own steps.
-- An engine that spreads transactions over several servers would replace it. Binary sends, never ::text: the caller controls
-- TimeZone and DateStyle, under which two instants can be made to print alike.
create function gate.mac(payload bytea, key bytea) returns bytea
  language plpgsql stable parallel restricted
  set search_path = pg_catalog, pg_temp
as $$
begin
  return sha256(key || payload || int4send(pg_backend_pid()) || timestamptz_send(transaction_timestamp()));
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
  k bytea;
begin
  select key into strict k from gate.keys;
  perform set_config('gate.ctx', encode(p || gate.mac(p, k), 'hex'), true);
end $$;

-- The verified payload. Raises PC001 without a context, PC002 when its signature does not hold.
create function gate.verified() returns bytea
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  g text := current_setting('gate.ctx', true);
  b bytea;
  k bytea;
begin
  if g is null or octet_length(g) <> 196 then
    raise exception 'no clinic context' using errcode = 'PC001';
  end if;
  b := decode(g, 'hex');
  select key into strict k from gate.keys;
  if sha256(k || substr(b, 1, 66) || int4send(pg_backend_pid()) || timestamptz_send(transaction_timestamp()))
     <> substr(b, 67) then
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
  k bytea;
begin
  if g is null or octet_length(g) <> 196 then
    raise exception 'no clinic context' using errcode = 'PC001';
  end if;
  b := decode(g, 'hex');
  select key into strict k from gate.keys;
  if sha256(k || substr(b, 1, 66) || int4send(pg_backend_pid()) || timestamptz_send(transaction_timestamp()))
     <> substr(b, 67) then
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

-- The clinic if the context holds the permission of this bit or of the other, else null. It repeats the MAC although the
-- wall has verified the setting in the same statement: hostile SQL opens a cursor, fetches the row at which
-- the wall is asked, writes a mask of its own into gate.ctx and fetches the row at which this is asked.
create function gate.clinic_for(p_bit int, p_other int default null) returns bigint
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  g text := current_setting('gate.ctx', true);
  b bytea;
  k bytea;
begin
  if g is null or octet_length(g) <> 196
     or ('x' || substr(g, 113, 16))::bit(64)::bigint & ((1::bigint << p_bit) | (1::bigint << coalesce(p_other, p_bit))) = 0 then
    return null;
  end if;
  b := decode(g, 'hex');
  select key into strict k from gate.keys;
  if sha256(k || substr(b, 1, 66) || int4send(pg_backend_pid()) || timestamptz_send(transaction_timestamp()))
     <> substr(b, 67) then
    raise exception 'invalid clinic context' using errcode = 'PC002';
  end if;
  return ('x' || left(g, 16))::bit(64)::bigint;
end $$;

-- The clinic that a door has opened, as it stands in the setting. Only the doors' own fixed statements run as
-- polyclinic_gate, and the wall verifies beside it: a second verification would protect nobody and cost as much as the
-- first. Its body is bound when it is made, so no search_path reaches it.
create function gate.door_clinic() returns bigint
  language sql stable parallel restricted
  return ('x' || substr(current_setting('gate.ctx', true), 1, 16))::bit(64)::bigint;

grant execute on function gate.clinic_id(), gate.user_id(), gate.session_id(), gate.patient_id(), gate.clinic_for(int, int)
  to polyclinic_app, polyclinic_worker, polyclinic_operator, polyclinic_owner;
reset role;
