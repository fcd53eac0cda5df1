//! All SQL about the catalogues.

use super::nouns::label;
use super::{
    Food, Form, Medicine, MedicineId, NewMedicine, NewTest, Offered, Query, Test, TestId, TestKind,
};
use crate::error::Error;
use crate::tenant::Db;

mod find;
mod learn;
mod merge;

pub(super) use self::find::{search_medicines, search_tests};
pub(super) use self::learn::{learn_medicines, learn_tests};
pub(super) use self::merge::{point_medicine, point_test};

struct MedicineRow {
    medicine_id: MedicineId,
    name: String,
    brand: Option<String>,
    form: Form,
    strength: Option<String>,
    route: Option<String>,
    default_dose: Option<String>,
    default_schedule: Option<String>,
    default_food: Option<Food>,
    default_days: Option<i32>,
    allergy_terms: Option<String>,
    active: bool,
    name_key: String,
    version: i32,
    created_at: chrono::DateTime<chrono::Utc>,
    updated_at: chrono::DateTime<chrono::Utc>,
}

impl From<MedicineRow> for Medicine {
    fn from(row: MedicineRow) -> Medicine {
        Medicine {
            medicine_id: row.medicine_id,
            told: NewMedicine {
                name: row.name,
                brand: row.brand,
                form: row.form,
                strength: row.strength,
                route: row.route,
                default_dose: row.default_dose,
                default_schedule: row.default_schedule,
                default_food: row.default_food,
                default_days: row.default_days,
                allergy_terms: row.allergy_terms,
                active: row.active,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            name_key: row.name_key,
        }
    }
}

struct TestRow {
    test_id: TestId,
    name: String,
    kind: TestKind,
    description: Option<String>,
    active: bool,
    name_key: String,
    version: i32,
    created_at: chrono::DateTime<chrono::Utc>,
    updated_at: chrono::DateTime<chrono::Utc>,
}

impl From<TestRow> for Test {
    fn from(row: TestRow) -> Test {
        Test {
            test_id: row.test_id,
            told: NewTest {
                name: row.name,
                kind: row.kind,
                description: row.description,
                active: row.active,
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            name_key: row.name_key,
        }
    }
}

pub(super) async fn medicines(
    db: &mut Db,
    query: &Query<MedicineId>,
) -> Result<Vec<Medicine>, Error> {
    let clinic = db.clinic();
    let (name, id) = query.after.clone().unwrap_or((String::new(), MedicineId(uuid::Uuid::nil())));
    let rows = sqlx::query_as!(
        MedicineRow,
        r#"
        select m.medicine_id as "medicine_id: MedicineId", m.name, m.brand, m.form as "form: Form", m.strength, m.route,
               m.default_dose, m.default_schedule, m.default_food as "default_food: Food", m.default_days,
               m.allergy_terms, m.active, m.name_key as "name_key!", m.version, m.created_at, m.updated_at
        from polyclinic.medicines m
        where m.clinic_id = $1
          and (m.name_key, m.medicine_id) > ($2, $3)
          and (m.active or $4)
        order by m.name_key, m.medicine_id
        limit $5
        "#,
        clinic,
        name,
        id.0,
        query.with_inactive,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Medicine::from).collect())
}

pub(super) async fn tests(db: &mut Db, query: &Query<TestId>) -> Result<Vec<Test>, Error> {
    let clinic = db.clinic();
    // A test's name is its own: it alone is the key of a page.
    let after = query.after.as_ref().map_or("", |(name, _)| name.as_str());
    let rows = sqlx::query_as!(
        TestRow,
        r#"
        select t.test_id as "test_id: TestId", t.name, t.kind as "kind: TestKind", t.description, t.active,
               t.name_key as "name_key!", t.version, t.created_at, t.updated_at
        from polyclinic.tests t
        where t.clinic_id = $1
          and t.name_key > $2
          and (t.active or $3)
        order by t.name_key
        limit $4
        "#,
        clinic,
        after,
        query.with_inactive,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Test::from).collect())
}

pub(super) async fn medicine(db: &mut Db, id: MedicineId) -> Result<Option<Medicine>, Error> {
    Ok(medicines_of(db, &[id], &[]).await?.into_iter().next())
}

pub(super) async fn test(db: &mut Db, id: TestId) -> Result<Option<Test>, Error> {
    Ok(tests_of(db, &[id], &[]).await?.into_iter().next())
}

/// Two indexes answer the two halves; an `or` would use neither.
pub(super) async fn medicines_of(
    db: &mut Db,
    ids: &[MedicineId],
    names: &[String],
) -> Result<Vec<Medicine>, Error> {
    let clinic = db.clinic();
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        MedicineRow,
        r#"
        select m.medicine_id as "medicine_id!: MedicineId", m.name as "name!", m.brand, m.form as "form!: Form",
               m.strength, m.route, m.default_dose, m.default_schedule, m.default_food as "default_food: Food",
               m.default_days, m.allergy_terms, m.active as "active!", m.name_key as "name_key!",
               m.version as "version!", m.created_at as "created_at!", m.updated_at as "updated_at!"
        from polyclinic.medicines m
        where m.clinic_id = $1
          and m.medicine_id = any ($2)
        union
        select m.medicine_id, m.name, m.brand, m.form, m.strength, m.route, m.default_dose, m.default_schedule,
               m.default_food, m.default_days, m.allergy_terms, m.active, m.name_key, m.version, m.created_at,
               m.updated_at
        from polyclinic.medicines m
        where m.clinic_id = $1
          and m.name_key = any ($3)
        limit 500
        "#,
        clinic,
        &ids,
        names
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Medicine::from).collect())
}

pub(super) async fn tests_of(
    db: &mut Db,
    ids: &[TestId],
    names: &[String],
) -> Result<Vec<Test>, Error> {
    let clinic = db.clinic();
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        TestRow,
        r#"
        select t.test_id as "test_id!: TestId", t.name as "name!", t.kind as "kind!: TestKind", t.description,
               t.active as "active!", t.name_key as "name_key!", t.version as "version!",
               t.created_at as "created_at!", t.updated_at as "updated_at!"
        from polyclinic.tests t
        where t.clinic_id = $1
          and t.test_id = any ($2)
        union
        select t.test_id, t.name, t.kind, t.description, t.active, t.name_key, t.version, t.created_at, t.updated_at
        from polyclinic.tests t
        where t.clinic_id = $1
          and t.name_key = any ($3)
        limit 500
        "#,
        clinic,
        &ids,
        names
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Test::from).collect())
}

pub(super) async fn offered(db: &mut Db) -> Result<Offered, Error> {
    let clinic = db.clinic();
    let rows = sqlx::query!(
        r#"
        (select true as "medicine!", m.name as "name!", m.form as "form: Form", m.strength,
                concat_ws(', ', m.brand, m.default_dose, m.default_schedule) as "about!"
         from polyclinic.medicines m
         where m.clinic_id = $1
           and m.active
         order by m.name_key
         limit 300)
        union all
        (select false, t.name, null, null, ''
         from polyclinic.tests t
         where t.clinic_id = $1
           and t.active
         order by t.name_key
         limit 100)
        "#,
        clinic
    )
    .fetch_all(db.sql()?)
    .await?;
    let mut offered = Offered::default();
    for row in rows {
        match row.form {
            Some(form) if row.medicine => {
                offered
                    .medicines
                    .push((label(&row.name, row.strength.as_deref(), form), row.about));
            }
            _ => offered.tests.push(row.name),
        }
    }
    Ok(offered)
}

pub(super) async fn insert_medicine(
    db: &mut Db,
    id: MedicineId,
    new: &NewMedicine,
) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.medicines
           (clinic_id, medicine_id, name, brand, form, strength, route, default_dose, default_schedule, default_food,
            default_days, allergy_terms, active)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        clinic,
        id.0,
        new.name,
        new.brand,
        new.form.as_str(),
        new.strength,
        new.route,
        new.default_dose,
        new.default_schedule,
        new.default_food.map(Food::as_str),
        new.default_days,
        new.allergy_terms,
        new.active
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn insert_test(db: &mut Db, id: TestId, new: &NewTest) -> Result<(), Error> {
    let clinic = db.clinic();
    sqlx::query!(
        "insert into polyclinic.tests (clinic_id, test_id, name, kind, description, active)
         values ($1, $2, $3, $4, $5, $6)",
        clinic,
        id.0,
        new.name,
        new.kind.as_str(),
        new.description,
        new.active
    )
    .execute(db.sql()?)
    .await?;
    Ok(())
}

pub(super) async fn update_medicine(
    db: &mut Db,
    id: MedicineId,
    version: i32,
    new: &NewMedicine,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.medicines
         set name = $4, brand = $5, form = $6, strength = $7, route = $8, default_dose = $9, default_schedule = $10,
             default_food = $11, default_days = $12, allergy_terms = $13, active = $14
         where clinic_id = $1 and medicine_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        new.name,
        new.brand,
        new.form.as_str(),
        new.strength,
        new.route,
        new.default_dose,
        new.default_schedule,
        new.default_food.map(Food::as_str),
        new.default_days,
        new.allergy_terms,
        new.active
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn update_test(
    db: &mut Db,
    id: TestId,
    version: i32,
    new: &NewTest,
) -> Result<bool, Error> {
    let clinic = db.clinic();
    let done = sqlx::query!(
        "update polyclinic.tests
         set name = $4, kind = $5, description = $6, active = $7
         where clinic_id = $1 and test_id = $2 and version = $3",
        clinic,
        id.0,
        version,
        new.name,
        new.kind.as_str(),
        new.description,
        new.active
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}
