//! All SQL about visits.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::board::Cut;
use super::nouns::LONG_WAIT;
use super::{
    Figures, Move, NewMove, NewVisit, Query, Told, Visit, VisitId, VisitStatus, VisitType, Visitor,
};
use crate::error::Error;
use crate::patients::{self, AllergyStatus, Born, PatientId, Sex};
use crate::practitioners::PractitionerId;
use crate::tenant::Db;

/// A row, before age and waiting time are known.
struct Line {
    visit_id: VisitId,
    patient_id: PatientId,
    number: String,
    given_name: String,
    family_name: Option<String>,
    birth_date: Option<NaiveDate>,
    age_years: Option<f64>,
    age_told_on: Option<NaiveDate>,
    sex: Sex,
    allergy_status: AllergyStatus,
    practitioner_id: Option<PractitionerId>,
    practitioner_name: Option<String>,
    visit_day: NaiveDate,
    token: i32,
    visit_type: VisitType,
    purpose: String,
    notes: Option<String>,
    status: VisitStatus,
    arrived_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    checked_in_by: Option<Uuid>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    total: i64,
}

impl Line {
    fn visit(self, db: &Db) -> Visit {
        let born = Born {
            birth_date: self.birth_date,
            age_years: self.age_years,
            age_told_on: self.age_told_on,
        };
        let until = self.started_at.or(self.ended_at).unwrap_or_else(|| db.now());
        Visit {
            visit_id: self.visit_id,
            patient_id: self.patient_id,
            patient: Visitor {
                patient_id: self.patient_id,
                number: self.number,
                name: patients::name_line(&self.given_name, self.family_name.as_deref()),
                age: born.years(db.today()),
                born,
                sex: self.sex,
                allergy_status: self.allergy_status,
            },
            told: Told {
                purpose: self.purpose,
                visit_type: self.visit_type,
                practitioner_id: self.practitioner_id,
                notes: self.notes,
            },
            practitioner_name: self.practitioner_name,
            visit_day: self.visit_day,
            token: self.token,
            status: self.status,
            arrived_at: self.arrived_at,
            started_at: self.started_at,
            ended_at: self.ended_at,
            waiting_minutes: (until - self.arrived_at).num_minutes().max(0),
            checked_in_by: self.checked_in_by,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

fn visits(db: &Db, lines: Vec<Line>) -> Vec<Visit> {
    lines.into_iter().map(|line| line.visit(db)).collect()
}

pub(super) async fn find(db: &mut Db, id: VisitId) -> Result<Option<Visit>, Error> {
    let clinic = db.clinic();
    let line = sqlx::query_file_as!(Line, "src/visits/find.sql", clinic, id.0)
        .fetch_optional(db.sql()?)
        .await?;
    Ok(line.map(|line| line.visit(db)))
}

pub(super) async fn open_of(db: &mut Db, patient: PatientId) -> Result<Option<Visit>, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    let line = sqlx::query_file_as!(Line, "src/visits/open.sql", clinic, patient.0, today)
        .fetch_optional(db.sql()?)
        .await?;
    Ok(line.map(|line| line.visit(db)))
}

/// Visits of one day, after a place in the order: whether an emergency that waits is past, and the token.
pub(super) async fn of_day(
    db: &mut Db,
    day: NaiveDate,
    query: &Query,
    after: (bool, i32),
) -> Result<Vec<Visit>, Error> {
    let clinic = db.clinic();
    let lines = sqlx::query_file_as!(
        Line,
        "src/visits/day.sql",
        clinic,
        day,
        query.status.map(VisitStatus::as_str),
        query.practitioner.map(|p| p.0),
        after.0,
        after.1,
        query.limit + 1,
        query.visit_type.map(VisitType::as_str)
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(visits(db, lines))
}

/// Visits of all days, the newest first.
pub(super) async fn newest(
    db: &mut Db,
    query: &Query,
    after: Option<(DateTime<Utc>, VisitId)>,
) -> Result<Vec<Visit>, Error> {
    let clinic = db.clinic();
    let (at, id) = after.unwrap_or((db.now() + Duration::days(36_500), VisitId(Uuid::max())));
    let lines = sqlx::query_file_as!(
        Line,
        "src/visits/newest.sql",
        clinic,
        query.status.map(VisitStatus::as_str),
        query.practitioner.map(|p| p.0),
        at,
        id.0,
        query.limit + 1,
        query.visit_type.map(VisitType::as_str)
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(visits(db, lines))
}

/// One patient's visits, the newest first.
pub(super) async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<(DateTime<Utc>, VisitId)>,
) -> Result<Vec<Visit>, Error> {
    let clinic = db.clinic();
    let (at, id) = after.unwrap_or((db.now() + Duration::days(36_500), VisitId(Uuid::max())));
    let lines = sqlx::query_file_as!(
        Line,
        "src/visits/of_patient.sql",
        clinic,
        patient.0,
        at,
        id.0,
        limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(visits(db, lines))
}

/// Today's board, with how many visits are in the state of each.
pub(super) async fn board(
    db: &mut Db,
    practitioner: Option<PractitionerId>,
    cut: Cut,
) -> Result<Vec<(Visit, i64)>, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    let lines = sqlx::query_file_as!(
        Line,
        "src/visits/board.sql",
        clinic,
        today,
        practitioner.map(|p| p.0),
        cut.inside,
        cut.waiting,
        cut.done
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(lines
        .into_iter()
        .map(|line| (line.total, line))
        .map(|(n, line)| (line.visit(db), n))
        .collect())
}

/// Today's visits, counted.
pub(super) async fn figures(db: &mut Db) -> Result<Figures, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    let late = db.now() - Duration::minutes(LONG_WAIT + 1);
    let figures = sqlx::query_file_as!(Figures, "src/visits/figures.sql", clinic, today, late)
        .fetch_one(db.sql()?)
        .await?;
    Ok(figures)
}

pub(super) async fn moves(db: &mut Db, id: VisitId) -> Result<Vec<Move>, Error> {
    let clinic = db.clinic();
    let moves = sqlx::query_as!(
        Move,
        r#"
        select m.move_id, m.from_status as "from: VisitStatus", m.to_status as "to: VisitStatus", m.reason,
               m.moved_by, u.name as "moved_by_name?", m.moved_at
        from polyclinic.visit_moves m
        left join polyclinic.users u on u.clinic_id = m.clinic_id and u.user_id = m.moved_by
        where m.clinic_id = $1
          and m.visit_id = $2
        order by m.moved_at, m.move_id
        limit 100
        "#,
        clinic,
        id.0
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(moves)
}

pub(super) async fn insert(
    db: &mut Db,
    id: VisitId,
    token: i32,
    new: &NewVisit,
) -> Result<(), Error> {
    let (clinic, user, today) = (db.clinic(), db.user(), db.today());
    sqlx::query!(
        "insert into polyclinic.visits
           (clinic_id, visit_id, patient_id, practitioner_id, visit_day, token, visit_type, purpose, notes, checked_in_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        clinic,
        id.0,
        new.patient_id.0,
        new.told.practitioner_id.map(|p| p.0),
        today,
        token,
        new.told.visit_type.as_str(),
        new.told.purpose,
        new.told.notes,
        user
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// Notes a step, in the transaction that takes it.
pub(super) async fn note_move(
    db: &mut Db,
    id: VisitId,
    patient: PatientId,
    from: Option<VisitStatus>,
    step: &NewMove,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.visit_moves (clinic_id, move_id, visit_id, patient_id, from_status, to_status, reason)
         values ($1, $2, $3, $4, $5, $6, $7)",
        clinic,
        Uuid::now_v7(),
        id.0,
        patient.0,
        from.map(VisitStatus::as_str),
        step.to.as_str(),
        step.reason
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// Puts the visit where the step leads, unless it has changed. Called in, it begins; waiting again, it
/// has neither begun nor ended; anywhere else it is over.
pub(super) async fn set_status(
    db: &mut Db,
    visit: &Visit,
    to: VisitStatus,
    practitioner: Option<PractitionerId>,
) -> Result<bool, Error> {
    let (clinic, now) = (db.clinic(), db.now());
    let started = match to {
        VisitStatus::Waiting => None,
        VisitStatus::InConsultation => Some(now),
        _ => visit.started_at,
    };
    let ended = (!to.is_open()).then_some(now);
    let done = sqlx::query!(
        "update polyclinic.visits
         set status = $4, started_at = $5, ended_at = $6, practitioner_id = $7
         where clinic_id = $1 and visit_id = $2 and version = $3",
        clinic,
        visit.visit_id.0,
        visit.version,
        to.as_str(),
        started,
        ended,
        practitioner.map(|p| p.0)
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn update(
    db: &mut Db,
    id: VisitId,
    version: i32,
    told: &Told,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.visits
         set practitioner_id = $4, visit_type = $5, purpose = $6, notes = $7
         where clinic_id = $1 and visit_id = $2 and version = $3
           and status in ('waiting', 'in_consultation')",
        clinic,
        id.0,
        version,
        told.practitioner_id.map(|p| p.0),
        told.visit_type.as_str(),
        told.purpose,
        told.notes
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
