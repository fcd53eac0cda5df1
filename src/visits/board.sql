-- The board of a day: who waits, who is inside, who was seen, each in its own order and cut to what a
-- screen holds. "total" says how many there are of each.
select v.visit_id as "visit_id: VisitId", v.patient_id as "patient_id: PatientId", p.number, p.given_name,
       p.family_name, p.birth_date, p.age_years, p.age_told_on, p.sex as "sex: Sex",
       p.allergy_status as "allergy_status: AllergyStatus",
       v.practitioner_id as "practitioner_id: PractitionerId", d.name as "practitioner_name?", v.visit_day,
       v.token, v.visit_type as "visit_type: VisitType", v.purpose, v.notes,
       v.status as "status: VisitStatus", v.arrived_at, v.started_at, v.ended_at, v.checked_in_by, v.version,
       v.created_at, v.updated_at,
       v.total as "total!"
from (
  select v.*,
         row_number() over (
           partition by v.lane
           order by v.lane = 2 and v.visit_type = 'emergency' desc,
                    case v.lane when 1 then v.started_at end,
                    case v.lane when 3 then v.ended_at end desc,
                    v.token) as place,
         count(*) over (partition by v.lane) as total
  from (
    select v.*, case v.status when 'in_consultation' then 1 when 'waiting' then 2 else 3 end as lane
    from polyclinic.visits v
    where v.clinic_id = $1
      and v.visit_day = $2
      and ($3::uuid is null or v.practitioner_id = $3)
  ) v
) v
join polyclinic.patients p on p.clinic_id = v.clinic_id and p.patient_id = v.patient_id
left join polyclinic.practitioners d on d.clinic_id = v.clinic_id and d.practitioner_id = v.practitioner_id
where v.clinic_id = $1
  and v.place <= case v.lane when 1 then $4::bigint when 2 then $5::bigint else $6::bigint end
order by v.lane, v.place
