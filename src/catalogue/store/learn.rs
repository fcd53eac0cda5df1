//! Many at once, and only what is not there yet.

use crate::catalogue::{MedicineId, NewMedicine, NewTest, TestId};
use crate::error::Error;
use crate::tenant::Db;

/// Inserts those whose name, form and strength are not there. Answers how many were new.
#[expect(clippy::as_conversions, reason = "the macro asks for the type of an array with nulls")]
pub(in crate::catalogue) async fn learn_medicines(
    db: &mut Db,
    new: &[NewMedicine],
) -> Result<u64, Error> {
    let clinic = db.clinic();
    let ids: Vec<uuid::Uuid> = new.iter().map(|_| MedicineId::fresh().0).collect();
    let names: Vec<String> = new.iter().map(|m| m.name.clone()).collect();
    let forms: Vec<String> = new.iter().map(|m| m.form.to_string()).collect();
    let texts = |of: fn(&NewMedicine) -> Option<String>| -> Vec<Option<String>> {
        new.iter().map(of).collect()
    };
    let strengths = texts(|m| m.strength.clone());
    let routes = texts(|m| m.route.clone());
    let doses = texts(|m| m.default_dose.clone());
    let schedules = texts(|m| m.default_schedule.clone());
    let foods = texts(|m| m.default_food.map(|food| food.to_string()));
    let days: Vec<Option<i32>> = new.iter().map(|m| m.default_days).collect();
    let terms = texts(|m| m.allergy_terms.clone());
    let done = sqlx::query!(
        "insert into polyclinic.medicines
           (clinic_id, medicine_id, name, form, strength, route, default_dose, default_schedule, default_food,
            default_days, allergy_terms)
         select $1, m.medicine_id, m.name, m.form, m.strength, m.route, m.dose, m.schedule, m.food, m.days, m.terms
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                     $10::int[], $11::text[])
           as m (medicine_id, name, form, strength, route, dose, schedule, food, days, terms)
         on conflict do nothing",
        clinic,
        &ids,
        &names,
        &forms,
        &strengths as &[Option<String>],
        &routes as &[Option<String>],
        &doses as &[Option<String>],
        &schedules as &[Option<String>],
        &foods as &[Option<String>],
        &days as &[Option<i32>],
        &terms as &[Option<String>]
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected())
}

/// Inserts those whose name is not there. Answers how many were new.
#[expect(clippy::as_conversions, reason = "the macro asks for the type of an array with nulls")]
pub(in crate::catalogue) async fn learn_tests(db: &mut Db, new: &[NewTest]) -> Result<u64, Error> {
    let clinic = db.clinic();
    let ids: Vec<uuid::Uuid> = new.iter().map(|_| TestId::fresh().0).collect();
    let names: Vec<String> = new.iter().map(|t| t.name.clone()).collect();
    let kinds: Vec<String> = new.iter().map(|t| t.kind.to_string()).collect();
    let descriptions: Vec<Option<String>> = new.iter().map(|t| t.description.clone()).collect();
    let done = sqlx::query!(
        "insert into polyclinic.tests (clinic_id, test_id, name, kind, description)
         select $1, t.test_id, t.name, t.kind, t.description
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as t (test_id, name, kind, description)
         on conflict do nothing",
        clinic,
        &ids,
        &names,
        &kinds,
        &descriptions as &[Option<String>]
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected())
}
