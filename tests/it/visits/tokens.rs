//! Token numbers.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::json;
use sqlx::Connection;

use super::{check_in, waiting};
use crate::world::World;

#[tokio::test]
async fn thirty_two_check_ins_at_once_leave_no_gap_and_no_duplicate() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let mut patients = Vec::new();
    for n in 0..32 {
        patients.push(world.north.patient(&format!("P{n}")).await);
    }
    let replies = futures_util::future::join_all(
        patients.iter().map(|p| async { check_in(&reception, p, &json!({})).await }),
    )
    .await;
    let mut tokens: Vec<i64> = replies.iter().map(|r| r.json["token"].as_i64().unwrap()).collect();
    tokens.sort_unstable();
    assert_eq!(tokens, (1..=32).collect::<Vec<_>>());
}

#[tokio::test]
async fn tokens_begin_again_with_the_clinics_own_day() {
    let world = World::open().await;
    let mut owner = world.connect("postgres").await;
    // Yesterday went up to 40, and this clinic's day is the one of its zone.
    sqlx::query(
        "insert into polyclinic.counters (clinic_id, kind, period, value)
         select d.clinic_id, 'token', ((now() at time zone d.zone)::date - 1)::text, 40
         from platform.directory d where d.slug = 'north'",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    assert_eq!(waiting(&world.north, "Asha").await["token"], 1);
    // Fourteen hours east and eleven west of Greenwich it is never the same day twice.
    let mut days = BTreeSet::new();
    for (slug, zone) in [("north", "Pacific/Kiritimati"), ("south", "Pacific/Pago_Pago")] {
        sqlx::query(
            "update polyclinic.clinics c set zone = $2
             from platform.directory d where d.clinic_id = c.clinic_id and d.slug = $1",
        )
        .bind(slug)
        .bind(zone)
        .execute(&mut owner)
        .await
        .unwrap();
        let clinic = if slug == "north" { &world.north } else { &world.south };
        let visit = waiting(clinic, "Usha").await;
        let expected: String = sqlx::query_scalar("select ((now() at time zone $1)::date)::text")
            .bind(zone)
            .fetch_one(&mut owner)
            .await
            .unwrap();
        assert_eq!(visit["visit_day"], json!(expected));
        days.insert(expected);
    }
    assert_eq!(days.len(), 2);
    owner.close().await.unwrap();
}
