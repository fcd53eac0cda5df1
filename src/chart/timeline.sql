-- What is known of a patient, the newest first. Every branch is cut by itself, so that an index serves it,
-- and again together; names are looked up for the rows that are left.
--   $1 clinic  $2 patient  $3 the kind, or null for all  $4, $5 after this time and id  $6 rows
--   $7 the reader is staff: sees drafts and readings entered in error  $8 the reader may read the trail
--   $9 the months of the trail end here, so that those to come are not opened
select t.at as "at!", t.id as "id!", t.facts as "fact!: Json<Fact>",
       coalesce(
         (select d.name from polyclinic.practitioners d where d.clinic_id = $1 and d.practitioner_id = t.practitioner_id),
         (select u.name from polyclinic.users u where u.clinic_id = $1 and u.user_id = t.user_id)) as "by?"
from (
  (select v.arrived_at as at, v.visit_id as id, v.practitioner_id, null::uuid as user_id,
          jsonb_build_object('kind', 'visit', 'token', v.token, 'visit_type', v.visit_type, 'purpose', v.purpose,
            'status', v.status, 'ended_at', v.ended_at) as facts
   from polyclinic.visits v
   where v.clinic_id = $1
     and v.patient_id = $2
     and ($3::text is null or $3 = 'visit')
     and (v.arrived_at, v.visit_id) < ($4, $5)
   order by v.arrived_at desc, v.visit_id desc
   limit $6)
  union all
  (select m.measured_at, m.vitals_id, null, m.measured_by,
          jsonb_build_object('kind', 'vitals', 'systolic_mmhg', m.systolic_mmhg, 'diastolic_mmhg', m.diastolic_mmhg,
            'pulse_bpm', m.pulse_bpm, 'respiration_bpm', m.respiration_bpm, 'temperature_c', m.temperature_c,
            'spo2_percent', m.spo2_percent, 'glucose_mg_dl', m.glucose_mg_dl, 'weight_kg', m.weight_kg,
            'height_cm', m.height_cm, 'entered_in_error', m.entered_in_error, 'visit_id', m.visit_id)
   from polyclinic.vitals m
   where m.clinic_id = $1
     and m.patient_id = $2
     and ($3::text is null or $3 = 'vitals')
     and (m.measured_at, m.vitals_id) < ($4, $5)
     and ($7 or not m.entered_in_error)
   order by m.measured_at desc, m.vitals_id desc
   limit $6)
  union all
  (select n.created_at, n.note_id, n.practitioner_id, null,
          jsonb_build_object('kind', 'note', 'complaint', n.complaint, 'findings', n.findings,
            'diagnosis', n.diagnosis, 'diagnosis_code', n.diagnosis_code, 'plan', n.plan, 'advice', n.advice,
            'follow_up_on', n.follow_up_on, 'visit_id', n.visit_id)
   from polyclinic.notes n
   where n.clinic_id = $1
     and n.patient_id = $2
     and ($3::text is null or $3 = 'note')
     and (n.created_at, n.note_id) < ($4, $5)
   order by n.created_at desc, n.note_id desc
   limit $6)
  union all
  (select r.created_at, r.prescription_id, r.practitioner_id, null,
          jsonb_build_object('kind', 'prescription', 'number', r.number, 'status', r.status,
            'diagnosis', r.diagnosis, 'signed_at', r.signed_at, 'visit_id', r.visit_id,
            'medicines', (
              select coalesce(jsonb_agg(concat_ws(' ', l.medicine, l.strength) order by l.position), '[]')
              from polyclinic.prescription_lines l
              where l.clinic_id = $1
                and l.prescription_id = r.prescription_id
                and l.revision = r.revision))
   from polyclinic.prescriptions r
   where r.clinic_id = $1
     and r.patient_id = $2
     and ($3::text is null or $3 = 'prescription')
     and (r.created_at, r.prescription_id) < ($4, $5)
     and ($7 or r.status <> 'draft')
     and r.status <> 'discarded'
   order by r.created_at desc, r.prescription_id desc
   limit $6)
  union all
  (select d.created_at, d.document_id, null, d.uploaded_by,
          jsonb_build_object('kind', 'document', 'category', d.category, 'title', d.title,
            'content_type', d.content_type, 'visit_id', d.visit_id)
   from polyclinic.documents d
   where d.clinic_id = $1
     and d.patient_id = $2
     and ($3::text is null or $3 = 'document')
     and (d.created_at, d.document_id) < ($4, $5)
     and d.archived_at is null
   order by d.created_at desc, d.document_id desc
   limit $6)
  union all
  (select a.created_at, a.recommendation_id, a.practitioner_id, null,
          jsonb_build_object('kind', 'admission', 'reason', a.reason, 'urgency', a.urgency, 'status', a.status,
            'closed_reason', a.closed_reason, 'visit_id', a.visit_id)
   from polyclinic.admission_recommendations a
   where a.clinic_id = $1
     and a.patient_id = $2
     and ($3::text is null or $3 = 'admission')
     and (a.created_at, a.recommendation_id) < ($4, $5)
   order by a.created_at desc, a.recommendation_id desc
   limit $6)
  union all
  (select t.resulted_at, t.ordered_test_id, null, e.entered_by,
          jsonb_build_object('kind', 'result', 'name', t.name, 'status', t.status, 'flag', e.flag, 'values', (
            select coalesce(jsonb_agg(concat_ws(' ', v.name, coalesce(v.value::text, v.word), v.unit) order by v.position), '[]')
            from polyclinic.result_values v
            where v.clinic_id = $1
              and v.ordered_test_id = e.ordered_test_id
              and v.revision = e.revision
              and v.position <= 4) || case when e.finding is null then '[]' else jsonb_build_array(left(e.finding, 160)) end)
   from polyclinic.ordered_tests t
   join polyclinic.test_results e
     on e.clinic_id = t.clinic_id and e.ordered_test_id = t.ordered_test_id and e.revision = t.revision
   where t.clinic_id = $1
     and t.patient_id = $2
     and ($3::text is null or $3 = 'result')
     and (t.resulted_at, t.ordered_test_id) < ($4, $5)
     and t.revision > 0
     and ($7 or t.status = 'verified')
   order by t.resulted_at desc, t.ordered_test_id desc
   limit $6)
  union all
  (select p.created_at, p.patient_id, null, p.registered_by,
          jsonb_build_object('kind', 'registered', 'number', p.number)
   from polyclinic.patients p
   where p.clinic_id = $1
     and p.patient_id = $2
     and ($3::text is null or $3 = 'registered')
     and (p.created_at, p.patient_id) < ($4, $5))
  union all
  (select h.changed_at, h.history_id, null, h.user_id,
          jsonb_build_object('kind', 'change', 'changes', h.changes - 'phone_digits')
   from polyclinic.history h
   where $8
     and h.clinic_id = $1
     and h.table_name = 'patients'
     and h.row_id = $2::text
     and h.operation = 'update'
     and ($3::text is null or $3 = 'change')
     and (h.changed_at, h.history_id) < ($4, $5)
     and h.changed_at <= $9
   order by h.changed_at desc, h.history_id desc
   limit $6)
  order by 1 desc, 2 desc
  limit $6
) t
order by t.at desc, t.id desc
