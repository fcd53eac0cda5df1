-- That somebody should be admitted: recommended by a doctor at a visit, with why and how urgently, until it is
-- followed or withdrawn. One stands open for a patient at a time.
set local role polyclinic_owner;

create table polyclinic.admission_recommendations (
  clinic_id         bigint not null default gate.clinic_id(),
  recommendation_id uuid not null,
  patient_id        uuid not null,
  visit_id          uuid not null,
  practitioner_id   uuid not null,
  reason            text not null constraint admission_recommendations_reason_length check (length(reason) between 3 and 1000),
  urgency           text not null constraint admission_recommendations_urgency_known check (urgency in ('routine', 'urgent', 'emergency')),
  status            text not null default 'open' constraint admission_recommendations_status_known check (status in ('open', 'withdrawn', 'admitted')),
  closed_at         timestamptz,
  closed_by         uuid,
  closed_reason     text constraint admission_recommendations_closed_reason_length check (length(closed_reason) between 3 and 500),
  version           int not null default 1,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint admission_recommendations_pkey primary key (clinic_id, recommendation_id),
  constraint admission_recommendations_patient_fkey foreign key (clinic_id, patient_id) references polyclinic.patients on delete restrict,
  constraint admission_recommendations_visit_fkey foreign key (clinic_id, visit_id) references polyclinic.visits on delete restrict,
  constraint admission_recommendations_practitioner_fkey foreign key (clinic_id, practitioner_id) references polyclinic.practitioners on delete restrict,
  constraint admission_recommendations_closed_whole check ((status = 'open') = (closed_at is null) and (status = 'withdrawn') <= (closed_reason is not null))
);
create unique index admission_recommendations_one_open on polyclinic.admission_recommendations (clinic_id, patient_id) where status = 'open';
create index admission_recommendations_by_newest on polyclinic.admission_recommendations (clinic_id, created_at desc, recommendation_id desc);
create index admission_recommendations_by_status on polyclinic.admission_recommendations (clinic_id, status, created_at desc, recommendation_id desc);
create index admission_recommendations_by_patient on polyclinic.admission_recommendations (clinic_id, patient_id, created_at desc, recommendation_id desc);
call gate.guard('polyclinic.admission_recommendations', key => 'recommendation_id', reads => 'visits:read', inserts => 'notes:write',
                updates => 'notes:write', own => 'patient_id');
grant select, insert on polyclinic.admission_recommendations to polyclinic_app;
grant update (status, closed_at, closed_by, closed_reason) on polyclinic.admission_recommendations to polyclinic_app;

-- What was recommended stays as it was; it is closed once.
create function polyclinic.close_once() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.status = 'open' and new.status <> 'open' then return new; end if;
  raise exception 'closed once' using errcode = 'PC020';
end $$;
create trigger close_once before update on polyclinic.admission_recommendations for each row execute function polyclinic.close_once();
reset role;
