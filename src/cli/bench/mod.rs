//! `polyclinic bench`: what the service costs above the database. The same reads and writes once through
//! HTTP and once by pgbench, as the same login through the same gate, in turns on the same data.

mod house;
mod tools;

use std::process::Command;

use clap::Args;
use house::House;
use tools::Run;

use super::Outcome;

/// Measure the service against the bare database: a private server, wrk and pgbench in turns
#[derive(Debug, Args)]
pub struct Bench {
    /// Seconds of a run
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=60))]
    seconds: u32,
    /// Turns of each
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=5))]
    rounds: u32,
    /// Connections of each, to the service and to the database
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64))]
    connections: u32,
    /// Fail if the patient list does less than this share of pgbench's transactions
    #[arg(long, default_value_t = 0.3)]
    at_least: f64,
}

/// Patients of a clinic.
const PATIENTS: u32 = 50_000;

/// One thing that people do.
struct Task {
    name: &'static str,
    /// A fixed address, where there is no script.
    path: &'static str,
    lua: Option<&'static str>,
    sql: String,
    /// It writes, and each patient can be checked in once.
    writes: bool,
}

fn tasks() -> [Task; 3] {
    let plain = |sql: &str| {
        let lines = sql.lines().filter(|line| !line.starts_with("--"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let patient = "('01900000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid";
    let timeline = plain(include_str!("../../chart/timeline.sql"))
        .replace("$1", ":clinic::bigint")
        .replace("$2", patient)
        .replace("$3", "null")
        .replace("$4", "timestamptz '2126-01-01'")
        .replace("$5", "uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'")
        .replace("$6", "21")
        .replace("$7", "true")
        .replace("$8", "false");
    let visit = plain(include_str!("../../visits/find.sql"))
        .replace("$1", ":clinic::bigint")
        .replace("$2", ":visit::uuid");
    [
        Task {
            name: "patient list",
            path: "/clinic/bench/api/v1/patients",
            lua: None,
            sql: include_str!("list.sql").into(),
            writes: false,
        },
        Task {
            name: "chart",
            path: "",
            lua: Some(include_str!("chart.lua")),
            sql: include_str!("chart.sql").replace("{timeline}", timeline.trim_end()),
            writes: false,
        },
        Task {
            name: "check-in",
            path: "",
            lua: Some(include_str!("check_in.lua")),
            sql: include_str!("check_in.sql").replace("{visit}", visit.trim_end()),
            writes: true,
        },
    ]
}

impl Bench {
    pub(super) async fn run(self) -> Outcome {
        tools::output(Command::new("wrk").arg("--version")).or_else(|error| {
            // wrk ends its --version with an error.
            if error.to_string().contains("not found.") { Err(error) } else { Ok(String::new()) }
        })?;
        if cfg!(debug_assertions) {
            eprintln!("This is a debug build: its figures mean nothing. Use `make bench`.");
        }
        eprintln!("Filling two clinics with {PATIENTS} patients and 100000 visits each …");
        let house = House::build(self.connections).await?;
        let list = self.measure(&house);
        house.close().await;
        let list = list?;
        if list < self.at_least {
            return Err(format!(
                "the patient list does {list:.2} of pgbench's transactions, less than {:.2}",
                self.at_least
            )
            .into());
        }
        Ok(())
    }

    /// Measures and prints everything. The share of the list comes back.
    fn measure(&self, house: &House) -> Result<f64, Box<dyn std::error::Error>> {
        let mut list = 0.0;
        println!("{} connections, {} × {} s in turns", self.connections, self.rounds, self.seconds);
        println!(
            "{:<14}{:<12}{:>10}{:>10}{:>10}{:>16}{:>19}",
            "", "", "req/s", "p50 ms", "p99 ms", "service CPU µs", "PostgreSQL CPU µs"
        );
        for (at, task) in tasks().iter().enumerate() {
            if !task.writes {
                self.wrk(house, task, 0, 1)?;
                self.pgbench(house, task, 0, 1)?;
            }
            let (mut ours, mut bare) = (Vec::new(), Vec::new());
            for round in 0..self.rounds {
                ours.push(self.cost(house, || self.wrk(house, task, round, self.seconds))?);
                bare.push(self.cost(house, || self.pgbench(house, task, round, self.seconds))?);
            }
            let (ours, bare) = (Run::mean(&ours), Run::mean(&bare));
            line(task.name, "polyclinic", &ours);
            line("", "pgbench", &bare);
            let share = ours.per_second / bare.per_second.max(0.001);
            let ratio = |ours: f64, bare: f64| ours / bare.max(0.001);
            println!(
                "{:<14}{:<12}{share:>10.2}{:>10.2}{:>10.2}{:>16}{:>19.2}",
                "",
                "ratio",
                ratio(ours.p50_ms, bare.p50_ms),
                ratio(ours.p99_ms, bare.p99_ms),
                "",
                ratio(ours.postgres_us, bare.postgres_us)
            );
            if at == 0 {
                list = share;
            }
        }
        Ok(list)
    }

    /// A run with the CPU time that it took.
    fn cost(
        &self,
        house: &House,
        run: impl FnOnce() -> Result<Run, Box<dyn std::error::Error>>,
    ) -> Result<Run, Box<dyn std::error::Error>> {
        let (service, postgres) = (house.service_pid(), house.postgres_pid()?);
        let before = (tools::cpu(service), tools::cpu(postgres));
        let mut run = run()?;
        let requests = (run.per_second * f64::from(self.seconds)).max(1.0);
        let spent = |now: std::time::Duration, then| {
            now.saturating_sub(then).as_secs_f64() * 1e6 / requests
        };
        run.service_us = spent(tools::cpu(service), before.0);
        run.postgres_us = spent(tools::cpu(postgres), before.1);
        Ok(run)
    }

    /// Of the patients, each tool checks in its own half, each round its own part of it.
    fn part(&self, round: u32) -> u32 {
        PATIENTS / 2 / self.rounds * round
    }

    fn wrk(
        &self,
        house: &House,
        task: &Task,
        round: u32,
        seconds: u32,
    ) -> Result<Run, Box<dyn std::error::Error>> {
        let mut command = Command::new("wrk");
        command
            .args(["--latency", "-t", "1", "-c", &self.connections.to_string()])
            .arg(format!("-d{seconds}s"))
            .args(["-H", &format!("Authorization: Bearer {}", house.token)]);
        if let Some(lua) = task.lua {
            let script = house.dir.join("wrk.lua");
            std::fs::write(&script, lua)?;
            command.arg("-s").arg(script);
        }
        command.arg(format!("{}{}", house.base, task.path));
        command.args(["--", &self.part(round).to_string()]);
        tools::read_wrk(&tools::output(&mut command)?)
    }

    fn pgbench(
        &self,
        house: &House,
        task: &Task,
        round: u32,
        seconds: u32,
    ) -> Result<Run, Box<dyn std::error::Error>> {
        let Some(cluster) = &house.cluster else { return Err("no server".into()) };
        let script = house.dir.join("pgbench.sql");
        std::fs::write(&script, &task.sql)?;
        let here = cluster.bin("pgbench");
        let each = PATIENTS / 2 / self.rounds / self.connections;
        let mut command = Command::new(if here.exists() { here } else { "pgbench".into() });
        command
            .args(["-n", "-M", "prepared", "-l", "-j", "1", "-p", "5432", "-U", "polyclinic_app"])
            .args(["-c", &self.connections.to_string(), "-T", &seconds.to_string()])
            .args(["-D", &format!("secret={}", house.secret), "-D", "n=0"])
            .args(["-D", &format!("each={each}")])
            .args(["-D", &format!("first={}", PATIENTS / 2 + self.part(round))])
            .arg("-h")
            .arg(cluster.socket_dir())
            .arg("-f")
            .arg(&script)
            .arg("polyclinic")
            .current_dir(&house.dir);
        tools::read_pgbench(&tools::output(&mut command)?, &house.dir)
    }
}

fn line(task: &str, who: &str, run: &Run) {
    let service = if run.service_us > 0.0 && who == "polyclinic" {
        format!("{:.0}", run.service_us)
    } else {
        "–".to_owned()
    };
    println!(
        "{task:<14}{who:<12}{:>10.0}{:>10.2}{:>10.2}{service:>16}{:>19.0}",
        run.per_second, run.p50_ms, run.p99_ms, run.postgres_us
    );
}
