-- Every step of every visit.
insert into polyclinic.visit_moves
  (clinic_id,
   move_id, visit_id, patient_id, from_status, to_status, reason, moved_by, moved_at)
select $1,
       r.move_id, r.visit_id, r.patient_id, r.from_status, r.to_status, r.reason, r.moved_by, r.moved_at
from jsonb_populate_recordset(null::polyclinic.visit_moves, $2) r
