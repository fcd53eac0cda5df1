-- The wall says the same with "=", behind which the caller's own conditions may run first.
alter policy same_clinic on polyclinic.patients using (clinic_id = (select gate.clinic_id()));
