-- A policy asks for another permission than its comment says.
alter policy role_reads on polyclinic.patients using (clinic_id = (select gate.clinic_for(1)));
