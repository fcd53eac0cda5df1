-- The service reads the key, and signs what it likes.
grant select (ipad, opad) on gate.keys to polyclinic_app;
