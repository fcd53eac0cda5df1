{pick}begin isolation level read committed, read only;
select clinic_id as clinic, today from gate.enter('bench-' || :k::text, decode(:secret, 'hex')) \gset
{board};
select p.practitioner_id, p.user_id, p.name, p.specialization, p.qualification, p.licence_number
from polyclinic.practitioners p
where p.clinic_id = :clinic::bigint
  and p.status = 'active'
order by p.name, p.practitioner_id
limit 200;
commit;
