-- A table that belongs to whoever happened to make it.
alter table polyclinic.patients owner to polyclinic_migrator;
