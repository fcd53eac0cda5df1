//! Every statement of the service, from its source: it names its clinic, and an index serves it.

use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::rows::{Catalog, ask, clinic_id, value};
use crate::sources::{Statement, statements};
use crate::world::World;

/// Statements that read every row of one clinic's table on purpose, by the text that is theirs, with the reason.
const WHOLE_CLINIC: &[(&str, &str)] = &[];

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
        let asks = sql.contains("clinic_id = $1")
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

/// Twenty clinics with a hundred rows in every table, so that one clinic is a small part of each.
async fn crowd(superuser: &mut PgConnection) -> i64 {
    for n in 0..18 {
        let create = format!(
            "select gate.create_clinic('crowd-{n}', 'Crowd', 'Asia/Kolkata', 'INR', 'en-IN', null, null, null, null, null)"
        );
        value(superuser, &create).await;
    }
    let catalog = Catalog::read(superuser).await;
    let clinics = ask(superuser, "select clinic_id from platform.directory order by 1").await;
    for clinic in clinics.into_iter().flatten().flatten() {
        let clinic = clinic.parse().unwrap();
        for name in ["users", "practitioners"] {
            let insert = catalog.insert(catalog.table(name), clinic, 60, &[]);
            superuser.execute(AssertSqlSafe(insert)).await.unwrap();
        }
        catalog.fill(superuser, clinic, 70).await;
    }
    superuser.execute("analyze").await.unwrap();
    clinic_id(superuser, "north").await
}

/// Lines of a plan that read a table without an index, or without a condition on one.
fn faults(plan: &str, large: &[String]) -> Vec<String> {
    let lines: Vec<&str> = plan.lines().collect();
    let mut faults = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let about = large
            .iter()
            .any(|t| line.contains(&format!(" on {t} ")) || line.ends_with(&format!(" on {t}")));
        if line.contains("Seq Scan on ") && about {
            faults.push(line.trim().to_owned());
        }
        let scans = line.contains("Index Scan") || line.contains("Index Only Scan");
        if scans && (about || line.contains("Bitmap")) {
            let depth = line.len() - line.trim_start().len();
            let own = lines[n + 1..]
                .iter()
                .take_while(|l| l.len() - l.trim_start().len() > depth && !l.contains("->"));
            if !own.into_iter().any(|l| l.contains("Index Cond") && l.contains("clinic_id")) {
                faults.push(line.trim().to_owned());
            }
        }
    }
    faults
}

#[tokio::test]
async fn an_index_serves_every_statement_of_the_service() {
    let world = World::open().await;
    let mut superuser = world.connect("postgres").await;
    let north = crowd(&mut superuser).await;
    let large = ask(&mut superuser,
        "select c.relname from pg_class c where c.relnamespace = 'polyclinic'::regnamespace and c.reltuples > 1000").await;
    let large: Vec<String> = large.into_iter().flatten().flatten().collect();
    assert!(large.len() > 8, "{large:?}");
    let (mut slow, mut served) = (Vec::new(), 0);
    for statement in ours() {
        let names = tables(&flat(&statement.sql));
        if !names.iter().any(|name| large.contains(name)) {
            continue;
        }
        let mut app = world.connect("polyclinic_app").await;
        let secret = world.north.admin().await.secret.unwrap();
        let enter = format!(
            "begin; select gate.enter('north', '\\x{}'); set local plan_cache_mode = force_generic_plan",
            hex::encode(secret)
        );
        app.execute(AssertSqlSafe(enter)).await.unwrap();
        let sql = &statement.sql;
        app.execute(AssertSqlSafe(format!("prepare s as {sql}")))
            .await
            .unwrap_or_else(|e| panic!("{}: {e}", statement.place));
        let types = value(&mut app, "select array_to_string(parameter_types, ';') from pg_prepared_statements where name = 's'").await;
        let mut types: Vec<_> =
            types.split(';').filter(|t| !t.is_empty()).map(|t| format!("null::{t}")).collect();
        if let Some(first) = types.first_mut() {
            *first = format!("{north}::bigint");
        }
        let execute = if types.is_empty() {
            "execute s".into()
        } else {
            format!("execute s ({})", types.join(", "))
        };
        let plan = ask(&mut app, &format!("explain (costs off) {execute}")).await;
        let plan = plan.into_iter().flatten().flatten().collect::<Vec<_>>().join("\n");
        let known = WHOLE_CLINIC.iter().any(|(text, _)| flat(&statement.sql).contains(text));
        for fault in faults(&plan, &large) {
            if !known {
                slow.push(format!("{}: {fault}\n{plan}\n", statement.place));
            }
        }
        served += 1;
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
    assert!(served > 5, "{served}");
}

#[test]
fn a_plan_without_an_index_is_noticed() {
    let large = ["patients".to_owned()];
    let bad = "Limit\n  ->  Seq Scan on patients p\n        Filter: (clinic_id = $1)";
    assert_eq!(faults(bad, &large).len(), 1);
    let filter = "Index Scan using patients_by_newest on patients p\n  Filter: (clinic_id = $1)";
    assert_eq!(faults(filter, &large).len(), 1);
    let good =
        "Index Scan using patients_pkey on patients p\n  Index Cond: (clinic_id = $1)\n  Filter: x";
    assert_eq!(faults(good, &large), [""; 0]);
}
