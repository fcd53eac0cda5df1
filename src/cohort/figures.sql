-- Everybody with a risk profile whose record is not set aside, in one pass.
select count(*) as "total!",
       count(*) filter (where r.stroke) as "stroke!",
       count(*) filter (where r.hypertension and (r.heart_disease or r.age_years >= 65)) as "high_risk!",
       round(avg(r.age_years)::numeric, 4)::float8 as mean_age,
       round(avg(r.bmi)::numeric, 4)::float8 as mean_bmi,
       count(r.bmi) as "bmi_known!"
from polyclinic.risk_profiles r
join polyclinic.patients p on p.clinic_id = r.clinic_id and p.patient_id = r.patient_id
where r.clinic_id = $1
  and p.status <> 'archived'
