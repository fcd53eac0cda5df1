-- The formulary, where the clinic has none of that name yet.
insert into polyclinic.medicines
  (clinic_id, medicine_id, name, form, strength, route, default_dose, default_schedule, default_food, default_days, allergy_terms)
select $1, gen_random_uuid(), r.name, r.form, nullif(r.strength, ''), r.route, r.dose, r.schedule, r.food, r.days,
       nullif(r.allergy_terms, '')
from jsonb_to_recordset($2) as r (
  name text, form text, strength text, route text, dose text, schedule text, food text, days int, allergy_terms text)
on conflict (clinic_id, name_key, form, strength_key) do nothing
