-- Prescriptions as drafts: lines may only go into one.
insert into polyclinic.prescriptions
  (clinic_id,
   prescription_id, patient_id, visit_id, practitioner_id, diagnosis, advice, replaces_id, created_at, updated_at)
select $1,
       r.prescription_id, r.patient_id, r.visit_id, r.practitioner_id, r.diagnosis, r.advice, r.replaces_id,
       r.created_at, r.created_at
from jsonb_populate_recordset(null::polyclinic.prescriptions, $2) r
