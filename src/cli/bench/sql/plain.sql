-- What others build: the same session look-up, and a clinic in a plain setting that any SQL may change. Only to compare.
do $$
declare p record;
begin
  for p in select polname, polrelid::regclass as tbl from pg_policy loop
    execute format('drop policy %I on %s', p.polname, p.tbl);
  end loop;
  for p in select c.oid::regclass as tbl from pg_class c where c.relnamespace = 'polyclinic'::regnamespace and c.relrowsecurity loop
    execute format('create policy plain on %s using (clinic_id = (select current_setting(''plain.clinic'', true)::bigint))', p.tbl);
  end loop;
end $$;

create function gate.enter_plain(
  p_slug text, p_secret bytea,
  out clinic_id bigint, out clinic_number int, out clinic_name text, out zone text, out locale text, out currency text,
  out user_id uuid, out user_name text, out role text, out session_id uuid, out patient_id uuid, out permissions bigint,
  out entered_at timestamptz, out today date, out stale boolean)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  seen timestamptz;
begin
  select d.clinic_id, d.clinic_number, d.name, d.zone, d.locale, d.currency
    into clinic_id, clinic_number, clinic_name, zone, locale, currency
  from platform.directory d
  where d.slug = p_slug and d.status in ('active', 'trial');
  perform set_config('plain.clinic', clinic_id::text, true);
  select s.session_id, s.seen_at, u.user_id, u.name, u.role, u.patient_id, r.mask
    into session_id, seen, user_id, user_name, role, patient_id, permissions
  from polyclinic.sessions s
  join polyclinic.users u on u.clinic_id = s.clinic_id and u.user_id = s.user_id
  join platform.accounts a on a.account_id = u.account_id
  join gate.roles r on r.role = u.role
  where s.clinic_id = enter_plain.clinic_id
    and s.secret_sha256 = sha256(p_secret)
    and s.revoked_at is null
    and s.expires_at > clock_timestamp()
    and s.secret_until > clock_timestamp()
    and s.seen_at + make_interval(secs => s.idle_seconds) > clock_timestamp()
    and s.proved_at >= a.valid_from
    and u.status = 'active'
    and a.status = 'active';
  if not found then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  entered_at := transaction_timestamp();
  today := (transaction_timestamp() at time zone zone)::date;
  stale := seen < transaction_timestamp() - interval '2 minutes';
end $$;
alter function gate.enter_plain(text, bytea) owner to polyclinic_gate;
grant execute on function gate.enter_plain(text, bytea) to polyclinic_app;
