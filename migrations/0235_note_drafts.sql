-- What somebody is typing at a visit and has not saved: kept on the server every few seconds, so that a dropped
-- connection loses nothing and no patient's data stays in a shared computer's browser. One a visit and person, seen
-- by nobody else; it is text as typed, checked only when it is saved, and empty again from then on.
set local role polyclinic_owner;

create table polyclinic.note_drafts (
  clinic_id     bigint not null default gate.clinic_id(),
  note_draft_id uuid not null,
  visit_id      uuid not null,
  patient_id    uuid not null,
  user_id       uuid not null default gate.user_id(),
  -- By field of the page, as typed.
  typed         jsonb not null constraint note_drafts_typed_shape check (jsonb_typeof(typed) = 'object' and length(typed::text) <= 40000),
  -- The version of the note that was on the page; null where there was none.
  note_version  int,
  version       int not null default 1,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint note_drafts_pkey primary key (clinic_id, note_draft_id),
  constraint note_drafts_own_key unique (clinic_id, visit_id, user_id),
  constraint note_drafts_visit_fkey foreign key (clinic_id, visit_id) references polyclinic.visits on delete restrict,
  constraint note_drafts_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint note_drafts_user_fkey foreign key (clinic_id, user_id) references polyclinic.users on delete restrict
);
call gate.guard('polyclinic.note_drafts', key => 'note_draft_id', reads => 'vitals:write', inserts => 'vitals:write',
                updates => 'vitals:write', history => false);
create policy own_only on polyclinic.note_drafts as restrictive for all to polyclinic_app
  using (user_id = (select gate.user_id())) with check (user_id = (select gate.user_id()));
grant select, insert, update (typed, note_version) on polyclinic.note_drafts to polyclinic_app;
reset role;
