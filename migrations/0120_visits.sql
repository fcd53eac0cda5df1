-- Visits: a patient comes in, gets the day's next token, waits, is seen, leaves.
set local role polyclinic_owner;

create table polyclinic.visits (
  clinic_id       bigint not null default gate.clinic_id(),
  visit_id        uuid not null,
  patient_id      uuid not null,
  practitioner_id uuid,
  visit_day       date not null,
  token           int not null constraint visits_token_positive check (token > 0),
  visit_type      text not null default 'routine' constraint visits_type_known check (visit_type in ('routine', 'follow_up', 'emergency')),
  purpose         text not null constraint visits_purpose_length check (length(purpose) between 1 and 200),
  notes           text constraint visits_notes_length check (length(notes) <= 2000),
  status          text not null default 'waiting'
                  constraint visits_status_known check (status in ('waiting', 'in_consultation', 'completed', 'cancelled', 'no_show')),
  arrived_at      timestamptz not null default now(),
  started_at      timestamptz,
  ended_at        timestamptz,
  checked_in_by   uuid,
  version         int not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  -- The patient rides along: else one visit is looked for in visits_by_patient, which names both, and all of it is read.
  constraint visits_pkey primary key (clinic_id, visit_id) include (patient_id),
  constraint visits_token_key unique (clinic_id, visit_day, token),
  constraint visits_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint visits_practitioner_fkey foreign key (clinic_id, practitioner_id) references polyclinic.practitioners on delete restrict
);
-- A patient stands in the queue once.
create unique index visits_one_open on polyclinic.visits (clinic_id, patient_id, visit_day) where status in ('waiting', 'in_consultation');
create index visits_by_newest on polyclinic.visits (clinic_id, arrived_at desc, visit_id desc);
create index visits_by_patient on polyclinic.visits (clinic_id, patient_id, arrived_at desc, visit_id desc);
call gate.guard('polyclinic.visits', key => 'visit_id', reads => 'visits:read', inserts => 'visits:checkin',
                updates => 'visits:move', own => 'patient_id');
grant select, insert on polyclinic.visits to polyclinic_app;
grant update (practitioner_id, visit_type, purpose, notes, status, started_at, ended_at) on polyclinic.visits to polyclinic_app;

-- Every move of a visit: who, when, and the reason where one was given. Only legal moves can be written.
create table polyclinic.visit_moves (
  clinic_id   bigint not null default gate.clinic_id(),
  move_id     uuid not null,
  visit_id    uuid not null,
  patient_id  uuid not null,
  from_status text,
  to_status   text not null,
  reason      text constraint visit_moves_reason_length check (length(reason) <= 500),
  moved_by    uuid not null default gate.user_id(),
  moved_at    timestamptz not null default now(),
  constraint visit_moves_pkey primary key (clinic_id, move_id),
  constraint visit_moves_visit_fkey foreign key (clinic_id, visit_id) references polyclinic.visits on delete restrict,
  constraint visit_moves_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint visit_moves_legal check (coalesce(from_status, '') || '>' || to_status in (
    '>waiting', 'waiting>in_consultation', 'in_consultation>waiting', 'in_consultation>completed',
    'waiting>cancelled', 'in_consultation>cancelled', 'waiting>no_show', 'no_show>waiting'))
);
create index visit_moves_by_visit on polyclinic.visit_moves (clinic_id, visit_id, moved_at);
call gate.guard('polyclinic.visit_moves', key => 'move_id', reads => 'visits:read', inserts => 'visits:move', own => 'patient_id', history => false);
grant select, insert on polyclinic.visit_moves to polyclinic_app;

-- Says "something in this clinic's queue changed" and nothing else. A hint: the board asks what.
create function polyclinic.ring_queue() returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('polyclinic_queue', new.clinic_id::text);
  return null;
end $$;
create trigger ring after insert or update of status, practitioner_id, purpose, visit_type on polyclinic.visits
  for each row execute function polyclinic.ring_queue();
reset role;
