//! What is printed around a prescription.

use sqlx::types::Json;

use crate::clinics::Hours;
use crate::error::Error;
use crate::paper::{Format, Layout};
use crate::prescriptions::Prescription;
use crate::prescriptions::letterhead::{Letterhead, Printed, PrintedVitals};
use crate::prescriptions::signed::Kept;
use crate::tenant::Db;

/// What stands around a prescription today, and where it was signed what stood around it then.
pub(in crate::prescriptions) async fn letterhead(
    db: &mut Db,
    p: &Prescription,
) -> Result<(Letterhead, Option<Kept>), Error> {
    let clinic = db.clinic();
    let row = sqlx::query_file!(
        "src/prescriptions/letterhead.sql",
        clinic,
        p.visit_id.map(|id| id.0),
        p.practitioner_id.0,
        p.prescription_id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    let row = row.ok_or(Error::NotFound)?;
    let letter = Letterhead {
        name: row.name,
        registration_number: row.registration_number,
        address: [row.address, row.city, row.state, row.postcode],
        reach: [row.phone, row.email, row.website],
        hours: row.hours.0,
        logo: row.logo_type.zip(row.logo),
        chemist: [row.chemist_name, row.chemist_address, row.chemist_phone],
        practitioners: row.practitioners.map(|found| found.0).unwrap_or_default(),
        complaint: row.complaint,
        findings: row.findings,
        diagnosis: row.diagnosis,
        advice: row.advice,
        follow_up_on: row.follow_up_on,
        vitals: row.vitals.map(|vitals| vitals.0),
        layout: Layout {
            paper: row.paper,
            letterhead: row.letterhead,
            margin_top_mm: row.margin_top_mm,
            margin_right_mm: row.margin_right_mm,
            margin_bottom_mm: row.margin_bottom_mm,
            margin_left_mm: row.margin_left_mm,
        },
    };
    Ok((letter, row.kept.map(|kept| kept.0)))
}
