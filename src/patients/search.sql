-- Patients with a token in the range $3..$4 and, for every other range, one in that too, through the gate in the same
-- statement. A patient is found by the first of the tokens in the range only, so nobody comes twice and the key
-- (token, patient) orders the pages.
select e as "who: Row",
       p.patient_id as "patient_id: PatientId", p.number, p.given_name, p.family_name, p.birth_date, p.age_years,
       p.age_told_on, p.sex as "sex: Sex", p.phone, p.status as "status: PatientStatus",
       p.allergy_status as "allergy_status: AllergyStatus", p.version, p.created_at, p.updated_at, p.token as "found_by!"
from gate.enter($1, $2) e
cross join lateral (
  select p.*, s.token
  from polyclinic.patient_search s
  join polyclinic.patients p on p.clinic_id = s.clinic_id and p.patient_id = s.patient_id
  where s.clinic_id = e.clinic_id
    and s.token >= $3
    and s.token < $4
    and (s.token, s.patient_id) > ($7, $8)
    and p.status <> 'archived'
    and not exists (
      select from polyclinic.patient_search earlier
      where earlier.clinic_id = e.clinic_id
        and earlier.patient_id = s.patient_id
        and earlier.token >= $3
        and earlier.token < s.token)
    and not exists (
      select from unnest($5::text[], $6::text[]) as word (low, high)
      where not exists (
        select from polyclinic.patient_search other
        where other.clinic_id = e.clinic_id
          and other.patient_id = s.patient_id
          and other.token >= word.low
          and other.token < word.high))
  order by s.token, s.patient_id
  limit $9
) p
order by p.token, p.patient_id
