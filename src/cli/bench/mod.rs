//! `polyclinic bench`: what the service costs above the database, and whether it keeps what it promises. The same
//! reads and writes once through HTTP and once by pgbench, as the same login through the same gate, in turns on
//! the same data; then search, paper, neighbours, the gate itself, sign-in, memory and start.

mod cpu;
mod drive;
mod footprint;
mod house;
mod load;
mod neighbours;
mod paper;
mod report;
mod search;
mod seats;
mod service;
mod shares;
mod sign_in;
mod tasks;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use house::House;
use report::Report;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Measure the service against the bare database: a private server, wrk and pgbench in turns
#[derive(Debug, Args)]
pub struct Bench {
    /// A quick look: 120 clinics, each a twentieth of its size, and short runs
    #[arg(long)]
    small: bool,
    /// Seconds of a run
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=60))]
    seconds: Option<u32>,
    /// Turns of each
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=5))]
    rounds: Option<u32>,
    /// Connections of each, to the service and to the database
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
    connections: u32,
    /// Only these parts: shares, search, paper, crowd, gate, sign-in, footprint
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Put the tables into this document; a quick look does not
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// How long and how often.
#[derive(Clone, Copy)]
struct Pace {
    seconds: u32,
    rounds: u32,
    connections: u32,
}

impl Bench {
    pub(super) async fn run(self) -> Outcome {
        let wrk = drive::wrk_version()?;
        if cfg!(debug_assertions) {
            eprintln!("This is a debug build: its figures mean nothing. Use `make bench`.");
        }
        let (clinics, divisor) = if self.small { (120, 20) } else { (1000, 1) };
        let (seconds, rounds) = if self.small { (2, 1) } else { (5, 3) };
        let pace = Pace {
            seconds: self.seconds.unwrap_or(seconds),
            rounds: self.rounds.unwrap_or(rounds),
            connections: self.connections,
        };
        eprintln!("Filling {clinics} clinics …");
        let neighbours = cpu::neighbours();
        let started = Instant::now();
        let house = House::build(self.connections, clinics, divisor).await?;
        let (major, minor) = house.cluster.version();
        let extent = &house.many.extent;
        let patients: u32 = (extent.first..=extent.last).map(|n| extent.patients(n)).sum();
        let mut report = Report::default();
        report.about(format!(
            "{}; polyclinic {}, PostgreSQL {major}.{minor}, {wrk}, pgbench {major}.{minor}. Service, database and both \
             tools share the cores.",
            cpu::machine(),
            env!("CARGO_PKG_VERSION"),
        ));
        report.about(format!(
            "{clinics} clinics with {patients} patients and about {} visits, {} of the patients in one clinic; filled in {} s. \
             {} connections, {} × {} s in turns, the median of each figure.",
            patients * 2,
            extent.patients(1),
            started.elapsed().as_secs(),
            pace.connections,
            pace.rounds,
            pace.seconds,
        ));
        if neighbours > 0.5 {
            report.about(format!(
                "**Others used this machine** (load {neighbours:.1} before the bench began): times and percentiles are theirs \
                 too. Trust the CPU a request."
            ));
        }
        let measured = self.measure(&house, pace, &mut report).await;
        house.close().await;
        measured?;
        println!("{}", report.markdown());
        if let Some(path) = self.write.as_ref().filter(|_| !self.small) {
            report.write(path)?;
        }
        match report.broken().as_slice() {
            [] => Ok(()),
            _ if self.small => Ok(()),
            broken => {
                Err(format!("more than 20 % behind its target: {}", broken.join("; ")).into())
            }
        }
    }

    async fn measure(&self, house: &House, pace: Pace, report: &mut Report) -> Outcome {
        let wanted = |part: &str| self.only.is_empty() || self.only.iter().any(|p| p == part);
        // Before anything is written that a job would then seal beside the boards.
        if wanted("footprint") {
            footprint::boards(house, pace.seconds, report)?;
        }
        if wanted("shares") {
            shares::measure(house, pace, report)?;
        }
        if wanted("search") {
            search::measure(house, pace, report).await?;
        }
        if wanted("paper") {
            paper::measure(house, pace, report)?;
        }
        if wanted("crowd") {
            neighbours::crowd(house, pace, report)?;
        }
        if wanted("gate") {
            neighbours::gate(house, pace, report)?;
        }
        if wanted("sign-in") {
            sign_in::measure(house, pace, report)?;
        }
        if wanted("footprint") {
            footprint::measure(house, report);
        }
        Ok(())
    }
}
