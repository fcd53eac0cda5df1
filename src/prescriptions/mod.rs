//! Prescriptions: drafted, signed, perhaps voided. A signed one is a document: it never changes, and a
//! correction is a new one that points back and voids it.
//!
//! Whoever drafted a prescription edits, signs, discards and voids it; nobody else does, not even a colleague
//! with the same role: a signature is personal, and the least privilege that works is one prescriber. Only
//! when the prescriber has left may a colleague or the administrator void what is signed, and nothing else.

mod api;
mod editor;
mod letterhead;
mod listed;
mod nouns;
mod page;
mod pages;
mod preview;
mod renewal;
pub(crate) mod rows;
mod rules;
mod sheet;
mod signed;
mod signing;
mod store;
mod unsaved;
mod warnings;
mod words;

use chrono::{DateTime, Utc};
pub use letterhead::Printed;
pub use nouns::{
    Change, Content, Line, NewLine, NewPrescription, NewTestOrder, Prescription, PrescriptionId,
    Status, Summary, TestOrder, Warning, WarningKind,
};
pub use pages::show_again;
pub use renewal::{again, correction, repeat};
pub use sheet::{Parts, Section, Sheet, parts};
pub use signing::{discard, sign, sign_if_clear, void};
pub use words::Said;

use crate::catalogue;
use crate::error::Error;
use crate::patients::{self, Patient, PatientId};
use crate::practitioners::{self, Practitioner, PractitionerId};
use crate::substances;
use crate::tenant::{Db, permission};
use crate::visits::VisitId;
use crate::web::{Routes, fold};

permission!(
    /// See and print; a patient's login sees the own ones that were signed.
    Read = "prescriptions:read", "self:read"
);
permission!(
    /// Draft, sign and discard.
    Write = "prescriptions:write"
);
permission!(
    /// Void: the own ones, and those of somebody who has left.
    Void = "prescriptions:void"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    listed::routes(config);
    pages::routes(config);
    editor::routes(config);
    unsaved::routes(config);
    preview::routes(config);
    sheet::routes(config);
    api::routes(config);
}

/// Which prescriptions to list, the newest first.
#[derive(Debug)]
pub struct Query {
    /// Only where they stand so.
    pub status: Option<Status>,
    /// Only this patient's.
    pub patient: Option<PatientId>,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// Time and id of the last row of the page before.
    pub after: Option<(DateTime<Utc>, PrescriptionId)>,
}

/// A draft as it will be written: every line resolved.
pub(crate) struct Draft {
    patient: PatientId,
    visit: Option<VisitId>,
    practitioner: PractitionerId,
    replaces: Option<PrescriptionId>,
    diagnosis: Option<String>,
    advice: Option<String>,
    lines: Vec<Line>,
    tests: Vec<TestOrder>,
}

/// A page of the list.
pub async fn list(db: &mut Db, query: &Query) -> Result<Vec<Summary>, Error> {
    store::list(db, query).await
}

/// The prescription as it stands, or 404. A draft has no warnings yet: see [`look`].
pub async fn present(db: &mut Db, id: PrescriptionId) -> Result<Prescription, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// The prescription with its patient, and for a draft with what must be acknowledged to sign it.
pub async fn look(db: &mut Db, id: PrescriptionId) -> Result<(Prescription, Patient), Error> {
    let mut prescription = present(db, id).await?;
    let patient = patients::present(db, prescription.patient_id).await?;
    if prescription.status == Status::Draft {
        prescription.warnings = found(db, &prescription, &patient).await?;
    }
    Ok((prescription, patient))
}

async fn found(db: &mut Db, p: &Prescription, patient: &Patient) -> Result<Vec<Warning>, Error> {
    let allergies = patient.told.allergies.as_deref();
    let said = p.lines.iter().map(|line| line.medicine.as_str()).chain(allergies);
    let names: Vec<String> = said.flat_map(substances::names).collect();
    let (reader, running) = store::dangers(db, p.patient_id, p.replaces_id, &names).await?;
    Ok(warnings::of(&p.lines, allergies, &reader, &running))
}

/// A draft in the name of the doctor who is signed in.
pub async fn draft(db: &mut Db, new: &NewPrescription) -> Result<Prescription, Error> {
    let own = practitioners::own(db).await?;
    match patients::active(db, new.patient_id).await {
        Ok(_) => {}
        Err(Error::NotFound) => {
            return Err(Error::field("patient_id", "unknown"));
        }
        Err(error) => return Err(error),
    }
    if let Some(visit) = new.visit_id {
        refuse_other_visit(db, visit, new.patient_id).await?;
    }
    if let Some(old) = new.replaces_id {
        renewal::may_replace(db, old, new.patient_id, &own).await?;
    }
    let draft = resolve(db, &new.content, new.patient_id, &own).await?;
    let draft = Draft { visit: new.visit_id, replaces: new.replaces_id, ..draft };
    let id = PrescriptionId::fresh();
    store::insert(db, id, &draft).await?;
    present(db, id).await
}

/// What was written, with what the catalogue knows of it.
async fn resolve(
    db: &mut Db,
    content: &Content,
    patient: PatientId,
    own: &Practitioner,
) -> Result<Draft, Error> {
    let lines = lines_of(db, &content.lines).await;
    let tests = tests_of(db, &content.tests).await;
    let (lines, tests) = both(lines, tests)?;
    Ok(Draft {
        patient,
        visit: None,
        practitioner: own.practitioner_id,
        replaces: None,
        diagnosis: content.diagnosis.clone(),
        advice: content.advice.clone(),
        lines,
        tests,
    })
}

/// Both, or everything that is wrong with either.
fn both<A, B>(a: Result<A, Error>, b: Result<B, Error>) -> Result<(A, B), Error> {
    match (a, b) {
        (Err(Error::Invalid(mut first)), Err(Error::Invalid(second))) => {
            first.extend(second);
            Err(Error::Invalid(first))
        }
        (a, b) => Ok((a?, b?)),
    }
}

/// Tests as they will be printed, with what the catalogue knows of them.
pub(crate) async fn tests_of(db: &mut Db, tests: &[NewTestOrder]) -> Result<Vec<TestOrder>, Error> {
    let ids: Vec<_> = tests.iter().filter_map(|test| test.test_id).collect();
    let names = tests.iter().filter_map(|test| test.name.as_deref());
    let names: Vec<String> = names.map(fold).collect();
    let known =
        if tests.is_empty() { Vec::new() } else { catalogue::tests_of(db, &ids, &names).await? };
    rules::tests(tests, &known)
}

/// Lines as they will be printed, with what the catalogue knows of them.
pub(crate) async fn lines_of(db: &mut Db, lines: &[NewLine]) -> Result<Vec<Line>, Error> {
    let ids: Vec<_> = lines.iter().filter_map(|line| line.medicine_id).collect();
    let names = lines.iter().filter_map(|line| line.medicine.as_deref());
    let names: Vec<String> = names.flat_map(rules::names).collect();
    let known = if lines.is_empty() {
        Vec::new()
    } else {
        catalogue::medicines_of(db, &ids, &names).await?
    };
    rules::lines(lines, &known)
}

/// The prescription, held for a change by its prescriber: 404, then 403, then 409 where it stands elsewhere,
/// then 412, because no version makes a forbidden change possible.
async fn hold(
    db: &mut Db,
    id: PrescriptionId,
    version: i32,
    needed: Status,
) -> Result<(Prescription, Practitioner), Error> {
    let prescriber = present(db, id).await?.practitioner_id;
    let own = practitioners::own(db).await?;
    if own.practitioner_id != prescriber {
        return Err(Error::Refused("not_the_prescriber"));
    }
    lock(db, id, version, needed).await?;
    // Read again behind the lock: what is signed is what the version says.
    Ok((present(db, id).await?, own))
}

/// Holds the prescription as it stands: 409 where it stands elsewhere, then 412.
async fn lock(db: &mut Db, id: PrescriptionId, version: i32, needed: Status) -> Result<(), Error> {
    let (status, now) = store::lock(db, id).await?.ok_or(Error::NotFound)?;
    if status != needed {
        return Err(elsewhere(status));
    }
    if now == version { Ok(()) } else { Err(Error::Stale) }
}

/// The answer where a prescription does not stand as it must.
fn elsewhere(status: Status) -> Error {
    Error::conflict(match status {
        Status::Signed => "signed",
        Status::Voided => "voided",
        Status::Discarded => "discarded",
        Status::Draft => "not_signed",
    })
}

/// Writes the next revision of a draft.
pub async fn amend(
    db: &mut Db,
    id: PrescriptionId,
    version: i32,
    change: &Change,
) -> Result<Prescription, Error> {
    let (old, own) = hold(db, id, version, Status::Draft).await?;
    let kept = [
        ("patient_id", change.patient_id.is_none_or(|id| id == old.patient_id)),
        ("visit_id", change.visit_id.is_none_or(|id| Some(id) == old.visit_id)),
        ("replaces_id", change.replaces_id.is_none_or(|id| Some(id) == old.replaces_id)),
    ];
    if let Some((field, _)) = kept.iter().find(|(_, kept)| !kept) {
        return Err(Error::field(field, "fixed"));
    }
    let draft = resolve(db, &change.content, old.patient_id, &own).await?;
    if !store::update(db, id, version, &draft).await? {
        return Err(Error::Stale);
    }
    present(db, id).await
}

/// A prescription is written at a visit of its patient.
async fn refuse_other_visit(db: &mut Db, id: VisitId, patient: PatientId) -> Result<(), Error> {
    match store::visit(db, id).await?.filter(|visit| visit.patient_id == patient) {
        Some(_) => Ok(()),
        None => Err(Error::field("visit_id", "unknown")),
    }
}
