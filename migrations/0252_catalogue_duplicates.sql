-- Two entries for one thing: the one that is not used any more points to the one that was kept. Prescriptions repeat what
-- was written, so nothing of theirs moves.
set local role polyclinic_owner;
alter table polyclinic.medicines
  add merged_into uuid,
  add constraint medicines_merged_fkey foreign key (clinic_id, merged_into) references polyclinic.medicines on delete restrict,
  add constraint medicines_merged_unused check (merged_into is null or (not active and merged_into <> medicine_id));
create index medicines_by_kept on polyclinic.medicines (clinic_id, merged_into) where merged_into is not null;
grant update (merged_into) on polyclinic.medicines to polyclinic_app;
alter table polyclinic.tests
  add merged_into uuid,
  add constraint tests_merged_fkey foreign key (clinic_id, merged_into) references polyclinic.tests on delete restrict,
  add constraint tests_merged_unused check (merged_into is null or (not active and merged_into <> test_id));
create index tests_by_kept on polyclinic.tests (clinic_id, merged_into) where merged_into is not null;
grant update (merged_into) on polyclinic.tests to polyclinic_app;

-- Whatever is offered again is a duplicate no longer.
create function polyclinic.unmerge() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.merged_into := null;
  return new;
end $$;
create trigger offered_again before update of active on polyclinic.medicines
  for each row when (new.active and old.merged_into is not null) execute function polyclinic.unmerge();
create trigger offered_again before update of active on polyclinic.tests
  for each row when (new.active and old.merged_into is not null) execute function polyclinic.unmerge();
reset role;
