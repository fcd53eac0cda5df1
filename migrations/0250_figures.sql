-- What the figures of a period are counted from: notes and ordered tests by when they were written. Visits, patients
-- and prescriptions have their indexes already. And colleagues who have not come yet: few among the logins of patients.
set local role polyclinic_owner;
create index notes_by_newest on polyclinic.notes (clinic_id, created_at desc);
create index prescription_tests_by_newest on polyclinic.prescription_tests (clinic_id, created_at desc);
create index users_invited on polyclinic.users (clinic_id, name, user_id) where status = 'invited' and role <> 'patient';
reset role;
