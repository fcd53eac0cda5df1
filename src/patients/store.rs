//! All SQL about patients.

use super::nouns::age;
use super::{
    AllergyStatus, BloodGroup, IdentityKind, NewPatient, Patient, PatientId, PatientStatus, Query,
    Sex, Summary,
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
               p.status as "status: PatientStatus", p.registered_by, p.version, p.created_at, p.updated_at
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
        age: age(today, p.birth_date, p.age_years, p.age_told_on),
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
        registered_by: p.registered_by,
        version: p.version,
        created_at: p.created_at,
        updated_at: p.updated_at,
    }))
}

/// Rows of a list, before the age is known.
struct Line {
    patient_id: PatientId,
    number: String,
    given_name: String,
    family_name: Option<String>,
    birth_date: Option<chrono::NaiveDate>,
    age_years: Option<f64>,
    age_told_on: Option<chrono::NaiveDate>,
    sex: Sex,
    phone: Option<String>,
    status: PatientStatus,
    allergy_status: AllergyStatus,
    version: i32,
    created_at: chrono::DateTime<chrono::Utc>,
    updated_at: chrono::DateTime<chrono::Utc>,
    found_by: String,
}

impl Line {
    fn summary(self, today: chrono::NaiveDate) -> Summary {
        Summary {
            age: age(today, self.birth_date, self.age_years, self.age_told_on),
            patient_id: self.patient_id,
            number: self.number,
            given_name: self.given_name,
            family_name: self.family_name,
            birth_date: self.birth_date,
            sex: self.sex,
            phone: self.phone,
            status: self.status,
            allergy_status: self.allergy_status,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            found_by: self.found_by,
        }
    }
}

fn summaries(db: &Db, lines: Vec<Line>) -> Vec<Summary> {
    let today = db.today();
    lines.into_iter().map(|line| line.summary(today)).collect()
}

/// The newest first. The cursor's key is the time of registration.
pub(super) async fn newest(db: &mut Db, query: &Query) -> Result<Vec<Summary>, Error> {
    let clinic = db.clinic();
    let (at, id) = match &query.after {
        Some((at, id)) => (at.parse().unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC), *id),
        None => (chrono::DateTime::<chrono::Utc>::MAX_UTC, PatientId(uuid::Uuid::max())),
    };
    let at = at.min(db.now() + chrono::Duration::days(36_500));
    let lines = sqlx::query_as!(
        Line,
        r#"
        select p.patient_id as "patient_id: PatientId", p.number, p.given_name, p.family_name, p.birth_date,
               p.age_years, p.age_told_on, p.sex as "sex: Sex", p.phone, p.status as "status: PatientStatus",
               p.allergy_status as "allergy_status: AllergyStatus", p.version, p.created_at, p.updated_at,
               '' as "found_by!"
        from polyclinic.patients p
        where p.clinic_id = $1
          and (p.created_at, p.patient_id) < ($2, $3)
          and p.status <> 'archived'
        order by p.created_at desc, p.patient_id desc
        limit $4
        "#,
        clinic,
        at,
        id.0,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    let mut summaries = summaries(db, lines);
    // A page's cursor is made of its last row; the one after it only says that there are more.
    for summary in summaries.iter_mut().rev().take(2) {
        summary.found_by = summary.created_at.to_rfc3339();
    }
    Ok(summaries)
}

/// By tokens, in the order of the token that the longest word found.
pub(super) async fn search(db: &mut Db, query: &Query) -> Result<Vec<Summary>, Error> {
    let clinic = db.clinic();
    let (low, high) = query.range();
    let (lows, highs) = query.others();
    // The index is read from here on: from the range's own start, or it would read the clinic's first tokens too.
    let (token, id) = match &query.after {
        Some((token, id)) => (token.clone(), *id),
        None => (low.clone(), PatientId(uuid::Uuid::nil())),
    };
    let lines = sqlx::query_file_as!(
        Line,
        "src/patients/search.sql",
        clinic,
        low,
        high,
        &lows,
        &highs,
        token,
        id.0,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(summaries(db, lines))
}

/// Somebody with the same phone, or the same name and birth date.
pub(super) async fn alike(db: &mut Db, new: &NewPatient) -> Result<Vec<Summary>, Error> {
    let clinic = db.clinic();
    let digits: String =
        new.phone.iter().flat_map(|p| p.chars()).filter(char::is_ascii_digit).collect();
    let ten = digits.get(digits.len().saturating_sub(10)..).unwrap_or_default();
    let phone = Some(ten).filter(|ten| ten.len() >= 7);
    let names = [Some(new.given_name.as_str()), new.family_name.as_deref()];
    let name = Query::new(&names.into_iter().flatten().collect::<Vec<_>>().join(" "), 5, None);
    let (low, _) = name.range();
    let lines = sqlx::query_as!(
        Line,
        r#"
        select p.patient_id as "patient_id: PatientId", p.number, p.given_name, p.family_name, p.birth_date,
               p.age_years, p.age_told_on, p.sex as "sex: Sex", p.phone, p.status as "status: PatientStatus",
               p.allergy_status as "allergy_status: AllergyStatus", p.version, p.created_at, p.updated_at,
               '' as "found_by!"
        from polyclinic.patients p
        where p.clinic_id = $1
          and p.status <> 'archived'
          and p.patient_id in (
            select s.patient_id
            from polyclinic.patient_search s
            where s.clinic_id = $1
              and s.token = any (array[$2::text, $3::text]))
          and (
            right(p.phone_digits, 10) = $2
            or (p.birth_date = $4
                and polyclinic.fold(p.given_name) = polyclinic.fold($5)
                and coalesce(polyclinic.fold(p.family_name), '') = coalesce(polyclinic.fold($6), '')))
        order by p.created_at desc
        limit 5
        "#,
        clinic,
        phone,
        low,
        new.birth_date,
        new.given_name,
        new.family_name.as_deref()
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(summaries(db, lines))
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
