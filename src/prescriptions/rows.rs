//! The rows of medicines and tests in a form that works without a script.

use crate::web::Form;

/// Fields of a medicine's row.
const LINE: [&str; 10] = [
    "medicine",
    "strength",
    "form",
    "dose",
    "schedule",
    "food",
    "days",
    "quantity",
    "route",
    "instructions",
];
/// Fields of a test's row.
const TEST: [&str; 3] = ["name", "kind", "instructions"];
/// Rows of medicines and of tests at first, and how many more a button brings.
const FIRST: (usize, usize) = (8, 4);
/// Most rows of each.
const MOST: usize = super::nouns::MOST;

/// Names of everything that can be typed into a prescription.
pub(super) fn names() -> impl Iterator<Item = String> {
    let lists = [("lines", LINE.as_slice()), ("tests", TEST.as_slice())];
    let rows = lists.into_iter().flat_map(|(list, names)| {
        (0..MOST).flat_map(move |row| names.iter().map(move |name| format!("{list}.{row}.{name}")))
    });
    ["diagnosis", "advice"].into_iter().map(str::to_owned).chain(rows)
}

/// Which rows a form draws.
pub(crate) struct Rows {
    /// Numbers of the rows of medicines.
    pub lines: Vec<usize>,
    /// Numbers of the rows of tests.
    pub tests: Vec<usize>,
    /// Rows of medicines that show at once: those in use and one more, at least three.
    pub shown: usize,
    /// What the first rows say in words; none where something was typed since.
    pub said: Vec<String>,
}

impl Rows {
    /// The rows that a form needs: what was asked for, and room for two beyond what is used.
    pub fn of(form: &Form) -> Rows {
        let lines = rows(form, "lines", &LINE, FIRST.0);
        let shown = (used(form, "lines", &LINE) + 1).max(3).min(lines);
        let tests = (0..rows(form, "tests", &TEST, FIRST.1)).collect();
        Rows { lines: (0..lines).collect(), tests, shown, said: Vec::new() }
    }

    /// What a row says in words; may be empty.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes references")]
    pub fn said(&self, row: &usize) -> &str {
        self.said.get(*row).map_or("", String::as_str)
    }

    /// How many rows of medicines are folded away.
    pub fn folded(&self) -> String {
        (self.lines.len() - self.shown).to_string()
    }
}

/// Rows up to the last one that holds something.
fn used(form: &Form, list: &str, names: &[&str]) -> usize {
    let holds = |row: &usize| {
        names.iter().any(|name| !form.value(&format!("{list}.{row}.{name}")).trim().is_empty())
    };
    (0..MOST).rev().find(holds).map_or(0, |last| last + 1)
}

fn rows(form: &Form, list: &str, names: &[&str], first: usize) -> usize {
    let asked = form.value(&format!("{list}_rows")).parse().unwrap_or(first);
    asked.max(used(form, list, names) + 2).clamp(first, MOST)
}

/// The form without its blank rows, so that a row has the same number for the reader and the writer. `plain`
/// names its other fields.
pub(crate) fn compact(form: &Form, plain: &[&str]) -> (Form, Vec<(String, String)>) {
    let mut next = Form::new();
    let mut pairs = Vec::new();
    let mut put = |name: String, value: &str| {
        next.set(&name, value);
        pairs.push((name, value.to_owned()));
    };
    for name in plain {
        put((*name).into(), form.value(name));
    }
    for (list, names) in [("lines", LINE.as_slice()), ("tests", TEST.as_slice())] {
        let mut to = 0;
        for row in 0..MOST {
            let values: Vec<(&str, &str)> = names
                .iter()
                .map(|name| (*name, form.value(&format!("{list}.{row}.{name}"))))
                .collect();
            if values.iter().all(|(_, value)| value.trim().is_empty()) {
                continue;
            }
            for (name, value) in values {
                put(format!("{list}.{to}.{name}"), value);
            }
            to += 1;
        }
    }
    for name in ["version", "lines_rows", "tests_rows"] {
        next.set(name, form.value(name));
    }
    (next, pairs)
}

/// The same form with more rows.
pub(crate) fn more(form: &Form) -> Form {
    let mut form = form.clone();
    for (list, names, first) in
        [("lines", LINE.as_slice(), FIRST.0), ("tests", TEST.as_slice(), FIRST.1)]
    {
        let rows = rows(&form, list, names, first) + first;
        form.set(&format!("{list}_rows"), &rows.min(MOST).to_string());
    }
    form
}

/// The form with more medicines and tests behind those that are in it. Answers how many found no room.
pub(crate) fn append(form: &mut Form, more: &impl serde::Serialize) -> usize {
    let more = Form::filled(more);
    let mut left = 0;
    for (list, names) in [("lines", LINE.as_slice()), ("tests", TEST.as_slice())] {
        let first = used(form, list, names);
        for row in 0..used(&more, list, names) {
            if first + row >= MOST {
                left += 1;
                continue;
            }
            for name in names {
                let value = more.value(&format!("{list}.{row}.{name}")).to_owned();
                form.set(&format!("{list}.{}.{name}", first + row), &value);
            }
        }
    }
    left
}
