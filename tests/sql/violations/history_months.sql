-- A month that nobody prepared.
do $$
begin
  execute format('alter table polyclinic.history detach partition polyclinic.%I', to_char(now() at time zone 'UTC', '"history_"YYYY_MM'));
end $$;
