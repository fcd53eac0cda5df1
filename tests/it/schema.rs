//! The schema's rules, asked of the catalog; and proof that each question would notice.

use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::rows::ask;
use crate::sources;
use crate::world::World;

/// The query of a check, without its comments and whoever it asks as.
fn checks() -> Vec<(String, String)> {
    let named = |(file, text): (String, String)| {
        let name = file.rsplit('/').next().unwrap().trim_end_matches(".sql").to_owned();
        (name, text.trim().trim_end_matches(';').to_owned())
    };
    sources::files("sql/checks", &["sql"]).into_iter().map(named).collect()
}

#[tokio::test]
async fn every_rule_of_the_schema_holds() {
    let world = World::open().await;
    let mut app = world.connect("polyclinic_app").await;
    let mut superuser = world.connect("postgres").await;
    let mut problems = Vec::new();
    for (name, check) in checks() {
        // Anybody may ask what the service itself asks at its start.
        for db in [&mut app, &mut superuser] {
            for row in ask(db, &check).await {
                problems.push(format!("{name}: {row:?}"));
            }
        }
    }
    assert_eq!(problems, [""; 0]);
}

#[tokio::test]
async fn every_rule_notices_its_violation() {
    let world = World::open().await;
    let mut superuser = world.connect("postgres").await;
    let mut blind = Vec::new();
    for (name, check) in checks() {
        let file = format!("{}/tests/sql/violations/{name}.sql", env!("CARGO_MANIFEST_DIR"));
        let violation = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
        let mut tx = superuser.begin().await.unwrap();
        tx.execute(AssertSqlSafe(violation)).await.unwrap_or_else(|e| panic!("{file}: {e}"));
        if ask(&mut tx, &check).await.is_empty() {
            blind.push(name);
        }
        tx.rollback().await.unwrap();
    }
    assert_eq!(blind, [""; 0]);
}

#[test]
fn every_violation_belongs_to_a_check() {
    let names = |folder| {
        let files = sources::files(folder, &["sql"]).into_iter();
        files.map(|(file, _)| file.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("sql/checks"), names("tests/sql/violations"));
    assert!(names("sql/checks").len() >= 30);
}

#[tokio::test]
async fn every_permission_the_source_names_is_in_the_grid() {
    let world = World::open().await;
    let mut superuser = world.connect("postgres").await;
    let grid = ask(&mut superuser, "select permission from gate.permissions").await;
    let grid: Vec<_> = grid.into_iter().flatten().flatten().collect();
    let named = sources::permissions();
    assert!(named.len() >= 5, "{named:?}");
    for ((feature, name), permissions) in &named {
        assert!(!permissions.is_empty(), "{feature}::{name} needs nothing");
        for permission in permissions {
            assert!(
                grid.contains(permission),
                "{feature}::{name} needs {permission}, which nobody can hold"
            );
        }
    }
    // And what templates and handlers ask for by name.
    for (file, text) in sources::files("src", &["rs", "html"]) {
        for (at, ask) in text.match_indices("may(\"") {
            let name = text[at + ask.len()..].split('"').next().unwrap();
            assert!(grid.iter().any(|p| p == name), "{file} asks for {name}");
        }
    }
}
