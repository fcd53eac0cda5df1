-- Many new patients at once.
insert into polyclinic.patients
  (clinic_id, patient_id, number, age_told_on, registered_by,
   external_id, given_name, family_name, birth_date, age_years, sex, blood_group, phone, email, address, city, state,
   postcode, weight_kg, allergy_status, allergies, medical_history, emergency_name, emergency_phone, identity_kind,
   identity_number)
select $1, r.patient_id, r.number, case when r.age_years is not null then $3::date end, $4,
       r.external_id, r.given_name, r.family_name, r.birth_date, r.age_years, r.sex, r.blood_group, r.phone, r.email,
       r.address, r.city, r.state, r.postcode, r.weight_kg, r.allergy_status, r.allergies, r.medical_history,
       r.emergency_name, r.emergency_phone, r.identity_kind, r.identity_number
from jsonb_to_recordset($2) as r (
  patient_id uuid, number text,
  external_id text, given_name text, family_name text, birth_date date, age_years float8, sex text, blood_group text,
  phone text, email text, address text, city text, state text, postcode text, weight_kg float8, allergy_status text,
  allergies text, medical_history text, emergency_name text, emergency_phone text, identity_kind text,
  identity_number text)
