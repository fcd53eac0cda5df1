//! What a plan reads: every table, through which index, and on which of the index's columns.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde_json::Value;
use sqlx::PgConnection;

use crate::rows::ask;

/// An index, by the name that its table and not a partition of it goes by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Index {
    pub name: String,
    pub table: String,
    pub columns: Vec<String>,
    /// Stands for a key, so it is there whether or not anybody reads by it.
    pub key: bool,
    /// Holds some of the table's rows only: to read it is a condition by itself.
    pub partial: bool,
}

/// The indexes of the clinics' tables and the tables themselves, by the names that plans use.
pub struct Catalog {
    pub indexes: BTreeMap<String, Index>,
    pub tables: BTreeMap<String, String>,
}

/// One reading of a table.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    pub table: String,
    pub index: Option<Index>,
    /// Columns of the index that are told exactly, and those of which only a range is.
    pub equal: Vec<String>,
    pub range: Vec<String>,
    /// Whether a limit stops it, with nothing between that must see all rows first.
    pub stops: bool,
    /// A column that is told exactly and with which another index goes on behind the clinic.
    pub better: Option<String>,
}

impl Catalog {
    pub async fn read(superuser: &mut PgConnection) -> Catalog {
        let (mut indexes, mut tables) = (BTreeMap::new(), BTreeMap::new());
        for row in ask(superuser, include_str!("indexes.sql")).await {
            let [name, index, relation, table, columns, key, partial] =
                <[_; 7]>::try_from(row).unwrap().map(Option::unwrap);
            let columns = columns.split(' ').map(str::to_owned).collect();
            tables.insert(relation, table.clone());
            indexes.insert(
                name,
                Index { name: index, table, columns, key: key == "t", partial: partial == "t" },
            );
        }
        Catalog { indexes, tables }
    }

    /// Everything that a plan, as `explain (format json)` writes it, reads of the clinics' tables.
    pub fn accesses(&self, plan: &str) -> Vec<Access> {
        let plan: Value = serde_json::from_str(plan).expect(plan);
        let mut found = Vec::new();
        self.walk(&plan[0]["Plan"], false, "", &mut found);
        found
    }

    fn walk(&self, node: &Value, stops: bool, filter: &str, found: &mut Vec<Access>) {
        let text = |key: &str| node[key].as_str().unwrap_or_default();
        let kind = text("Node Type");
        // What a value that is known beforehand rules out is drawn, but never run.
        if text("One-Time Filter") == "false" || text("One-Time Filter").starts_with("(false AND") {
            return;
        }
        if let Some(index) = self.indexes.get(text("Index Name")) {
            let filter = if filter.is_empty() { text("Filter") } else { filter };
            let mut access = Access::through(index, text("Index Cond"), stops);
            // In an index of few rows a column further back is as good.
            let within = if index.partial { "" } else { text("Index Cond") };
            access.better = self.better(index, &[within, filter]);
            found.push(access);
        } else if let Some(table) = self.tables.get(text("Relation Name"))
            && kind.ends_with("Scan")
            && kind != "Bitmap Heap Scan"
        {
            found.push(Access { table: table.clone(), ..Access::default() });
        }
        for name in node["Conflict Arbiter Indexes"].as_array().into_iter().flatten() {
            if let Some(index) = self.indexes.get(name.as_str().unwrap()) {
                let (table, equal) = (index.table.clone(), index.columns.clone());
                found.push(Access {
                    table,
                    equal,
                    index: Some(index.clone()),
                    ..Access::default()
                });
            }
        }
        let hands_on =
            ["Nested Loop", "Subquery Scan", "Result", "LockRows", "Append", "Merge Append"];
        let stops = kind == "Limit" || stops && hands_on.contains(&kind);
        for child in node["Plans"].as_array().into_iter().flatten() {
            let first = ["Outer", "Subquery", "Member"].map(Value::from);
            let stops = stops && first.contains(&child["Parent Relationship"]);
            let filter = if kind.starts_with("Bitmap") { text("Filter") } else { "" };
            self.walk(child, stops, filter, found);
        }
    }

    /// A column that one of these conditions tells exactly, where another index than this goes on with it.
    fn better(&self, index: &Index, conditions: &[&str]) -> Option<String> {
        let others =
            self.indexes.values().filter(|other| other.table == index.table && !other.partial);
        let leads: Vec<_> = others.filter_map(|other| other.columns.get(1)).collect();
        let told = conditions.iter().flat_map(|condition| parts(condition));
        let told =
            told.filter_map(|part| part.strip_prefix('(')?.split_once(" = ").map(|(left, _)| left));
        let mut told = told.map(|left| left.trim_matches('"').to_owned());
        told.find(|column| leads.contains(&column) && index.columns.get(1) != Some(column))
    }
}

impl Access {
    fn through(index: &Index, condition: &str, stops: bool) -> Access {
        let condition = condition.replace('"', "");
        let rows: Vec<&str> = condition
            .split("ROW(")
            .skip(1)
            .flat_map(|row| row.split(')').next().unwrap_or_default().split(", "))
            .collect();
        let (mut equal, mut range) = (Vec::new(), Vec::new());
        for column in &index.columns {
            let says = |sign: &str| condition.contains(&format!("({column} {sign}"));
            if says("= ") || says("IS NULL") {
                equal.push(column.clone());
            } else if says("<") || says(">") || rows.contains(&column.as_str()) {
                range.push(column.clone());
            }
        }
        let index = Some(index.clone());
        Access {
            table: index.as_ref().unwrap().table.clone(),
            index,
            equal,
            range,
            stops,
            better: None,
        }
    }

    /// What is wrong with it: an index is of use where the column behind the clinic is told, or where a
    /// limit ends the reading after the rows that are shown.
    pub fn fault(&self) -> Option<&'static str> {
        let Some(index) = &self.index else { return Some("reads the whole table") };
        let beyond = index.columns.get(1).or(index.columns.first()).unwrap();
        let leads = index.columns.first().is_some_and(|first| self.equal.contains(first));
        match () {
            () if !leads => Some("reads the index through"),
            () if self.equal.contains(beyond) => None,
            () if self.better.is_some() => Some("passes over a better index"),
            () if self.stops || index.partial => None,
            () if self.range.contains(beyond) => Some("reads a range of the clinic without an end"),
            () => Some("reads the whole clinic"),
        }
    }
}

/// Conditions that hold together: `(a AND (b AND c))` is `a` and `(b AND c)`.
fn parts(condition: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 1, Vec::new());
    for (at, sign) in condition.char_indices() {
        depth += i32::from(sign == '(') - i32::from(sign == ')');
        if depth == 1 && condition[at..].starts_with(" AND ") {
            parts.push(&condition[start..at]);
            start = at + " AND ".len();
        }
    }
    // One condition alone has no bracket around it but its own.
    match parts.as_slice() {
        [] => vec![condition],
        _ => parts.into_iter().chain([&condition[start..condition.len() - 1]]).collect(),
    }
}

/// `visits_by_newest (clinic_id, arrived_at.., visit_id..) until the limit`
impl Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(index) = &self.index else { return write!(f, "{}: all of it", self.table) };
        let range = self.range.iter().map(|column| format!("{column}.."));
        let told: Vec<_> = self.equal.iter().cloned().chain(range).collect();
        let end = if self.stops { " until the limit" } else { "" };
        write!(f, "{}: {} ({}){end}", self.table, index.name, told.join(", "))
    }
}
