-- What is printed around a prescription: the clinic, those who practise in it, and of the visit ($2) the note
-- and the last vitals. The prescriber ($3) is printed also after leaving. What was signed ($4) keeps what it said.
select c.name, c.registration_number, c.address, c.city, c.state, c.postcode, c.phone, c.email, c.website,
       c.logo, c.logo_type, c.chemist_name, c.chemist_address, c.chemist_phone,
       c.hours as "hours: Json<Hours>",
       c.paper as "paper: Format", c.letterhead, c.margin_top_mm, c.margin_right_mm, c.margin_bottom_mm, c.margin_left_mm,
       (select jsonb_agg(jsonb_build_object(
                 'practitioner_id', d.practitioner_id, 'name', d.name, 'specialization', d.specialization,
                 'qualification', d.qualification, 'licence_number', d.licence_number)
                 order by d.practitioner_id <> $3, d.name)
        from polyclinic.practitioners d
        where d.clinic_id = $1
          and (d.status = 'active' or d.practitioner_id = $3)) as "practitioners: Json<Vec<Printed>>",
       n.complaint as "complaint?", n.findings as "findings?", n.diagnosis as "diagnosis?", n.advice as "advice?",
       n.follow_up_on as "follow_up_on?",
       (select to_jsonb(v)
        from polyclinic.vitals v
        where v.clinic_id = $1
          and v.visit_id = $2
          and not v.entered_in_error
        order by v.measured_at desc, v.vitals_id desc
        limit 1) as "vitals: Json<PrintedVitals>",
       (select p.sheet
        from polyclinic.prescriptions p
        where p.clinic_id = $1
          and p.prescription_id = $4) as "kept: Json<Kept>"
from polyclinic.clinics c
left join polyclinic.notes n on n.clinic_id = c.clinic_id and n.visit_id = $2
where c.clinic_id = $1
