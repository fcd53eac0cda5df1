-- Every table of polyclinic writes the trail.
-- as: app
with excused (name, reason) as (values
  ('history', 'it is the trail'),
  ('counters', 'the number stands on the row that took it'),
  ('refresh_tokens', 'one a refresh; the session is on the trail'),
  ('idempotency_keys', 'repeats an answer; what the request did is on the trail'),
  ('patient_search', 'repeats words of the patient, which is on the trail'),
  ('medicine_search', 'repeats words of the medicine, which is on the trail'),
  ('test_search', 'repeats words of the test, which is on the trail'),
  ('note_drafts', 'what is typed and not yet saved; the note is on the trail'),
  ('unsaved_prescriptions', 'what is typed and not yet saved; the prescription is on the trail'),
  ('visit_moves', 'is itself an append-only record, with person and time'),
  ('import_rejects', 'append-only copy of what was refused'),
  ('import_patients', 'append-only list; the patient is on the trail, with the job that registered it'),
  ('import_pieces', 'bytes that never change; their hash stands on the file, which is on the trail'),
  ('document_pieces', 'bytes that never change; their hash stands on the document, which is on the trail'),
  ('seals', 'is the chain over the trail')
)
select c.oid::regclass::text as object,
       'changes are not on record' as problem
from pg_catalog.pg_class c
where c.relnamespace = 'polyclinic'::regnamespace
  and c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relname not in (select e.name from excused e)
  and not exists (
    select
    from pg_catalog.pg_trigger t
    where t.tgrelid = c.oid
      and t.tgfoid = 'polyclinic.record_history'::regproc
      and t.tgenabled in ('O', 'A')
      and t.tgtype = 29  -- after insert, update or delete, each row
      and t.tgqual is null
      and t.tgattr = ''
  )
