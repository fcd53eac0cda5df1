-- A table of clinics' rows that says nowhere whose they are.
create table polyclinic.letters (letter_id uuid constraint letters_pkey primary key);
