-- When the clinic is open: for each weekday a text such as "09:00–13:00, 17:00–21:00"; a day that is missing is closed.
-- Nobody asks the database whether it is open, so a text for people is enough.
set local role polyclinic_owner;
alter table polyclinic.clinics add hours jsonb not null default '{}'
  constraint clinics_hours_shape check (jsonb_typeof(hours) = 'object' and length(hours::text) <= 1000);
alter table polyclinic.clinics alter hours set statistics 0;
grant update (hours) on polyclinic.clinics to polyclinic_app;
reset role;

-- The administrator sees which number comes next, and takes none.
set local role polyclinic_gate;
insert into gate.permissions (permission, bit, roles, about) values
  ('counters:read', 30, '{admin,receptionist,doctor,job:import}', 'see the last number that was taken');
reset role;
set local role polyclinic_owner;
drop policy role_reads on polyclinic.counters;
do $$ begin
  execute format('create policy role_reads on polyclinic.counters for select to polyclinic_app, polyclinic_worker, polyclinic_operator
                  using (clinic_id = (select gate.clinic_for(%s)))', gate.bit('counters:read'));
end $$;
comment on policy role_reads on polyclinic.counters is 'counters:read';
reset role;
