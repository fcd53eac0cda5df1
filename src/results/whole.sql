-- One test with its results, those that were corrected too, its reports and what the catalogue says is measured.
select t.ordered_test_id as "ordered_test_id: OrderedTestId", t.patient_id as "patient_id: PatientId",
       t.prescription_id as "prescription_id: PrescriptionId", t.test_id as "test_id: TestId", t.name,
       t.kind as "kind: TestKind", t.instructions, d.name as ordered_by, t.ordered_at, t.status as "status: TestStatus",
       t.sampled_at, t.reason, t.revision, t.resulted_at, r.flag as "flag?: ResultFlag", t.version, t.created_at, t.updated_at,
       (select coalesce(jsonb_agg(jsonb_build_object(
                 'revision', e.revision, 'finding', e.finding, 'flag', e.flag, 'reason', e.reason,
                 'entered_by', e.entered_by, 'entered_at', e.entered_at,
                 'entered_by_name', (select u.name from polyclinic.users u where u.clinic_id = $1 and u.user_id = e.entered_by),
                 'verified_by', e.verified_by, 'verified_at', e.verified_at,
                 'verified_by_name', (select u.name from polyclinic.users u where u.clinic_id = $1 and u.user_id = e.verified_by),
                 'values', (
                   select coalesce(jsonb_agg(to_jsonb(v) order by v.position), '[]')
                   from polyclinic.result_values v
                   where v.clinic_id = $1
                     and v.ordered_test_id = e.ordered_test_id
                     and v.revision = e.revision)) order by e.revision desc), '[]')
        from polyclinic.test_results e
        where e.clinic_id = $1
          and e.ordered_test_id = $2) as "results!: Json<Vec<TestResult>>",
       (select coalesce(jsonb_agg(jsonb_build_object('document_id', f.document_id, 'title', f.title) order by f.created_at), '[]')
        from polyclinic.documents f
        where f.clinic_id = $1
          and f.ordered_test_id = $2
          and f.archived_at is null) as "reports!: Json<Vec<Report>>",
       (select m.measures
        from polyclinic.test_measures m
        where m.clinic_id = $1
          and m.test_id = t.test_id) as "measures: Json<Vec<Measure>>"
from polyclinic.ordered_tests t
join polyclinic.practitioners d on d.clinic_id = t.clinic_id and d.practitioner_id = t.practitioner_id
left join polyclinic.test_results r
  on r.clinic_id = t.clinic_id and r.ordered_test_id = t.ordered_test_id and r.revision = t.revision
where t.clinic_id = $1
  and t.ordered_test_id = $2
