//! Questions whose answer is not a row: errors, plans and estimates that must be the same for a right
//! and a wrong guess about south.

use super::attempt::{attempt, send};
use super::stage::Stage;
use crate::rows::{ask, value};

/// A text of south's that an attacker guesses, by table: the first column that holds free text.
async fn texts(stage: &mut Stage) -> Vec<(String, String, String)> {
    let mut texts = Vec::new();
    let Stage { catalog, superuser, south, .. } = stage;
    for table in catalog.tables.iter().filter(|t| !t.name.starts_with("history_")) {
        for column in table.columns.iter().filter(|c| c.kind == "text").take(2) {
            let sql = format!(
                "select min({0}) from polyclinic.{1} where clinic_id = {south}",
                column.name, table.name
            );
            let text = value(superuser, &sql).await.replace('\'', "''");
            if !text.is_empty() {
                texts.push((table.name.clone(), column.name.clone(), text));
            }
        }
    }
    texts
}

#[tokio::test]
async fn a_right_guess_and_a_wrong_one_look_the_same() {
    let mut stage = Stage::open().await;
    let texts = texts(&mut stage).await;
    assert!(texts.len() > 15, "{texts:?}");
    let (south, mut cases) = (stage.south, 0);
    let planners = [
        "select 1",
        "set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off",
        "set local enable_seqscan = off",
        "set local cpu_operator_cost = 0",
    ];
    // $T table, $C column, $G the guess. The last ones tell by a side effect of the attacker's own.
    let questions = [
        "select count(*) from $T where clinic_id = any ('{$S}') and $C = any ('{\"$G\"}')",
        "select count(*) from $T where clinic_id = $S and $C = '$G'",
        "select count(*) from $T where clinic_id = $S and $C < '$G'",
        "select exists (select from $T where clinic_id = any ('{$S}') and $C = any ('{\"$G\"}'))",
        "select count(*) from (values ('$G')) v (g) left join $T on clinic_id = any ('{$S}') and $C = v.g",
        "select 1 from $T where clinic_id = any ('{$S}') and $C = any ('{\"$G\"}') for update",
        "update $T set $C = $C where clinic_id = any ('{$S}') and $C = any ('{\"$G\"}')",
        "select count(*) from $T where clinic_id = $S and $C = any ('{\"$G\"}') and clinic_id = any (array[(select (1 / (random() * 0)::int)::bigint)])",
        "select count(*) from $T where $C = any ('{\"$G\"}') and clinic_id = any ('{$S}') and $C = any (array[(select (1 / (random() * 0)::int)::text)])",
        "explain (analyze, costs off, timing off, summary off, buffers off) select count(*) from $T where clinic_id = any ('{$S}') and $C = any ('{\"$G\"}') and $C = any (array[(select 'x'::text)])",
        "explain select 1 from $T where $C < '$G'",
        "explain select 1 from $T where clinic_id = $S and $C = '$G'",
    ];
    for entered in [false, true] {
        for planner in planners {
            if entered {
                stage.inside("admin").await;
            } else {
                send(stage.app(), "begin").await;
            }
            attempt(stage.app(), planner).await;
            for (table, column, right) in &texts {
                for question in questions {
                    let ask = |guess: &str| {
                        question
                            .replace("$T", &format!("polyclinic.{table}"))
                            .replace("$C", column)
                            .replace("$S", &south.to_string())
                            .replace("$G", guess)
                    };
                    let wrong: String = right
                        .chars()
                        .rev()
                        .chain("~".chars())
                        .take(right.chars().count())
                        .collect();
                    let wrong = if wrong == *right { format!("~{}", &right[1..]) } else { wrong };
                    let (hit, miss) = (
                        attempt(stage.app(), &ask(right)).await,
                        attempt(stage.app(), &ask(&wrong)).await,
                    );
                    // The guess itself stands in a plan's text, and so does a policy's own word.
                    let (hit, miss) = (
                        format!("{hit:?}").replace(right.as_str(), "?").replace(&wrong, "?"),
                        format!("{miss:?}").replace(right.as_str(), "?").replace(&wrong, "?"),
                    );
                    assert_eq!(hit, miss, "{} | {planner}", ask(right));
                    cases += 1;
                }
            }
            send(stage.app(), "rollback").await;
        }
    }
    println!("guesses: {cases} pairs");
    assert!(cases > 1_000);
}

#[tokio::test]
async fn the_wall_stands_before_every_condition_of_the_caller() {
    let mut stage = Stage::open().await;
    let south = stage.south;
    stage.inside("admin").await;
    send(stage.app(), "set local enable_indexscan = off; set local enable_bitmapscan = off").await;
    // Where operators cost nothing the order is that of writing, and the wall's other half may come first.
    let (case, equal) = ("CASE WHEN (clinic_id = ANY (ARRAY[$", "(clinic_id = $");
    for (cost, walls) in [("0.0025", [case, case]), ("0", [case, equal])] {
        send(stage.app(), &format!("set local cpu_operator_cost = {cost}")).await;
        let sql = format!(
            "explain (costs off) select 1 from polyclinic.patients where clinic_id = any ('{{{south}}}') and given_name < any ('{{B}}')"
        );
        let plan = attempt(stage.app(), &sql).await.text();
        let filter = plan.lines().find_map(|line| line.trim().strip_prefix("Filter: ("));
        let filter = filter.unwrap();
        assert!(
            walls.iter().any(|wall| filter
                .trim_start_matches('(')
                .starts_with(wall.trim_start_matches('('))),
            "{plan}"
        );
        assert!(filter.find(case) < filter.find("given_name"), "{plan}");
    }
}

#[tokio::test]
async fn estimates_stay_what_they_are_after_analyze() {
    let mut stage = Stage::open().await;
    let (catalog_north, catalog_south) = (stage.north, stage.south);
    for clinic in [catalog_north, catalog_south] {
        stage.catalog.fill(&mut stage.superuser, clinic, 60).await;
    }
    send(&mut stage.superuser, "analyze").await;
    stage.inside("admin").await;
    for (table, column) in [
        ("patients", "given_name"),
        ("patients", "phone_digits"),
        ("patients", "number"),
        ("patient_search", "token"),
        ("users", "name"),
        ("users", "identifier"),
        ("notes", "findings"),
    ] {
        let mut estimates = std::collections::BTreeSet::new();
        for guess in ["", "0", "5", "90", "99", "A", "Asha", "a", "m", "t5", "zz"] {
            let sql =
                format!("explain select 1 from polyclinic.{table} where {column} < '{guess}'");
            let plan = attempt(stage.app(), &sql).await.text();
            let rows =
                plan.split("rows=").nth(1).unwrap_or(&plan).split(' ').next().unwrap().to_owned();
            estimates.insert(rows);
        }
        assert_eq!(estimates.len(), 1, "{table}.{column}: {estimates:?}");
    }
    for view in [
        "pg_catalog.pg_stats",
        "pg_catalog.pg_stats_ext",
        "pg_catalog.pg_statistic",
        "pg_catalog.pg_stats_ext_exprs",
    ] {
        let outcome = attempt(stage.app(), &format!("select * from {view} where true")).await;
        assert_eq!(outcome.code(), "42501", "{view}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_mask_forged_between_two_rows_of_a_cursor_shows_nothing_more() {
    let mut stage = Stage::open().await;
    let north = stage.north;
    for (role, table, column) in [
        ("patient", "patients", "number"),
        ("nurse", "notes", "note_id::text"),
        ("patient", "visits", "visit_id::text"),
    ] {
        // What is rightly seen: a patient's own rows, and for a nurse no note at all.
        let own = ask(&mut stage.superuser, &format!(
            "select x.{column} from polyclinic.{table} x join polyclinic.users u using (clinic_id, patient_id)
             where clinic_id = {north} and u.role = '{role}'")).await;
        stage.inside(role).await;
        let mut forged = stage.captured().await;
        forged.replace_range(112..128, "7fffffffffffffff");
        let key = stage.catalog.table(table).columns[1].name.clone();
        let declare = format!(
            "declare c cursor for select g, n.v from generate_series(1, 2) g left join lateral (
               select p.{column} v from polyclinic.{table} p where p.{key} >= any (array[case g
                 when 1 then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid else '00000000-0000-0000-0000-000000000000' end]) offset 0) n on true");
        assert_eq!(attempt(stage.app(), &declare).await.code(), "");
        attempt(stage.app(), "fetch 1 from c").await;
        send(stage.app(), &format!("set local gate.ctx = '{forged}'")).await;
        let rest = attempt(stage.app(), "fetch all from c").await;
        let text = rest.text();
        let seen = text
            .lines()
            .filter_map(|line| line.split_once('|'))
            .map(|(_, v)| v)
            .filter(|v| *v != "null");
        let mine = |v: &str| own.iter().any(|row| row[0].as_deref() == Some(v));
        let allowed =
            rest.code() == "PC002" || rest.code().is_empty() && seen.into_iter().all(mine);
        assert!(allowed, "{role} on {table}: {rest:?}");
        send(stage.app(), "rollback").await;
    }
}
