-- A view that reads with its owner's rights.
create view polyclinic.everybody as select p.clinic_id, p.given_name from polyclinic.patients p;
