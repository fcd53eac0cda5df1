-- A patient whose deletion takes the visits along.
alter table polyclinic.visits drop constraint visits_patient_fkey;
alter table polyclinic.visits add constraint visits_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete cascade;
