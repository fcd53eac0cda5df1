-- What a doctor is typing into a prescription and has not saved: kept on the server every few seconds, as beside a note.
-- One a person and place: the visit, the patient, or the draft that is being edited. Seen by nobody else, text as typed,
-- and empty again once it was saved.
set local role polyclinic_owner;

create table polyclinic.unsaved_prescriptions (
  clinic_id    bigint not null default gate.clinic_id(),
  unsaved_id   uuid not null,
  user_id      uuid not null default gate.user_id(),
  -- A visit, a patient or a prescription.
  about_id     uuid not null,
  patient_id   uuid not null,
  -- By field of the page, as typed.
  typed        jsonb not null constraint unsaved_prescriptions_typed_shape check (jsonb_typeof(typed) = 'object' and length(typed::text) <= 100000),
  -- The version of the draft that was on the page; null where it was a new one.
  prescription_version int,
  version      int not null default 1,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint unsaved_prescriptions_pkey primary key (clinic_id, unsaved_id),
  constraint unsaved_prescriptions_own_key unique (clinic_id, user_id, about_id),
  constraint unsaved_prescriptions_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint unsaved_prescriptions_user_fkey foreign key (clinic_id, user_id) references polyclinic.users on delete restrict
);
create index unsaved_prescriptions_by_patient on polyclinic.unsaved_prescriptions (clinic_id, patient_id);
call gate.guard('polyclinic.unsaved_prescriptions', key => 'unsaved_id', reads => 'prescriptions:write', inserts => 'prescriptions:write',
                updates => 'prescriptions:write', history => false);
create policy own_only on polyclinic.unsaved_prescriptions as restrictive for all to polyclinic_app
  using (user_id = (select gate.user_id())) with check (user_id = (select gate.user_id()));
grant select, insert, update (typed, prescription_version) on polyclinic.unsaved_prescriptions to polyclinic_app;
reset role;
