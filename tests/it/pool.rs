//! Connections lie where they were opened, and nobody waits for one while another is free.

use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use polyclinic::db::{self, Mode, Pool, Tx};
use pretty_assertions::{assert_eq, assert_ne};

use crate::world::cluster;

const SIZE: u32 = 4;

async fn pool() -> Pool {
    db::pool(&cluster().await.url("polyclinic_app", "postgres"), SIZE).unwrap()
}

/// The backend of a transaction.
async fn backend(tx: &mut Tx) -> i32 {
    let pid = sqlx::query_scalar("select pg_backend_pid()");
    pid.fetch_one(tx.connection().unwrap()).await.unwrap()
}

#[actix_web::test]
async fn one_event_loop_may_have_all_connections_and_the_next_request_is_told_to_come_back() {
    let pool = pool().await;
    let mut held = Vec::new();
    for _ in 0..SIZE {
        held.push(Tx::begin(&pool, Mode::Read).await.unwrap());
    }
    let refused = Tx::begin(&pool, Mode::Read).await.err().expect("refused");
    assert_eq!(refused.code(), "busy");
    held.pop().unwrap().commit().await.unwrap();
    held.push(Tx::begin(&pool, Mode::Read).await.unwrap());
    let mut pids = HashSet::new();
    for tx in &mut held {
        pids.insert(backend(tx).await);
    }
    assert_eq!(pids.len(), held.len());
    for tx in held {
        tx.commit().await.unwrap();
    }
    assert_eq!(pool.num_idle(), pids.len(), "all wait for the next");
    pool.close().await;
    assert!(Tx::begin(&pool, Mode::Read).await.is_err(), "closed");
}

#[actix_web::test]
async fn an_event_loop_keeps_to_the_connections_it_opened() {
    let pool = pool().await;
    let both = Barrier::new(2);
    let work = || {
        actix_web::rt::System::new().block_on(async {
            let mut pids = HashSet::new();
            for _ in 0..20 {
                both.wait();
                let mut tx = Tx::begin(&pool, Mode::Read).await.unwrap();
                pids.insert(backend(&mut tx).await);
                tx.commit().await.unwrap();
            }
            pids
        })
    };
    let (one, other) = thread::scope(|scope| {
        let (one, other) = (scope.spawn(work), scope.spawn(work));
        (one.join().unwrap(), other.join().unwrap())
    });
    assert_eq!(one.len(), 1, "it found its own waiting");
    if thread::available_parallelism().unwrap().get() > 1 {
        assert!(one.is_disjoint(&other), "{one:?} {other:?}");
    }
}

#[actix_web::test]
async fn an_answer_nobody_waits_for_leaves_the_connection_where_it_was_opened() {
    let pool = pool().await;
    let turn = tokio::sync::Barrier::new(2);
    let gone = async {
        let mut tx = Tx::single(&pool).await.unwrap();
        let pid = backend(&mut tx).await;
        let slow = sqlx::query("select pg_sleep(0.01)").execute(tx.connection().unwrap());
        tokio::time::timeout(Duration::ZERO, slow).await.expect_err("not answered yet");
        drop(tx);
        while pool.num_idle() == 0 {
            tokio::task::yield_now().await;
        }
        turn.wait().await;
        turn.wait().await;
        let mut next = Tx::single(&pool).await.unwrap();
        assert_eq!(backend(&mut next).await, pid, "it was kept");
        pid
    };
    let next = async {
        turn.wait().await;
        let mut tx = Tx::begin(&pool, Mode::Read).await.unwrap();
        let pid = backend(&mut tx).await;
        tx.commit().await.unwrap();
        turn.wait().await;
        pid
    };
    let (gone, next) = thread::scope(|scope| {
        let gone = scope.spawn(|| actix_web::rt::System::new().block_on(gone));
        let next = scope.spawn(|| actix_web::rt::System::new().block_on(next));
        (gone.join().unwrap(), next.join().unwrap())
    });
    if thread::available_parallelism().unwrap().get() > 1 {
        assert_ne!(gone, next, "another event loop opens its own");
    }
}

#[actix_web::test]
async fn whoever_starts_event_loops_leaves_them_no_connection_of_its_own() {
    let pool = pool().await;
    Tx::begin(&pool, Mode::Read).await.unwrap().commit().await.unwrap();
    assert_eq!(pool.num_idle(), 1);
    pool.rest();
    assert_eq!(pool.num_idle(), 0);
}
