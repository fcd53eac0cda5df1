//! Bad input of every kind: refused with a 4xx at once, nothing written, nothing told, the process alive.

mod bodies;
mod paths;
mod raw;
mod values;

use std::time::{Duration, Instant};

use crate::rows::{Catalog, value};
use crate::world::{Reply, World};

/// Words that belong into a log, not into an answer.
const INSIDE: [&str; 10] = [
    "polyclinic.",
    "gate.enter",
    "clinic_id",
    "PgDatabase",
    "sqlx",
    "panicked",
    "backtrace",
    "src/",
    "syntax error",
    "serde",
];

/// A world whose rows are counted at the beginning and at the end.
pub struct Guarded {
    pub world: World,
    before: String,
    started: Instant,
}

impl Guarded {
    pub async fn open() -> Guarded {
        let world = World::open().await;
        world.north.patient("Asha").await;
        // Whoever signs in writes a session: everybody who is needed is there before the count.
        Guarded { before: String::new(), started: Instant::now(), world }
    }

    /// From here on nothing may be written.
    pub async fn count(&mut self) {
        self.before = counted(&self.world).await;
        self.started = Instant::now();
    }

    /// Nothing was written, the process lives, it was quick.
    pub async fn unharmed(&self, within: Duration) {
        let spent = self.started.elapsed();
        assert_eq!(counted(&self.world).await, self.before, "rows were written");
        assert_eq!(self.world.anybody().get("/livez").await.text, "alive\n");
        assert!(spent < within, "{spent:?}");
    }
}

async fn counted(world: &World) -> String {
    let mut superuser = world.connect("postgres").await;
    let catalog = Catalog::read(&mut superuser).await;
    let tables = catalog.tables.iter().filter(|t| !t.name.starts_with("history_"));
    let counts = tables.map(|t| format!("(select '{0}=' || count(*) from polyclinic.{0})", t.name));
    value(
        &mut superuser,
        &format!("select concat_ws(' ', {})", counts.collect::<Vec<_>>().join(", ")),
    )
    .await
}

/// A refusal: 4xx, a problem or a page, and nothing of the inside.
pub fn refused(reply: &Reply, what: &str) {
    assert!((400..500).contains(&reply.status), "{what}: {} {}", reply.status, reply.text);
    silent(reply, what);
}

/// Whatever the answer, it tells nothing.
pub fn silent(reply: &Reply, what: &str) {
    for word in INSIDE {
        assert!(!reply.text.contains(word), "{what} tells {word}: {}", reply.text);
    }
    let kind = reply.header("content-type");
    let known = ["application/problem+json", "application/json", "text/html", "text/plain"];
    assert!(
        reply.text.is_empty() || known.iter().any(|k| kind.starts_with(k)),
        "{what}: {kind}: {}",
        reply.text
    );
}
