-- The service reads the key, and signs what it likes.
grant select (key) on gate.keys to polyclinic_app;
