//! `polyclinic import`

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::signal::unix::{SignalKind, signal};

use super::{Outcome, connect};
use crate::cohort::{self, Cohort};
use crate::db::{self, Pool};
use crate::error::Error;
use crate::imports::{self, Columns, Import, Intake, JOB, Order, Run, csv_out};
use crate::jobs::{self, JobId};
use crate::tenant::Slug;

/// Bring data in from elsewhere.
#[derive(Debug, Args)]
pub struct Imports {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Patients from a CSV file; those with a known id are corrected, the others registered
    Patients(Box<Patients>),
}

#[derive(Debug, Args)]
struct Patients {
    /// The file: UTF-8, the first line names the columns
    file: PathBuf,
    /// Slug of the clinic
    #[arg(long)]
    clinic: Slug,
    /// Read everything, write nothing but the report
    #[arg(long)]
    dry_run: bool,
    /// Read a column as a field; an empty field leaves the column out. Repeatable
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = mapping)]
    map: Vec<(String, String)>,
    /// Write the rows that were kept aside into this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Rows of a transaction
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=2000))]
    chunk: u16,
    /// Insist on continuing an import of this file that was interrupted; without this flag it is continued if there is one
    #[arg(long)]
    resume: bool,
    /// No progress bar
    #[arg(long)]
    no_progress: bool,
    /// Directory of the running demo, where no database is told
    #[arg(long, env = "POLYCLINIC_DEMO_DIR", default_value_os_t = connect::default_dir())]
    dir: PathBuf,
    /// Login `polyclinic_platform`: orders the import
    #[arg(
        long,
        env = "POLYCLINIC_PLATFORM_DATABASE_URL",
        hide_env_values = true,
        requires = "worker_database_url"
    )]
    platform_database_url: Option<SecretString>,
    /// Login `polyclinic_worker`: carries it out
    #[arg(
        long,
        env = "POLYCLINIC_WORKER_DATABASE_URL",
        hide_env_values = true,
        requires = "platform_database_url"
    )]
    worker_database_url: Option<SecretString>,
}

fn mapping(text: &str) -> Result<(String, String), String> {
    let (column, field) = text.rsplit_once('=').ok_or("write COLUMN=FIELD")?;
    Ok((column.to_owned(), field.to_owned()))
}

impl Imports {
    pub(super) async fn run(self) -> Outcome {
        match self.what {
            What::Patients(patients) => patients.run().await,
        }
    }
}

/// Why a file was not imported, in words for the terminal.
fn said(error: Error) -> Box<dyn std::error::Error> {
    match error {
        error @ (Error::Invalid(_) | Error::Conflict { .. }) => connect::said(&error).into(),
        Error::NotFound => "there is no active clinic of this name".into(),
        Error::SignedOut => {
            "the database let the import in no longer: is the clinic active?".into()
        }
        other => other.into(),
    }
}

impl Patients {
    async fn run(self) -> Outcome {
        let (platform, worker) = self.pools()?;
        let mut file =
            File::open(&self.file).map_err(|e| format!("{}: {e}", self.file.display()))?;
        let size = file.metadata()?.len();
        let (columns, header_sha256) = self.header(&mut file)?;
        let file_sha256 = hash(&self.file)?;
        let job = jobs::order(&platform, &self.clinic, JOB).await.map_err(said)?;
        let order = Order {
            dry_run: self.dry_run,
            file_name: self
                .file
                .file_name()
                .map(|name| name.to_string_lossy().chars().take(255).collect()),
            file_sha256: Some(file_sha256.clone()),
            ..Order::default()
        };
        let resume = self.resume;
        let opened = jobs::enter(&worker, job, async |db| {
            let mut order = order.clone();
            let stopped = imports::unfinished(db, &file_sha256, order.dry_run).await?;
            if stopped.is_none() && resume {
                return Err(Error::conflict("nothing_to_resume"));
            }
            order.resume = stopped.map(|import| import.import_id);
            imports::open(db, &order, &columns, &header_sha256).await
        });
        let import = match opened.await {
            Ok(import) => import,
            Err(error) => {
                jobs::finish(&worker, job, false).await.map_err(said)?;
                return Err(said(error));
            }
        };
        if import.rows_done > 0 {
            eprintln!("Continuing after row {}.", import.rows_done);
        }
        let intake = Intake::new(self.map.clone(), usize::from(self.chunk));
        let import = self.feed(Run::new(&worker, job, import, intake), size).await?;
        self.report(&platform, &worker, &import).await
    }

    fn pools(&self) -> Result<(Pool, Pool), Box<dyn std::error::Error>> {
        let urls = if let (Some(platform), Some(worker)) =
            (&self.platform_database_url, &self.worker_database_url)
        {
            (platform.expose_secret().to_owned(), worker.expose_secret().to_owned())
        } else {
            let demo = connect::of_demo(&self.dir).ok_or_else(|| {
                    format!(
                        "no demo has run in {}: start `polyclinic demo`, or give --platform-database-url and --worker-database-url",
                        self.dir.display()
                    )
                })?;
            (demo.platform, demo.worker)
        };
        Ok((db::pool(&urls.0, 1)?, db::pool(&urls.1, 1)?))
    }

    /// The columns, before anything is ordered: a file that cannot be read leaves no trace.
    fn header(&self, file: &mut File) -> Result<(Columns, Vec<u8>), Box<dyn std::error::Error>> {
        let mut intake = Intake::new(self.map.clone(), 1);
        let mut piece = vec![0; 64 * 1024];
        loop {
            if let Some(columns) = intake.header().map_err(said)? {
                let columns = columns.clone();
                return Ok((columns, intake.sha256()));
            }
            match file.read(&mut piece)? {
                0 => intake.end(),
                n => intake.push(piece.get(..n).unwrap_or_default()),
            }
        }
    }

    /// Reads the file to its end, or until somebody presses Ctrl-C.
    async fn feed(
        &self,
        mut run: Run<'_>,
        size: u64,
    ) -> Result<Import, Box<dyn std::error::Error>> {
        let mut file = File::open(&self.file)?;
        let bar = self.bar(size);
        let mut ended = signal(SignalKind::terminate())?;
        let stop = async {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
            }
        };
        tokio::pin!(stop);
        let mut piece = vec![0; 64 * 1024];
        let outcome = loop {
            let read = match file.read(&mut piece) {
                Ok(0) => break run.end().await.map_err(said),
                Ok(read) => read,
                Err(error) => break Err(error.into()),
            };
            let bytes = piece.get(..read).unwrap_or_default();
            let pushed = tokio::select! {
                biased;
                () = &mut stop => Err("stopped; the same command continues".into()),
                pushed = run.push(bytes) => pushed.map_err(said),
            };
            if let Err(error) = pushed {
                break Err(error);
            }
            bar.inc(u64::try_from(read).unwrap_or_default());
            bar.set_message(format!("{} rows", run.import().rows_done));
        };
        bar.finish_and_clear();
        if outcome.is_err() {
            run.stop().await;
        }
        outcome
    }

    fn bar(&self, size: u64) -> ProgressBar {
        if self.no_progress || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(size);
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg}  {eta}");
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }

    /// Says what became of the rows; writes the rejects where asked.
    async fn report(&self, platform: &Pool, worker: &Pool, import: &Import) -> Outcome {
        if import.dry_run {
            println!("Only tried: nothing was written.");
        }
        println!("rows       {:>8}", import.rows_done);
        println!("created    {:>8}", import.created);
        println!("updated    {:>8}", import.updated);
        println!("unchanged  {:>8}", import.unchanged);
        println!("rejected   {:>8}", import.rejected);
        let left: Vec<&str> = import
            .columns
            .iter()
            .filter(|c| c.field.is_none())
            .map(|c| c.column.as_str())
            .collect();
        if !left.is_empty() {
            println!("columns left out: {}", left.join(", "));
        }
        let job = jobs::order(platform, &self.clinic, JOB).await.map_err(said)?;
        if let Some(path) = &self.rejects {
            let rows = rejects(worker, job, import, path).await?;
            println!("{rows} rejects are in {}", path.display());
        } else if import.rejected > 0 {
            println!("--rejects FILE writes the rows that were kept aside.");
        }
        let cohort = jobs::enter(worker, job, cohort::summary).await.map_err(said)?;
        jobs::finish(worker, job, true).await.map_err(said)?;
        if cohort.total > 0 {
            print(&self.clinic, &cohort);
        }
        Ok(())
    }
}

async fn rejects(
    worker: &Pool,
    job: JobId,
    import: &Import,
    path: &Path,
) -> Result<usize, Box<dyn std::error::Error>> {
    use std::io::Write;
    let id = import.import_id;
    let mut file = std::io::BufWriter::new(File::create(path)?);
    file.write_all(&csv_out::head(import)?)?;
    let (mut last, mut count) = (0, 0);
    let lang = connect::words()?;
    loop {
        let page = jobs::enter(worker, job, async |db| imports::rejects(db, id, 1000, last).await);
        let page = page.await.map_err(said)?;
        if page.is_empty() {
            break;
        }
        count += page.len();
        for reject in page {
            last = reject.row_number;
            file.write_all(&csv_out::row(import, &reject.told(&lang))?)?;
        }
    }
    file.flush()?;
    Ok(count)
}

fn hash(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(digest.finalize().to_vec()),
            n => digest.update(piece.get(..n).unwrap_or_default()),
        }
    }
}

/// The figures of the clinic, as its page shows them.
fn print(slug: &Slug, cohort: &Cohort) {
    let mean = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.4}"));
    println!("\nEverybody with a risk profile in {slug}");
    println!("patients   {:>8}", cohort.total);
    println!("stroke     {:>8}", cohort.stroke);
    println!("high risk  {:>8}", cohort.high_risk);
    println!("mean age   {:>8}", mean(cohort.mean_age));
    println!("mean BMI   {:>8}  of {}", mean(cohort.mean_bmi), cohort.bmi_known);
    let sets = [
        ("risk", &cohort.risk),
        ("age", &cohort.age_groups),
        ("sex", &cohort.sex),
        ("smoking", &cohort.smoking_status),
        ("work", &cohort.work_type),
        ("residence", &cohort.residence_type),
    ];
    for (name, buckets) in sets {
        let parts: Vec<String> = buckets
            .iter()
            .map(|b| format!("{} {}", b.value.as_deref().unwrap_or("not known"), b.count))
            .collect();
        println!("{name:<10} {}", parts.join(", "));
    }
}
