-- The tests, each with its place in the catalogue.
insert into polyclinic.prescription_tests
  (clinic_id,
   ordered_test_id, prescription_id, revision, patient_id, position, name, kind, created_at, test_id)
select $1,
       r.ordered_test_id, r.prescription_id, 1, r.patient_id, r.position, r.name, r.kind, r.created_at, t.test_id
from jsonb_populate_recordset(null::polyclinic.prescription_tests, $2) r
left join polyclinic.tests t on t.clinic_id = $1 and t.name = r.name
