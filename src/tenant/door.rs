//! The way in for one statement: it passes the gate and reads in a single round trip (ADR 7).

use sqlx::PgConnection;

use super::clinic::refused;
use super::entered::Row;
use crate::db::{Pool, Tx, is_dead};
use crate::error::Error;

/// A clinic's door and the key to it, for a statement that begins with `gate.enter($1, $2)`. No transaction is open:
/// the statement is its own, and with it ends the context.
pub struct Door<'a> {
    tx: Tx,
    slug: &'a str,
    secret: &'a [u8],
}

/// A row of such a statement: it says who entered.
pub trait Seen {
    /// The row of `gate.enter`.
    fn row(&self) -> Option<&Row>;
}

impl<'a> Door<'a> {
    /// The parameters of `gate.enter`: slug and secret.
    pub fn key(&self) -> (&'a str, &'a [u8]) {
        (self.slug, self.secret)
    }

    /// The connection, for that statement.
    pub fn sql(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        self.tx.connection().map_err(|_| sqlx::Error::PoolClosed)
    }

    /// Runs the statement. A connection that died in the pool is replaced: what only reads may be asked again.
    pub(super) async fn pass<T>(
        pool: &Pool,
        slug: &str,
        secret: &[u8],
        ask: impl AsyncFn(&mut Door) -> Result<T, sqlx::Error>,
    ) -> Result<T, Error> {
        for _ in 0..=pool.limit() {
            let mut door = Door { tx: Tx::single(pool).await?, slug, secret };
            match ask(&mut door).await {
                Ok(value) => {
                    door.tx.over();
                    return Ok(value);
                }
                Err(error) if is_dead(&error) => door.tx.abandon(),
                Err(error) => return Err(refused(door.tx, error).await),
            }
        }
        Err(Error::Busy)
    }
}
