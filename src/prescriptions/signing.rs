//! How a draft ends: signed, voided afterwards, or discarded.

use super::signed::Kept;
use super::{Prescription, PrescriptionId, Status};
use super::{elsewhere, found, hold, lock, present, rules, store, warnings, words};
use crate::error::Error;
use crate::tenant::Db;
use crate::{catalogue, numbers, patients};

/// Signs: the prescription gets its number and never changes again. Every warning must have been
/// acknowledged; what it replaces is voided; what the catalogue did not know it learns.
pub async fn sign(
    db: &mut Db,
    id: PrescriptionId,
    version: i32,
    acknowledged: &[String],
) -> Result<Prescription, Error> {
    let (draft, _) = hold(db, id, version, Status::Draft).await?;
    if draft.lines.is_empty() && draft.tests.is_empty() {
        return Err(Error::field("lines", "required"));
    }
    let patient = patients::active(db, draft.patient_id).await?;
    // The number comes first: whoever takes it holds the clinic's counter until the end, so no two
    // prescriptions are signed at once that should have warned of each other.
    let number = numbers::prescription(db).await?;
    let found = found(db, &draft, &patient).await?;
    let open = warnings::unacknowledged(&found, acknowledged);
    if !open.is_empty() {
        return Err(Error::Conflict {
            code: "warnings_unacknowledged",
            details: serde_json::to_value(open).ok(),
        });
    }
    let who = (!found.is_empty()).then(|| {
        serde_json::json!({ "by": db.user(), "name": db.who().user_name, "at": db.now(), "warnings": found })
    });
    let (letter, _) = store::letterhead(db, &draft).await?;
    let (zone, locale) = (db.who().zone.name().to_owned(), db.who().clinic_locale.clone());
    let kept = Kept { letter, person: (&patient).into(), zone, locale };
    store::sign(db, id, &number, who, &kept).await?;
    if let Some(old) = draft.replaces_id {
        // Voided in the meantime is as good.
        store::void(db, old, &words::replaced_by(&number)).await?;
    }
    let medicines: Vec<_> =
        draft.lines.iter().filter(|line| line.medicine_id.is_none()).map(rules::lesson).collect();
    let tests: Vec<_> = draft
        .tests
        .iter()
        .filter(|test| test.test_id.is_none())
        .map(|test| catalogue::NewTest {
            name: test.name.clone(),
            kind: test.kind,
            description: None,
            active: true,
        })
        .collect();
    catalogue::learn(db, &medicines, &tests).await?;
    present(db, id).await
}

/// Signs a draft about which there is nothing to warn; leaves it a draft otherwise.
pub async fn sign_if_clear(db: &mut Db, draft: Prescription) -> Result<Prescription, Error> {
    let patient = patients::present(db, draft.patient_id).await?;
    if found(db, &draft, &patient).await?.is_empty() {
        sign(db, draft.prescription_id, draft.version, &[]).await
    } else {
        Ok(draft)
    }
}

/// Voids a signed prescription. It stays on record with its number and the reason.
pub async fn void(
    db: &mut Db,
    id: PrescriptionId,
    version: i32,
    reason: &str,
) -> Result<Prescription, Error> {
    let rx = present(db, id).await?;
    if !may_void(db.user(), &rx) {
        return Err(Error::Refused("not_the_prescriber"));
    }
    if rx.status != Status::Signed {
        return Err(elsewhere(rx.status));
    }
    lock(db, id, version, Status::Signed).await?;
    store::void(db, id, reason).await?;
    present(db, id).await
}

/// Whether somebody with the permission may void it: the prescriber does, and anybody once the prescriber
/// has left.
pub(super) fn may_void(user: uuid::Uuid, rx: &Prescription) -> bool {
    rx.prescriber == user || rx.prescriber_left
}

/// Discards a draft: it is out of all lists, and its text stays on the trail.
pub async fn discard(db: &mut Db, id: PrescriptionId, version: i32) -> Result<(), Error> {
    hold(db, id, version, Status::Draft).await?;
    if store::discard(db, id).await? { Ok(()) } else { Err(Error::Stale) }
}
