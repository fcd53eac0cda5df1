//! Clients that go away at any moment. A dropped request must never hand its clinic to the next one,
//! nor keep a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};
use tokio::task::JoinSet;

use crate::rows::value;
use crate::world::{Actor, World};

const POOL: u32 = 2;
const REQUESTS: usize = 5_040;
const AT_ONCE: usize = 24;

/// A step of xorshift: random enough to hit every await, and the same in every run.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// What one clinic's person sends, by turns.
fn request(actor: &Actor, turn: u64) -> reqwest::RequestBuilder {
    match turn % 8 {
        0 => actor.request("GET", "me"),
        1 => actor.browser("GET", &format!("/clinic/{}/patients", actor.slug)),
        2 => {
            let body = json!({"given_name": actor.slug, "family_name": "Dropped", "age_years": 30, "sex": "other", "duplicate_ok": true});
            actor
                .request("POST", "patients")
                .header("idempotency-key", format!("k{turn}"))
                .json(&body)
        }
        3 => actor.request("GET", "patients?q=sentinel"),
        4 => actor.request("GET", "sessions"),
        _ => actor.request("GET", "patients?limit=50"),
    }
}

/// Waits until a condition holds, by asking again; never longer than the deadline.
async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn requests_dropped_at_any_moment_leave_no_clinic_behind() {
    let world = World::with_pool(POOL).await;
    let started = Instant::now();
    let mut actors = Vec::new();
    for clinic in [&world.north, &world.south] {
        clinic.patient(&format!("Sentinel-{}", clinic.slug)).await;
        actors.push(clinic.receptionist().await);
    }
    let actors = Arc::new(actors);
    let (answered, dropped, busy) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let mut tasks = JoinSet::new();
    for worker in 0..AT_ONCE {
        let (actors, answered, dropped, busy) =
            (actors.clone(), answered.clone(), dropped.clone(), busy.clone());
        tasks.spawn(async move {
            let mut seed = 0x9e37_79b9_7f4a_7c15 ^ ((worker as u64 + 1) * 0x1234_5678_9abc);
            for n in 0..REQUESTS / AT_ONCE {
                let (own, other) = if (n + worker) % 2 == 0 {
                    (&actors[0], "south")
                } else {
                    (&actors[1], "north")
                };
                let request = request(own, next(&mut seed));
                // Most go away within the few milliseconds that an answer takes.
                let patience = Duration::from_micros(match next(&mut seed) % 8 {
                    0..3 => 20_000_000,
                    3 => next(&mut seed) % 60_000,
                    _ => next(&mut seed) % 8_000,
                });
                let answer = async {
                    let response = request.send().await?;
                    Ok::<_, reqwest::Error>((response.status().as_u16(), response.text().await?))
                };
                match tokio::time::timeout(patience, answer).await {
                    Err(_) => dropped.fetch_add(1, Ordering::Relaxed),
                    Ok(Err(error)) => panic!("{error:?}"),
                    Ok(Ok((status, text))) => {
                        assert!([200, 201, 503].contains(&status), "{status}: {text}");
                        assert!(
                            !text.contains(&format!("Sentinel-{other}"))
                                && !text.contains(&format!("\"{other}\"")),
                            "{} was answered with {other}: {text}",
                            own.slug
                        );
                        assert!(!text.contains(&format!("{other} clinic")), "{text}");
                        if status == 503 {
                            busy.fetch_add(1, Ordering::Relaxed);
                        }
                        answered.fetch_add(1, Ordering::Relaxed)
                    }
                };
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let (answered, dropped, busy) = (
        answered.load(Ordering::Relaxed),
        dropped.load(Ordering::Relaxed),
        busy.load(Ordering::Relaxed),
    );
    println!(
        "cancellation: {answered} answered ({busy} busy), {dropped} dropped in {:.1?}",
        started.elapsed()
    );
    assert_eq!(answered + dropped, REQUESTS);
    assert!(dropped > REQUESTS / 10 && answered > REQUESTS / 10, "{answered}, {dropped}");
    whole_again(&world, &actors).await;
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}

/// Every connection is back, none is inside a transaction, each of them serves both clinics.
async fn whole_again(world: &World, actors: &[Actor]) {
    let pool = &world.app.pools.app;
    until("connections are missing from the pool", || async {
        usize::try_from(pool.size()).unwrap() == pool.num_idle()
    })
    .await;
    let mut superuser = world.connect("postgres").await;
    let open = "select count(*) from pg_stat_activity where datname = current_database() and usename = 'polyclinic_app' and state like 'idle in%'";
    assert_eq!(value(&mut superuser, open).await, "0");
    let mut held = Vec::new();
    for _ in 0..POOL {
        let mut connection = pool.acquire().await.unwrap();
        assert_eq!(
            value(
                &mut connection,
                "select coalesce(current_setting('gate.ctx', true), '') || pg_backend_pid()::text"
            )
            .await
            .len(),
            value(&mut connection, "select pg_backend_pid()").await.len()
        );
        let refused = connection.execute("select 1 from polyclinic.patients").await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "PC001");
        held.push(connection);
    }
    drop(held);
    for round in 0..POOL * 2 {
        for actor in actors {
            let reply = actor.get("patients?q=sentinel").await;
            assert_eq!(reply.status, 200, "round {round}: {reply:?}");
            assert_eq!(reply.json["items"][0]["given_name"], format!("Sentinel-{}", actor.slug));
        }
    }
}

#[tokio::test]
async fn numbers_have_no_gap_and_no_duplicate_after_dropped_registrations() {
    let world = World::with_pool(POOL).await;
    let reception = Arc::new(world.north.receptionist().await);
    let mut tasks = JoinSet::new();
    for worker in 0..8_u64 {
        let reception = reception.clone();
        tasks.spawn(async move {
            let mut seed = 77 + worker * 7919;
            for _ in 0..40 {
                let request = request(&reception, 2 + 8 * (next(&mut seed) >> 4));
                let _ = tokio::time::timeout(
                    Duration::from_micros(next(&mut seed) % 30_000),
                    request.send(),
                )
                .await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let pool = &world.app.pools.app;
    until("connections are missing from the pool", || async {
        usize::try_from(pool.size()).unwrap() == pool.num_idle()
    })
    .await;
    let mut superuser = world.connect("postgres").await;
    let gaps = "select count(*) = max(split_part(number, '-', 4)::int) and count(*) = count(distinct number)
                       and count(*) = (select max(value) from polyclinic.counters c where c.kind = 'patient' and c.clinic_id = min(p.clinic_id))
                from polyclinic.patients p where p.family_name = 'Dropped'";
    assert_eq!(value(&mut superuser, gaps).await, "t");
}

#[tokio::test]
async fn with_every_connection_held_the_answer_is_503_and_never_a_hang() {
    let world = World::with_pool(POOL).await;
    let doctor = world.north.doctor().await;
    assert_eq!(doctor.get("patients").await.status, 200);
    let mut locker = world.connect("postgres").await;
    locker
        .execute(AssertSqlSafe("begin; lock table polyclinic.patients in access exclusive mode"))
        .await
        .unwrap();
    let started = Instant::now();
    let replies = futures_util::future::join_all((0..6).map(|_| doctor.get("patients"))).await;
    for reply in &replies {
        assert_eq!((reply.status, reply.header("retry-after")), (503, "2"), "{reply:?}");
        assert_eq!(reply.problem(), "503 busy");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    locker.execute("rollback").await.unwrap();
    assert_eq!(doctor.get("patients").await.status, 200);
    // The same with the connections themselves taken away.
    let pool = &world.app.pools.app;
    let mut held = Vec::new();
    for _ in 0..POOL {
        held.push(pool.acquire().await.unwrap());
    }
    let started = Instant::now();
    let reply = doctor.get("patients").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "2"), "{reply:?}");
    assert!(started.elapsed() < Duration::from_secs(6));
    let page = doctor.page("patients").await;
    assert_eq!((page.status, page.header("retry-after")), (503, "2"));
    drop(held);
    until("the service did not recover", || async { doctor.get("patients").await.status == 200 })
        .await;
}

#[tokio::test]
async fn a_connection_that_died_in_the_pool_is_replaced_unseen() {
    let world = World::with_pool(POOL).await;
    let doctor = world.north.doctor().await;
    let mut superuser = world.connect("postgres").await;
    // Kill the backends under the pool: the next request finds dead connections and takes new ones.
    assert_eq!(doctor.get("patients").await.status, 200);
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and usename = 'polyclinic_app' and application_name = 'polyclinic'";
    assert_ne!(value(&mut superuser, kill).await, "0");
    for _ in 0..POOL * 2 {
        assert_eq!(doctor.get("patients").await.status, 200);
    }
}
