//! The rules that every route keeps, whatever it is for.

use std::collections::HashMap;

use super::route::Route;
use super::visit::{Answer, Answers, Seen};

/// What is wrong at one route; nothing, if all is well.
pub fn judge(
    route: &Route,
    answers: &Answers,
    public: &[&str],
    grid: &HashMap<String, Vec<String>>,
) -> Vec<String> {
    let name = route.name();
    let mut wrong = Vec::new();
    let mut rule = |holds: bool, what: String| {
        if !holds {
            wrong.push(format!("{name}: {what}"));
        }
    };
    let is_public = public.contains(&name.as_str());
    for (who, answer) in answers {
        for seen in every(answer) {
            rule(
                seen.status < 500 || *who == "anonymous" && seen.status == 503,
                format!("{who}: 5xx: {} {}", seen.status, seen.text),
            );
            rule(!gossip(&seen.text), format!("{who}: tells of its inside: {}", seen.text));
        }
        let may = match &route.needs {
            None => true,
            Some(needs) => needs.iter().any(|p| grid[p].iter().any(|role| role == who)),
        };
        if *who == "anonymous" && !is_public {
            let refused =
                [401, 403, 404, 415, 422].contains(&answer.own.status) || answer.own.to_the_door();
            rule(refused, format!("anonymous gets {}", answer.own.drawn()));
        }
        if !may {
            rule(
                every(answer).all(|seen| !seen.let_in()),
                format!("{who} holds no permission and gets {}", answer.own.drawn()),
            );
        }
        if route.method == "GET"
            && route.needs.is_some()
            && !["anonymous", "super_admin"].contains(who)
        {
            let right = if may { answer.own.status != 403 } else { answer.own.status == 403 };
            rule(
                right,
                format!(
                    "{who} ({}) gets {}",
                    if may { "holds the permission" } else { "no permission" },
                    answer.own.drawn()
                ),
            );
        }
        walls(route, who, answer, &mut rule);
    }
    wrong
}

/// Another clinic is like none, another's id like nobody's.
fn walls(route: &Route, who: &str, answer: &Answer, rule: &mut impl FnMut(bool, String)) {
    if let (Some(other), Some(nowhere)) = (&answer.other_clinic, &answer.unknown_clinic)
        && route.needs.is_some()
    {
        rule(
            same(other, nowhere, "south", "nowhere"),
            format!(
                "{who}: an other clinic ({}) is not like an unknown one ({})",
                other.drawn(),
                nowhere.drawn()
            ),
        );
        if who != "anonymous" {
            rule(other.status == 404, format!("{who}: other clinic gives {}", other.drawn()));
        }
    }
    if let (Some(foreign), Some(unknown)) = (&answer.foreign_id, &answer.unknown_id) {
        rule(!foreign.let_in(), format!("{who}: lets in with another clinic's id"));
        let api = !route.is_api() || foreign.text == unknown.text;
        rule(
            foreign.drawn() == unknown.drawn() && api,
            format!(
                "{who}: another clinic's id ({} {}) is not like nobody's ({} {})",
                foreign.drawn(),
                foreign.text,
                unknown.drawn(),
                unknown.text
            ),
        );
    }
}

fn same(a: &Seen, b: &Seen, slug: &str, other: &str) -> bool {
    let page = |seen: &Seen| seen.text.starts_with("<!");
    a.drawn() == b.drawn()
        && (page(a) || a.text == b.text)
        && a.location == b.location.replace(other, slug)
}

fn every(answer: &Answer) -> impl Iterator<Item = &Seen> {
    let others =
        [&answer.other_clinic, &answer.unknown_clinic, &answer.foreign_id, &answer.unknown_id];
    std::iter::once(&answer.own).chain(others.into_iter().flatten())
}

/// Words that belong into a log.
fn gossip(text: &str) -> bool {
    let inside = [
        "polyclinic.",
        "gate.",
        "clinic_id",
        "PgDatabaseError",
        "src/",
        "panicked",
        "stack backtrace",
        "syntax error",
        "sqlx",
    ];
    inside.iter().any(|word| text.contains(word)) && !text.contains("href=\"/assets/")
        || text.contains("gate.enter")
}
