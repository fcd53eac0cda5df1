//! What it costs a small clinic to live with a thousand others, and what the signed gate costs.

use super::drive::{self, Run};
use super::house::{House, Load, Site};
use super::report::{Report, Target};
use super::tasks::{self, Mix, Task, shared};
use super::{Outcome, Pace};

/// The same small clinic among ten and among a thousand. Few connections: it is time that is compared, not who
/// waits for whom.
pub(super) fn crowd(house: &House, pace: Pace, report: &mut Report) -> Outcome {
    let Some(list) = shared().into_iter().next() else { return Ok(()) };
    let list = Task { clinics: Mix::only(101), ..list };
    let load = Load { connections: 2, seconds: pace.seconds, round: 0, rounds: 1 };
    let warm = Load { seconds: 1, ..load };
    let (mut few, mut many, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for site in [&house.few, &house.many] {
        house.wrk(site, &list, warm, true)?;
    }
    for _ in 0..pace.rounds + 2 {
        let ask =
            |site: &Site| house.cost(site, pace.seconds, || house.wrk(site, &list, load, false));
        let (alone, crowded) = (ask(&house.few)?, ask(&house.many)?);
        ratios.push(crowded.p50_ms / alone.p50_ms.max(0.001));
        few.push(alone);
        many.push(crowded);
    }
    let clinics = house.many.extent.last;
    report.run("list of a small clinic among 10", "polyclinic", &Run::median(&few));
    report.run(
        &format!("list of a small clinic among {clinics}"),
        "polyclinic",
        &Run::median(&many),
    );
    let name = format!("small clinic: p50 among {clinics} to p50 among 10");
    report.ratio(&name, drive::median(ratios), Target::AtMost(1.1));
    Ok(())
}

/// The same page behind the signed gate and behind a plain setting with the same session look-up.
pub(super) fn gate(house: &House, pace: Pace, report: &mut Report) -> Outcome {
    let site = &house.few;
    let page =
        |name, sql| Task { name, lua: String::new(), sql, clinics: Mix::only(101), share: 0.0 };
    let pages = [
        page("queue board", tasks::board()),
        page("list of one table", include_str!("sql/list.sql").into()),
    ];
    for (at, signed) in pages.into_iter().enumerate() {
        let plain = page(signed.name, signed.sql.replace("gate.enter(", "gate.enter_plain("));
        // One backend, which has a core of its own, and many short turns: each session plans anew, and a neighbour
        // spoils one pair instead of half of them.
        let seconds = pace.seconds.div_ceil(2);
        let load = Load { connections: 1, seconds, round: 0, rounds: 1 };
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..pace.rounds * 3 {
            let ask = |database: &str, task: &Task| {
                house.backends(seconds, || house.pgbench(site, database, task, load))
            };
            let (a, b) = (ask(site.database, &signed)?, ask("plain", &plain)?);
            ratios.push(a.postgres_us / b.postgres_us.max(0.001));
            ours.push(a);
            theirs.push(b);
        }
        let name = signed.name;
        report.run(&format!("{name}, signed gate"), "pgbench", &Run::median(&ours));
        report.run(&format!("{name}, plain setting"), "pgbench", &Run::median(&theirs));
        let ratio = drive::median(ratios);
        let promise = format!("{name}: PostgreSQL CPU, signed gate to plain setting");
        // What is promised is a page. A list of one table, where the gate weighs most, is shown beside it.
        if at == 0 {
            report.ratio(&promise, ratio, Target::AtMost(1.6));
        } else {
            report.figure(&promise, ratio, Target::AtMost(1.8), "");
        }
    }
    Ok(())
}
