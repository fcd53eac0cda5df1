-- What is filed with a patient: reports from elsewhere, pictures, letters. A document never changes; a wrong one is set
-- aside with a reason and can be brought back. Its bytes are kept apart from what is said of them, so that a list reads
-- no file, and behind the same wall: a piece is seen by whoever sees the document.
set local role polyclinic_gate;
insert into gate.permissions (permission, bit, roles, about) values
  ('documents:read',    32, '{admin,doctor,nurse,receptionist,lab_tech,operator}', 'see documents: all of them with notes:read, else those that the work needs'),
  ('documents:write',   33, '{admin,doctor,receptionist,lab_tech}', 'attach a document; set the own ones aside'),
  ('documents:archive', 34, '{admin,doctor}', 'set any document aside, and bring it back'),
  ('reports:read',      35, '{admin,doctor,receptionist,lab_tech,operator}', 'see reports of tests among the documents');
reset role;
set local role polyclinic_owner;

create table polyclinic.documents (
  clinic_id      bigint not null default gate.clinic_id(),
  document_id    uuid not null,
  patient_id     uuid not null,
  visit_id       uuid,
  category       text not null constraint documents_category_known check (category in
                 ('lab_report', 'blood_test', 'xray', 'ct_scan', 'ultrasound', 'ecg', 'covid_report', 'discharge_summary', 'photo', 'other')),
  title          text not null constraint documents_title_length check (length(title) between 1 and 200),
  file_name      text constraint documents_file_name_length check (length(file_name) <= 255),
  content_type   text not null constraint documents_content_type_known check (content_type in ('application/pdf', 'image/jpeg', 'image/png')),
  size_bytes     int not null constraint documents_size_range check (size_bytes between 1 and 10485760),
  sha256         bytea not null constraint documents_sha256_length check (length(sha256) = 32),
  -- The file's name in the clinic's folder, where the bytes are not in document_pieces.
  place          text constraint documents_place_shape check (place ~ '^[0-9a-f]{64}$'),
  uploaded_by    uuid not null default gate.user_id(),
  archived_at    timestamptz,
  archived_by    uuid,
  archive_reason text constraint documents_archive_reason_length check (length(archive_reason) between 3 and 500),
  version        int not null default 1,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  constraint documents_pkey primary key (clinic_id, document_id),
  constraint documents_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint documents_visit_fkey foreign key (clinic_id, visit_id) references polyclinic.visits on delete restrict,
  constraint documents_archived_whole check ((archived_at is null) = (archived_by is null) and (archived_at is null) = (archive_reason is null))
);
create index documents_by_patient on polyclinic.documents (clinic_id, patient_id, created_at desc, document_id desc);
call gate.guard('polyclinic.documents', key => 'document_id', reads => 'documents:read', inserts => 'documents:write',
                updates => 'documents:write', own => 'patient_id', redact => '{-place}');
-- Whoever reads the notes reads the documents. A nurse sees the patient's face, a lab technician also reports of tests;
-- both what they filed themselves. What was set aside is seen by whoever may bring it back.
create policy by_need on polyclinic.documents as restrictive for select to polyclinic_app
  using (case when (select gate.clinic_for(34)) is not null then true
              when archived_at is not null then uploaded_by = (select gate.user_id())
              when (select gate.clinic_for(14)) is not null or (select gate.clinic_for(32)) is null then true
              when category = 'photo' or uploaded_by = (select gate.user_id()) then true
              else category not in ('discharge_summary', 'other') and (select gate.clinic_for(35)) is not null end);
create policy own_updates on polyclinic.documents as restrictive for update to polyclinic_app
  using (case when (select gate.clinic_for(34)) is not null then true else uploaded_by = (select gate.user_id()) end);
-- A document is filed in the own name.
create policy own_inserts on polyclinic.documents as restrictive for insert to polyclinic_app
  with check (uploaded_by = (select gate.user_id()) and archived_at is null);
grant select, insert on polyclinic.documents to polyclinic_app;
grant update (archived_at, archived_by, archive_reason) on polyclinic.documents to polyclinic_app;
comment on column polyclinic.documents.content_type is 'What the first bytes say; what a name or a sender claims does not count.';
comment on column polyclinic.documents.sha256 is 'Of the content, so that a file changed on disk is noticed.';

-- The bytes, in pieces that are read one by one: no request holds a whole file in the database''s memory.
create table polyclinic.document_pieces (
  clinic_id   bigint not null default gate.clinic_id(),
  document_id uuid not null,
  patient_id  uuid not null,
  number      int not null constraint document_pieces_number_range check (number between 0 and 39),
  bytes       bytea not null constraint document_pieces_length check (length(bytes) between 1 and 262144),
  constraint document_pieces_pkey primary key (clinic_id, document_id, number),
  constraint document_pieces_document_fkey foreign key (clinic_id, document_id) references polyclinic.documents on delete restrict,
  constraint document_pieces_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict
);
-- Pictures and PDFs are compressed already.
alter table polyclinic.document_pieces alter column bytes set storage external;
call gate.guard('polyclinic.document_pieces', key => 'document_id', reads => 'documents:read', inserts => 'documents:write',
                own => 'patient_id', history => false);
create policy with_document on polyclinic.document_pieces as restrictive for select to polyclinic_app
  using (exists (select
                 from polyclinic.documents d
                 where d.clinic_id = document_pieces.clinic_id
                   and d.document_id = document_pieces.document_id));
-- Pieces come with their document: nobody adds to a colleague's.
create policy own_inserts on polyclinic.document_pieces as restrictive for insert to polyclinic_app
  with check (exists (select
                      from polyclinic.documents d
                      where d.clinic_id = document_pieces.clinic_id
                        and d.document_id = document_pieces.document_id
                        and d.patient_id = document_pieces.patient_id
                        and d.uploaded_by = (select gate.user_id())
                        and d.created_at = transaction_timestamp()));
grant select, insert on polyclinic.document_pieces to polyclinic_app;

-- The patient's face, by which one is not taken for another.
alter table polyclinic.patients add column photo_id uuid;
alter table polyclinic.patients add constraint patients_photo_fkey
  foreign key (clinic_id, photo_id) references polyclinic.documents on delete restrict;
grant update (photo_id) on polyclinic.patients to polyclinic_app;
reset role;
