//! Finding somebody among 200,000: by any token of a name, by phone, by PT number.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::drive::Run;
use super::house::{House, Load};
use super::report::{Report, Target};
use super::tasks::{self, Mix, Task};
use super::{Outcome, Pace};

/// How people search: a first name, a family name, the beginning of one, a phone, a PT number. What stands in braces is
/// drawn.
const ONE_WORD: [&str; 10] = [
    "sunita",
    "patil",
    "ash",
    "kul",
    "leela",
    "tiwari",
    "9{phone}",
    "9{phone}",
    "PT-1-2020-{number}",
    "98",
];
/// First and family name, or how they begin: the database probes one word's finds for the other.
const TWO_WORDS: [&str; 4] = ["sunita patil", "ravi khan", "meera ra", "pat sun"];

pub(super) async fn measure(house: &House, pace: Pace, report: &mut Report) -> Outcome {
    let site = &house.many;
    let patients = site.extent.patients(1);
    let terms: Vec<String> = (0..20_u32)
        .flat_map(|round| ONE_WORD.map(|term| (round, term)))
        .map(|(round, term)| {
            let n = 1 + (round * 104_729 + 31) % patients;
            let phone = u64::from(n) * 7919 % 1_000_000_000;
            term.replace("{phone}", &format!("{phone:09}")).replace("{number}", &format!("{n:06}"))
        })
        .collect();
    keep(house, &terms).await?;
    let task = |terms: &[String], lua: &str, sql: String| Task {
        name: "search",
        lua: format!("terms = {{ {} }}\n{lua}", quoted(terms)),
        sql,
        clinics: Mix::only(1),
        share: 0.0,
    };
    let sql = tasks::search().replace("{terms}", &terms.len().to_string());
    let search = task(&terms, include_str!("lua/search.lua"), sql);
    let load = |connections| Load { connections, seconds: pace.seconds, round: 0, rounds: 1 };
    house.wrk(site, &search, load(2), true)?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..pace.rounds {
        let run = || house.wrk(site, &search, load(1), false);
        ours.push(house.cost(site, pace.seconds, run)?);
        let run = || house.pgbench(site, site.database, &search, load(1));
        bare.push(house.cost(site, pace.seconds, run)?);
    }
    let (ours, bare) = (Run::median(&ours), Run::median(&bare));
    report.run("search, 1 connection", "polyclinic", &ours);
    report.run("search, 1 connection", "pgbench", &bare);
    let name = format!("search among {patients}: p95 in the database, with the gate");
    report.figure(&name, bare.p95_ms, Target::AtMost(2.0), " ms");
    let name = format!("search among {patients}: p95 over HTTP");
    report.figure(&name, ours.p95_ms, Target::AtMost(5.0), " ms");

    let both = TWO_WORDS.map(str::to_owned);
    let both = task(&both, include_str!("lua/search.lua"), String::new());
    let run = || house.wrk(site, &both, load(1), false);
    let both = house.cost(site, pace.seconds, run)?;
    report.run("search by two words, 1 connection", "polyclinic", &both);

    let typing = task(&terms, include_str!("lua/typing.lua"), String::new());
    let run = || house.wrk(site, &typing, load(20), false);
    let typed = house.cost(site, pace.seconds, run)?;
    report.run("20 people typing", "polyclinic", &typed);
    report.figure("20 people typing: p95", typed.p95_ms, Target::AtMost(100.0), " ms");
    Ok(())
}

/// The terms as a list of Lua's, ready for an address.
fn quoted(terms: &[String]) -> String {
    let quoted = terms.iter().map(|term| format!("'{}'", term.replace(' ', "%20")));
    quoted.collect::<Vec<_>>().join(", ")
}

/// The terms as the service would ask for them, where pgbench can draw one.
async fn keep(house: &House, terms: &[String]) -> Outcome {
    let mut rows = String::new();
    for (at, term) in terms.iter().enumerate() {
        let mut words: Vec<String> = term.split(' ').map(str::to_lowercase).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let range = |word: &String| (word.clone(), format!("{word}\u{10FFFF}"));
        let (low, high) = words.first().map(range).unwrap_or_default();
        let (lows, highs): (Vec<String>, Vec<String>) = words.iter().skip(1).map(range).unzip();
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(
            rows,
            "{comma}({}, '{low}', '{high}', '{{{}}}', '{{{}}}')",
            at + 1,
            lows.join(","),
            highs.join(",")
        );
    }
    let mut owner =
        PgConnection::connect(&house.cluster.url("postgres", house.many.database)).await?;
    for sql in [
        "create table bench.terms (n int primary key, low text, high text, lows text, highs text)",
        &format!("insert into bench.terms values {rows}"),
        "grant select on bench.terms to polyclinic_app",
        "analyze bench.terms",
    ] {
        owner.execute(AssertSqlSafe(sql.to_owned())).await?;
    }
    owner.close().await?;
    Ok(())
}
