//! Statements that pass the gate by themselves: what they show, and what they leave behind.

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::attempt::send;
use super::stage::Stage;
use crate::rows::ask;

const NEWEST: &str = include_str!("../../../src/patients/newest.sql");
const SEARCH: &str = include_str!("../../../src/patients/search.sql");

/// The patients that a statement shows, or the code of its refusal.
async fn seen(
    app: &mut PgConnection,
    sql: &str,
    slug: &str,
    secret: &[u8],
) -> Result<Vec<uuid::Uuid>, String> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(slug).bind(secret.to_owned());
    let query = if sql == NEWEST {
        query.bind(chrono::Utc::now() + chrono::Days::new(9)).bind(uuid::Uuid::max()).bind(100_i64)
    } else {
        let none: Vec<String> = Vec::new();
        query
            .bind("")
            .bind("\u{10ffff}")
            .bind(none.clone())
            .bind(none)
            .bind("")
            .bind(uuid::Uuid::nil())
            .bind(100_i64)
    };
    match query.fetch_all(app).await {
        Ok(rows) => Ok(rows.iter().map(|row| row.get(1)).collect()),
        Err(error) => Err(error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .unwrap_or_default()
            .into_owned()),
    }
}

#[tokio::test]
async fn a_glance_shows_one_clinic_and_leaves_nothing_behind() {
    let mut stage = Stage::open().await;
    let mut own = Vec::new();
    for clinic in [stage.north, stage.south] {
        let sql = format!(
            "select patient_id from polyclinic.patients where clinic_id = {clinic} and status <> 'archived'"
        );
        let mut ids: Vec<_> =
            ask(&mut stage.superuser, &sql).await.into_iter().flatten().flatten().collect();
        ids.sort();
        assert!(!ids.is_empty());
        own.push(ids);
    }
    let north = stage.world.north.admin().await.secret.unwrap();
    let south = stage.world.south.doctor().await.secret.unwrap();
    // One connection, one cached plan, whichever way the planner would like to go.
    for plans in [
        "set plan_cache_mode = auto",
        "set plan_cache_mode = force_generic_plan",
        "set enable_nestloop = off",
        "set join_collapse_limit = 1",
        "set enable_indexscan = off",
    ] {
        send(stage.app(), plans).await;
        for sql in [NEWEST, SEARCH] {
            for _ in 0..6 {
                for (slug, secret, ids) in [("north", &north, &own[0]), ("south", &south, &own[1])]
                {
                    let found = seen(stage.app(), sql, slug, secret).await.unwrap();
                    let mut found: Vec<_> = found.iter().map(ToString::to_string).collect();
                    found.sort();
                    found.dedup();
                    let strangers: Vec<_> = found.iter().filter(|id| !ids.contains(id)).collect();
                    assert!(strangers.is_empty() && !found.is_empty(), "{plans}, {slug}");
                    let after = send(stage.app(), "select count(*) from polyclinic.patients").await;
                    assert_eq!(after.code(), "PC001", "{plans}, {slug}");
                }
            }
            // The key of one clinic opens no other, an open context no second door.
            assert_eq!(seen(stage.app(), sql, "south", &north).await, Err("PC003".into()));
            assert_eq!(seen(stage.app(), sql, "nowhere", &north).await, Err("PC003".into()));
            assert_eq!(seen(stage.app(), sql, "north", &[0; 32]).await, Err("PC003".into()));
            stage.inside("admin").await;
            assert_eq!(seen(stage.app(), sql, "north", &north).await, Err("PC006".into()));
            send(stage.app(), "rollback").await;
        }
        send(stage.app(), "reset all").await;
    }
}
