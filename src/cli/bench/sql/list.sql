{pick}begin isolation level read committed, read only;
select clinic_id as clinic, today from gate.enter('bench-' || :k::text, decode(:secret, 'hex')) \gset
select p.patient_id, p.number, p.given_name, p.family_name, p.birth_date, p.age_years, p.age_told_on, p.sex, p.phone,
       p.status, p.allergy_status, p.version, p.created_at, p.updated_at
from polyclinic.patients p
where p.clinic_id = :clinic::bigint
  and (p.created_at, p.patient_id) < ('2126-01-01', 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  and p.status <> 'archived'
order by p.created_at desc, p.patient_id desc
limit 21;
commit;
