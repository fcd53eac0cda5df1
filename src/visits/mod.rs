//! Visits and the queue: a patient comes in, gets the day's next token, waits, is seen, leaves. Every step
//! is kept with who took it and when.

mod api;
mod board;
pub mod events;
mod nouns;
mod pages;
mod store;
mod stream;
mod token;
mod wall;

use chrono::{DateTime, Utc};
pub use nouns::{
    Day, Figures, Move, NewMove, NewVisit, Query, Told, Visit, VisitId, VisitStatus, VisitType,
    Visitor, Whole,
};

use crate::error::Error;
use crate::numbers;
use crate::patients::{self, PatientId};
use crate::practitioners::{self, PractitionerId};
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// See one visit; a patient's login sees the own ones.
    Read = "visits:read", "self:read"
);
permission!(
    /// See the queue.
    List = "visits:read"
);
permission!(
    /// Check a patient in.
    CheckIn = "visits:checkin"
);
permission!(
    /// Move a visit through the queue.
    Step = "visits:move"
);
permission!(
    /// Come home: everybody who signs in to a clinic.
    Home = "session:own"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    board::routes(config);
    pages::routes(config);
    token::routes(config);
    wall::routes(config);
    api::routes(config);
    stream::routes(config);
}

/// The visit, or 404.
pub async fn present(db: &mut Db, id: VisitId) -> Result<Visit, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// The visit and every step it took, or 404.
pub async fn whole(db: &mut Db, id: VisitId) -> Result<Whole, Error> {
    let visit = present(db, id).await?;
    let moves = store::moves(db, id).await?;
    Ok(Whole { visit, moves })
}

/// The visit for which the patient is here today, if there is one.
pub async fn open_of(db: &mut Db, patient: PatientId) -> Result<Option<Visit>, Error> {
    store::open_of(db, patient).await
}

/// One patient's visits, the newest first. The patient was looked for before.
pub async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<(DateTime<Utc>, VisitId)>,
) -> Result<Vec<Visit>, Error> {
    store::of_patient(db, patient, limit, after).await
}

/// Where a page of visits begins.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub enum Key {
    /// In a day: past the waiting emergencies or not, and the token.
    Place(bool, i32),
    /// In all days: the arrival.
    Arrival(DateTime<Utc>, VisitId),
}

impl Key {
    /// The key of a row in the order of its query.
    pub fn of(query: &Query, visit: &Visit) -> Key {
        if query.day.is_none() {
            return Key::Arrival(visit.arrived_at, visit.visit_id);
        }
        let first = visit.status == VisitStatus::Waiting && visit.is_emergency();
        Key::Place(!first, visit.token)
    }
}

/// Visits of a day, waiting emergencies first and then by token; or of all days, the newest first.
pub async fn list(db: &mut Db, query: &Query, after: Option<Key>) -> Result<Vec<Visit>, Error> {
    let day = match query.day {
        None => {
            let after = match after {
                Some(Key::Arrival(at, id)) => Some((at, id)),
                _ => None,
            };
            return store::newest(db, query, after).await;
        }
        Some(Day::Today) => db.today(),
        Some(Day::On(date)) => date,
    };
    let after = match after {
        Some(Key::Place(past, token)) => (past, token),
        _ => (false, 0),
    };
    store::of_day(db, day, query, after).await
}

/// Today's board, perhaps of one practitioner, cut to what is shown.
async fn board_of(
    db: &mut Db,
    practitioner: Option<PractitionerId>,
    cut: board::Cut,
) -> Result<board::Lanes, Error> {
    Ok(board::Lanes::sort(store::board(db, practitioner, cut).await?))
}

/// Visits of earlier days that nobody ended, the newest first, at most so many of each state.
pub async fn left_open(db: &mut Db, limit: i64) -> Result<Vec<Visit>, Error> {
    let mut left = Vec::new();
    for status in [VisitStatus::InConsultation, VisitStatus::Waiting] {
        let query = Query { status: Some(status), limit, ..Query::default() };
        // Whoever is here today came after all of them: nobody is asked for twice.
        let mut after = None;
        let today = db.today();
        loop {
            let visits = store::newest(db, &query, after).await?;
            let Some(last) = visits.last().map(|v| (v.arrived_at, v.visit_id, v.visit_day)) else {
                break;
            };
            let more = i64::try_from(visits.len()).unwrap_or(0) > limit;
            left.extend(visits.into_iter().filter(|visit| visit.visit_day < today));
            if last.2 < today || !more {
                break;
            }
            after = Some((last.0, last.1));
        }
    }
    left.sort_by_key(|visit| std::cmp::Reverse(visit.arrived_at));
    Ok(left)
}

/// Today in figures.
pub async fn figures(db: &mut Db) -> Result<Figures, Error> {
    store::figures(db).await
}

/// Checks a patient in under the day's next token. Who is here already is not let in twice (409
/// `already_waiting`), and nobody whose record is set aside.
pub async fn check_in(db: &mut Db, new: &NewVisit) -> Result<Visit, Error> {
    patients::active(db, new.patient_id).await.map_err(|error| match error {
        Error::NotFound => Error::field("patient_id", "unknown"),
        other => other,
    })?;
    refuse_stranger(db, None, new.told.practitioner_id).await?;
    let token = numbers::token(db).await?;
    let id = VisitId::fresh();
    store::insert(db, id, token, new).await?;
    let step = NewMove { to: VisitStatus::Waiting, reason: None };
    store::note_move(db, id, new.patient_id, None, &step).await?;
    present(db, id).await
}

/// Somebody who does not practise here (any more) is nobody to wait for.
async fn refuse_stranger(
    db: &mut Db,
    before: Option<PractitionerId>,
    wanted: Option<PractitionerId>,
) -> Result<(), Error> {
    let Some(wanted) = wanted.filter(|_| wanted != before) else { return Ok(()) };
    let here = practitioners::active(db).await?;
    if here.iter().any(|p| p.practitioner_id == wanted) {
        return Ok(());
    }
    Err(Error::field("practitioner_id", "unknown"))
}

/// Takes a step, if the caller saw the visit as it is (else 412) and it may go there (else 409
/// `illegal_move`). A doctor who calls somebody without a doctor becomes the doctor.
pub async fn step(db: &mut Db, id: VisitId, version: i32, step: &NewMove) -> Result<Visit, Error> {
    let visit = present(db, id).await?;
    if visit.version != version {
        return Err(Error::Stale);
    }
    let from = visit.status;
    if !from.may_become(step.to) {
        return Err(Error::Conflict {
            code: "illegal_move",
            details: Some(serde_json::json!({ "from": from, "to": step.to })),
        });
    }
    let mut practitioner = visit.told.practitioner_id;
    if step.to == VisitStatus::InConsultation && practitioner.is_none() {
        practitioner = practitioners::own_if_any(db).await?.map(|own| own.practitioner_id);
    }
    if !store::set_status(db, &visit, step.to, practitioner).await? {
        return Err(Error::Stale);
    }
    store::note_move(db, id, visit.patient_id, Some(from), step).await?;
    present(db, id).await
}

/// Gives an open visit another doctor, purpose or urgency, if the caller saw it as it is (else 412).
pub async fn amend(db: &mut Db, id: VisitId, version: i32, told: &Told) -> Result<Visit, Error> {
    let visit = present(db, id).await?;
    if visit.version != version {
        return Err(Error::Stale);
    }
    if !visit.status.is_open() {
        return Err(Error::conflict("visit_over"));
    }
    refuse_stranger(db, visit.told.practitioner_id, told.practitioner_id).await?;
    if store::update(db, id, version, told).await? {
        return present(db, id).await;
    }
    Err(Error::Stale)
}
