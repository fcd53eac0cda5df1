//! What this clinic prescribes and orders: its own medicines and tests, each name once. And the language
//! of medicines: forms, schedules, and how both are written safely.

mod api;
mod csv;
mod entry;
mod merge;
mod nouns;
mod pages;
pub mod schedule;
mod search;
mod starter;
mod store;
pub mod wording;

pub use nouns::{Food, Form, Medicine, MedicineId, NewMedicine, NewTest, Test, TestId, TestKind};
pub use nouns::{label, medicine_name, safe_text, schedule_text};
pub use schedule::Schedule;
pub use search::Query;
pub use starter::{MEDICINES, StarterMedicine, StarterTest, TESTS};

use crate::error::Error;
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// See the catalogues.
    Read = "catalogue:read"
);
permission!(
    /// Change the catalogues.
    Write = "catalogue:write"
);
permission!(
    /// Fill an empty catalogue: a decision of the clinic's administrator.
    Start = "clinic:write"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    csv::routes(config);
    merge::routes(config);
    pages::routes(config);
    api::routes(config);
}

/// Medicines by name, or those that are looked for by the words of name, brand, strength and form.
pub async fn medicines(db: &mut Db, query: &Query<MedicineId>) -> Result<Vec<Medicine>, Error> {
    if query.is_void() {
        Ok(Vec::new())
    } else if query.is_empty() {
        store::medicines(db, query).await
    } else {
        store::search_medicines(db, query).await
    }
}

/// Tests by name, or those that are looked for.
pub async fn tests(db: &mut Db, query: &Query<TestId>) -> Result<Vec<Test>, Error> {
    if query.is_void() {
        Ok(Vec::new())
    } else if query.is_empty() {
        store::tests(db, query).await
    } else {
        store::search_tests(db, query).await
    }
}

/// The medicine, or 404.
pub async fn medicine(db: &mut Db, id: MedicineId) -> Result<Medicine, Error> {
    store::medicine(db, id).await?.ok_or(Error::NotFound)
}

/// The test, or 404.
pub async fn test(db: &mut Db, id: TestId) -> Result<Test, Error> {
    store::test(db, id).await?.ok_or(Error::NotFound)
}

/// Medicines with one of these ids or folded names, used or not.
pub async fn medicines_of(
    db: &mut Db,
    ids: &[MedicineId],
    names: &[String],
) -> Result<Vec<Medicine>, Error> {
    store::medicines_of(db, ids, names).await
}

/// Tests with one of these ids or folded names, used or not.
pub async fn tests_of(db: &mut Db, ids: &[TestId], names: &[String]) -> Result<Vec<Test>, Error> {
    store::tests_of(db, ids, names).await
}

/// What a prescription may be made of, in one question: medicines and tests in use, by name.
pub async fn offered(db: &mut Db) -> Result<Offered, Error> {
    store::offered(db).await
}

/// Medicines and tests to choose from while writing.
#[derive(Debug, Default)]
pub struct Offered {
    /// What to write, and what the catalogue adds to it.
    pub medicines: Vec<(String, String)>,
    /// Names of tests.
    pub tests: Vec<String>,
}

/// Adds a medicine; one with the same name, form and strength is refused.
pub async fn add_medicine(db: &mut Db, new: &NewMedicine) -> Result<Medicine, Error> {
    let id = MedicineId::fresh();
    store::insert_medicine(db, id, new).await?;
    medicine(db, id).await
}

/// Adds a test; one with the same name is refused.
pub async fn add_test(db: &mut Db, new: &NewTest) -> Result<Test, Error> {
    let id = TestId::fresh();
    store::insert_test(db, id, new).await?;
    test(db, id).await
}

/// Corrects a medicine or takes it out of use, if the caller read this version (else 412).
pub async fn amend_medicine(
    db: &mut Db,
    id: MedicineId,
    version: i32,
    new: &NewMedicine,
) -> Result<Medicine, Error> {
    let found = medicine(db, id).await?;
    if found.version != version || !store::update_medicine(db, id, version, new).await? {
        return Err(Error::Stale);
    }
    medicine(db, id).await
}

/// Corrects a test or takes it out of use, if the caller read this version (else 412).
pub async fn amend_test(
    db: &mut Db,
    id: TestId,
    version: i32,
    new: &NewTest,
) -> Result<Test, Error> {
    let found = test(db, id).await?;
    if found.version != version || !store::update_test(db, id, version, new).await? {
        return Err(Error::Stale);
    }
    test(db, id).await
}

/// Adds what is not there yet: how the catalogue learns from what is signed.
pub async fn learn(db: &mut Db, medicines: &[NewMedicine], tests: &[NewTest]) -> Result<(), Error> {
    if !medicines.is_empty() {
        store::learn_medicines(db, medicines).await?;
    }
    if !tests.is_empty() {
        store::learn_tests(db, tests).await?;
    }
    Ok(())
}

/// What the starter set added.
#[derive(Debug, Clone, Copy, serde::Serialize, utoipa::ToSchema)]
pub struct Started {
    /// Medicines that were not there.
    pub medicines: u64,
    /// Tests that were not there.
    pub tests: u64,
}

/// Fills a catalogue with common medicines and tests. What is there already stays as it is.
pub async fn starter(db: &mut Db) -> Result<Started, Error> {
    let medicines: Vec<NewMedicine> = MEDICINES.iter().map(NewMedicine::from).collect();
    let tests: Vec<NewTest> = TESTS.iter().map(NewTest::from).collect();
    Ok(Started {
        medicines: store::learn_medicines(db, &medicines).await?,
        tests: store::learn_tests(db, &tests).await?,
    })
}
