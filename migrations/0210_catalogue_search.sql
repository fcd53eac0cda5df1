-- What a medicine and a test are found by while somebody types: every word of name, brand, strength and form,
-- folded. Plain rows as in patient_search, because under row-level security an index serves only leakproof
-- operators, and a range on text is one.
set local role polyclinic_owner;

create table polyclinic.medicine_search (
  clinic_id   bigint not null default gate.clinic_id(),
  token       text collate "C" not null,
  medicine_id uuid not null,
  constraint medicine_search_pkey primary key (clinic_id, token, medicine_id),
  constraint medicine_search_medicine_fkey foreign key (clinic_id, medicine_id) references polyclinic.medicines on delete restrict
);
create index medicine_search_by_medicine on polyclinic.medicine_search (clinic_id, medicine_id, token);
call gate.guard('polyclinic.medicine_search', key => 'medicine_id', reads => 'catalogue:read', history => false);
create policy keeper on polyclinic.medicine_search for all to polyclinic_owner
  using (clinic_id = (select gate.clinic_id())) with check (clinic_id = (select gate.clinic_id()));
grant select on polyclinic.medicine_search to polyclinic_app;

create table polyclinic.test_search (
  clinic_id bigint not null default gate.clinic_id(),
  token     text collate "C" not null,
  test_id   uuid not null,
  constraint test_search_pkey primary key (clinic_id, token, test_id),
  constraint test_search_test_fkey foreign key (clinic_id, test_id) references polyclinic.tests on delete restrict
);
create index test_search_by_test on polyclinic.test_search (clinic_id, test_id, token);
call gate.guard('polyclinic.test_search', key => 'test_id', reads => 'catalogue:read', history => false);
create policy keeper on polyclinic.test_search for all to polyclinic_owner
  using (clinic_id = (select gate.clinic_id())) with check (clinic_id = (select gate.clinic_id()));
grant select on polyclinic.test_search to polyclinic_app;

-- The words of a text, each once, as src/catalogue/search.rs cuts what somebody types.
create function polyclinic.words(p_text text) returns setof text
  language sql immutable parallel safe strict
  set search_path = pg_catalog, pg_temp
as $$
  select distinct left(t, 100)
  from regexp_split_to_table(polyclinic.fold(p_text), '[\s,.;:/()''"+%-]+') t
  where t <> ''
$$;

create function polyclinic.index_medicine() returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  entered boolean := coalesce(current_setting('gate.ctx', true), '') <> '';
begin
  if not entered then perform gate.maintain(new.clinic_id); end if;
  if tg_op = 'UPDATE' then
    delete from polyclinic.medicine_search where clinic_id = new.clinic_id and medicine_id = new.medicine_id;
  end if;
  insert into polyclinic.medicine_search (clinic_id, token, medicine_id)
  select new.clinic_id, w, new.medicine_id
  from polyclinic.words(concat_ws(' ', new.name, new.brand, new.strength, new.form)) w;
  if not entered then perform set_config('gate.ctx', '', true); end if;
  return null;
end $$;
create trigger index_for_search after insert or update of name, brand, strength, form
  on polyclinic.medicines for each row execute function polyclinic.index_medicine();

create function polyclinic.index_test() returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  entered boolean := coalesce(current_setting('gate.ctx', true), '') <> '';
begin
  if not entered then perform gate.maintain(new.clinic_id); end if;
  if tg_op = 'UPDATE' then
    delete from polyclinic.test_search where clinic_id = new.clinic_id and test_id = new.test_id;
  end if;
  insert into polyclinic.test_search (clinic_id, token, test_id)
  select new.clinic_id, w, new.test_id
  from polyclinic.words(new.name) w;
  if not entered then perform set_config('gate.ctx', '', true); end if;
  return null;
end $$;
create trigger index_for_search after insert or update of name
  on polyclinic.tests for each row execute function polyclinic.index_test();
reset role;
