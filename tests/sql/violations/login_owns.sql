-- The service's login owns a table.
create table public.mine (mine_id int);
alter table public.mine owner to polyclinic_app;
