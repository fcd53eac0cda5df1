-- Changes of patients are no longer on record.
alter table polyclinic.patients disable trigger record_history;
