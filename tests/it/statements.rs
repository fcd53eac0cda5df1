//! Every statement of the service, from its source: it names its clinic, and an index serves it.

mod known;
mod meant;
mod plan;

use crate::sources::{Statement, statements};

/// Statements about a clinic's rows.
fn ours() -> Vec<Statement> {
    // A call of a function is no statement about rows: the function's own are behind the same wall.
    let ours = statements().into_iter().filter(|s| !tables(&flat(&s.sql)).is_empty());
    let apart =
        |s: &Statement| ["src/cli/", "src/demo/"].iter().any(|folder| s.place.starts_with(folder));
    ours.filter(|s| !apart(s)).collect()
}

/// The words of a statement, lower case, with one blank between.
fn flat(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Tables that a statement names, each as often as it does.
fn tables(sql: &str) -> Vec<String> {
    let mut tables = Vec::new();
    for (at, word) in sql.match_indices("polyclinic.") {
        let rest = &sql[at + word.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        // A function is followed by its arguments at once, a table's columns by a blank.
        if !rest[end..].starts_with('(') {
            tables.push(rest[..end].to_owned());
        }
    }
    tables
}

#[test]
fn every_statement_names_its_clinic_once_for_each_table() {
    let ours = ours();
    assert!(ours.len() > 10, "{}", ours.len());
    let mut wrong = Vec::new();
    for statement in &ours {
        let sql = flat(&statement.sql);
        let named = sql.matches("clinic_id = ").count()
            + sql.matches("using (clinic_id").count()
            + sql.matches("(clinic_id,").count()
            - sql.matches("using (clinic_id,").count();
        // The clinic comes from the program, or from the gate in the same statement.
        let asks = sql.contains("clinic_id = $1")
            || sql.contains("from gate.enter($1, $2) e") && sql.contains("clinic_id = e.clinic_id")
            || sql.contains("insert into") && sql.contains("(clinic_id,") && sql.contains("$1");
        if !asks || named < tables(&sql).len() {
            wrong.push(format!("{}: {sql}", statement.place));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn no_sql_stands_outside_a_store() {
    let homes = [
        "store",
        "src/db.rs",
        "src/tenant/",
        "src/cli/",
        "src/demo/",
        "src/numbers",
        "src/trail",
        "src/cluster",
        "src/jobs/",
        "/bulk",
    ];
    for statement in statements() {
        assert!(
            homes.iter().any(|home| statement.place.contains(home)),
            "{} is no store",
            statement.place
        );
    }
}
