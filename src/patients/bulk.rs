//! Many patients at once, for imports: a statement for hundreds of rows, not one a row. Whoever calls
//! has parsed every row; nobody is shown possible duplicates.

use std::collections::HashMap;

use serde::Serialize;

use super::{AllergyStatus, BloodGroup, IdentityKind, NewPatient, PatientId, Sex};
use crate::error::Error;
use crate::numbers;
use crate::tenant::Db;

/// A row for the statement: ids and numbers beside what was told.
#[derive(Serialize)]
struct Row<'a> {
    patient_id: PatientId,
    number: Option<String>,
    #[serde(flatten)]
    told: &'a NewPatient,
}

fn rows<'a>(rows: impl Iterator<Item = Row<'a>>) -> Result<serde_json::Value, Error> {
    serde_json::to_value(rows.collect::<Vec<_>>()).map_err(|e| Error::Internal(e.to_string()))
}

/// Somebody who is known by the id of another system.
pub struct Known {
    /// The patient.
    pub patient_id: PatientId,
    /// What was told.
    pub told: NewPatient,
    /// Whether the record is set aside,
    pub aside: bool,
    /// and whether that was the undoing of an import.
    pub undone: bool,
}

/// The patients with these ids of another system, by that id, locked until the transaction ends.
pub async fn by_external_ids(db: &mut Db, ids: &[String]) -> Result<HashMap<String, Known>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let clinic = db.clinic();
    let found = sqlx::query!(
        r#"
        select p.patient_id as "patient_id: PatientId", p.external_id as "external_id!", p.given_name, p.family_name,
               p.birth_date, p.age_years, p.sex as "sex: Sex", p.blood_group as "blood_group: BloodGroup", p.phone,
               p.email, p.address, p.city, p.state, p.postcode, p.weight_kg,
               p.allergy_status as "allergy_status: AllergyStatus", p.allergies, p.medical_history, p.emergency_name,
               p.emergency_phone, p.identity_kind as "identity_kind: IdentityKind", p.identity_number,
               p.status = 'archived' as "aside!",
               p.version = 2 and exists (
                 select from polyclinic.import_patients r
                 where r.clinic_id = $1
                   and r.patient_id = p.patient_id
                   and (select i.undone_at from polyclinic.imports i
                        where i.clinic_id = $1 and i.import_id = r.import_id) is not null) as "undone!"
        from polyclinic.patients p
        where p.clinic_id = $1
          and p.external_id = any ($2)
        order by p.patient_id
        for update of p
        "#,
        clinic,
        ids
    )
    .fetch_all(db.sql()?)
    .await?;
    let told = found.into_iter().map(|p| {
        let told = NewPatient {
            given_name: p.given_name,
            family_name: p.family_name,
            birth_date: p.birth_date,
            age_years: p.age_years,
            sex: p.sex,
            blood_group: p.blood_group,
            phone: p.phone,
            email: p.email,
            address: p.address,
            city: p.city,
            state: p.state,
            postcode: p.postcode,
            weight_kg: p.weight_kg,
            allergy_status: p.allergy_status,
            allergies: p.allergies,
            medical_history: p.medical_history,
            emergency_name: p.emergency_name,
            emergency_phone: p.emergency_phone,
            identity_kind: p.identity_kind,
            identity_number: p.identity_number,
            external_id: Some(p.external_id.clone()),
            duplicate_ok: true,
        };
        let (aside, undone) = (p.aside, p.undone);
        (p.external_id, Known { patient_id: p.patient_id, told, aside, undone })
    });
    Ok(told.collect())
}

/// Registers them all, under a block of PT numbers. Their ids come in the same order.
pub async fn register_all(db: &mut Db, new: &[&NewPatient]) -> Result<Vec<PatientId>, Error> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let (clinic, today) = (db.clinic(), db.today());
    let user = Some(db.user()).filter(|user| !user.is_nil());
    let numbers = numbers::patients_block(db, new.len()).await?;
    let ids: Vec<PatientId> = new.iter().map(|_| PatientId::fresh()).collect();
    let together = new.iter().zip(&ids).zip(numbers);
    let rows = rows(together.map(|((told, id), number)| Row {
        patient_id: *id,
        number: Some(number),
        told,
    }))?;
    sqlx::query_file!("src/patients/bulk_insert.sql", clinic, rows, today, user)
        .execute(db.sql()?)
        .await?;
    Ok(ids)
}

/// Brings back whose records were set aside.
pub async fn bring_back(db: &mut Db, ids: &[PatientId]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let clinic = db.clinic();
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update polyclinic.patients p
         set status = 'registered'
         where p.clinic_id = $1
           and p.patient_id = any ($2)
           and p.status = 'archived'",
        clinic,
        &ids
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

/// Replaces what was told of them all.
pub async fn amend_all(db: &mut Db, changed: &[(PatientId, NewPatient)]) -> Result<(), Error> {
    if changed.is_empty() {
        return Ok(());
    }
    let (clinic, today) = (db.clinic(), db.today());
    let rows = rows(changed.iter().map(|(id, told)| Row { patient_id: *id, number: None, told }))?;
    sqlx::query_file!("src/patients/bulk_update.sql", clinic, rows, today)
        .execute(db.sql()?)
        .await?;
    Ok(())
}
