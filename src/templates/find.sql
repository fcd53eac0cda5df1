-- One template with the lines and tests of its present revision.
select t.template_id as "template_id: TemplateId", t.practitioner_id as "practitioner_id: PractitionerId",
       d.name as practitioner_name, d.user_id = $3 as "own!", t.name, t.keywords, t.shared, t.active, t.diagnosis,
       t.advice,
       (select jsonb_agg(jsonb_build_object(
                 'position', l.position, 'medicine_id', l.medicine_id, 'medicine', l.medicine, 'form', l.form,
                 'strength', l.strength, 'dose', l.dose, 'schedule', l.schedule, 'food', l.food, 'days', l.days,
                 'quantity', l.quantity, 'route', l.route, 'instructions', l.instructions) order by l.position)
        from polyclinic.template_lines l
        where l.clinic_id = $1
          and l.template_id = t.template_id
          and l.revision = t.revision) as "lines: Json<Vec<TemplateLine>>",
       (select jsonb_agg(jsonb_build_object(
                 'position', o.position, 'test_id', o.test_id, 'name', o.name, 'kind', o.kind,
                 'instructions', o.instructions) order by o.position)
        from polyclinic.template_tests o
        where o.clinic_id = $1
          and o.template_id = t.template_id
          and o.revision = t.revision) as "tests: Json<Vec<TestOrder>>",
       t.version, t.created_at, t.updated_at
from polyclinic.prescription_templates t
join polyclinic.practitioners d on d.clinic_id = t.clinic_id and d.practitioner_id = t.practitioner_id
where t.clinic_id = $1
  and t.template_id = $2
