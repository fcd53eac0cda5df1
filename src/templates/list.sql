-- The own templates ($2), and those that colleagues share, by name.
select t.template_id as "template_id!: TemplateId", t.practitioner_id as "practitioner_id!: PractitionerId",
       d.name as "practitioner_name!", t.practitioner_id = $2 as "own!", t.name as "name!", t.keywords,
       t.shared as "shared!", t.active as "active!",
       (select string_agg(l.medicine, ', ' order by l.position)
        from polyclinic.template_lines l
        where l.clinic_id = $1
          and l.template_id = t.template_id
          and l.revision = t.revision) as medicines,
       t.version as "version!", t.created_at as "created_at!", t.updated_at as "updated_at!"
from (
  (select t.clinic_id, t.template_id, t.practitioner_id, t.name, t.keywords, t.shared, t.active, t.revision,
          t.name_key, t.version, t.created_at, t.updated_at
   from polyclinic.prescription_templates t
   where t.clinic_id = $1
     and t.practitioner_id = $2
     and t.active <> $4
     and t.search_key like all ($3)
   order by t.name_key
   limit $5)
  union all
  (select t.clinic_id, t.template_id, t.practitioner_id, t.name, t.keywords, t.shared, t.active, t.revision,
          t.name_key, t.version, t.created_at, t.updated_at
   from polyclinic.prescription_templates t
   where t.clinic_id = $1
     and t.shared
     and t.active
     and not $4
     and t.practitioner_id <> $2
     and t.search_key like all ($3)
   order by t.name_key
   limit $5)
) t
join polyclinic.practitioners d on d.clinic_id = t.clinic_id and d.practitioner_id = t.practitioner_id
where d.clinic_id = $1
order by t.practitioner_id <> $2, t.name_key, t.template_id
limit $5
