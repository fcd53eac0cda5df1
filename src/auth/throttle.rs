//! The brakes. Per account the database makes a guesser wait (`gate.note_attempt`); per address there is
//! a budget of failures, which somebody who signs in rightly never spends.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

use crate::error::Error;

/// Failures an address may make at once.
const BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Failures an address may make a minute after that.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// A name that nobody has, and how it was tried.
#[derive(Clone, Copy)]
struct Stranger {
    failures: u32,
    last: Instant,
    until: Instant,
}

/// The failure budget of each address.
pub struct Throttle {
    failures: DefaultKeyedRateLimiter<IpAddr>,
    blocked: Mutex<HashMap<IpAddr, Instant>>,
    strangers: Mutex<HashMap<String, Stranger>>,
    clock: DefaultClock,
}

impl Throttle {
    /// Full budgets for everybody.
    pub fn new() -> Throttle {
        let quota = Quota::per_minute(PER_MINUTE).allow_burst(BURST);
        Throttle {
            failures: DefaultKeyedRateLimiter::keyed(quota),
            blocked: Mutex::default(),
            strangers: Mutex::default(),
            clock: DefaultClock::default(),
        }
    }

    /// Refuses an address that spent its budget (429 with the seconds to wait).
    pub fn check(&self, address: IpAddr) -> Result<(), Error> {
        let Ok(mut blocked) = self.blocked.lock() else { return Ok(()) };
        let now = Instant::now();
        blocked.retain(|_, until| *until > now);
        match blocked.get(&address) {
            Some(until) => Err(Error::TooMany(until.duration_since(now).as_secs() + 1)),
            None => Ok(()),
        }
    }

    /// Makes a guesser wait for a name that nobody has exactly as long as for a name that somebody has, so
    /// that waiting tells nothing.
    pub fn check_stranger(&self, name: &str) -> Result<(), Error> {
        let Ok(strangers) = self.strangers.lock() else { return Ok(()) };
        let now = Instant::now();
        match strangers.get(name).filter(|stranger| stranger.until > now) {
            Some(stranger) => Err(Error::TooMany(stranger.until.duration_since(now).as_secs() + 1)),
            None => Ok(()),
        }
    }

    /// Counts a failure for a name that nobody has, by the rule of `gate.note_attempt`.
    pub fn failed_stranger(&self, name: String) {
        let Ok(mut strangers) = self.strangers.lock() else { return };
        let now = Instant::now();
        if strangers.len() > 10_000 {
            strangers.retain(|_, s| now.duration_since(s.last) < Duration::from_mins(30));
        }
        let failures = strangers.get(&name).map_or(0, |stranger| stranger.failures);
        let seconds = match failures.checked_sub(3) {
            Some(over) => 900.min(1_u64 << over.min(10)),
            None => 0,
        };
        let until = now + Duration::from_secs(seconds);
        strangers.insert(name, Stranger { failures: failures + 1, last: now, until });
    }

    /// Counts a failure of this address.
    pub fn failed(&self, address: IpAddr) {
        if let Err(not_until) = self.failures.check_key(&address)
            && let Ok(mut blocked) = self.blocked.lock()
        {
            let wait = not_until.wait_time_from(self.clock.now()).max(Duration::from_secs(1));
            blocked.insert(address, Instant::now() + wait);
        }
        if self.failures.len() > 100_000 {
            self.failures.retain_recent();
        }
    }
}

impl Default for Throttle {
    fn default() -> Throttle {
        Throttle::new()
    }
}

/// Sessions whose `seen_at` was refreshed within the last two minutes, so that a burst of requests
/// writes once; and one writes at a time, so that a morning on which everybody comes back leaves the
/// connections to those who wait for an answer.
pub struct Touched {
    lately: Mutex<HashMap<Uuid, Instant>>,
    turn: Semaphore,
}

impl Default for Touched {
    fn default() -> Touched {
        Touched { lately: Mutex::default(), turn: Semaphore::new(1) }
    }
}

impl Touched {
    /// Whether this is the first call for the session in two minutes.
    pub fn first(&self, session: Uuid) -> bool {
        let Ok(mut seen) = self.lately.lock() else { return false };
        let now = Instant::now();
        if seen.len() > 10_000 {
            seen.retain(|_, at| now.duration_since(*at) < Duration::from_mins(2));
        }
        match seen.get(&session) {
            Some(at) if now.duration_since(*at) < Duration::from_mins(2) => false,
            _ => {
                seen.insert(session, now);
                true
            }
        }
    }

    /// The turn to write, for as long as it is held.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turn.acquire().await.ok()
    }
}
