-- What was written.
insert into polyclinic.notes
  (clinic_id,
   note_id, patient_id, visit_id, practitioner_id, complaint, findings, diagnosis, diagnosis_code, plan, advice,
   follow_up_on, created_at, updated_at)
select $1,
       r.note_id, r.patient_id, r.visit_id, r.practitioner_id, r.complaint, r.findings, r.diagnosis,
       r.diagnosis_code, r.plan, r.advice, r.follow_up_on, r.created_at, r.created_at
from jsonb_populate_recordset(null::polyclinic.notes, $2) r
