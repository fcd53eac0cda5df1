\set turn :turn + 1
\if :turn % 2 = 0
\set k {big}
\set i {most_first} + :turn / 2 * :clients + :client_id
\else
\set k {low} + :turn / 2 % ({high} - {low} + 1)
\set i {fewest_first} + :turn / 2 / ({high} - {low} + 1) * :clients + :client_id
\endif
begin isolation level read committed, read write;
select clinic_id as clinic, today, user_id as me, gen_random_uuid() as visit from gate.enter('bench-' || :k::text, decode(:secret, 'hex')) \gset
insert into polyclinic.idempotency_keys (clinic_id, user_id, key, fingerprint)
values (:clinic::bigint, :me::uuid, :visit, sha256(:visit::bytea))
on conflict do nothing;
select p.*
from polyclinic.patients p
where p.clinic_id = :clinic::bigint
  and p.patient_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:i::int), 12, '0'))::uuid;
insert into polyclinic.counters as c (clinic_id, kind, period, value)
values (:clinic::bigint, 'token', :today::text, 1)
on conflict (clinic_id, kind, period) do update set value = c.value + 1
returning value as token \gset
insert into polyclinic.visits
  (clinic_id, visit_id, patient_id, practitioner_id, visit_day, token, visit_type, purpose, notes, checked_in_by)
values (:clinic::bigint, :visit::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(:i::int), 12, '0'))::uuid, null,
        :today::date, :token::int, 'routine', 'Checkup', null, :me::uuid);
insert into polyclinic.visit_moves (clinic_id, move_id, visit_id, patient_id, from_status, to_status, reason)
values (:clinic::bigint, gen_random_uuid(), :visit::uuid,
        ('01900000-0000-7000-8000-' || lpad(to_hex(:i::int), 12, '0'))::uuid, null, 'waiting', null);
{visit};
update polyclinic.idempotency_keys
set status = 201, headers = jsonb_build_object('location', :visit::text, 'etag', '"v1"'), body = convert_to(repeat('x', 900), 'UTF8')
where clinic_id = :clinic::bigint and user_id = :me::uuid and key = :visit;
commit;
