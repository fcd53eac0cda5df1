//! Plans made up, good and bad: the reader of plans sees what each is.

use super::plan::{Access, Catalog, Index};

/// What a plan reads and what is wrong with it, where one index is on clinic, day and token, another on clinic and id.
fn told(plan: &str) -> Vec<String> {
    let index = |name: &str, columns: &[&str]| Index {
        name: name.into(),
        table: "visits".into(),
        columns: columns.iter().map(ToString::to_string).collect(),
        key: false,
        partial: false,
    };
    let by_day = index("by_day", &["clinic_id", "visit_day", "token"]);
    let by_id = index("by_id", &["clinic_id", "visit_id"]);
    let tables = ["visits", "visits_part"].map(|name| (name.into(), "visits".into()));
    let indexes = [("part_by_day".into(), by_day), ("part_by_id".into(), by_id)];
    let catalog = Catalog { indexes: indexes.into(), tables: tables.into() };
    let plan = format!(r#"[{{"Plan": {}}}]"#, plan.replace('\'', "\""));
    let told = |a: &Access| format!("{a} {}", a.fault().unwrap_or("well"));
    catalog.accesses(&plan).iter().map(told).collect()
}

fn scan(condition: &str) -> String {
    format!(
        "{{'Node Type': 'Index Scan', 'Parent Relationship': 'Outer', 'Index Name': 'part_by_day',
           'Relation Name': 'visits_part', 'Index Cond': '{condition}'}}"
    )
}

#[test]
fn a_plan_without_an_index_is_noticed() {
    let plan = "{'Node Type': 'Aggregate', 'Plans': [{'Node Type': 'Seq Scan',
                 'Parent Relationship': 'Outer', 'Relation Name': 'visits', 'Filter': '(clinic_id = $1)'}]}";
    assert_eq!(told(plan), ["visits: all of it reads the whole table"]);
}

#[test]
fn a_plan_that_reads_more_than_was_meant_is_noticed() {
    let known = [
        ("((clinic_id = $1) AND (visit_day = $2))", "(clinic_id, visit_day) well"),
        ("((clinic_id = $1) AND (visit_day = ANY ($2)))", "(clinic_id, visit_day) well"),
        ("(clinic_id = $1)", "(clinic_id) reads the whole clinic"),
        ("((clinic_id = $1) AND (token = $2))", "(clinic_id, token) reads the whole clinic"),
        (
            "((clinic_id = $1) AND (ROW(visit_day, token) < ROW($2, x.visit_day)))",
            "(clinic_id, visit_day.., token..) reads a range of the clinic without an end",
        ),
        ("(visit_day = $1)", "(visit_day) reads the index through"),
    ];
    for (condition, said) in known {
        assert_eq!(told(&scan(condition)), [format!("visits: by_day {said}")]);
    }
}

#[test]
fn what_is_told_but_not_looked_up_is_noticed() {
    let limit = |filter: &str| {
        let scan = scan("(clinic_id = $1)").replace("by_day", "by_id");
        let scan = scan.replace("'Index Cond'", &format!("'Filter': '{filter}', 'Index Cond'"));
        told(&format!("{{'Node Type': 'Limit', 'Plans': [{scan}]}}"))
    };
    let over = ["visits: by_id (clinic_id) until the limit passes over a better index"];
    let well = ["visits: by_id (clinic_id) until the limit well"];
    assert_eq!(limit("(visit_day = $2)"), over);
    assert_eq!(limit("((a OR b) AND (visit_day = $2) AND c)"), over);
    assert_eq!(limit("(c AND CASE WHEN a THEN true ELSE (visit_day = $2) END)"), well);
    assert_eq!(limit("(($2 IS NULL) OR (visit_day = $2))"), well);
    assert_eq!(limit("(a AND (token = $2))"), well);
}

#[test]
fn what_is_never_run_is_not_looked_at() {
    let never = |filter: &str| {
        let scan = scan("(clinic_id = $1)");
        told(&format!(
            "{{'Node Type': 'Result', 'One-Time Filter': '{filter}', 'Plans': [{scan}]}}"
        ))
    };
    assert_eq!(never("(false AND ($8 = $12))"), [""; 0]);
    assert_eq!(never("($8 = $12)").len(), 1);
}

#[test]
fn a_limit_excuses_only_what_it_ends() {
    let under = |nodes: &[&str], scan: String| {
        nodes.iter().rev().fold(scan, |inner, node| {
            format!("{{'Node Type': '{node}', 'Parent Relationship': 'Outer', 'Plans': [{inner}]}}")
        })
    };
    let whole = || scan("(clinic_id = $1)");
    let ended = ["visits: by_day (clinic_id) until the limit well"];
    let read = ["visits: by_day (clinic_id) reads the whole clinic"];
    assert_eq!(told(&under(&["Limit", "Nested Loop"], whole())), ended);
    assert_eq!(told(&under(&["Limit", "Sort"], whole())), read);
    assert_eq!(told(&under(&["Limit", "Aggregate", "Nested Loop"], whole())), read);
    let inner = whole().replace("Outer", "Inner");
    assert_eq!(told(&under(&["Limit", "Nested Loop"], inner)), read);
    let apart = whole().replace("Outer", "SubPlan");
    assert_eq!(told(&under(&["Limit"], apart)), read);
}
