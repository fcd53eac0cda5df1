//! Every statement of the service, planned for its login beside many clinics: the index that was meant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use sqlx::{AssertSqlSafe, Executor, PgConnection};

use super::plan::{Access, Catalog};
use super::{flat, ours, tables};
use crate::rows::{ask, clinic_id, value};
use crate::sources::Statement;
use crate::world::World;

/// Readings of a whole clinic that are meant: statement or any, table, reason.
const ON_PURPOSE: &[(&str, &str, &str)] = &[
    (
        "*",
        "practitioners",
        "a clinic has a few dozen, and to read them all once may cost less than one by one",
    ),
    ("src/figures/work.sql", "patients", "counts those of a period, which is a year at most"),
    ("src/figures/work.sql", "prescriptions", "counts those of a period, which is a year at most"),
    ("src/figures/work.sql", "notes", "counts those of a period, which is a year at most"),
    (
        "src/figures/work.sql",
        "prescription_tests",
        "counts those of a period, which is a year at most",
    ),
    ("src/cohort/figures.sql", "risk_profiles", "counts everybody"),
    ("src/cohort/figures.sql", "patients", "counts everybody"),
    (
        "src/check_ins/by_period.sql",
        "visits",
        "counts the days that were asked for, 400 at most or as many months",
    ),
    ("src/numbers.rs next_ones", "counters", "a clinic has a few a year"),
    ("src/patients/store.rs registered_today", "patients", "counts one day"),
    ("src/cohort/distributions.sql", "risk_profiles", "counts everybody, six ways"),
    ("src/cohort/distributions.sql", "patients", "counts everybody, six ways"),
];

/// Indexes that no statement of the service reads by: name, and who does.
const FOR_OTHERS: &[(&str, &str)] = &[
    ("prescription_templates_name_key", "nobody: it is the rule that a name is there once"),
    ("history_by_xid", "polyclinic.hash_history, which seals a range of transactions"),
    ("import_pieces_by_age", "polyclinic.sweep_files, which forgets old ones"),
    (
        "ordered_tests_by_prescription",
        "gate.order_tests, which calls off what a voided one ordered",
    ),
];

/// How a statement is planned. The first five times a connection plans it for the values it is given,
/// later perhaps once for all values; both must be good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// For any values.
    Generic,
    /// For values as of a page without filters in the large clinic.
    Plain,
    /// With every optional filter set.
    Filtered,
}

impl How {
    fn mode(self) -> &'static str {
        if self == How::Generic { "force_generic_plan" } else { "force_custom_plan" }
    }

    fn name(self) -> &'static str {
        match self {
            How::Generic => "any values",
            How::Plain => "no filter",
            How::Filtered => "filters",
        }
    }
}

/// What a page is filtered by.
fn filter(number: usize, sql: &str) -> &'static str {
    let filters = [
        ("v.status", "'waiting'"),
        ("p.status", "'draft'"),
        ("u.status", "'invited'"),
        ("u.role", "'doctor'"),
    ];
    let asked = |left: &str| sql.contains(&format!("{left} = ${number}"));
    filters.iter().find(|(left, _)| asked(left)).map_or("'visit'", |(_, value)| *value)
}

/// A believable value for a parameter. Of free text and ids the planner keeps no statistics or knows each
/// to be rare, so which one it is does not matter.
fn given(kind: &str, number: usize, sql: &str, how: How, clinic: i64) -> String {
    let optional = sql.contains(&format!("${number}::{kind} is null or"));
    let id = |n: usize| format!("'{clinic:08x}-0000-7000-8000-{n:012x}'");
    let value = match kind {
        "bigint" if number == 1 => return clinic.to_string(),
        _ if optional && how == How::Plain => "null".into(),
        "text" if optional => filter(number, sql).into(),
        "text" => format!("'name{number}'"),
        "uuid" => id(number),
        "text[]" => "'{name1,name2,name3}'".into(),
        "uuid[]" => format!("array[{}, {}]", id(1), id(2)),
        "timestamp with time zone" => "now()".into(),
        "date" => "current_date".into(),
        "smallint" | "integer" | "bigint" | "double precision" => "21".into(),
        "boolean" => "true".into(),
        "jsonb" => "'[]'".into(),
        "bytea" => r"'\x00'".into(),
        kind if kind.ends_with("[]") => "'{}'".into(),
        kind => panic!("what is a believable {kind}?"),
    };
    format!("{value}::{kind}")
}

/// The call of a prepared statement with values.
async fn call(app: &mut PgConnection, statement: &Statement, how: How, clinic: i64) -> String {
    let mode = format!("set local plan_cache_mode = {}", how.mode());
    app.execute(AssertSqlSafe(mode)).await.unwrap();
    let kinds =
        "select array_to_string(parameter_types, ';') from pg_prepared_statements where name = 's'";
    let kinds = value(app, kinds).await;
    let kinds = kinds.split(';').filter(|kind| !kind.is_empty());
    let sql = flat(&statement.sql);
    let given: Vec<_> = kinds.zip(1..).map(|(kind, n)| given(kind, n, &sql, how, clinic)).collect();
    if given.is_empty() { "execute s".into() } else { format!("execute s ({})", given.join(", ")) }
}

/// Tables that a statement reads by name but its plan does not: a condition that cannot hold was planned
/// away, and with it what should be looked at.
fn hidden(sql: &str, accesses: &[Access]) -> Vec<String> {
    let named = tables(sql);
    let read = |table: &str| accesses.iter().filter(|access| access.table == table).count();
    let written = |table: &str| sql.matches(&format!("insert into polyclinic.{table} ")).count();
    let short = |table: &&String| {
        let times = named.iter().filter(|name| name == table).count();
        read(table) < times - written(table)
    };
    named.iter().filter(short).cloned().collect()
}

/// What was found in all plans.
#[derive(Default)]
struct Review {
    drawn: String,
    faults: Vec<String>,
    used: BTreeSet<String>,
    excused: BTreeSet<(&'static str, &'static str, &'static str)>,
}

impl Review {
    /// What is wrong with a plan and is not meant.
    fn faults(&mut self, statement: &Statement, how: How, accesses: &[Access]) -> Vec<String> {
        let mut faults = Vec::new();
        for access in accesses {
            let Some(fault) = access.fault() else { continue };
            let names = [statement.name.as_str(), "*"];
            let meant =
                |known: &&(&str, &str, _)| names.contains(&known.0) && known.1 == access.table;
            match ON_PURPOSE.iter().find(meant) {
                Some(meant) => _ = self.excused.insert(*meant),
                None => faults.push(format!("{fault}: {access}")),
            }
        }
        // A filter may well plan away what it does not ask for.
        if how != How::Filtered {
            let hidden = hidden(&flat(&statement.sql), accesses);
            faults.extend(hidden.iter().map(|table| format!("hides its reading of {table}")));
        }
        faults
    }

    /// Draws what a statement reads, and for which values where not for all.
    fn draw(&mut self, statement: &Statement, hows: &[How], seen: BTreeMap<Access, BTreeSet<How>>) {
        if !seen.is_empty() {
            writeln!(self.drawn, "{}", statement.name).unwrap();
        }
        for (access, those) in seen {
            let names: Vec<_> = those.iter().map(|how| how.name()).collect();
            let all = those.len() == hows.len();
            let when = if all { String::new() } else { format!("   [{}]", names.join(", ")) };
            writeln!(self.drawn, "    {access}{when}").unwrap();
            self.used.extend(access.index.map(|index| index.name));
        }
    }

    /// Excuses that nobody needs, and indexes.
    fn leftovers(&mut self, catalog: &Catalog) {
        for known in ON_PURPOSE.iter().filter(|known| !self.excused.contains(*known)) {
            self.faults.push(format!("{} {}: reads no whole clinic any more", known.0, known.1));
        }
        let idle = catalog.indexes.values();
        let idle = idle.filter(|index| !index.key && !self.used.contains(&index.name));
        let idle: BTreeSet<_> = idle.map(|index| index.name.as_str()).collect();
        let others: BTreeSet<_> = FOR_OTHERS.iter().map(|(name, _)| *name).collect();
        for name in idle.symmetric_difference(&others) {
            self.faults.push(format!("{name}: nobody reads by it, or somebody does after all"));
        }
    }
}

/// The login of the service, in a transaction of an admin of north, which is large.
async fn crowded(world: &World) -> (PgConnection, Catalog, i64) {
    let mut superuser = world.connect("postgres").await;
    // Every row is looked at for the statistics, so that they are the same every time.
    for sql in [include_str!("crowd.sql"), "set default_statistics_target = 1000", "vacuum analyze"]
    {
        superuser.execute(sql).await.unwrap();
    }
    let few = ask(&mut superuser, include_str!("few.sql")).await;
    assert_eq!(
        few,
        Vec::<Vec<Option<String>>>::new(),
        "tests/it/statements/crowd.sql lacks rows of"
    );
    let mut app = world.connect("polyclinic_app").await;
    let secret = hex::encode(world.north.admin().await.secret.unwrap());
    let enter = format!("begin; select gate.enter('north', '\\x{secret}')");
    app.execute(AssertSqlSafe(enter)).await.unwrap();
    let north = clinic_id(&mut superuser, "north").await;
    (app, Catalog::read(&mut superuser).await, north)
}

#[tokio::test]
async fn every_statement_uses_the_index_that_was_meant() {
    let world = World::open().await;
    let (mut app, catalog, north) = crowded(&world).await;
    let mut review = Review::default();
    for statement in ours() {
        let prepare = format!("prepare s as {}", statement.sql);
        app.execute(AssertSqlSafe(prepare)).await.expect(&statement.place);
        let filters = flat(&statement.sql).contains(" is null or");
        let hows = [How::Generic, How::Plain, How::Filtered];
        let hows = if filters { &hows[..] } else { &hows[..2] };
        let mut seen: BTreeMap<Access, BTreeSet<How>> = BTreeMap::new();
        for how in hows {
            let call = call(&mut app, &statement, *how, north).await;
            let plan = value(&mut app, &format!("explain (format json, costs off) {call}")).await;
            let accesses = catalog.accesses(&plan);
            for fault in review.faults(&statement, *how, &accesses) {
                let plan = ask(&mut app, &format!("explain {call}")).await;
                let plan = plan.into_iter().flatten().flatten().collect::<Vec<_>>().join("\n");
                let (name, how) = (&statement.name, how.name());
                review.faults.push(format!("{name}, {how}: {fault}\n{plan}\n"));
            }
            for access in accesses {
                seen.entry(access).or_default().insert(*how);
            }
        }
        app.execute("deallocate s").await.unwrap();
        review.draw(&statement, hows, seen);
    }
    review.leftovers(&catalog);
    assert!(review.faults.is_empty(), "{}", review.faults.join("\n"));
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("indexes", review.drawn);
    });
}

#[test]
fn a_reading_that_was_planned_away_is_noticed() {
    let sql = "insert into polyclinic.notes (x) select 1 from polyclinic.visits v join polyclinic.visits w";
    let read = Access { table: "visits".into(), ..Access::default() };
    assert_eq!(hidden(sql, std::slice::from_ref(&read)), ["visits", "visits"]);
    assert_eq!(hidden(sql, &[read.clone(), read]), [""; 0]);
}
