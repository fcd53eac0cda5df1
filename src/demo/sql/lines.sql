-- The medicines, each with its place in the formulary.
insert into polyclinic.prescription_lines
  (clinic_id,
   line_id, prescription_id, revision, patient_id, position, medicine, form, strength, dose, schedule, food, days,
   quantity, route, created_at, medicine_id)
select $1,
       r.line_id, r.prescription_id, 1, r.patient_id, r.position, r.medicine, r.form, r.strength, r.dose,
       r.schedule, r.food, r.days, r.quantity, r.route, r.created_at, m.medicine_id
from jsonb_populate_recordset(null::polyclinic.prescription_lines, $2) r
left join polyclinic.medicines m
  on m.clinic_id = $1 and m.name = r.medicine and m.form = r.form and m.strength is not distinct from r.strength
