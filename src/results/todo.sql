-- Tests that stand somewhere ($2), the oldest first: what is still to be done.
select t.ordered_test_id as "ordered_test_id: OrderedTestId", t.patient_id as "patient_id: PatientId",
       t.prescription_id as "prescription_id: PrescriptionId", t.test_id as "test_id: TestId", t.name,
       t.kind as "kind: TestKind", t.instructions, d.name as ordered_by, t.ordered_at, t.status as "status: TestStatus",
       t.sampled_at, t.reason, t.revision, t.resulted_at, r.flag as "flag?: ResultFlag", t.version, t.created_at, t.updated_at
from polyclinic.ordered_tests t
join polyclinic.practitioners d on d.clinic_id = t.clinic_id and d.practitioner_id = t.practitioner_id
left join polyclinic.test_results r
  on r.clinic_id = t.clinic_id and r.ordered_test_id = t.ordered_test_id and r.revision = t.revision
where t.clinic_id = $1
  and t.status = $2
  and (t.ordered_at, t.ordered_test_id) > ($3, $4)
  and ($5::text is null or t.kind = $5)
  and ($6::timestamptz is null or t.ordered_at >= $6)
  and ($7::timestamptz is null or t.ordered_at < $7)
order by t.ordered_at, t.ordered_test_id
limit $8
