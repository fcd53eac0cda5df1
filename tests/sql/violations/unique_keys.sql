-- A phone number that two clinics cannot both know.
create unique index patients_one_phone on polyclinic.patients (phone_digits, clinic_id);
