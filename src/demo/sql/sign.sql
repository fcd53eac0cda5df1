-- Signs, in the order of the numbers.
update polyclinic.prescriptions p
set status = 'signed', number = r.number, signed_at = r.signed_at, signed_by = r.signed_by
from jsonb_populate_recordset(null::polyclinic.prescriptions, $2) r
where p.clinic_id = $1
  and p.prescription_id = r.prescription_id
  and r.number is not null
