//! Connections that wait for the next transaction. sqlx opens and closes them; between two transactions they lie
//! here, because sqlx's own pool asks each one whether it still lives when it comes back: a round trip, and a task
//! to wait for it, at every request.
//!
//! A connection is kept only after its transaction ended in order ([`Lease::keep`]); dropped in any other
//! way it goes through sqlx's pool, which looks at it or closes it. It is given out again on the thread that used it
//! last, where its socket is registered: else every answer of the database would wake two threads.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for a connection before it is told to come back (503).
const ACQUIRE: Duration = Duration::from_secs(2);
/// How long a connection is used.
const LIFE: Duration = Duration::from_mins(30);
/// How long a connection waits unused.
const IDLE: Duration = Duration::from_mins(10);

/// The connections of one login. Clones share them.
#[derive(Clone)]
pub struct Pool {
    inner: PgPool,
    /// One turn a connection, so that whoever holds one finds a connection waiting or may open it.
    turns: Arc<Semaphore>,
    waiting: Arc<Mutex<VecDeque<Waiting>>>,
}

struct Waiting {
    connection: PoolConnection<Postgres>,
    thread: ThreadId,
    born: Instant,
    since: Instant,
}

/// A connection for a while.
pub struct Lease {
    connection: PoolConnection<Postgres>,
    pool: Pool,
    born: Instant,
    // The last field: the turn ends after the connection has gone where it goes.
    _turn: OwnedSemaphorePermit,
}

/// A pool for one login. Connections are made on demand, so that a service starts before its database.
pub fn pool(url: &str, size: u32) -> Result<Pool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.application_name("polyclinic");
    let inner = PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .max_lifetime(LIFE)
        .idle_timeout(IDLE)
        .connect_lazy_with(options);
    let turns = Semaphore::new(usize::try_from(size).unwrap_or(1));
    Ok(Pool { inner, turns: Arc::new(turns), waiting: Arc::default() })
}

impl Pool {
    /// A connection: one that waits, on this thread if there is one, or a new one.
    pub async fn acquire(&self) -> Result<Lease, sqlx::Error> {
        let turn = tokio::time::timeout(ACQUIRE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let (connection, born) = if let Some(waiting) = self.take() {
            (waiting.connection, waiting.born)
        } else {
            #[expect(clippy::disallowed_methods, reason = "the one place that takes connections")]
            let connection = self.inner.acquire().await?;
            (connection, Instant::now())
        };
        Ok(Lease { connection, pool: self.clone(), born, _turn: turn })
    }

    /// The one used last, of this thread before any other's.
    fn take(&self) -> Option<Waiting> {
        let here = thread::current().id();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.iter().rposition(|one| one.thread == here) {
            Some(at) => waiting.remove(at),
            None => waiting.pop_front(),
        }
    }

    /// Closes all connections, those in use when they come back.
    pub async fn close(&self) {
        self.turns.close();
        let waiting =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        drop(waiting);
        self.inner.close().await;
    }

    /// Most connections there may be.
    pub fn limit(&self) -> u32 {
        self.inner.options().get_max_connections()
    }

    /// Connections there are.
    pub fn size(&self) -> u32 {
        self.inner.size()
    }

    /// Connections that nobody uses.
    pub fn num_idle(&self) -> usize {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len();
        waiting + self.inner.num_idle()
    }
}

impl Lease {
    /// Gives it back after a transaction that ended in order. An old one goes through sqlx's pool, which closes it,
    /// and so does one that nobody has needed for long.
    pub(super) fn keep(self) {
        let Lease { connection, pool, born, _turn } = self;
        if born.elapsed() > LIFE || pool.turns.is_closed() {
            return;
        }
        let now = Instant::now();
        let one = Waiting { connection, thread: thread::current().id(), born, since: now };
        let unused = {
            let mut waiting = pool.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push_back(one);
            let unused = waiting.front().is_some_and(|oldest| now - oldest.since > IDLE);
            if unused { waiting.pop_front() } else { None }
        };
        drop(unused);
    }

    /// Closes it at the end instead of giving it back.
    pub(super) fn close_on_drop(&mut self) {
        self.connection.close_on_drop();
    }

    /// Takes it out of the pool altogether.
    pub(super) fn detach(self) -> PgConnection {
        self.connection.detach()
    }
}

impl Deref for Lease {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
