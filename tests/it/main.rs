//! Everything, through the front door: HTTP as a role, against a real `PostgreSQL`, logged in as the
//! service's own logins. One binary, one private server, a copy of a template database a test.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test that cannot go on fails there"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "attacks and arrangements send SQL of every kind, checked or not"
)]

mod access;
mod admissions;
mod cancellation;
mod catalogue;
mod chart;
mod check_ins;
mod clinics;
mod cohort;
mod conflicts;
mod consultation;
mod control;
mod doctor;
mod documents;
mod figures;
mod imports;
mod isolation;
mod jobs;
mod language;
mod limits;
mod links;
mod news;
mod note_drafts;
mod notes;
mod openapi;
mod paper;
mod patients;
mod pictures;
mod pool;
mod portal;
mod prescription_pages;
mod prescriptions;
mod protocol;
mod reception;
mod rendering;
mod results;
mod rows;
mod schema;
mod sessions;
mod shares;
mod shutdown;
mod sources;
mod staff;
mod statements;
mod templates;
mod texts;
mod unsaved_prescriptions;
mod visits;
mod vitals;
mod vitals_queue;
mod world;
