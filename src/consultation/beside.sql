-- What stands beside a consultation, in one round trip. Row-level security leaves empty what the role may
-- not read: a nurse gets no notes and no prescriptions.
select
  (select to_jsonb(n)
   from (
     select n.complaint, n.findings, n.diagnosis, n.diagnosis_code, n.plan, n.advice, n.follow_up_on,
            n.version, n.updated_at, d.name as doctor
     from polyclinic.notes n
     join polyclinic.practitioners d on d.clinic_id = n.clinic_id and d.practitioner_id = n.practitioner_id
     where n.clinic_id = $1
       and n.visit_id = $2) n) as "note: Json<SavedNote>",
  (select coalesce(jsonb_agg(to_jsonb(v) order by v.measured_at desc, v.vitals_id desc), '[]')
   from (
     select v.vitals_id, v.visit_id, v.systolic_mmhg, v.diastolic_mmhg, v.pulse_bpm, v.respiration_bpm,
            v.temperature_c, v.spo2_percent, v.glucose_mg_dl, v.weight_kg, v.height_cm, v.entered_in_error,
            v.measured_at, v.version
     from polyclinic.vitals v
     where v.clinic_id = $1
       and v.patient_id = $3
     order by v.measured_at desc, v.vitals_id desc
     limit 50) v) as "readings!: Json<Vec<Reading>>",
  (select coalesce(jsonb_agg(to_jsonb(v) order by v.arrived_at desc, v.visit_id desc), '[]')
   from (
     select v.visit_id, v.arrived_at, v.purpose, n.diagnosis, n.plan
     from polyclinic.visits v
     left join polyclinic.notes n on n.clinic_id = v.clinic_id and n.visit_id = v.visit_id
     where v.clinic_id = $1
       and v.patient_id = $3
       and v.visit_id <> $2
       and v.status not in ('cancelled', 'no_show')
     order by v.arrived_at desc, v.visit_id desc
     limit 3) v) as "visits!: Json<Vec<Before>>",
  (select coalesce(jsonb_agg(to_jsonb(m) order by m.signed_at desc, m.position), '[]')
   from (
     select l.medicine as name, l.form, l.strength, l.dose, l.schedule, l.food, l.days, l.position, p.signed_at
     from polyclinic.prescriptions p
     join polyclinic.prescription_lines l
       on l.clinic_id = p.clinic_id and l.prescription_id = p.prescription_id and l.revision = p.revision
     where p.clinic_id = $1
       and p.patient_id = $3
       and p.status = 'signed'
       and p.signed_at + make_interval(days => coalesce(l.days, 365)) >= $4
     order by p.signed_at desc, l.position
     limit 20) m) as "medicines!: Json<Vec<Medicine>>",
  (select coalesce(jsonb_agg(to_jsonb(p) order by p.created_at desc, p.prescription_id desc), '[]')
   from (
     select p.prescription_id, p.number, p.signed_at, p.created_at, d.name as doctor,
            (select coalesce(jsonb_agg(concat_ws(' ', l.medicine, l.strength) order by l.position), '[]')
             from polyclinic.prescription_lines l
             where l.clinic_id = $1
               and l.prescription_id = p.prescription_id
               and l.revision = p.revision) as medicines
     from polyclinic.prescriptions p
     join polyclinic.practitioners d on d.clinic_id = p.clinic_id and d.practitioner_id = p.practitioner_id
     where p.clinic_id = $1
       and p.patient_id = $3
       and p.status = 'signed'
     order by p.created_at desc, p.prescription_id desc
     limit 3) p) as "prescribed!: Json<Vec<Prescribed>>",
  (select r.reason
   from polyclinic.admission_recommendations r
   where r.clinic_id = $1
     and r.patient_id = $3
     and r.status = 'open') as admission,
  (select to_jsonb(d)
   from (
     select d.typed, d.note_version, d.version, d.updated_at
     from polyclinic.note_drafts d
     where d.clinic_id = $1
       and d.visit_id = $2
       and d.user_id = $5) d) as "draft: Json<Unsaved>",
  (select coalesce(jsonb_agg(to_jsonb(t) order by t.resulted_at desc, t.ordered_test_id desc), '[]')
   from (
     select t.ordered_test_id, t.name, t.status, t.resulted_at, e.flag,
            (select coalesce(jsonb_agg(concat_ws(' ', v.name, coalesce(v.value::text, v.word), v.unit) order by v.position), '[]')
             from polyclinic.result_values v
             where v.clinic_id = $1
               and v.ordered_test_id = e.ordered_test_id
               and v.revision = e.revision
               and v.position <= 4)
            || case when e.finding is null then '[]' else jsonb_build_array(left(e.finding, 160)) end as values
     from polyclinic.ordered_tests t
     join polyclinic.test_results e
       on e.clinic_id = t.clinic_id and e.ordered_test_id = t.ordered_test_id and e.revision = t.revision
     where t.clinic_id = $1
       and t.patient_id = $3
       and t.revision > 0
     order by t.resulted_at desc, t.ordered_test_id desc
     limit 5) t) as "results!: Json<Vec<Found>>"
