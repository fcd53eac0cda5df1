-- The service's login may put a table of its own before ours.
grant create on schema public to polyclinic_app;
