//! Jobs: upkeep seals the trail, and a change to what is sealed does not go unnoticed.

use polyclinic::jobs;
use pretty_assertions::assert_eq;
use sqlx::{Executor, PgConnection, Row};

use crate::world::World;

async fn verify(app: &mut PgConnection, secret: &[u8]) -> String {
    app.execute("begin").await.unwrap();
    sqlx::query("select clinic_id from gate.enter('north', $1)")
        .bind(secret)
        .execute(&mut *app)
        .await
        .unwrap();
    let row = app.fetch_one("select polyclinic.verify_history()").await.unwrap();
    app.execute("rollback").await.unwrap();
    row.get(0)
}

/// Queues and does the upkeep of `north` until its trail has so many seals. The horizon waits for every
/// transaction of the server, so one turn may find nothing closed yet.
async fn sealed(world: &World, seals: i64) {
    let mut platform = world.connect("polyclinic_platform").await;
    let mut owner = world.connect("postgres").await;
    for _ in 0..1000 {
        platform
            .execute(
                "insert into platform.jobs (job_id, clinic_id, kind)
                 select gen_random_uuid(), clinic_id, 'seal' from platform.directory where slug = 'north'",
            )
            .await
            .unwrap();
        while jobs::turn(&world.app).await.unwrap() {}
        let row = owner.fetch_one("select count(*) from polyclinic.seals").await.unwrap();
        if row.get::<i64, _>(0) >= seals {
            return;
        }
    }
    panic!("the trail was not sealed");
}

#[tokio::test]
async fn a_sealed_trail_tells_when_it_was_changed() {
    let world = World::open().await;
    world.north.patient("Asha").await;
    let admin = world.north.admin().await;
    let secret = admin.secret.unwrap();
    sealed(&world, 1).await;
    world.north.patient("Usha").await;
    sealed(&world, 2).await;
    let mut app = world.connect("polyclinic_app").await;
    assert_eq!(verify(&mut app, &secret).await.split(',').next(), Some("whole"));

    let mut superuser = world.connect("postgres").await;
    superuser
        .execute(
            "update polyclinic.history set login = 'somebody else'
             where (clinic_id, history_id) in (
               select clinic_id, history_id from polyclinic.history join platform.directory using (clinic_id)
               where slug = 'north' and table_name = 'patients' limit 1)",
        )
        .await
        .unwrap();
    assert_eq!(verify(&mut app, &secret).await, "the rows under seal 1 were changed");
}

#[tokio::test]
async fn a_leased_job_is_done_once_and_opens_its_own_clinic_only() {
    let world = World::open().await;
    let mut platform = world.connect("polyclinic_platform").await;
    let insert = "insert into platform.jobs (job_id, clinic_id, kind)
                  select gen_random_uuid(), clinic_id, 'seal' from platform.directory where slug = 'north'
                  returning job_id";
    let job: uuid::Uuid = platform.fetch_one(insert).await.unwrap().get(0);
    let mut worker = world.connect("polyclinic_worker").await;
    // Queued is not leased: it opens nothing yet.
    let early = sqlx::query("select clinic_id from gate.enter_job($1)")
        .bind(job)
        .execute(&mut worker)
        .await;
    assert_eq!(early.unwrap_err().as_database_error().unwrap().code().unwrap(), "PC003");
    assert!(jobs::turn(&world.app).await.unwrap());
    let late = sqlx::query("select clinic_id from gate.enter_job($1)")
        .bind(job)
        .execute(&mut worker)
        .await;
    assert_eq!(late.unwrap_err().as_database_error().unwrap().code().unwrap(), "PC003");
}
