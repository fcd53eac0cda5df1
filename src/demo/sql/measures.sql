-- What is measured in the tests of the catalogue.
insert into polyclinic.test_measures (clinic_id, test_id, measures)
select $1, t.test_id, m.measures
from polyclinic.tests t
join (values
  ('Complete blood count', '[
    {"name": "Haemoglobin", "unit": "g/dL", "sex": "female", "low": 12, "high": 15.5, "critical_low": 7, "critical_high": 20},
    {"name": "Haemoglobin", "unit": "g/dL", "sex": "male", "low": 13.5, "high": 17.5, "critical_low": 7, "critical_high": 20},
    {"name": "White cells", "unit": "10⁹/L", "low": 4, "high": 11, "critical_low": 2, "critical_high": 30},
    {"name": "Platelets", "unit": "10⁹/L", "low": 150, "high": 410, "critical_low": 50, "critical_high": 1000}]'::jsonb),
  ('Glucose, fasting', '[{"name": "Glucose, fasting", "unit": "mg/dL", "low": 70, "high": 100, "critical_low": 50, "critical_high": 400}]'),
  ('Glycated haemoglobin (HbA1c)', '[{"name": "HbA1c", "unit": "%", "low": 4, "high": 5.7}]'),
  ('Lipid profile', '[
    {"name": "Cholesterol", "unit": "mg/dL", "high": 200}, {"name": "LDL cholesterol", "unit": "mg/dL", "high": 130},
    {"name": "HDL cholesterol", "unit": "mg/dL", "low": 40}, {"name": "Triglycerides", "unit": "mg/dL", "high": 150}]'),
  ('Creatinine and urea', '[
    {"name": "Creatinine", "unit": "mg/dL", "low": 0.6, "high": 1.2, "critical_high": 7},
    {"name": "Urea", "unit": "mg/dL", "low": 15, "high": 45, "critical_high": 200}]'),
  ('Thyroid stimulating hormone (TSH)', '[{"name": "TSH", "unit": "mIU/L", "low": 0.4, "high": 4.5}]')
) m (name, measures) on m.name = t.name
where t.clinic_id = $1
on conflict do nothing
