-- An index that row-level security will never use.
create index patients_by_lower_name on polyclinic.patients (clinic_id, lower(given_name));
