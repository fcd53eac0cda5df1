//! Who was faster is known to the trail, which few may read.

use pretty_assertions::assert_eq;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};

use crate::rows::value;
use crate::world::World;

#[tokio::test]
async fn who_was_faster_is_told_to_colleagues_alone() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let patient = world.north.patient("Asha").await;
    let id = patient["patient_id"].as_str().unwrap();
    let changed = reception.patch(&format!("patients/{id}"), 1, &json!({"city": "Pune"})).await;
    let at = changed.json["updated_at"].as_str().unwrap();
    let mut app = world.connect("polyclinic_app").await;
    for (actor, since, told) in [
        (world.north.doctor().await, at, true),
        (world.north.doctor().await, "infinity", false),
        (world.north.actor("patient").await, at, false),
        (world.south.admin().await, at, false),
    ] {
        let secret = hex::encode(actor.secret.as_ref().unwrap());
        let enter = format!("begin; select gate.enter('{}', '\\x{secret}')", actor.slug);
        app.execute(AssertSqlSafe(enter)).await.unwrap();
        let ask = format!(
            "select (polyclinic.last_hand('patients', '{id}', '{since}') is not null)::text"
        );
        assert_eq!(value(&mut app, &ask).await, told.to_string(), "{} {since}", actor.role);
        app.execute("rollback").await.unwrap();
    }
}
