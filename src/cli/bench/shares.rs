//! The daily work: how much of what the bare database does with the same transactions, over HTTP.

use super::drive::Run;
use super::house::{House, Load};
use super::load;
use super::report::{Report, Target};
use super::service::Service;
use super::tasks::{Task, shared};
use super::{Outcome, Pace};

pub(super) fn measure(house: &House, pace: Pace, report: &mut Report) -> Outcome {
    for task in shared() {
        let (ours, bare) = both(house, &task, pace)?;
        report.run(task.name, "polyclinic", &ours);
        report.run(task.name, "pgbench", &bare);
        let share = ours.per_second / bare.per_second.max(0.001);
        let name = format!("{}: share of pgbench's transactions", task.name);
        report.ratio(&name, share, Target::AtLeast(task.share));
        if task.name.starts_with("patient list") {
            report.figure(
                "patient list: service CPU",
                ours.service_us,
                Target::AtMost(200.0),
                " µs",
            );
            let p99 = format!("patient list: p99 at {} connections", pace.connections);
            report.figure(&p99, ours.p99_ms, Target::AtMost(10.0), " ms");
        }
        if task.name == "chart" {
            let statements = f64::from(statements(house, &task)?);
            report.figure(
                "chart: statements after the gate's",
                statements,
                Target::AtMost(2.0),
                "",
            );
        }
    }
    Ok(())
}

/// wrk and pgbench in turns.
fn both(house: &House, task: &Task, pace: Pace) -> Outcome<(Run, Run)> {
    let site = &house.many;
    let load = |round, seconds| Load {
        connections: pace.connections,
        seconds,
        round,
        rounds: pace.rounds + 1,
    };
    let warm = load(pace.rounds, 1);
    house.wrk(site, task, warm, true)?;
    house.pgbench(site, site.database, task, warm)?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..pace.rounds {
        let load = load(round, pace.seconds);
        ours.push(house.cost(site, pace.seconds, || house.wrk(site, task, load, false))?);
        let run = || house.pgbench(site, site.database, task, load);
        bare.push(house.cost(site, pace.seconds, run)?);
    }
    Ok((Run::median(&ours), Run::median(&bare)))
}

/// How many statements one chart runs, by the log of a service that says every one. `begin`, the gate's and
/// `commit` are in every request.
fn statements(house: &House, task: &Task) -> Outcome<u32> {
    let seat = house.few.seats_of(task.clinics).next().ok_or("nobody sits in a clinic")?;
    let path =
        format!("/clinic/{}/api/v1/patients/01900000-0000-7000-8000-00000000000a/chart", seat.slug);
    let log = house.dir.join("statements.log");
    let urls = load::urls(&house.cluster, house.few.database);
    let service = Service::start(&urls, &log, "sqlx=debug")?;
    let before = std::fs::read_to_string(&log)?.len();
    let answer = service.get(&path, &seat.bearer())?;
    drop(service);
    if !answer.starts_with("HTTP/1.1 200") {
        return Err(format!("the chart was refused: {answer}").into());
    }
    let text = std::fs::read_to_string(&log)?;
    let logged = text.get(before..).unwrap_or_default().lines();
    let about_rows = |line: &&str| line.contains("sqlx::query") && line.contains("polyclinic.");
    Ok(u32::try_from(logged.filter(about_rows).count())?)
}
