-- Patients by their last visit, the last seen first: each visit after which none came. A cancelled one and one
-- nobody came to are no visit.
select v.visit_id as "visit_id: VisitId", v.patient_id as "patient_id: PatientId", p.number, p.given_name,
       p.family_name, p.birth_date, p.age_years, p.age_told_on, p.sex as "sex: Sex",
       p.status as "status: PatientStatus", p.version, v.arrived_at, v.visit_day, v.purpose,
       v.practitioner_id as "practitioner_id: PractitionerId", d.name as "practitioner_name?",
       n.diagnosis as "diagnosis?", n.follow_up_on as "follow_up_on?"
from polyclinic.visits v
-- One by one: a filter tempts the planner to read every patient first.
cross join lateral (
  select t.patient_id, t.number, t.given_name, t.family_name, t.birth_date, t.age_years, t.age_told_on, t.sex,
         t.status, t.version
  from polyclinic.patients t
  where t.clinic_id = $1 and t.patient_id = v.patient_id
  offset 0) p
left join polyclinic.practitioners d on d.clinic_id = v.clinic_id and d.practitioner_id = v.practitioner_id
left join polyclinic.notes n on n.clinic_id = v.clinic_id and n.visit_id = v.visit_id
where v.clinic_id = $1
  and (v.arrived_at, v.visit_id) < ($2, $3)
  and v.status not in ('cancelled', 'no_show')
  and p.status not in ('archived', 'deceased')
  and ($4::text is null or p.status = $4)
  and ($5::uuid is null or v.practitioner_id = $5)
  and not exists (
    select from polyclinic.visits later
    where later.clinic_id = $1
      and later.patient_id = v.patient_id
      and (later.arrived_at, later.visit_id) > (v.arrived_at, v.visit_id)
      and later.status not in ('cancelled', 'no_show'))
order by v.arrived_at desc, v.visit_id desc
limit $6
