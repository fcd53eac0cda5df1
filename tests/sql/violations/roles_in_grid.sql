-- A role that a user may have and of which the grid knows nothing.
alter table polyclinic.users drop constraint users_role_known;
alter table polyclinic.users add constraint users_role_known check (role in ('admin', 'janitor')) not valid;
