-- A histogram of names.
alter table polyclinic.patients alter given_name set statistics 100;
