-- One prescription with the lines and tests of its present revision.
select p.prescription_id as "prescription_id: PrescriptionId", p.number, p.status as "status: Status",
       p.patient_id as "patient_id: PatientId", p.visit_id as "visit_id: VisitId",
       p.practitioner_id as "practitioner_id: PractitionerId", by.name as practitioner_name,
       by.user_id as prescriber, by.status = 'inactive' as "prescriber_left!", p.sheet_code, p.diagnosis, p.advice,
       (select jsonb_agg(jsonb_build_object(
                 'position', l.position, 'medicine_id', l.medicine_id, 'medicine', l.medicine, 'form', l.form,
                 'strength', l.strength, 'dose', l.dose, 'schedule', l.schedule, 'food', l.food, 'days', l.days,
                 'quantity', l.quantity, 'route', l.route, 'instructions', l.instructions) order by l.position)
        from polyclinic.prescription_lines l
        where l.clinic_id = $1
          and l.prescription_id = p.prescription_id
          and l.revision = p.revision) as "lines: Json<Vec<Line>>",
       (select jsonb_agg(jsonb_build_object(
                 'position', t.position, 'test_id', t.test_id, 'name', t.name, 'kind', t.kind,
                 'instructions', t.instructions) order by t.position)
        from polyclinic.prescription_tests t
        where t.clinic_id = $1
          and t.prescription_id = p.prescription_id
          and t.revision = p.revision) as "tests: Json<Vec<TestOrder>>",
       p.warnings_acknowledged, p.replaces_id as "replaces_id: PrescriptionId", old.number as "replaces_number?",
       new.prescription_id as "replaced_by_id?: PrescriptionId", new.number as "replaced_by_number?",
       p.signed_at, p.signed_by, p.voided_at, p.voided_by, p.void_reason, p.revision, p.version, p.created_at, p.updated_at
from polyclinic.prescriptions p
join polyclinic.practitioners by on by.clinic_id = p.clinic_id and by.practitioner_id = p.practitioner_id
left join polyclinic.prescriptions old on old.clinic_id = p.clinic_id and old.prescription_id = p.replaces_id
left join polyclinic.prescriptions new on new.clinic_id = p.clinic_id and new.replaces_id = p.prescription_id
  and new.status <> 'discarded'
where p.clinic_id = $1
  and p.prescription_id = $2
