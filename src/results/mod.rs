//! Results of tests: ordered by a signed prescription, sample taken, result entered, verified by a second person.
//! A result never changes: a correction is the next revision, and the old one stays beside it.

mod api;
mod limits;
mod measures;
mod nouns;
mod pages;
pub mod rules;
mod shown;
mod store;

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
pub use limits::Limits;
pub use nouns::{
    Measure, Measures, NewResult, NewValue, OrderedTest, OrderedTestId, Query, Report, ResultFlag,
    ResultValue, Step, StepTo, TestResult, TestStatus, Whole,
};

use crate::catalogue::{self, TestId};
use crate::documents::{self, Document, Filed, NewDocument};
use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// See ordered tests and their results; a patient's login sees the own ones that were verified.
    Read = "results:read", "self:read"
);
permission!(
    /// The work list.
    List = "results:read"
);
permission!(
    /// Take samples, enter and correct results.
    Write = "results:write"
);
permission!(
    /// Verify what somebody else entered.
    Verify = "results:verify"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    measures::routes(config);
    api::routes(config);
}

/// A page of the work list, each test with the label of its patient.
pub async fn work(db: &mut Db, query: &Query) -> Result<Vec<OrderedTest>, Error> {
    let day = query.day.map(|day| bounds(db, day));
    let mut tests = store::work(db, query, day).await?;
    let mut ids: Vec<PatientId> = tests.iter().map(|test| test.patient_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let labels = patients::labels(db, &ids).await?;
    for test in &mut tests {
        test.patient = labels.iter().find(|label| label.patient_id == test.patient_id).cloned();
    }
    Ok(tests)
}

/// How long a critical result is called to mind at a patient's visits.
const LATELY: Duration = Duration::days(7);

/// A patient about whom the laboratory has something new.
#[derive(Debug, Clone)]
pub struct News {
    /// Whose result it is.
    pub patient_id: PatientId,
    /// Whether it is critical.
    pub critical: bool,
}

/// What is new about those who are here, each since a time: a result that came since, or lately a critical one.
pub async fn news(db: &mut Db, here: &[(PatientId, DateTime<Utc>)]) -> Result<Vec<News>, Error> {
    let lately = db.now() - LATELY;
    if here.is_empty() { Ok(Vec::new()) } else { store::news(db, here, lately).await }
}

/// From when until when a day of the clinic lasts.
fn bounds(db: &Db, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let zone = db.who().zone;
    let begin = |day: NaiveDate| {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        let local = zone.from_local_datetime(&midnight).earliest();
        local.map_or_else(|| midnight.and_utc(), |local| local.to_utc())
    };
    (begin(day), begin(day.succ_opt().unwrap_or(day)))
}

/// A patient's tests, the newest first. The patient was looked for before.
pub async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<(DateTime<Utc>, OrderedTestId)>,
) -> Result<Vec<OrderedTest>, Error> {
    store::of_patient(db, patient, limit, after).await
}

/// The test with all that was found, or 404.
pub async fn present(db: &mut Db, id: OrderedTestId) -> Result<Whole, Error> {
    let mut whole = store::whole(db, id).await?.ok_or(Error::NotFound)?;
    whole.test.patient = patients::labels(db, &[whole.test.patient_id]).await?.into_iter().next();
    Ok(whole)
}

/// The test, held for a change by whoever saw it as it is: 404, then 412.
async fn hold(db: &mut Db, id: OrderedTestId, version: i32) -> Result<Held, Error> {
    // Whoever may change a test may read it: one that cannot be held and is there is not this person's.
    let Some((status, now, revision, patient)) = store::lock(db, id).await? else {
        store::whole(db, id).await?.ok_or(Error::NotFound)?;
        return Err(Error::conflict("no_result"));
    };
    if now == version { Ok(Held { status, revision, patient }) } else { Err(Error::Stale) }
}

struct Held {
    status: TestStatus,
    revision: i32,
    patient: PatientId,
}

/// Takes a step by hand: the sample is taken, or was not after all, or the test is not done.
pub async fn step(
    db: &mut Db,
    id: OrderedTestId,
    version: i32,
    step: &Step,
) -> Result<Whole, Error> {
    let held = hold(db, id, version).await?;
    let fits = matches!(
        (held.status, step.to),
        (TestStatus::Waiting, StepTo::Sampled | StepTo::NotDone)
            | (TestStatus::Sampled, StepTo::Waiting | StepTo::NotDone)
            | (TestStatus::NotDone, StepTo::Waiting)
    );
    if !fits {
        return Err(Error::conflict("test_elsewhere"));
    }
    let reason = step.reason.as_deref().filter(|_| step.to == StepTo::NotDone);
    store::step(db, id, step.to, reason).await?;
    present(db, id).await
}

/// Enters a result, or with a reason the correction of one. The doctor sees it at once.
pub async fn enter(
    db: &mut Db,
    id: OrderedTestId,
    version: i32,
    new: &NewResult,
) -> Result<Whole, Error> {
    let held = hold(db, id, version).await?;
    match (held.status, &new.reason) {
        (TestStatus::Cancelled | TestStatus::NotDone, _) => {
            return Err(Error::conflict("test_elsewhere"));
        }
        (TestStatus::Resulted | TestStatus::Verified, None) => {
            return Err(Error::field("reason", "why_corrected"));
        }
        (TestStatus::Waiting | TestStatus::Sampled, Some(_)) => {
            return Err(Error::field("reason", "nothing_to_correct"));
        }
        _ => {}
    }
    store::insert(db, id, held.patient, held.revision + 1, new).await?;
    present(db, id).await
}

/// Verifies the result that counts: from then on the patient sees it. Four eyes: never the own one.
pub async fn verify(db: &mut Db, id: OrderedTestId, version: i32) -> Result<Whole, Error> {
    let held = hold(db, id, version).await?;
    if held.status != TestStatus::Resulted {
        return Err(Error::conflict("no_result"));
    }
    if !store::verify(db, id, held.revision).await? {
        return Err(Error::Stale);
    }
    present(db, id).await
}

/// Files a report with the test.
pub async fn report(
    db: &mut Db,
    id: OrderedTestId,
    new: &NewDocument,
    filed: &Filed<'_>,
) -> Result<Document, Error> {
    let test = store::whole(db, id).await?.ok_or(Error::NotFound)?.test;
    if matches!(test.status, TestStatus::Cancelled | TestStatus::NotDone) {
        return Err(Error::conflict("test_elsewhere"));
    }
    documents::file_report(db, test.patient_id, id.0, new, filed).await
}

/// What is measured in a test of the catalogue, and the version of that; 0 where nobody said.
pub async fn measures_of(db: &mut Db, test: TestId) -> Result<(Vec<Measure>, i32), Error> {
    catalogue::test(db, test).await?;
    Ok(store::measures(db, test).await?.unwrap_or_default())
}

/// Says what is measured in a test, if the caller read this version (else 412).
pub async fn set_measures(
    db: &mut Db,
    test: TestId,
    version: i32,
    measures: &[Measure],
) -> Result<(Vec<Measure>, i32), Error> {
    let (_, now) = measures_of(db, test).await?;
    if now != version || !store::set_measures(db, test, version, measures).await? {
        return Err(Error::Stale);
    }
    measures_of(db, test).await
}
