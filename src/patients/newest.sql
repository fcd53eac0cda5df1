-- The newest patients, through the gate in the same statement.
select e as "who: Row",
       p.patient_id as "patient_id: PatientId", p.number, p.given_name, p.family_name, p.birth_date, p.age_years,
       p.age_told_on, p.sex as "sex: Sex", p.phone, p.status as "status: PatientStatus",
       p.allergy_status as "allergy_status: AllergyStatus", p.version, p.created_at, p.updated_at, '' as "found_by!"
from gate.enter($1, $2) e
cross join lateral (
  select p.*
  from polyclinic.patients p
  where p.clinic_id = e.clinic_id
    and (p.created_at, p.patient_id) < ($3, $4)
    and p.status <> 'archived'
  order by p.created_at desc, p.patient_id desc
  limit $5
) p
order by p.created_at desc, p.patient_id desc
