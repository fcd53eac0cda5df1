-- A constraint that PostgreSQL named.
alter table polyclinic.patients add check (weight_kg < 600);
