//! All SQL about patients.

mod lines;

pub(super) use lines::{alike, newest, search};

use super::{
    AllergyStatus, BloodGroup, Born, IdentityKind, Label, NewPatient, Patient, PatientId,
    PatientStatus, Sex,
};
use crate::error::Error;
use crate::tenant::Db;

pub(super) async fn find(db: &mut Db, id: PatientId) -> Result<Option<Patient>, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    let row = sqlx::query!(
        r#"
        select p.patient_id as "patient_id: PatientId", p.number, p.external_id, p.given_name, p.family_name,
               p.birth_date, p.age_years, p.age_told_on, p.sex as "sex: Sex",
               p.blood_group as "blood_group: BloodGroup", p.phone, p.email, p.address, p.city, p.state,
               p.postcode, p.weight_kg, p.allergy_status as "allergy_status: AllergyStatus", p.allergies,
               p.medical_history, p.emergency_name, p.emergency_phone,
               p.identity_kind as "identity_kind: IdentityKind", p.identity_number,
               p.status as "status: PatientStatus", p.photo_id, p.registered_by, p.version, p.created_at, p.updated_at
        from polyclinic.patients p
        where p.clinic_id = $1
          and p.patient_id = $2
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|p| Patient {
        patient_id: p.patient_id,
        number: p.number,
        age: Born { birth_date: p.birth_date, age_years: p.age_years, age_told_on: p.age_told_on }
            .years(today),
        age_told_on: p.age_told_on,
        told: NewPatient {
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
            external_id: p.external_id,
            duplicate_ok: false,
        },
        status: p.status,
        photo_id: p.photo_id,
        registered_by: p.registered_by,
        version: p.version,
        created_at: p.created_at,
        updated_at: p.updated_at,
    }))
}

/// By the door that tells labels: the record itself stays shut.
pub(super) async fn labels(db: &mut Db, ids: &[PatientId]) -> Result<Vec<Label>, Error> {
    let today = db.today();
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"
        select l.patient_id as "patient_id!: PatientId", l.number as "number!", l.given_name as "given_name!",
               l.family_name, l.birth_date, l.age_years, l.age_told_on, l.sex as "sex!: Sex",
               l.allergy_status as "allergy_status!: AllergyStatus", l.allergies, l.status as "status!: PatientStatus"
        from gate.labels($1) l
        "#,
        &ids
    )
    .fetch_all(db.sql()?)
    .await?;
    let labels = rows.into_iter().map(|l| {
        let born =
            Born { birth_date: l.birth_date, age_years: l.age_years, age_told_on: l.age_told_on };
        Label {
            patient_id: l.patient_id,
            number: l.number,
            given_name: l.given_name,
            family_name: l.family_name,
            birth_date: l.birth_date,
            age: born.years(today),
            born,
            sex: l.sex,
            allergy_status: l.allergy_status,
            allergies: l.allergies,
            status: l.status,
        }
    });
    Ok(labels.collect())
}

/// How many records were made on the clinic's day, as its clocks have it.
pub(super) async fn registered_today(db: &mut Db) -> Result<i64, Error> {
    let (clinic, today, zone) = (db.clinic(), db.today(), db.who().zone);
    let midnight = |day: chrono::NaiveDate| {
        let clock = day.and_time(chrono::NaiveTime::MIN);
        clock.and_local_timezone(zone).earliest().map_or_else(|| clock.and_utc(), |at| at.to_utc())
    };
    let count = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from polyclinic.patients p
        where p.clinic_id = $1
          and p.created_at >= $2
          and p.created_at < $3
          and p.status <> 'archived'
        "#,
        clinic,
        midnight(today),
        midnight(today + chrono::Days::new(1))
    )
    .fetch_one(db.sql()?)
    .await?;
    Ok(count)
}

pub(super) async fn insert(
    db: &mut Db,
    id: PatientId,
    number: &str,
    new: &NewPatient,
) -> Result<(), Error> {
    let (clinic, user, today) = (db.clinic(), db.user(), db.today());
    sqlx::query!(
        "insert into polyclinic.patients
           (clinic_id, patient_id, number, external_id, given_name, family_name, birth_date, age_years, age_told_on,
            sex, blood_group, phone, email, address, city, state, postcode, weight_kg, allergy_status, allergies,
            medical_history, emergency_name, emergency_phone, identity_kind, identity_number, registered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                 $22, $23, $24, $25, $26)",
        clinic,
        id.0,
        number,
        new.external_id,
        new.given_name,
        new.family_name,
        new.birth_date,
        new.age_years,
        new.age_years.map(|_| today),
        new.sex.as_str(),
        new.blood_group.map(BloodGroup::as_str),
        new.phone,
        new.email,
        new.address,
        new.city,
        new.state,
        new.postcode,
        new.weight_kg,
        new.allergy_status.as_str(),
        new.allergies,
        new.medical_history,
        new.emergency_name,
        new.emergency_phone,
        new.identity_kind.map(IdentityKind::as_str),
        new.identity_number,
        user
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn update(
    db: &mut Db,
    id: PatientId,
    version: i32,
    new: &NewPatient,
) -> Result<bool, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    let done = sqlx::query!(
        "update polyclinic.patients
         set external_id = $4, given_name = $5, family_name = $6, birth_date = $7,
             age_told_on = case when $8::float8 is null then null when age_years = $8 then age_told_on else $9::date end,
             age_years = $8, sex = $10, blood_group = $11, phone = $12, email = $13, address = $14, city = $15,
             state = $16, postcode = $17, weight_kg = $18, allergy_status = $19, allergies = $20,
             medical_history = $21, emergency_name = $22, emergency_phone = $23, identity_kind = $24,
             identity_number = $25
         where clinic_id = $1 and patient_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        new.external_id,
        new.given_name,
        new.family_name,
        new.birth_date,
        new.age_years,
        today,
        new.sex.as_str(),
        new.blood_group.map(BloodGroup::as_str),
        new.phone,
        new.email,
        new.address,
        new.city,
        new.state,
        new.postcode,
        new.weight_kg,
        new.allergy_status.as_str(),
        new.allergies,
        new.medical_history,
        new.emergency_name,
        new.emergency_phone,
        new.identity_kind.map(IdentityKind::as_str),
        new.identity_number
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_status(
    db: &mut Db,
    id: PatientId,
    version: i32,
    status: PatientStatus,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.patients
         set status = $4
         where clinic_id = $1 and patient_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        status.as_str()
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
