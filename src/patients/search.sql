-- Patients with a token in the range $2..$3 and, for every other range, one in that too. A patient
-- is found by the first of the tokens in the range only, so nobody comes twice and the key
-- (token, patient) orders the pages.
select p.patient_id as "patient_id: PatientId", p.number, p.given_name, p.family_name, p.birth_date,
       p.age_years, p.age_told_on, p.sex as "sex: Sex", p.phone, p.status as "status: PatientStatus",
       p.allergy_status as "allergy_status: AllergyStatus", p.version, p.created_at, p.updated_at,
       s.token as "found_by!"
from polyclinic.patient_search s
join polyclinic.patients p on p.clinic_id = s.clinic_id and p.patient_id = s.patient_id
where s.clinic_id = $1
  and s.token >= $2
  and s.token < $3
  and (s.token, s.patient_id) > ($6, $7)
  and p.status <> 'archived'
  and not exists (
    select from polyclinic.patient_search earlier
    where earlier.clinic_id = $1
      and earlier.patient_id = s.patient_id
      and earlier.token >= $2
      and earlier.token < s.token)
  and not exists (
    select from unnest($4::text[], $5::text[]) as word (low, high)
    where not exists (
      select from polyclinic.patient_search other
      where other.clinic_id = $1
        and other.patient_id = s.patient_id
        and other.token >= word.low
        and other.token < word.high))
order by s.token, s.patient_id
limit $8
