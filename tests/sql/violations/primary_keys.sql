-- A table that anybody may number anew.
alter table polyclinic.counters drop constraint counters_pkey;
