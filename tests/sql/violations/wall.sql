-- A wall of one equality, which the caller's own conditions may precede.
drop policy same_clinic_first on polyclinic.patients;
