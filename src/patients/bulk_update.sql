-- Many corrected patients at once. An age that is told again keeps its day.
update polyclinic.patients p
set age_told_on = case when r.age_years is null then null when p.age_years = r.age_years then p.age_told_on else $3::date end,
    age_years = r.age_years,
    given_name = r.given_name, family_name = r.family_name, birth_date = r.birth_date, sex = r.sex,
    blood_group = r.blood_group, phone = r.phone, email = r.email, address = r.address, city = r.city,
    state = r.state, postcode = r.postcode, weight_kg = r.weight_kg, allergy_status = r.allergy_status,
    allergies = r.allergies, medical_history = r.medical_history, emergency_name = r.emergency_name,
    emergency_phone = r.emergency_phone, identity_kind = r.identity_kind, identity_number = r.identity_number
from jsonb_to_recordset($2) as r (
  patient_id uuid,
  external_id text, given_name text, family_name text, birth_date date, age_years float8, sex text, blood_group text,
  phone text, email text, address text, city text, state text, postcode text, weight_kg float8, allergy_status text,
  allergies text, medical_history text, emergency_name text, emergency_phone text, identity_kind text,
  identity_number text)
where p.clinic_id = $1
  and p.patient_id = r.patient_id
  -- Says once more which they are: a list has an index, and a join may read the whole clinic for it.
  and p.patient_id = any (array(select (e ->> 'patient_id')::uuid from jsonb_array_elements($2) e))
