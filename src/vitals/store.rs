//! All SQL about vitals.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{Age, NewVitals, Values, Vitals, VitalsId};
use crate::error::Error;
use crate::patients::{Born, PatientId, Sex};
use crate::tenant::Db;
use crate::visits::VisitId;

/// Where a page of readings begins.
pub type Key = (DateTime<Utc>, VitalsId);

/// A row, before it is known what its values mean.
struct Row {
    vitals_id: VitalsId,
    patient_id: PatientId,
    visit_id: Option<VisitId>,
    systolic_mmhg: Option<i32>,
    diastolic_mmhg: Option<i32>,
    pulse_bpm: Option<i32>,
    respiration_bpm: Option<i32>,
    temperature_c: Option<f64>,
    spo2_percent: Option<i32>,
    glucose_mg_dl: Option<i32>,
    weight_kg: Option<f64>,
    height_cm: Option<f64>,
    entered_in_error: bool,
    measured_by: Uuid,
    measured_at: DateTime<Utc>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    birth_date: Option<NaiveDate>,
    age_years: Option<f64>,
    age_told_on: Option<NaiveDate>,
}

impl Row {
    fn vitals(self, zone: Tz) -> Vitals {
        let born = Born {
            birth_date: self.birth_date,
            age_years: self.age_years,
            age_told_on: self.age_told_on,
        };
        let values = Values {
            systolic_mmhg: self.systolic_mmhg,
            diastolic_mmhg: self.diastolic_mmhg,
            pulse_bpm: self.pulse_bpm,
            respiration_bpm: self.respiration_bpm,
            temperature_c: self.temperature_c,
            spo2_percent: self.spo2_percent,
            glucose_mg_dl: self.glucose_mg_dl,
            weight_kg: self.weight_kg,
            height_cm: self.height_cm,
        };
        Vitals {
            vitals_id: self.vitals_id,
            patient_id: self.patient_id,
            visit_id: self.visit_id,
            bmi: values.bmi(),
            flags: values.flags(Age::at(born, &self.measured_at, zone)),
            values,
            entered_in_error: self.entered_in_error,
            measured_by: self.measured_by,
            measured_at: self.measured_at,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// A row of the vitals queue.
pub(super) struct Waiting {
    pub(super) visit_id: VisitId,
    pub(super) token: i32,
    pub(super) visit_type: String,
    pub(super) purpose: String,
    pub(super) arrived_at: DateTime<Utc>,
    pub(super) number: String,
    pub(super) given_name: String,
    pub(super) family_name: Option<String>,
    pub(super) birth_date: Option<NaiveDate>,
    pub(super) age_years: Option<f64>,
    pub(super) age_told_on: Option<NaiveDate>,
    pub(super) sex: Sex,
    pub(super) doctor: Option<String>,
    pub(super) measured_at: Option<DateTime<Utc>>,
}

pub(super) async fn waiting(db: &mut Db) -> Result<Vec<Waiting>, Error> {
    let (clinic, today) = (db.clinic(), db.today());
    let rows = sqlx::query_file_as!(Waiting, "src/vitals/queue.sql", clinic, today)
        .fetch_all(db.sql()?)
        .await?;
    Ok(rows)
}

pub(super) async fn find(db: &mut Db, id: VitalsId) -> Result<Option<Vitals>, Error> {
    let (clinic, zone) = (db.clinic(), db.who().zone);
    let row = sqlx::query_as!(
        Row,
        r#"
        select v.vitals_id as "vitals_id: VitalsId", v.patient_id as "patient_id: PatientId",
               v.visit_id as "visit_id: VisitId", v.systolic_mmhg, v.diastolic_mmhg, v.pulse_bpm,
               v.respiration_bpm, v.temperature_c, v.spo2_percent, v.glucose_mg_dl, v.weight_kg, v.height_cm,
               v.entered_in_error, v.measured_by, v.measured_at, v.version, v.created_at, v.updated_at,
               p.birth_date, p.age_years, p.age_told_on
        from polyclinic.vitals v
        join polyclinic.patients p on p.clinic_id = v.clinic_id and p.patient_id = v.patient_id
        where v.clinic_id = $1
          and v.vitals_id = $2
        "#,
        clinic,
        id.0
    )
    .fetch_optional(db.sql()?)
    .await?;
    Ok(row.map(|row| row.vitals(zone)))
}

pub(super) async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    limit: i64,
    after: Option<Key>,
) -> Result<Vec<Vitals>, Error> {
    let (clinic, zone) = (db.clinic(), db.who().zone);
    let far = db.now() + chrono::Duration::days(36_500);
    let (at, id) = after.unwrap_or((far, VitalsId(Uuid::max())));
    let rows = sqlx::query_as!(
        Row,
        r#"
        select v.vitals_id as "vitals_id: VitalsId", v.patient_id as "patient_id: PatientId",
               v.visit_id as "visit_id: VisitId", v.systolic_mmhg, v.diastolic_mmhg, v.pulse_bpm,
               v.respiration_bpm, v.temperature_c, v.spo2_percent, v.glucose_mg_dl, v.weight_kg, v.height_cm,
               v.entered_in_error, v.measured_by, v.measured_at, v.version, v.created_at, v.updated_at,
               p.birth_date, p.age_years, p.age_told_on
        from polyclinic.vitals v
        join polyclinic.patients p on p.clinic_id = v.clinic_id and p.patient_id = v.patient_id
        where v.clinic_id = $1
          and v.patient_id = $2
          and (v.measured_at, v.vitals_id) < ($3, $4)
        order by v.measured_at desc, v.vitals_id desc
        limit $5
        "#,
        clinic,
        patient.0,
        at.min(far),
        id.0,
        limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(|row| row.vitals(zone)).collect())
}

pub(super) async fn insert(
    db: &mut Db,
    id: VitalsId,
    patient: PatientId,
    new: &NewVitals,
) -> Result<(), Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let values = &new.values;
    sqlx::query!(
        "insert into polyclinic.vitals
           (clinic_id, vitals_id, patient_id, visit_id, systolic_mmhg, diastolic_mmhg, pulse_bpm, respiration_bpm,
            temperature_c, spo2_percent, glucose_mg_dl, weight_kg, height_cm, measured_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        clinic,
        id.0,
        patient.0,
        new.visit_id.map(|id| id.0),
        values.systolic_mmhg,
        values.diastolic_mmhg,
        values.pulse_bpm,
        values.respiration_bpm,
        values.temperature_c,
        values.spo2_percent,
        values.glucose_mg_dl,
        values.weight_kg,
        values.height_cm,
        user
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn mark_error(db: &mut Db, id: VitalsId, version: i32) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.vitals
         set entered_in_error = true
         where clinic_id = $1 and vitals_id = $2 and version = $3",
        clinic,
        id.0,
        version
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
