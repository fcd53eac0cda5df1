-- The doctors practise, each with a licence of the state's medical council.
insert into polyclinic.practitioners
  (clinic_id, practitioner_id, user_id, name, specialization, qualification, licence_number)
select $1, gen_random_uuid(), u.user_id, u.name, r.specialization, r.qualification, r.licence
from jsonb_to_recordset($2) as r (identifier text, specialization text, qualification text, licence text)
join polyclinic.users u on u.clinic_id = $1 and u.identifier = r.identifier and u.role = 'doctor'
on conflict (clinic_id, user_id) do nothing
