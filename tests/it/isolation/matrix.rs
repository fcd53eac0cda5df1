//! Every table × every statement × every context, from the catalog.

use std::time::{Duration, Instant};

use super::attempt::{Outcome, attempt, rehearse, send};
use super::contexts::Context;
use super::stage::Stage;
use crate::rows::{Table, ask};

/// Codes that may answer somebody who has no context; the last where it is not even hex.
const CLOSED: [&str; 5] = ["PC001", "PC002", "42501", "22023", "22P02"];

/// What was tried and what got through.
#[derive(Default)]
pub struct Report {
    pub cases: usize,
    pub leaks: Vec<String>,
}

impl Report {
    fn case(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.cases += 1;
        if !holds {
            self.leaks.push(what());
        }
    }
}

/// A table's statements that are after south's rows.
struct Hostile {
    table: Table,
    column: String,
    /// A whole row of south's, its ids looked up.
    insert: String,
    /// The same for the own clinic.
    own: String,
}

impl Hostile {
    async fn about(stage: &mut Stage, table: &Table) -> Hostile {
        let Stage { catalog, superuser, north, south, .. } = stage;
        let insert = catalog.literal(superuser, table, *south, &[]).await;
        let own = catalog.literal(superuser, table, *north, &[]).await;
        // The column that somebody may change, else any.
        let granted = ask(superuser, &format!(
            "select attname from pg_attribute where attrelid = 'polyclinic.{}'::regclass and attnum > 0
             and has_column_privilege('polyclinic_app', attrelid, attnum, 'update') and attgenerated = ''
             order by attname <> 'name', attnum", table.name)).await;
        let any = || table.columns.iter().find(|c| c.name != "clinic_id").unwrap().name.clone();
        let column = granted.into_iter().flatten().flatten().next().unwrap_or_else(any);
        Hostile { table: table.clone(), column, insert, own }
    }

    fn against(&self, north: i64, south: i64) -> [(&'static str, String); 9] {
        let (table, column) = (format!("polyclinic.{}", self.table.name), &self.column);
        [
            (
                "select",
                format!(
                    "select count(*) filter (where clinic_id = {south}), count(*) filter (where clinic_id = {north}), count(*) from {table}"
                ),
            ),
            ("select where", format!("select 1 from {table} where clinic_id = {south}")),
            (
                "select any",
                format!("select 1 from {table} where clinic_id = any ('{{{south}}}') for update"),
            ),
            ("table", format!("select t.* from {table} t where t.clinic_id <> {north}")),
            ("insert", self.insert.clone()),
            ("insert returning", format!("{} on conflict do nothing returning *", self.insert)),
            ("update", format!("update {table} set {column} = {column} where clinic_id = {south}")),
            ("move", format!("update {table} set clinic_id = {south}")),
            ("delete", format!("delete from {table} where clinic_id = {south}")),
        ]
    }
}

/// Tries everything on every table, or on one.
pub async fn matrix(stage: &mut Stage, only: Option<&str>) -> Report {
    let mut report = Report::default();
    let tables: Vec<_> = stage.catalog.tables.clone();
    let mut all = Vec::new();
    for table in tables.iter().filter(|t| only.is_none_or(|only| only == t.name)) {
        all.push(Hostile::about(stage, table).await);
    }
    let before = stage.south().await;
    for context in Context::all() {
        let ending = context.ending(stage);
        if let Some((end, _)) = &ending {
            assert_eq!(send(&mut stage.superuser, end).await.code(), "");
        }
        for hostile in &all {
            context.arrange(stage).await;
            one(stage, context, hostile, &mut report).await;
            send(stage.login(context.login()), "commit").await;
            send(stage.login(context.login()), "reset all").await;
            let name = &hostile.table.name;
            let now = stage.checksum(name).await;
            report.case(now == before[name], || {
                format!("polyclinic.{name}, {context:?}: south's rows changed")
            });
        }
        if let Some((_, undo)) = &ending {
            assert_eq!(send(&mut stage.superuser, undo).await.code(), "");
        }
    }
    let after = stage.south().await;
    for (table, sum) in before {
        report.case(after[&table] == sum, || format!("{table}: south's rows changed"));
    }
    report
}

async fn one(stage: &mut Stage, context: Context, hostile: &Hostile, report: &mut Report) {
    let (north, south) = (stage.north, stage.south);
    let name = hostile.table.name.as_str();
    for (kind, sql) in hostile.against(north, south) {
        let outcome = attempt(stage.login(context.login()), &sql).await;
        let holds = match (&outcome, context.role()) {
            (Outcome::Refused { code, .. }, None) => CLOSED.contains(&code.as_str()),
            // A trigger of a prescription's lines looks for the draft first and finds none.
            (Outcome::Refused { code, .. }, Some(_)) => {
                ["42501", "PC020", "PC021"].contains(&code.as_str())
            }
            // Where no policy lets a login in at all, there are no rows to ask the wall about.
            (Outcome::Done { rows, changed }, None)
                if context == Context::Login("operator_olga") =>
            {
                rows.iter().flatten().all(|v| v.as_deref() == Some("0"))
                    && (*changed == 0 || kind == "select")
            }
            (Outcome::Done { .. }, None) => false,
            (Outcome::Done { rows, .. }, Some(_)) if kind == "select" => {
                rows[0][0].as_deref() == Some("0")
            }
            (Outcome::Done { rows, changed }, Some(_)) => rows.is_empty() && *changed == 0,
        };
        report.case(holds, || format!("polyclinic.{name}: {kind}, {context:?}: {outcome:?}"));
        if kind == "select"
            && let (Some(role), Outcome::Done { rows, .. }) = (context.role(), &outcome)
        {
            let seen = rows[0][1].clone().unwrap_or_default();
            report.case(rows[0][1] == rows[0][2], || {
                format!("polyclinic.{name}: {context:?} sees a third clinic")
            });
            if let Some(expected) = stage.visible(role, name).await {
                report.case(seen == expected, || format!("polyclinic.{name}: {context:?} sees {seen} own rows, the grid says {expected}"));
            }
        }
    }
    // The own clinic: only what the grid lets this role do.
    let column = &hostile.column;
    let update = format!("update polyclinic.{name} set {column} = {column}");
    for (command, sql) in [("a", hostile.own.as_str()), ("w", update.as_str())] {
        let outcome = rehearse(stage.login(context.login()), sql).await;
        if let Outcome::Done { changed, .. } = outcome {
            let may = context.role().is_some_and(|role| stage.holds(role, name, command));
            let own = name == "idempotency_keys" && context.role().is_some();
            report.case(changed == 0 || may || own, || {
                format!("polyclinic.{name}: {context:?} wrote {changed} own rows: {sql}")
            });
        } else {
            report.cases += 1;
        }
    }
}

#[tokio::test]
async fn whatever_is_tried_in_north_nothing_of_south_is_read_or_written() {
    let mut stage = Stage::open().await;
    let started = Instant::now();
    let report = matrix(&mut stage, None).await;
    let spent = started.elapsed();
    println!(
        "isolation: {} cases on {} tables in {spent:.1?}",
        report.cases,
        stage.catalog.tables.len()
    );
    assert_eq!(report.leaks, [""; 0], "of {} cases", report.cases);
    assert!(report.cases >= 2_000, "only {} cases", report.cases);
    assert!(spent <= Duration::from_mins(1), "{spent:?}");
}

#[tokio::test]
async fn the_matrix_reports_a_table_that_is_born_without_its_wall() {
    let mut stage = Stage::open().await;
    let columns = "(clinic_id bigint not null, leak_id uuid primary key, name text not null)";
    let grants = "grant select, insert, update, delete on polyclinic.leaks to polyclinic_app";
    let walls = [
        ("without row-level security", String::new()),
        ("with a wall that somebody widened",
         "alter table polyclinic.leaks enable row level security; create policy wide on polyclinic.leaks using (true)".into()),
        ("with a wall of a plain setting",
         "alter table polyclinic.leaks enable row level security;
          create policy setting on polyclinic.leaks using (clinic_id::text = coalesce(nullif(current_setting('gate.ctx', true), ''), clinic_id::text))".into()),
        ("where one may write what one may not read",
         "alter table polyclinic.leaks enable row level security;
          create policy reads on polyclinic.leaks for select using (clinic_id = (select gate.clinic_id()));
          create policy writes on polyclinic.leaks for insert with check (true)".into()),
    ];
    for (what, wall) in walls {
        let create = format!("create table polyclinic.leaks {columns}; {grants}; {wall}");
        assert_eq!(send(&mut stage.superuser, &create).await.code(), "");
        stage.catalog = crate::rows::Catalog::read(&mut stage.superuser).await;
        for clinic in [stage.north, stage.south] {
            let insert = stage.catalog.insert(stage.catalog.table("leaks"), clinic, 2, &[]);
            send(&mut stage.superuser, &insert).await;
        }
        let report = matrix(&mut stage, Some("leaks")).await;
        assert!(!report.leaks.is_empty(), "a table {what} passed");
        send(&mut stage.superuser, "drop table polyclinic.leaks").await;
    }
}
