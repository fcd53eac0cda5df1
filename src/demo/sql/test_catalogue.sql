-- The catalogue of tests.
insert into polyclinic.tests (clinic_id, test_id, name, kind, description)
select $1, gen_random_uuid(), r.name, r.kind, nullif(r.description, '')
from jsonb_to_recordset($2) as r (name text, kind text, description text)
on conflict (clinic_id, name_key) do nothing
