-- A right to move rows into another clinic.
grant update (clinic_id) on polyclinic.patients to polyclinic_app;
