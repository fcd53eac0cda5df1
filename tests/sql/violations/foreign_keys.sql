-- A one-column key, by which one clinic's visit can point at another clinic's patient.
create unique index on polyclinic.patients (patient_id);
alter table polyclinic.visits add constraint visits_anyone_fkey foreign key (patient_id) references polyclinic.patients (patient_id) on delete restrict;
