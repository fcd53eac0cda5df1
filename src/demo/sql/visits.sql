-- Visits.
insert into polyclinic.visits
  (clinic_id,
   visit_id, patient_id, practitioner_id, visit_day, token, visit_type, purpose, status, arrived_at, started_at,
   ended_at, checked_in_by, created_at, updated_at)
select $1,
       r.visit_id, r.patient_id, r.practitioner_id, r.visit_day, r.token, r.visit_type, r.purpose, r.status,
       r.arrived_at, r.started_at, r.ended_at, r.checked_in_by, r.arrived_at,
       coalesce(r.ended_at, r.started_at, r.arrived_at)
from jsonb_populate_recordset(null::polyclinic.visits, $2) r
