//! How long the sheet of a prescription takes as PDF, five medicines on A4.

use super::house::{House, Load};
use super::report::{Report, Target};
use super::tasks::{Mix, Task};
use super::{Outcome, Pace};

pub(super) fn measure(house: &House, pace: Pace, report: &mut Report) -> Outcome {
    let site = &house.many;
    let sheet = Task {
        name: "sheet as PDF",
        lua: include_str!("lua/paper.lua").into(),
        sql: String::new(),
        clinics: Mix::only(1),
        share: 0.0,
    };
    let load = Load { connections: 1, seconds: pace.seconds, round: 0, rounds: 1 };
    house.wrk(site, &sheet, Load { seconds: 1, ..load }, true)?;
    let run = house.cost(site, pace.seconds, || house.wrk(site, &sheet, load, false))?;
    report.run("sheet as PDF, 1 connection", "polyclinic", &run);
    report.figure("sheet as PDF: p95", run.p95_ms, Target::AtMost(150.0), " ms");
    Ok(())
}
