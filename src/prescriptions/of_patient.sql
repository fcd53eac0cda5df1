-- Prescriptions of one patient ($6), the newest first.
select p.prescription_id as "prescription_id: PrescriptionId", p.number, p.status as "status: Status",
       p.patient_id as "patient_id: PatientId", t.number as patient_number, t.given_name, t.family_name,
       p.practitioner_id as "practitioner_id: PractitionerId", by.name as practitioner_name, p.diagnosis,
       (select string_agg(l.medicine, ', ' order by l.position)
        from polyclinic.prescription_lines l
        where l.clinic_id = $1
          and l.prescription_id = p.prescription_id
          and l.revision = p.revision) as medicines,
       p.signed_at, p.version, p.created_at, p.updated_at
from polyclinic.prescriptions p
join polyclinic.patients t on t.clinic_id = p.clinic_id and t.patient_id = p.patient_id
join polyclinic.practitioners by on by.clinic_id = p.clinic_id and by.practitioner_id = p.practitioner_id
where p.clinic_id = $1
  and (p.created_at, p.prescription_id) < ($2, $3)
  and p.patient_id = $6
  and ($4::text is null or p.status = $4)
  and p.status <> 'discarded'
order by p.created_at desc, p.prescription_id desc
limit $5
