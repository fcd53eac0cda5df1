-- One recommendation.
select r.recommendation_id as "recommendation_id: RecommendationId", r.patient_id as "patient_id: PatientId",
       p.number as patient_number, p.given_name, p.family_name, r.visit_id as "visit_id: VisitId",
       r.practitioner_id as "practitioner_id: PractitionerId", d.name as practitioner_name, r.reason,
       r.urgency as "urgency: Urgency", r.status as "status: Standing", r.closed_at, r.closed_by, r.closed_reason,
       r.version, r.created_at, r.updated_at
from polyclinic.admission_recommendations r
join polyclinic.patients p on p.clinic_id = r.clinic_id and p.patient_id = r.patient_id
join polyclinic.practitioners d on d.clinic_id = r.clinic_id and d.practitioner_id = r.practitioner_id
where r.clinic_id = $1
  and r.recommendation_id = $2
