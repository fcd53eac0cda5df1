-- Voids what was signed in error.
update polyclinic.prescriptions p
set status = 'voided', voided_at = r.voided_at, voided_by = r.signed_by, void_reason = r.void_reason
from jsonb_populate_recordset(null::polyclinic.prescriptions, $2) r
where p.clinic_id = $1
  and p.prescription_id = r.prescription_id
  and r.voided_at is not null
