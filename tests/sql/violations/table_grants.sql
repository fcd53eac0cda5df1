-- A right to update whole rows, and thereby to lock everybody out.
grant update on polyclinic.patients to polyclinic_app;
