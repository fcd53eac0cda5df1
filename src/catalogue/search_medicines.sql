-- Medicines with a word in the range $2..$3 and, for every other range, one in that too. What the list is
-- ordered by is the word that was found.
select m.medicine_id as "medicine_id: MedicineId", m.name, m.brand, m.form as "form: Form", m.strength, m.route,
       m.default_dose, m.default_schedule, m.default_food as "default_food: Food", m.default_days,
       m.allergy_terms, m.active, s.token as "name_key!", m.version, m.created_at, m.updated_at
from polyclinic.medicine_search s
join polyclinic.medicines m on m.clinic_id = s.clinic_id and m.medicine_id = s.medicine_id
where s.clinic_id = $1
  and s.token >= $2
  and s.token < $3
  and (s.token, s.medicine_id) > ($6, $7)
  and (m.active or $8)
  and not exists (
    select from polyclinic.medicine_search earlier
    where earlier.clinic_id = $1
      and earlier.medicine_id = s.medicine_id
      and earlier.token >= $2
      and earlier.token < s.token)
  and not exists (
    select from unnest($4::text[], $5::text[]) as word (low, high)
    where not exists (
      select from polyclinic.medicine_search other
      where other.clinic_id = $1
        and other.medicine_id = s.medicine_id
        and other.token >= word.low
        and other.token < word.high))
order by s.token, s.medicine_id
limit $9
