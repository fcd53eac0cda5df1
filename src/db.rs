//! Connections and transactions. The only module that opens either.
//!
//! A dropped request must never hand its clinic to the next one: actix drops a handler's future
//! when its client goes away, at any `.await`, and the pool's own transactions do not survive that.
//! So [`Tx`] is a type of our own. It is born before `begin` is sent, and when it is dropped without
//! an end it rolls back in a task of its own, or closes the connection.

mod pool;

use std::time::Duration;

pub use pool::{Lease, Pool, pool};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use crate::error::Error;

/// How long a rollback may take before the connection is given up.
const CLEANUP: Duration = Duration::from_secs(2);

/// One small pool a login. Nothing else in the program reaches the database.
#[derive(Clone)]
pub struct Pools {
    /// Clinic work, always inside a context.
    pub app: Pool,
    /// Sign-in only.
    pub auth: Pool,
    /// The control plane: cannot see a patient.
    pub platform: Pool,
    /// Jobs.
    pub worker: Pool,
}

impl Pools {
    /// Each, by its login.
    pub fn all(&self) -> [(&'static str, &Pool); 4] {
        [
            ("app", &self.app),
            ("auth", &self.auth),
            ("platform", &self.platform),
            ("worker", &self.worker),
        ]
    }

    /// Lets go of the connections of the start ([`Pool::rest`]).
    pub fn rest(&self) {
        for (_, pool) in self.all() {
            pool.rest();
        }
    }

    /// The pool of the server that holds this clinic. One server today; this is the one place that knows.
    pub fn place(&self, _slug: &str) -> &Pool {
        &self.app
    }
}

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reads only; the database refuses a write.
    Read,
    /// Reads and writes.
    Write,
}

impl Mode {
    fn begin(self) -> &'static str {
        match self {
            Mode::Read => "begin isolation level read committed, read only",
            Mode::Write => "begin isolation level read committed, read write",
        }
    }
}

/// An open transaction on one connection. Ends by [`Tx::commit`] or [`Tx::rollback`]; dropped, it
/// rolls back by itself before the pool sees the connection again.
pub struct Tx {
    connection: Option<Lease>,
    /// Whether `begin` was sent.
    begun: bool,
}

impl Tx {
    /// Takes a connection and begins. A connection that died in the pool is replaced, at this point
    /// only: nothing has been asked of it yet.
    pub async fn begin(pool: &Pool, mode: Mode) -> Result<Tx, Error> {
        for _ in 0..=pool.limit() {
            let connection = pool.acquire().await?;
            let mut tx = Tx { connection: Some(connection), begun: true };
            match tx.connection()?.execute(mode.begin()).await {
                Ok(_) => return Ok(tx),
                Err(error) if is_dead(&error) => tx.abandon(),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// Takes a connection for one statement that is its own transaction.
    pub async fn single(pool: &Pool) -> Result<Tx, Error> {
        Ok(Tx { connection: Some(pool.acquire().await?), begun: false })
    }

    /// That statement has ended.
    pub fn over(mut self) {
        self.keep();
    }

    /// The connection, for SQL.
    pub fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.connection
            .as_deref_mut()
            .ok_or_else(|| Error::Internal("transaction already ended".into()))
    }

    /// Makes everything permanent.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.connection()?.execute("commit").await?;
        self.keep();
        Ok(())
    }

    /// Undoes everything.
    pub async fn rollback(mut self) -> Result<(), Error> {
        self.connection()?.execute("rollback").await?;
        self.keep();
        Ok(())
    }

    /// The transaction has ended: the connection is ready for the next.
    fn keep(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.keep();
        }
    }

    /// Closes the connection instead of returning it: its state is not to be trusted.
    pub fn abandon(mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.close_on_drop();
        }
    }

    /// Ends the server's side of a connection on which the gate found foreign state. Behind a pooler
    /// closing our side would leave the planted state alive.
    pub async fn hang_up(mut self) {
        if let Some(connection) = self.connection.take() {
            let mut connection = connection.detach();
            let _ = tokio::time::timeout(CLEANUP, async {
                let _ = connection.execute("rollback").await;
                // The answer never comes: the backend ends itself.
                let _ = connection.execute("select gate.hang_up()").await;
                let _ = connection.close().await;
            })
            .await;
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            connection.close_on_drop();
            return;
        };
        let begun = self.begun;
        runtime.spawn(async move {
            let end = async {
                if begun {
                    connection.execute("rollback").await.map(drop)
                } else {
                    // Reads what is left of the answer.
                    connection.ping().await
                }
            };
            let ended = tokio::time::timeout(CLEANUP, end).await;
            if matches!(ended, Ok(Ok(()))) {
                connection.keep();
            } else {
                connection.close_on_drop();
            }
        });
    }
}

/// Whether the connection was gone before anything was asked of it.
pub fn is_dead(error: &sqlx::Error) -> bool {
    let shut_down = |code: std::borrow::Cow<'_, str>| code.starts_with("57P");
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_))
        || error.as_database_error().and_then(|db| db.code().map(shut_down)).unwrap_or(false)
}
