-- Profiles that are new or differ; of whom one was written comes back.
insert into polyclinic.risk_profiles as old
  (clinic_id, patient_id, age_years, hypertension, heart_disease, ever_married, work_type, residence_type,
   avg_glucose_mg_dl, bmi, smoking_status, stroke)
select $1, r.patient_id, r.age, r.hypertension, r.heart_disease, r.ever_married, r.work_type, r.residence_type,
       r.avg_glucose_mg_dl, r.bmi, r.smoking_status, r.stroke
from jsonb_to_recordset($2) as r (
  patient_id uuid, age float8, hypertension boolean, heart_disease boolean, ever_married boolean, work_type text,
  residence_type text, avg_glucose_mg_dl float8, bmi float8, smoking_status text, stroke boolean)
on conflict (clinic_id, patient_id) do update
set age_years = excluded.age_years, hypertension = excluded.hypertension, heart_disease = excluded.heart_disease,
    ever_married = excluded.ever_married, work_type = excluded.work_type, residence_type = excluded.residence_type,
    avg_glucose_mg_dl = excluded.avg_glucose_mg_dl, bmi = excluded.bmi, smoking_status = excluded.smoking_status,
    stroke = excluded.stroke
where (old.age_years, old.hypertension, old.heart_disease, old.ever_married, old.work_type, old.residence_type,
       old.avg_glucose_mg_dl, old.bmi, old.smoking_status, old.stroke)
      is distinct from
      (excluded.age_years, excluded.hypertension, excluded.heart_disease, excluded.ever_married, excluded.work_type,
       excluded.residence_type, excluded.avg_glucose_mg_dl, excluded.bmi, excluded.smoking_status, excluded.stroke)
returning patient_id as "patient_id: PatientId"
