//! A row for every table of the clinics, made from the catalog: a table that is born tomorrow gets its
//! rows by itself, or fails here and asks for a hint.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgConnection, Row};

/// Values that neither type nor foreign key nor list of words tells.
const HINTS: &[(&str, &str)] = &[
    ("document_pieces.number", "(random() * 39)::int"),
    ("documents.category", "'photo'"),
    ("history.changed_at", "now()"),
    ("notes.findings", "'nothing new'"),
    ("patients.birth_date", "date '1950-01-01' + (random() * 20000)::int"),
    ("patients.family_name", "'F' || substr(md5(random()::text), 1, 6)"),
    ("patients.given_name", "'Asha'"),
    ("patients.phone", "(9000000000 + (random() * 999999999)::bigint)::text"),
    ("prescription_lines.position", "1 + (random() * 49)::int"),
    ("prescription_tests.position", "1 + (random() * 49)::int"),
    ("template_lines.position", "1 + (random() * 49)::int"),
    ("template_tests.position", "1 + (random() * 49)::int"),
    ("import_pieces.number", "(random() * 1023)::int"),
    ("admission_recommendations.closed_at", "now()"),
    ("admission_recommendations.closed_reason", "'better'"),
    ("admission_recommendations.status", "'withdrawn'"),
    ("import_rejects.row_number", "1 + (random() * 1000000)::int"),
    ("result_values.position", "1 + (random() * 29)::int"),
    ("result_values.value", "13.5"),
    ("seals.below_xid", "2"),
    ("seals.seal_no", "1 + (random() * 1000000)::int"),
    ("test_results.verified_at", "now()"),
    ("test_results.verified_by", "gen_random_uuid()"),
    ("test_measures.measures", "'[]'"),
    ("users.identifier", "'u' || substr(md5(random()::text), 1, 12)"),
    ("users.role", "'nurse'"),
    ("visit_moves.to_status", "'waiting'"),
    ("visits.token", "1 + (random() * 2000000000)::int"),
    ("vitals.pulse_bpm", "80"),
];

/// The tables of schema polyclinic, as the catalog knows them.
pub struct Catalog {
    pub tables: Vec<Table>,
}

/// One table, a partition included.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub parents: Vec<Parent>,
    /// Of a partition: a value of its range.
    within: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub kind: String,
    not_null: bool,
    default: Option<String>,
    pub generated: bool,
    word: Option<String>,
}

/// A foreign key, without its `clinic_id`.
#[derive(Debug, Clone)]
pub struct Parent {
    pub constraint: String,
    pub table: String,
    /// Own column and theirs.
    pub columns: Vec<(String, String)>,
}

/// Rows of any query, as text.
pub async fn ask(db: &mut PgConnection, sql: &str) -> Vec<Vec<Option<String>>> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(db).await;
    let rows = rows.unwrap_or_else(|e| panic!("{sql}: {e}"));
    let cell = |row: &sqlx::postgres::PgRow, i| row.try_get_unchecked(i).unwrap();
    rows.iter().map(|row| (0..row.len()).map(|i| cell(row, i)).collect()).collect()
}

/// The one value of a query, as text.
pub async fn value(db: &mut PgConnection, sql: &str) -> String {
    let rows = ask(db, sql).await;
    rows.into_iter().flatten().next().flatten().unwrap_or_default()
}

/// The number of a clinic, which never leaves the database otherwise.
pub async fn clinic_id(superuser: &mut PgConnection, slug: &str) -> i64 {
    let sql = format!("select clinic_id from platform.directory where slug = '{slug}'");
    value(superuser, &sql).await.parse().unwrap()
}

impl Catalog {
    /// Reads the catalog as a superuser.
    pub async fn read(superuser: &mut PgConnection) -> Catalog {
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        for row in ask(superuser, include_str!("sql/columns.sql")).await {
            let [name, bound, column, kind, not_null, generated, default, words] =
                <[_; 8]>::try_from(row).unwrap();
            let name = name.unwrap();
            let table = tables.entry(name.clone()).or_insert_with(|| Table {
                name,
                columns: Vec::new(),
                parents: Vec::new(),
                within: bound.map(|b| b.split('\'').nth(1).unwrap_or("2001-01-01").to_owned()),
            });
            let first = |w: String| w.split('\'').nth(1).unwrap_or_default().to_owned();
            table.columns.push(Column {
                name: column.unwrap(),
                kind: kind.unwrap(),
                not_null: not_null.as_deref() == Some("t"),
                generated: generated.as_deref() == Some("t"),
                default,
                word: words.map(first),
            });
        }
        for row in ask(superuser, include_str!("sql/foreign_keys.sql")).await {
            let [table, constraint, parent, own, their] =
                <[_; 5]>::try_from(row).unwrap().map(Option::unwrap);
            let pairs = own.split(',').zip(their.split(','));
            let pairs = pairs.filter(|(own, _)| *own != "clinic_id");
            let columns = pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
            let parent = Parent { constraint, table: parent, columns };
            tables.get_mut(&table).unwrap().parents.push(parent);
        }
        Catalog { tables: in_order(tables) }
    }

    pub fn table(&self, name: &str) -> &Table {
        self.tables.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no table {name}"))
    }

    /// At least one row in every table of this clinic.
    pub async fn fill(&self, superuser: &mut PgConnection, clinic: i64, rows: u32) {
        for table in &self.tables {
            let insert = self.insert(table, clinic, rows, &[]);
            let done = sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut *superuser).await;
            let count = format!(
                "select count(*) from polyclinic.{} where clinic_id = {clinic}",
                table.name
            );
            assert!(
                value(superuser, &count).await != "0",
                "polyclinic.{} has no row: give HINTS in tests/it/rows.rs what it needs ({done:?})",
                table.name
            );
        }
    }

    /// `insert into … select …` of so many rows. `with` replaces the values of columns.
    pub fn insert(&self, table: &Table, clinic: i64, rows: u32, with: &[(&str, String)]) -> String {
        let (columns, values, from) = self.parts(table, clinic, with);
        format!(
            "insert into polyclinic.{} ({}) select {} from generate_series(1, {rows}) g {from} on conflict do nothing",
            table.name,
            columns.join(", "),
            values.join(", ")
        )
    }

    /// A new row with parents of its own, and its id. Colleagues are not made, they are there.
    pub async fn fresh(
        &self,
        superuser: &mut PgConnection,
        name: &str,
        clinic: i64,
        mut with: Vec<(&str, String)>,
    ) -> String {
        let table = self.table(name);
        let mut parents: Vec<_> = table
            .parents
            .iter()
            .filter(|p| !["users", "practitioners"].contains(&p.table.as_str()))
            .collect();
        parents.sort_by_key(|p| self.tables.iter().rev().position(|t| t.name == p.table));
        for parent in parents {
            let [(own, their)] = parent.columns.as_slice() else { continue };
            let needed = table.columns.iter().any(|c| c.name == *own && c.not_null);
            if !needed || with.iter().any(|(column, _)| column == own) {
                continue;
            }
            // What is said of the patient here is said of the parent too.
            let of_parent = |column: &&str| {
                self.table(&parent.table).columns.iter().any(|c| c.name == **column)
            };
            let shared = with.iter().filter(|(column, _)| of_parent(column)).cloned().collect();
            let id = Box::pin(self.fresh(superuser, &parent.table, clinic, shared)).await;
            for column in &self.table(&parent.table).columns {
                let mine = table
                    .parents
                    .iter()
                    .flat_map(|p| &p.columns)
                    .find(|(mine, _)| *mine == column.name);
                if let Some((mine, _)) = mine.filter(|_| column.not_null && column.name != *their)
                    && !with.iter().any(|(column, _)| column == mine)
                {
                    let value = format!(
                        "(select {} from polyclinic.{} where {their} = '{id}')",
                        column.name, parent.table
                    );
                    with.push((mine.as_str(), value));
                }
            }
            with.push((own.as_str(), format!("'{id}'")));
        }
        let (key, id) = (table.columns[1].name.as_str(), uuid::Uuid::now_v7().to_string());
        if !with.iter().any(|(column, _)| *column == key) {
            with.push((key, format!("'{id}'")));
        }
        let insert = self.insert(table, clinic, 1, &with).replace(" on conflict do nothing", "");
        let id = format!("{insert} returning {key}");
        value(superuser, &id).await
    }

    /// `insert into … values (…)` with everything looked up already: what an attacker would send who
    /// knew all ids.
    pub async fn literal(
        &self,
        superuser: &mut PgConnection,
        table: &Table,
        clinic: i64,
        with: &[(&str, String)],
    ) -> String {
        let (columns, values, from) = self.parts(table, clinic, with);
        let quoted: Vec<_> =
            values.iter().map(|v| format!("quote_nullable(({v})::text)")).collect();
        let look = format!("select {} from generate_series(1, 1) g {from}", quoted.join(", "));
        let row = ask(superuser, &look).await.into_iter().next();
        let row = row.unwrap_or_else(|| panic!("nothing to refer to for {}", table.name));
        let row: Vec<_> = row.into_iter().map(Option::unwrap).collect();
        let (columns, row) = (columns.join(", "), row.join(", "));
        format!("insert into polyclinic.{} ({columns}) values ({row})", table.name)
    }

    fn parts(
        &self,
        table: &Table,
        clinic: i64,
        with: &[(&str, String)],
    ) -> (Vec<String>, Vec<String>, String) {
        let mut from = String::new();
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        given.insert("clinic_id".into(), clinic.to_string());
        if let Some(within) = &table.within {
            given.insert("changed_at".into(), format!("'{within}'"));
        }
        // The parent of a parent comes last: what a visit says of its patient is true here too.
        let mut parents: Vec<_> = table.parents.iter().collect();
        parents.sort_by_key(|p| self.tables.iter().rev().position(|t| t.name == p.table));
        for (n, parent) in parents.into_iter().enumerate() {
            let needed = |own: &str| table.columns.iter().any(|c| c.name == own && c.not_null);
            let new = parent.columns.iter().filter(|(own, _)| needed(own));
            let new: Vec<_> = new.filter(|(own, _)| !given.contains_key(own)).collect();
            if new.is_empty() {
                continue;
            }
            let _ = write!(
                from,
                " cross join lateral (select * from polyclinic.{} x where x.clinic_id = {clinic} and g > 0 order by random() limit 1) f{n}",
                parent.table
            );
            for (own, their) in new {
                given.insert(own.clone(), format!("f{n}.{their}"));
            }
            for column in &self.table(&parent.table).columns {
                let shared = self.table(&parent.table).parents.iter().flat_map(|p| &p.columns);
                let shared: BTreeSet<_> = shared.map(|(own, _)| own.as_str()).collect();
                if column.not_null && shared.contains(column.name.as_str()) && needed(&column.name)
                {
                    let value = format!("f{n}.{}", column.name);
                    given.entry(column.name.clone()).or_insert(value);
                }
            }
        }
        for (column, value) in with {
            given.insert((*column).to_owned(), value.clone());
        }
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for column in table.columns.iter().filter(|c| !c.generated) {
            let name = format!("{}.{}", table.name, column.name);
            let hint = HINTS.iter().find(|(hint, _)| *hint == name).map(|(_, v)| (*v).to_owned());
            let asks = column.default.as_ref().is_none_or(|d| d.contains("gate."));
            let value = match (given.remove(&column.name), hint) {
                (Some(value), _) | (None, Some(value)) => value,
                (None, None) if column.not_null && asks => column.value(&name),
                (None, None) => continue,
            };
            columns.push(column.name.clone());
            values.push(value);
        }
        (columns, values, from)
    }
}

impl Column {
    fn value(&self, name: &str) -> String {
        if let Some(word) = &self.word {
            return format!("'{word}'");
        }
        match self.kind.as_str() {
            "uuid" => "gen_random_uuid()".into(),
            "text" | "character varying" | "name" => {
                // Letters only: "3ac5" would have a word in it that no medicine may have.
                "translate(substr(md5(random()::text), 1, 10), '0123456789abcdef', 'ghijklmnopqrstuv')".into()
            }
            "smallint" | "integer" | "bigint" | "double precision" | "real" | "numeric" => {
                "1".into()
            }
            "boolean" => "false".into(),
            "date" => "current_date".into(),
            "timestamp with time zone" => "now() + interval '1 hour'".into(),
            "bytea" => "sha256(convert_to(random()::text, 'UTF8'))".into(),
            "json" | "jsonb" => "'{}'".into(),
            kind if kind.ends_with("[]") => "'{}'".into(),
            kind => panic!("{name} is {kind}: give HINTS in tests/it/rows.rs a value"),
        }
    }
}

/// Parents before children.
fn in_order(mut left: BTreeMap<String, Table>) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let ready = left.values().find(|table| {
            let needs = |p: &&Parent| {
                let nullable =
                    |own: &str| !table.columns.iter().any(|c| c.name == own && c.not_null);
                !p.columns.iter().any(|(own, _)| nullable(own)) && p.table != table.name
            };
            table.parents.iter().filter(needs).all(|p| tables.iter().any(|t| t.name == p.table))
        });
        let name = ready.expect("tables that need each other").name.clone();
        tables.extend(left.remove(&name));
    }
    tables
}
