-- A name to which nothing can be appended.
create index patients_by_everything_that_a_receptionist_might_ever_ask on polyclinic.patients (clinic_id, city);
