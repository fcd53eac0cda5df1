-- A file that waits to be imported: kept until somebody has said how its columns are meant, tried it and brought it in.
-- It is a copy of what a clinic gave us, so it goes after a week.
set local role polyclinic_owner;
create table polyclinic.import_files (
  clinic_id   bigint not null default gate.clinic_id(),
  file_id     uuid not null,
  file_name   text constraint import_files_name_length check (length(file_name) <= 255),
  -- Told when all of it has come.
  sha256      bytea constraint import_files_sha256_length check (length(sha256) = 32),
  size        bigint constraint import_files_size_range check (size between 1 and 67108864),
  lines       int,
  -- The names in the first line, and what they were guessed to be.
  columns     jsonb not null,
  uploaded_by uuid not null default gate.user_id(),
  created_at  timestamptz not null default now(),
  constraint import_files_pkey primary key (clinic_id, file_id),
  constraint import_files_whole check ((size is null) = (sha256 is null) and (size is null) = (lines is null))
);
call gate.guard('polyclinic.import_files', key => 'file_id', reads => 'imports:read', inserts => 'imports:write', updates => 'imports:write');
grant select, insert, update (sha256, size, lines) on polyclinic.import_files to polyclinic_app;
grant select on polyclinic.import_files to polyclinic_worker;

create table polyclinic.import_pieces (
  clinic_id  bigint not null default gate.clinic_id(),
  file_id    uuid not null,
  number     int not null constraint import_pieces_number_range check (number between 0 and 1023),
  bytes      bytea not null constraint import_pieces_length check (length(bytes) between 1 and 262144),
  created_at timestamptz not null default now(),
  constraint import_pieces_pkey primary key (clinic_id, file_id, number),
  constraint import_pieces_file_fkey foreign key (clinic_id, file_id) references polyclinic.import_files on delete restrict
);
create index import_pieces_by_age on polyclinic.import_pieces (clinic_id, created_at);
call gate.guard('polyclinic.import_pieces', key => 'file_id', reads => 'imports:read', inserts => 'imports:write', history => false);
grant select, insert on polyclinic.import_pieces to polyclinic_app;
grant select on polyclinic.import_pieces to polyclinic_worker;

alter table polyclinic.imports
  add file_id   uuid,
  add undone_at timestamptz,
  add undone    int not null default 0,
  add constraint imports_file_fkey foreign key (clinic_id, file_id) references polyclinic.import_files on delete restrict,
  add constraint imports_undone_range check (undone between 0 and created);
grant update (undone_at, undone) on polyclinic.imports to polyclinic_app;

-- Whom an import registered, so that it can be undone.
create table polyclinic.import_patients (
  clinic_id  bigint not null default gate.clinic_id(),
  import_id  uuid not null,
  patient_id uuid not null,
  constraint import_patients_pkey primary key (clinic_id, patient_id, import_id),
  constraint import_patients_import_fkey foreign key (clinic_id, import_id) references polyclinic.imports on delete restrict,
  constraint import_patients_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict
);
create index import_patients_by_import on polyclinic.import_patients (clinic_id, import_id, patient_id);
call gate.guard('polyclinic.import_patients', key => 'patient_id', reads => 'imports:read', inserts => 'imports:write', history => false);
grant select, insert on polyclinic.import_patients to polyclinic_app, polyclinic_worker;

-- The worker's upkeep forgets files of last week. What became of them stays in the account.
create policy sweeper on polyclinic.import_pieces for delete to polyclinic_owner using (clinic_id = (select gate.clinic_id()));
create policy sweeper_reads on polyclinic.import_pieces for select to polyclinic_owner using (clinic_id = (select gate.clinic_id()));
create function polyclinic.sweep_files() returns int
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  c bigint := gate.clinic_id();
  n int;
begin
  if gate.clinic_for('history:seal') is distinct from c then
    raise exception 'access denied' using errcode = 'PC003';
  end if;
  delete from polyclinic.import_pieces p where p.clinic_id = c and p.created_at < now() - interval '7 days';
  get diagnostics n = row_count;
  return n;
end $$;
grant execute on function polyclinic.sweep_files() to polyclinic_worker;
reset role;

-- Whoever ordered an import carries it out itself. One whose lease ran out was killed: its account says so, and another
-- job continues it.
set local role polyclinic_gate;
create function gate.bury_imports() returns int
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare n int;
begin
  update platform.jobs j
  set state = 'failed', finished_at = clock_timestamp(), leased_until = null
  where j.kind = 'import'
    and (j.state = 'leased' and j.leased_until < clock_timestamp()
         or j.state = 'queued' and j.run_at < clock_timestamp() - interval '1 hour');
  get diagnostics n = row_count;
  return n;
end $$;
grant execute on function gate.bury_imports() to polyclinic_worker;
reset role;
