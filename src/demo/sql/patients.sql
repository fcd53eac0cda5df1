-- Patients.
insert into polyclinic.patients
  (clinic_id,
   patient_id, number, given_name, family_name, birth_date, age_years, age_told_on, sex, blood_group, phone,
   address, city, state, postcode, allergy_status, allergies, status, registered_by, created_at, updated_at)
select $1,
       r.patient_id, r.number, r.given_name, r.family_name, r.birth_date, r.age_years, r.age_told_on, r.sex,
       r.blood_group, r.phone, r.address, r.city, r.state, r.postcode, r.allergy_status, r.allergies, r.status,
       r.registered_by, r.created_at, r.created_at
from jsonb_populate_recordset(null::polyclinic.patients, $2) r
