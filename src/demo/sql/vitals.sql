-- What was measured.
insert into polyclinic.vitals
  (clinic_id,
   vitals_id, patient_id, visit_id, systolic_mmhg, diastolic_mmhg, pulse_bpm, temperature_c, spo2_percent,
   glucose_mg_dl, weight_kg, measured_by, measured_at, created_at, updated_at)
select $1,
       r.vitals_id, r.patient_id, r.visit_id, r.systolic_mmhg, r.diastolic_mmhg, r.pulse_bpm, r.temperature_c,
       r.spo2_percent, r.glucose_mg_dl, r.weight_kg, r.measured_by, r.measured_at, r.measured_at, r.measured_at
from jsonb_populate_recordset(null::polyclinic.vitals, $2) r
