-- Visits of one patient ($2), the newest first.
select v.visit_id as "visit_id: VisitId", v.patient_id as "patient_id: PatientId", p.number, p.given_name,
       p.family_name, p.birth_date, p.age_years, p.age_told_on, p.sex as "sex: Sex",
       p.allergy_status as "allergy_status: AllergyStatus",
       v.practitioner_id as "practitioner_id: PractitionerId", d.name as "practitioner_name?", v.visit_day,
       v.token, v.visit_type as "visit_type: VisitType", v.purpose, v.notes,
       v.status as "status: VisitStatus", v.arrived_at, v.started_at, v.ended_at, v.checked_in_by, v.version,
       v.created_at, v.updated_at,
       1::bigint as "total!"
from polyclinic.visits v
join polyclinic.patients p on p.clinic_id = v.clinic_id and p.patient_id = v.patient_id
left join polyclinic.practitioners d on d.clinic_id = v.clinic_id and d.practitioner_id = v.practitioner_id
where v.clinic_id = $1
  and v.patient_id = $2
  and (v.arrived_at, v.visit_id) < ($3, $4)
order by v.arrived_at desc, v.visit_id desc
limit $5
