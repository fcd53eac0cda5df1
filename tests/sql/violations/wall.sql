-- A wall of one equality, which the caller's own conditions may precede.
alter policy same_clinic on polyclinic.patients using (clinic_id = (select gate.clinic_id()));
