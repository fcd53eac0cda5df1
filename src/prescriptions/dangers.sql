-- What the catalogue says of medicines of these names or brands ($4), and what the patient ($2) takes by other
-- signed prescriptions whose days still run on the clinic's day ($5, zone $6); what is taken as needed counts for thirty.
-- The one that is being replaced ($3) does not count.
select m.name as "medicine!", m.brand, m.allergy_terms as terms, null as number
from polyclinic.medicines m
where m.clinic_id = $1
  and (m.name_key = any ($4) or m.brand_key = any ($4))
  and (m.brand is not null or m.allergy_terms is not null)
union all
select l.medicine, null, null, p.number
from polyclinic.prescriptions p
join polyclinic.prescription_lines l
  on l.clinic_id = p.clinic_id and l.prescription_id = p.prescription_id and l.revision = p.revision
where p.clinic_id = $1
  and p.patient_id = $2
  and p.status = 'signed'
  and p.prescription_id is distinct from $3
  and (p.signed_at at time zone $6)::date + coalesce(l.days, 30) > $5
