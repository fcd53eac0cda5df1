-- Who waits today ($2), those first of whom nothing is measured yet, emergencies before others, then by token.
select v.visit_id as "visit_id: VisitId", v.token, v.visit_type, v.purpose, v.arrived_at, p.number, p.given_name,
       p.family_name, p.birth_date, p.age_years, p.age_told_on, p.sex as "sex: Sex", d.name as "doctor?",
       m.measured_at as "measured_at?"
from polyclinic.visits v
join polyclinic.patients p on p.clinic_id = v.clinic_id and p.patient_id = v.patient_id
left join polyclinic.practitioners d on d.clinic_id = v.clinic_id and d.practitioner_id = v.practitioner_id
left join lateral (
  select m.measured_at
  from polyclinic.vitals m
  where m.clinic_id = $1
    and m.visit_id = v.visit_id
    and not m.entered_in_error
  order by m.measured_at desc
  limit 1
) m on true
where v.clinic_id = $1
  and v.visit_day = $2
  and v.status = 'waiting'
order by m.measured_at is not null, v.visit_type = 'emergency' desc, v.token
limit 50
