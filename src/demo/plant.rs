//! Puts invented rows into one clinic, as the private server's superuser.

use sqlx::PgConnection;
use uuid::Uuid;

use super::conditions::{MEDICINES, TESTS};
use super::month::House;
use super::rows::Rows;
use super::today::{GUESTS, Guest};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Says for whom the triggers write, once for this transaction instead of once a row.
pub(super) async fn enter(db: &mut PgConnection, clinic: i64) -> Outcome<()> {
    sqlx::query!("select gate.maintain($1)", clinic).execute(db).await?;
    Ok(())
}

/// The formulary and the catalogue of tests.
pub(super) async fn catalogue(db: &mut PgConnection, clinic: i64) -> Outcome<()> {
    let medicines: Vec<_> = MEDICINES
        .iter()
        .map(|m| {
            serde_json::json!({
                "name": m.name, "form": m.form, "strength": m.strength, "route": m.route, "dose": m.dose,
                "schedule": m.schedule, "food": m.food, "days": m.days, "allergy_terms": m.allergy_terms,
            })
        })
        .collect();
    let tests: Vec<_> = TESTS
        .iter()
        .map(|(name, kind, about)| serde_json::json!({ "name": name, "kind": kind, "description": about }))
        .collect();
    sqlx::query_file!("src/demo/sql/medicines.sql", clinic, serde_json::Value::from(medicines))
        .execute(&mut *db)
        .await?;
    sqlx::query_file!("src/demo/sql/test_catalogue.sql", clinic, serde_json::Value::from(tests))
        .execute(&mut *db)
        .await?;
    sqlx::query_file!("src/demo/sql/measures.sql", clinic).execute(db).await?;
    Ok(())
}

/// All rows, a statement a table.
pub(super) async fn rows(
    db: &mut PgConnection,
    clinic: i64,
    house: &House,
    rows: &Rows,
) -> Outcome<()> {
    let patients = serde_json::to_value(&rows.patients)?;
    sqlx::query_file!("src/demo/sql/patients.sql", clinic, patients).execute(&mut *db).await?;
    let visits = serde_json::to_value(&rows.visits)?;
    sqlx::query_file!("src/demo/sql/visits.sql", clinic, visits).execute(&mut *db).await?;
    let moves = serde_json::to_value(&rows.moves)?;
    sqlx::query_file!("src/demo/sql/moves.sql", clinic, moves).execute(&mut *db).await?;
    let vitals = serde_json::to_value(&rows.vitals)?;
    sqlx::query_file!("src/demo/sql/vitals.sql", clinic, vitals).execute(&mut *db).await?;
    let notes = serde_json::to_value(&rows.notes)?;
    sqlx::query_file!("src/demo/sql/notes.sql", clinic, notes).execute(&mut *db).await?;
    let all = serde_json::to_value(&rows.prescriptions)?;
    sqlx::query_file!("src/demo/sql/drafts.sql", clinic, all).execute(&mut *db).await?;
    let lines = serde_json::to_value(&rows.lines)?;
    sqlx::query_file!("src/demo/sql/lines.sql", clinic, lines).execute(&mut *db).await?;
    let tests = serde_json::to_value(&rows.tests)?;
    sqlx::query_file!("src/demo/sql/tests.sql", clinic, tests).execute(&mut *db).await?;
    sqlx::query_file!("src/demo/sql/sign.sql", clinic, all).execute(&mut *db).await?;
    sqlx::query_file!("src/demo/sql/void.sql", clinic, all).execute(&mut *db).await?;
    sqlx::query_file!("src/demo/sql/results.sql", clinic, house.today).execute(&mut *db).await?;
    let counters = serde_json::to_value(&rows.counters)?;
    sqlx::query_file!("src/demo/sql/counters.sql", clinic, counters).execute(&mut *db).await?;
    Ok(())
}

/// The login called `patient` stands for this patient.
pub(super) async fn portal(db: &mut PgConnection, clinic: i64, house: &House) -> Outcome<()> {
    sqlx::query!(
        "update polyclinic.users u
         set patient_id = p.patient_id
         from polyclinic.patients p
         where u.clinic_id = $1 and u.identifier = 'patient' and u.patient_id is null
           and p.clinic_id = $1 and p.given_name = $2 and p.family_name = $3
           and p.allergies = 'penicillin (rash)'",
        clinic,
        house.portal.0,
        house.portal.1
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Who may come today; nobody if somebody came already.
pub(super) async fn guests(
    db: &mut PgConnection,
    clinic: i64,
    house: &House,
) -> Outcome<Vec<Guest>> {
    let begun = sqlx::query_scalar!(
        r#"select exists (select from polyclinic.visits v where v.clinic_id = $1 and v.visit_day = $2) as "begun!""#,
        clinic,
        house.today
    )
    .fetch_one(&mut *db)
    .await?;
    if begun {
        return Ok(Vec::new());
    }
    let guests = sqlx::query_file!("src/demo/sql/guests.sql", clinic, house.today, GUESTS)
        .fetch_all(db)
        .await?;
    Ok(guests.into_iter().map(|g| Guest { patient_id: g.patient_id, purpose: g.purpose }).collect())
}

/// The people who work here, by what they sign in with.
pub(super) async fn staff(
    db: &mut PgConnection,
    clinic: i64,
) -> Outcome<Vec<(String, Uuid, Option<Uuid>)>> {
    let rows = sqlx::query!(
        r#"
        select u.identifier, u.user_id, p.practitioner_id as "practitioner_id?"
        from polyclinic.users u
        left join polyclinic.practitioners p on p.clinic_id = u.clinic_id and p.user_id = u.user_id
        where u.clinic_id = $1
        order by u.identifier
        "#,
        clinic
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|r| (r.identifier, r.user_id, r.practitioner_id)).collect())
}
