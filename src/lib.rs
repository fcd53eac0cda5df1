//! polyclinic: one service, many clinics, and a wall between them that the database itself keeps.
//!
//! The way of a request: [`routes`] → a feature's handler, whose signature says who may call →
//! [`tenant::Clinic`], the only door → the feature's verb → its store. ARCHITECTURE.md walks it.

pub mod admissions;
pub mod app;
pub mod auth;
pub mod catalogue;
pub mod chart;
pub mod check_ins;
pub mod checks;
pub mod cli;
pub mod clinics;
pub mod cluster;
pub mod cohort;
pub mod config;
pub mod consultation;
pub mod control;
pub mod db;
pub mod demo;
pub mod documents;
pub mod error;
pub mod figures;
pub mod imports;
pub mod jobs;
pub mod notes;
pub mod numbers;
pub mod paper;
pub mod patients;
pub mod portal;
pub mod practitioners;
pub mod prescriptions;
pub mod prometheus;
pub mod reception;
pub mod results;
pub mod routes;
pub mod serve;
pub mod shares;
pub mod staff;
pub mod styleguide;
pub mod substances;
pub mod telemetry;
pub mod templates;
pub mod tenant;
pub mod tracking;
pub mod trail;
pub mod visits;
pub mod vitals;
pub mod web;
