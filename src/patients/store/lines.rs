//! Patients as lines of a list: the newest, those a word finds, those somebody new is like.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::patients::{
    AllergyStatus, Born, Likeness, PatientId, PatientStatus, Query, Sex, Summary,
};
use crate::tenant::{Db, Door, Row, Seen};

/// Later than any record, and a day that the database knows: 1 January 9999.
const END_OF_TIME: DateTime<Utc> = match DateTime::from_timestamp(253_370_764_800, 0) {
    Some(at) => at,
    None => DateTime::<Utc>::MAX_UTC,
};

/// Rows of a list, before the age is known.
pub(in crate::patients) struct Line {
    /// What the gate said, where the statement passed it by itself.
    who: Option<Row>,
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

impl Seen for Line {
    fn row(&self) -> Option<&Row> {
        self.who.as_ref()
    }
}

impl Line {
    pub(in crate::patients) fn summary(self, today: chrono::NaiveDate) -> Summary {
        let born = Born {
            birth_date: self.birth_date,
            age_years: self.age_years,
            age_told_on: self.age_told_on,
        };
        Summary {
            age: born.years(today),
            born,
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

/// The newest first. The cursor's key is the time of registration.
pub(in crate::patients) async fn newest(
    door: &mut Door<'_>,
    query: &Query,
) -> Result<Vec<Line>, sqlx::Error> {
    let (slug, secret) = door.key();
    let (at, id) = match &query.after {
        Some((at, id)) => (at.parse().unwrap_or(END_OF_TIME), *id),
        None => (END_OF_TIME, PatientId(uuid::Uuid::max())),
    };
    let mut lines = sqlx::query_file_as!(
        Line,
        "src/patients/newest.sql",
        slug,
        secret,
        at.min(END_OF_TIME),
        id.0,
        query.limit + 1
    )
    .fetch_all(door.sql()?)
    .await?;
    // A page's cursor is made of its last row; the one after it only says that there are more.
    for line in lines.iter_mut().rev().take(2) {
        line.found_by = line.created_at.to_rfc3339();
    }
    Ok(lines)
}

/// By tokens, in the order of the token that the longest word found.
pub(in crate::patients) async fn search(
    door: &mut Door<'_>,
    query: &Query,
) -> Result<Vec<Line>, sqlx::Error> {
    let (slug, secret) = door.key();
    let (low, high) = query.range();
    let (lows, highs) = query.others();
    // The index is read from here on: from the range's own start, or it would read the clinic's first tokens too.
    let (token, id) = match &query.after {
        Some((token, id)) => (token.clone(), *id),
        None => (low.clone(), PatientId(uuid::Uuid::nil())),
    };
    sqlx::query_file_as!(
        Line,
        "src/patients/search.sql",
        slug,
        secret,
        low,
        high,
        &lows,
        &highs,
        token,
        id.0,
        query.limit + 1
    )
    .fetch_all(door.sql()?)
    .await
}

/// Somebody with the same phone; or with the same name and the same birth date, or about the same where one
/// of the two is an age.
pub(in crate::patients) async fn alike(db: &mut Db, new: &Likeness) -> Result<Vec<Summary>, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    let names = [Some(new.given_name.as_str()), new.family_name.as_deref()];
    let name = Query::new(&names.into_iter().flatten().collect::<Vec<_>>().join(" "), 5, None);
    let (low, _) = name.range();
    let lines = sqlx::query_as!(
        Line,
        r#"
        select p.patient_id as "patient_id: PatientId", p.number, p.given_name, p.family_name, p.birth_date,
               p.age_years, p.age_told_on, p.sex as "sex: Sex", p.phone, p.status as "status: PatientStatus",
               p.allergy_status as "allergy_status: AllergyStatus", p.version, p.created_at, p.updated_at,
               '' as "found_by!", null as "who: Row"
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
            or (polyclinic.fold(p.given_name) = polyclinic.fold($4)
                and coalesce(polyclinic.fold(p.family_name), '') = coalesce(polyclinic.fold($5), '')
                and case
                      when p.birth_date is not null and $6::date is not null then p.birth_date = $6
                      else abs(coalesce(p.birth_date, p.age_told_on - (p.age_years * 365.2425)::int) - $7::date) <= 550
                    end))
        order by p.created_at desc
        limit 5
        "#,
        clinic,
        new.dialled(),
        low,
        new.given_name,
        new.family_name.as_deref(),
        new.birth_date,
        new.born_about(today)
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(lines.into_iter().map(|line| line.summary(today)).collect())
}
