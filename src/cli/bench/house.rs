//! What is measured: a private server with three databases, and services of this very program on two of them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::ExposeSecret;

use super::cpu;
use super::drive::{self, Run};
use super::load::{self, Extent};
use super::seats::{self, Seat};
use super::service::Service;
use super::tasks::{Mix, Task};
use crate::auth;
use crate::cluster::{Cluster, Options};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What a service logs unless it is told otherwise.
const FILTER: &str = "polyclinic=info,actix_server=warn,sqlx=warn";
/// Ten small clinics alone; the thousand have them too.
const FEW: std::ops::RangeInclusive<u32> = 101..=110;

/// A database with a service in front of it and sessions in some of its clinics.
pub(super) struct Site {
    pub(super) database: &'static str,
    pub(super) service: Service,
    pub(super) seats: Vec<Seat>,
    /// What the gate is shown in each of them, in hex.
    secret: String,
    pub(super) extent: Extent,
}

/// How one tool is run.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) connections: u32,
    pub(super) seconds: u32,
    /// Which of `rounds` this is.
    pub(super) round: u32,
    pub(super) rounds: u32,
}

/// Everything. Dropped, it ends and its files go.
pub(super) struct House {
    pub(super) cluster: Cluster,
    pub(super) dir: PathBuf,
    /// A thousand clinics.
    pub(super) many: Site,
    /// Ten of them.
    pub(super) few: Site,
    _files: Files,
}

struct Files(PathBuf);

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl House {
    /// Builds and fills it.
    pub(super) async fn build(connections: u32, clinics: u32, divisor: u32) -> Outcome<House> {
        let dir = std::env::temp_dir().join(format!("polyclinic-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let dir = std::fs::canonicalize(&dir)?;
        let files = Files(dir.clone());
        let options = Options { durable: true, max_connections: connections * 5 + 60 };
        let cluster = Cluster::start(&dir.join("postgres"), &options).await?;
        let all = Extent { first: 1, last: clinics, divisor };
        load::fill(&cluster, "many", &all).await?;
        let ten = Extent { first: *FEW.start(), last: *FEW.end(), divisor };
        load::fill(&cluster, "few", &ten).await?;
        let secret = auth::secret::fresh();
        let both: Vec<u32> = (1..=10).chain(FEW).collect();
        let many_seats = seats::open(&load::urls(&cluster, "many"), &all, &both, &secret).await?;
        let small: Vec<u32> = FEW.collect();
        let few_seats = seats::open(&load::urls(&cluster, "few"), &ten, &small, &secret).await?;
        load::copy_plain(&cluster, "few", "plain").await?;
        load::settle(&cluster).await?;
        let site = |database, seats, extent| {
            let urls = load::urls(&cluster, database);
            let log = dir.join(format!("{database}.log"));
            let service = Service::start(&urls, &log, FILTER)?;
            let secret = hex::encode(secret.expose_secret());
            Ok::<_, Box<dyn std::error::Error>>(Site { database, service, seats, secret, extent })
        };
        let many = site("many", many_seats, all)?;
        let few = site("few", few_seats, ten)?;
        Ok(House { cluster, dir, many, few, _files: files })
    }

    /// The server's first process, whose children are all others.
    pub(super) fn postgres_pid(&self) -> Outcome<u32> {
        let file = std::fs::read_to_string(self.dir.join("postgres/data/postmaster.pid"))?;
        Ok(file.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// A run with the CPU time that it took.
    pub(super) fn cost(
        &self,
        site: &Site,
        seconds: u32,
        run: impl FnOnce() -> Outcome<Run>,
    ) -> Outcome<Run> {
        let (service, postgres) = (site.service.pid(), self.postgres_pid()?);
        let before = (cpu::cpu(service), cpu::cpu(postgres));
        let mut run = run()?;
        run.service_us = each(&run, seconds, cpu::cpu(service).saturating_sub(before.0));
        run.postgres_us = each(&run, seconds, cpu::cpu(postgres).saturating_sub(before.1));
        Ok(run)
    }

    /// What a run cost the backends that it opened, and nothing else: neither a vacuum that is due nor a checkpoint. They
    /// are looked at until they have gone.
    pub(super) fn backends(
        &self,
        seconds: u32,
        run: impl FnOnce() -> Outcome<Run>,
    ) -> Outcome<Run> {
        let postgres = self.postgres_pid()?;
        let used = || cpu::backends(postgres, "polyclinic_app");
        let (before, over) = (used(), AtomicBool::new(false));
        let (run, most) = std::thread::scope(|scope| {
            let watch = scope.spawn(|| {
                let mut most = before;
                while !over.load(Ordering::Relaxed) {
                    most = most.max(used());
                    std::thread::sleep(Duration::from_millis(40));
                }
                most
            });
            let run = run();
            over.store(true, Ordering::Relaxed);
            (run, watch.join())
        });
        let (mut run, most) = (run?, most.map_err(|_| "nobody looked at the backends")?);
        run.postgres_us = each(&run, seconds, most.saturating_sub(before));
        Ok(run)
    }

    /// wrk on the service of a site. The first run of a task is short, and reads every answer's status.
    pub(super) fn wrk(&self, site: &Site, task: &Task, load: Load, check: bool) -> Outcome<Run> {
        let seats: Vec<&Seat> = site.seats_of(task.clinics).collect();
        let script = self.dir.join(format!("{}.lua", load::fresh()));
        let head = if check { "check = true\n" } else { "" };
        let text = [head, &seats::lua(&seats), include_str!("lua/wrk.lua"), &task.lua].concat();
        std::fs::write(&script, text)?;
        let mut command = Command::new("wrk");
        command
            .args(["-t", "1", "-c", &load.connections.to_string()])
            .arg(format!("-d{}s", load.seconds))
            .arg("-s")
            .arg(&script)
            .arg(site.service.base())
            .args(["--", &load.round.to_string(), &load.rounds.to_string(), &load::fresh()]);
        let run = drive::read_wrk(&drive::output(&mut command)?);
        std::fs::remove_file(&script)?;
        run.map_err(|error| format!("{}: {error}", task.name).into())
    }

    /// pgbench with the task's transaction on a database.
    pub(super) fn pgbench(
        &self,
        site: &Site,
        database: &str,
        task: &Task,
        load: Load,
    ) -> Outcome<Run> {
        let here = self.cluster.bin("pgbench");
        let mut command = Command::new(if here.exists() { here } else { "pgbench".into() });
        command
            .args(["-n", "-M", "prepared", "-l", "-j", "1", "-p", "5432", "-U", "polyclinic_app"])
            .args(["-c", &load.connections.to_string(), "-T", &load.seconds.to_string()])
            .args(["-D", &format!("clients={}", load.connections), "-D", "turn=0"])
            .args(["-D", &format!("secret={}", site.secret)])
            .arg("-h")
            .arg(self.cluster.socket_dir())
            .current_dir(&self.dir);
        let script = self.dir.join("pgbench.sql");
        std::fs::write(&script, site.script(task, load)?)?;
        command.arg("-f").arg(&script);
        command.arg(database);
        let run = drive::read_pgbench(&drive::output(&mut command)?, &self.dir);
        run.map_err(|error| format!("{}: {error}", task.name).into())
    }

    /// Ends everything in order.
    pub(super) async fn close(self) {
        drop((self.many, self.few));
        self.cluster.stop().await;
    }
}

impl Site {
    pub(super) fn seats_of(&self, clinics: Mix) -> impl Iterator<Item = &Seat> {
        clinics.clinics().filter_map(|clinic| self.seats.iter().find(|seat| seat.clinic == clinic))
    }

    /// pgbench's script for this site.
    fn script(&self, task: &Task, load: Load) -> Outcome<String> {
        let seats = || self.seats_of(task.clinics).map(|seat| seat.patients);
        let most = seats().next().ok_or("nobody sits in the clinic")?;
        let fewest = seats().min().unwrap_or(most);
        let mut sql = task.sql.replace("{pick}", include_str!("sql/pick.sql"));
        for (name, value) in [
            ("{big}", task.clinics.big),
            ("{low}", task.clinics.low),
            ("{high}", task.clinics.high),
            ("{most}", most),
            ("{fewest}", fewest),
            ("{most_first}", load.first(most)),
            ("{fewest_first}", load.first(fewest)),
        ] {
            sql = sql.replace(name, &value.to_string());
        }
        Ok(sql)
    }
}

impl Load {
    /// The patient after whom pgbench checks in, where each can be checked in once: the upper half of a clinic is
    /// its own, and each round has its part of it. `lua/wrk.lua` does the same with the lower half.
    fn first(self, patients: u32) -> u32 {
        // The first forty are in today's queue.
        let half = patients.saturating_sub(40) / 2;
        40 + half + half / self.rounds.max(1) * self.round
    }
}

/// Microseconds a request, of what all of a run took.
fn each(run: &Run, seconds: u32, all: Duration) -> f64 {
    all.as_secs_f64() * 1e6 / (run.per_second * f64::from(seconds)).max(1.0)
}
