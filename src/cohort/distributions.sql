-- The same people, counted six ways at once. Sets with an order of their own sort by it, others by size.
with person as (
  select p.sex,
         case when r.age_years < 18 then '0-17' when r.age_years < 35 then '18-34' when r.age_years < 50 then '35-49'
              when r.age_years < 65 then '50-64' when r.age_years < 80 then '65-79' else '80+' end as age_group,
         case when r.hypertension and (r.heart_disease or r.age_years >= 65) then 'high'
              when r.hypertension or r.heart_disease then 'moderate' else 'lower' end as risk,
         r.smoking_status, r.work_type, r.residence_type, r.stroke
  from polyclinic.risk_profiles r
  join polyclinic.patients p on p.clinic_id = r.clinic_id and p.patient_id = r.patient_id
  where r.clinic_id = $1
    and p.status <> 'archived'
)
select case when grouping(sex) = 0 then 'sex' when grouping(age_group) = 0 then 'age_group'
            when grouping(risk) = 0 then 'risk' when grouping(smoking_status) = 0 then 'smoking_status'
            when grouping(work_type) = 0 then 'work_type' else 'residence_type' end as "kind!",
       coalesce(sex, age_group, risk, smoking_status, work_type, residence_type) as value,
       count(*) as "count!",
       count(*) filter (where stroke) as "stroke!"
from person
group by grouping sets ((sex), (age_group), (risk), (smoking_status), (work_type), (residence_type))
order by 1, age_group, case risk when 'high' then 1 when 'moderate' then 2 when 'lower' then 3 end,
         count(*) desc, 2
limit 500
