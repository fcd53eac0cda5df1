//! One hostile statement and what came of it.

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Either, PgConnection, Row};

/// What the database answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An error: its code and its text.
    Refused { code: String, said: String },
    /// Rows returned, as text, and rows changed.
    Done { rows: Vec<Vec<Option<String>>>, changed: u64 },
}

impl Outcome {
    /// The error's code; empty where there is none.
    pub fn code(&self) -> &str {
        match self {
            Outcome::Refused { code, .. } => code,
            Outcome::Done { .. } => "",
        }
    }

    /// The returned text, all of it.
    pub fn text(&self) -> String {
        match self {
            Outcome::Refused { said, .. } => said.clone(),
            Outcome::Done { rows, .. } => {
                let line = |row: &Vec<Option<String>>| {
                    row.iter().map(|v| v.as_deref().unwrap_or("null")).collect::<Vec<_>>().join("|")
                };
                rows.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        }
    }

    pub fn rows(&self) -> usize {
        match self {
            Outcome::Refused { .. } => 0,
            Outcome::Done { rows, .. } => rows.len(),
        }
    }
}

/// Sends text as it is, several statements if it must be.
pub async fn send(db: &mut PgConnection, sql: &str) -> Outcome {
    let (mut rows, mut changed) = (Vec::new(), 0);
    let mut answers = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_many(db);
    loop {
        match answers.try_next().await {
            Ok(None) => return Outcome::Done { rows, changed },
            Ok(Some(Either::Left(done))) => changed += done.rows_affected(),
            Ok(Some(Either::Right(row))) => rows
                .push((0..row.len()).map(|i| row.try_get_unchecked(i).unwrap_or(None)).collect()),
            Err(error) => {
                let db = error.as_database_error();
                let code = db
                    .and_then(sqlx::error::DatabaseError::code)
                    .unwrap_or("connection".into())
                    .into_owned();
                let said = db.map_or_else(|| error.to_string(), |db| db.message().to_owned());
                return Outcome::Refused { code, said };
            }
        }
    }
}

/// Sends it behind a savepoint, so that the transaction survives its failure: an error ends a
/// transaction, not an attack.
pub async fn attempt(db: &mut PgConnection, sql: &str) -> Outcome {
    let outcome = send(db, &format!("savepoint attack; {sql}")).await;
    if matches!(outcome, Outcome::Refused { .. }) {
        send(db, "rollback to attack").await;
    }
    outcome
}

/// [`attempt`], undone also when it succeeds.
pub async fn rehearse(db: &mut PgConnection, sql: &str) -> Outcome {
    let outcome = send(db, &format!("savepoint attack; {sql}")).await;
    send(db, "rollback to attack").await;
    outcome
}
