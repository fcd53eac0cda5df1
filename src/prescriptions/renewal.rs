//! One prescription from another: the same once more, or a correction in its place.

use super::{Content, Draft, NewTestOrder, Prescription, PrescriptionId, Status};
use super::{present, refuse_other_visit, rules, store};
use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::practitioners::{self, Practitioner};
use crate::tenant::Db;
use crate::visits::VisitId;

/// A draft that says what an earlier prescription of the same patient said, whoever signed that. It belongs
/// to the visit that is named.
pub async fn repeat(
    db: &mut Db,
    id: PrescriptionId,
    visit: Option<VisitId>,
) -> Result<Prescription, Error> {
    let own = practitioners::own(db).await?;
    let old = present(db, id).await?;
    if matches!(old.status, Status::Draft | Status::Discarded) {
        return Err(Error::conflict("not_signed"));
    }
    patients::active(db, old.patient_id).await?;
    if let Some(visit) = visit {
        refuse_other_visit(db, visit, old.patient_id).await?;
    }
    copy(db, old, &own, visit, None).await
}

/// What somebody would write to prescribe the same again.
pub fn again(rx: &Prescription) -> Content {
    Content {
        diagnosis: rx.diagnosis.clone(),
        advice: rx.advice.clone(),
        lines: rx.lines.iter().map(rules::written).collect(),
        tests: rx
            .tests
            .iter()
            .map(|test| NewTestOrder {
                test_id: None,
                name: Some(test.name.clone()),
                kind: Some(test.kind),
                instructions: test.instructions.clone(),
            })
            .collect(),
    }
}

/// A draft that corrects a signed prescription, with all that it said.
pub async fn correction(db: &mut Db, id: PrescriptionId) -> Result<Prescription, Error> {
    let own = practitioners::own(db).await?;
    let old = present(db, id).await?;
    may_replace(db, id, old.patient_id, &own).await?;
    patients::active(db, old.patient_id).await?;
    let visit = old.visit_id;
    copy(db, old, &own, visit, Some(id)).await
}

/// A draft of the own with all that a prescription said.
async fn copy(
    db: &mut Db,
    old: Prescription,
    own: &Practitioner,
    visit: Option<VisitId>,
    replaces: Option<PrescriptionId>,
) -> Result<Prescription, Error> {
    let draft = Draft {
        patient: old.patient_id,
        visit,
        practitioner: own.practitioner_id,
        replaces,
        diagnosis: old.diagnosis,
        advice: old.advice,
        lines: old.lines,
        tests: old.tests,
    };
    let fresh = PrescriptionId::fresh();
    store::insert(db, fresh, &draft).await?;
    present(db, fresh).await
}

/// Only an own signed prescription of the same patient is corrected.
pub(super) async fn may_replace(
    db: &mut Db,
    id: PrescriptionId,
    patient: PatientId,
    own: &Practitioner,
) -> Result<(), Error> {
    let refused = |code| Err(Error::field("replaces_id", code));
    match store::find(db, id).await?.filter(|old| old.patient_id == patient) {
        None => refused("unknown"),
        Some(old) if old.practitioner_id != own.practitioner_id => refused("not_the_prescriber"),
        Some(old) if old.status != Status::Signed => refused("not_signed"),
        Some(_) => Ok(()),
    }
}
