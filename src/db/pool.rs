//! Connections that wait for the next transaction. sqlx opens and closes them; between two transactions they lie
//! here, because sqlx's own pool asks each one whether it still lives when it comes back: a round trip, and a task
//! to wait for it, at every request.
//!
//! A connection is kept only after its transaction ended in order ([`Lease::keep`]); in any other case, and when it
//! is old, it is closed. Never does it go back to sqlx's pool, which would give it to any event loop.
//!
//! A socket is registered with the event loop it was opened on; used on another, every answer of the database wakes
//! two threads. So each event loop has a lane: its share of the turns, and the connections it opened.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};
use std::{iter, mem};

use futures_util::future::select_all;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for a connection before it is told to come back (503).
const ACQUIRE: Duration = Duration::from_secs(2);
/// How long a request waits for a turn of its own event loop before any will do.
const PATIENCE: Duration = Duration::from_millis(50);
/// Fewest turns a lane has: a pool too small for that has one lane.
const NARROWEST: usize = 2;
/// How long a connection is used.
const LIFE: Duration = Duration::from_mins(30);
/// How long a connection waits unused.
const IDLE: Duration = Duration::from_mins(10);

/// The connections of one login. Clones share them.
#[derive(Clone)]
pub struct Pool {
    inner: PgPool,
    lanes: Arc<[Arc<Lane>]>,
    /// The event loops, in the order in which they first asked: each is a thread.
    loops: Arc<Mutex<Vec<ThreadId>>>,
}

/// One event loop's share of the connections.
struct Lane {
    /// One turn a connection, so that whoever holds one finds a connection waiting or may open it.
    turns: Arc<Semaphore>,
    waiting: Mutex<VecDeque<Waiting>>,
}

/// A turn, and whose it is.
type Turn = (Arc<Lane>, OwnedSemaphorePermit);

struct Waiting {
    connection: PoolConnection<Postgres>,
    born: Instant,
    since: Instant,
}

/// A connection for a while.
pub struct Lease {
    connection: PoolConnection<Postgres>,
    lane: Arc<Lane>,
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
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with(options);
    let size = usize::try_from(size).unwrap_or(1);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let lanes = cores.min(size / NARROWEST).max(1);
    let share = |lane| size / lanes + usize::from(lane < size % lanes);
    let lanes = (0..lanes).map(share).map(Lane::new).collect();
    Ok(Pool { inner, lanes, loops: Arc::default() })
}

impl Lane {
    fn new(turns: usize) -> Arc<Lane> {
        Arc::new(Lane { turns: Arc::new(Semaphore::new(turns)), waiting: Mutex::default() })
    }

    async fn turn(self: Arc<Lane>) -> Result<Turn, sqlx::Error> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        Ok((self, turn.map_err(|_| sqlx::Error::PoolClosed)?))
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        held(&self.waiting)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// A connection: the one of this lane that was used last, or a new one.
    pub async fn acquire(&self) -> Result<Lease, sqlx::Error> {
        let turn = tokio::time::timeout(ACQUIRE, self.turn()).await;
        let (lane, turn) = turn.map_err(|_| sqlx::Error::PoolTimedOut)??;
        let waiting = lane.waiting().pop_back();
        let (connection, born) = if let Some(waiting) = waiting {
            (waiting.connection, waiting.born)
        } else {
            #[expect(clippy::disallowed_methods, reason = "the one place that takes connections")]
            let connection = self.inner.acquire().await?;
            (connection, Instant::now())
        };
        Ok(Lease { connection, lane, born, _turn: turn })
    }

    /// The number of this thread's event loop.
    fn here(&self) -> usize {
        let mut loops = held(&self.loops);
        let this = thread::current().id();
        loops.iter().position(|one| *one == this).unwrap_or_else(|| {
            loops.push(this);
            loops.len() - 1
        })
    }

    /// A turn of this event loop's lane; of any lane, if this one is held up.
    async fn turn(&self) -> Result<Turn, sqlx::Error> {
        let all = self.lanes.len();
        let from_here = self.lanes.iter().cycle().skip(self.here() % all).take(all);
        let mut asked = from_here.map(|lane| Box::pin(Arc::clone(lane).turn()));
        let mut own = asked.next().ok_or(sqlx::Error::PoolClosed)?;
        if let Ok(turn) = tokio::time::timeout(PATIENCE, &mut own).await {
            return turn;
        }
        select_all(iter::once(own).chain(asked)).await.0
    }

    /// Lets go of the connections that wait and forgets whose they were. Whoever starts event loops does so before,
    /// so that each opens its own.
    pub fn rest(&self) {
        held(&self.loops).clear();
        for lane in self.lanes.iter() {
            for mut one in mem::take(&mut *lane.waiting()) {
                one.connection.close_on_drop();
            }
        }
    }

    /// Closes all connections, those in use when they come back.
    pub async fn close(&self) {
        for lane in self.lanes.iter() {
            lane.turns.close();
        }
        self.rest();
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
        let waiting: usize = self.lanes.iter().map(|lane| lane.waiting().len()).sum();
        waiting + self.inner.num_idle()
    }
}

impl Lease {
    /// Gives it back after a transaction that ended in order. An old one is closed, and so is one that nobody has
    /// needed for long.
    pub(super) fn keep(mut self) {
        if self.born.elapsed() > LIFE || self.lane.turns.is_closed() {
            self.connection.close_on_drop();
            return;
        }
        let Lease { connection, lane, born, _turn } = self;
        let now = Instant::now();
        let unused = {
            let mut waiting = lane.waiting();
            waiting.push_back(Waiting { connection, born, since: now });
            let unused = waiting.front().is_some_and(|oldest| now - oldest.since > IDLE);
            if unused { waiting.pop_front() } else { None }
        };
        if let Some(mut unused) = unused {
            unused.connection.close_on_drop();
        }
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
