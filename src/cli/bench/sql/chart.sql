{pick}\set n random(1, :patients / 10) * 10
begin isolation level read committed, read only;
select clinic_id as clinic, today from gate.enter('bench-' || :k::text, decode(:secret, 'hex')) \gset
select p.*
from polyclinic.patients p
where p.clinic_id = :clinic::bigint
  and p.patient_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid;
{timeline};
commit;
