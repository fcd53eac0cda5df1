//! Looking for an entry while somebody types: one statement, by the beginning of any word.

use uuid::Uuid;

use super::{MedicineRow, TestRow};
use crate::catalogue::{Food, Form, Medicine, MedicineId, Query, Test, TestId, TestKind};
use crate::error::Error;
use crate::tenant::Db;

/// Medicines with a word in the range and, for every other range, one in that too. One is found by the
/// first of its words in the range only, so none comes twice and (word, id) orders the pages.
pub(in crate::catalogue) async fn search_medicines(
    db: &mut Db,
    query: &Query<MedicineId>,
) -> Result<Vec<Medicine>, Error> {
    let clinic = db.clinic();
    let (low, high) = query.range();
    let (lows, highs) = query.others();
    let (word, id) = query.after.clone().unwrap_or((String::new(), MedicineId(Uuid::nil())));
    let rows = sqlx::query_file_as!(
        MedicineRow,
        "src/catalogue/search_medicines.sql",
        clinic,
        low,
        high,
        &lows,
        &highs,
        word,
        id.0,
        query.with_inactive,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Medicine::from).collect())
}

/// Tests, found in the same way.
pub(in crate::catalogue) async fn search_tests(
    db: &mut Db,
    query: &Query<TestId>,
) -> Result<Vec<Test>, Error> {
    let clinic = db.clinic();
    let (low, high) = query.range();
    let (lows, highs) = query.others();
    let (word, id) = query.after.clone().unwrap_or((String::new(), TestId(Uuid::nil())));
    let rows = sqlx::query_file_as!(
        TestRow,
        "src/catalogue/search_tests.sql",
        clinic,
        low,
        high,
        &lows,
        &highs,
        word,
        id.0,
        query.with_inactive,
        query.limit + 1
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows.into_iter().map(Test::from).collect())
}
