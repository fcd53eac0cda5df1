-- A month of the trail that is read past the policies of the trail.
grant select on polyclinic.history_rest to polyclinic_app;
