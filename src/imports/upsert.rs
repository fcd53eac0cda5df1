//! One batch of rows into patients and risk profiles: a handful of statements, however many rows.

use chrono::NaiveDate;

use super::Refused;
use super::intake::{Batch, Line};
use super::merge::merge;
use super::row::Row;
use crate::cohort::{self, Profile};
use crate::error::{Error, FieldError};
use crate::patients::bulk::{self, Known};
use crate::patients::{NewPatient, PatientId};
use crate::tenant::Db;

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) created: i32,
    pub(super) updated: i32,
    pub(super) unchanged: i32,
    pub(super) rejects: Vec<Refused>,
    /// Who was registered.
    pub(super) fresh: Vec<PatientId>,
}

/// Registers who is new, corrects who is known by the external id, writes the risk profiles.
pub(super) async fn upsert(db: &mut Db, batch: &Batch) -> Result<Outcome, Error> {
    let today = db.today();
    let mut outcome = Outcome::default();
    let ids: Vec<String> = batch
        .lines
        .iter()
        .filter_map(|line| line.outcome.as_ref().ok()?.patient.external_id.clone())
        .collect();
    let mut known = bulk::by_external_ids(db, &ids).await?;
    let mut new: Vec<&Row> = Vec::new();
    let mut changed: Vec<(PatientId, NewPatient)> = Vec::new();
    let mut same: Vec<PatientId> = Vec::new();
    // Whom the undoing of an import set aside: this one brings them in again.
    let mut back: Vec<PatientId> = Vec::new();
    let mut profiles: Vec<Profile> = Vec::new();
    for line in &batch.lines {
        let row = match read(line, today) {
            Ok(row) => row,
            Err(error) => {
                outcome.refuse(line, error);
                continue;
            }
        };
        let there = row.patient.external_id.as_ref().and_then(|id| known.remove(id));
        let Some(Known { patient_id: id, mut told, aside, undone }) = there else {
            new.push(row);
            continue;
        };
        if aside && !undone {
            outcome.refuse(line, FieldError::new("external_id", "set_aside"));
            continue;
        }
        match merge(&mut told, &row.patient, row.nameless) {
            Ok(differs) => {
                match (aside, differs) {
                    (true, _) => back.push(id),
                    (false, true) => {}
                    (false, false) => same.push(id),
                }
                if differs {
                    changed.push((id, told));
                }
            }
            Err(error) => {
                outcome.refuse(line, error);
                continue;
            }
        }
        profiles.extend(profile(row, id, today));
    }
    let told: Vec<&NewPatient> = new.iter().map(|row| &row.patient).collect();
    let fresh = bulk::register_all(db, &told).await?;
    profiles.extend(new.iter().zip(&fresh).filter_map(|(row, id)| profile(row, *id, today)));
    bulk::bring_back(db, &back).await?;
    bulk::amend_all(db, &changed).await?;
    let written = cohort::record(db, &profiles).await?;
    let touched = same.iter().filter(|id| written.contains(id)).count();
    outcome.created = count(fresh.len() + back.len());
    let anew = changed.iter().filter(|(id, _)| back.contains(id)).count();
    outcome.updated = count(changed.len() - anew + touched);
    outcome.unchanged = count(same.len() - touched);
    outcome.fresh = fresh.into_iter().chain(back).collect();
    Ok(outcome)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl Outcome {
    fn refuse(&mut self, line: &Line, error: FieldError) {
        let raw = line.raw.clone();
        self.rejects.push(Refused { row_number: line.row_number, error, raw });
    }
}

/// The row, unless it was refused when it was read or is from tomorrow.
fn read(line: &Line, today: NaiveDate) -> Result<&Row, FieldError> {
    let row = line.outcome.as_ref().map_err(Clone::clone)?;
    if row.patient.birth_date.is_some_and(|date| date > today) {
        let error = FieldError::new("birth_date", "in_the_future");
        return Err(error.called(row.birth_column.clone()));
    }
    Ok(row)
}

fn profile(row: &Row, patient_id: PatientId, today: NaiveDate) -> Option<Profile> {
    let risk = row.risk.clone()?;
    let days = row.patient.birth_date.map(|date| (today - date).num_days());
    let since_birth =
        days.and_then(|days| u32::try_from(days).ok()).map(|d| f64::from(d) / 365.2425);
    let age = risk.age_years.or(since_birth)?;
    Some(Profile { patient_id, age, risk })
}
