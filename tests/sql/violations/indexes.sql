-- An index over all clinics.
create index patients_by_birth on polyclinic.patients (birth_date);
