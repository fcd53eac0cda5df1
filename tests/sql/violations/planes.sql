-- The control plane sees a patient's name.
grant select (given_name) on polyclinic.patients to polyclinic_platform;
