//! Databases full of clinics: a thousand of uneven size, ten of them again, and ten behind a plain setting.

use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::auth::{passwords, secret};
use crate::cli::connect::DatabaseUrls;
use crate::cli::migrate;
use crate::cluster::Cluster;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Everybody's password.
pub(super) const PASSWORD: &str = "measured, not secret";

const GIVEN: &str = "Sunita Ganesh Asha Ravi Meera Anil Lakshmi Imran Gurpreet Maria Kavita Suresh Priya Rahul Anita Vijay \
    Deepa Sanjay Rekha Manoj Pooja Arjun Shanti Kiran Usha Mohan Geeta Rajesh Lata Sunil Nirmala Prakash Savita Ashok \
    Fatima Joseph Radha Harish Leela Nitin";
const FAMILY: &str = "Patil Kulkarni Rao Khan Sharma Nair Das Singh Fernandes Shah Joshi More Reddy Gupta Pawar Shinde \
    Deshmukh Jadhav Iyer Menon Verma Mishra Yadav Bose Ghosh Mehta Desai Kale Gaikwad Chavan Kadam Sawant Naik Pillai \
    Thomas Ali Sheikh Bhat Hegde Pandey Tiwari";

/// Which clinics a database holds, and by how much smaller they are than they would be.
pub(super) struct Extent {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) divisor: u32,
}

impl Extent {
    /// How many patients the clinic of this number has; `people.sql` says the same.
    pub(super) fn patients(&self, clinic: u32) -> u32 {
        let whole = match clinic {
            1 => 200_000,
            2..=10 => 20_000,
            11..=100 => 2_000,
            101..=900 => 489,
            _ => 488,
        };
        (whole / self.divisor).max(45)
    }
}

/// The addresses of a database of this cluster.
pub(super) fn urls(cluster: &Cluster, database: &str) -> DatabaseUrls {
    let url = |login| cluster.url(login, database);
    DatabaseUrls {
        app: url("polyclinic_app"),
        auth: url("polyclinic_auth"),
        platform: url("polyclinic_platform"),
        worker: url("polyclinic_worker"),
        owner: url("polyclinic_migrator"),
        superuser: url("postgres"),
    }
}

/// Makes a database, migrates it and fills it, patients and visits side by side.
pub(super) async fn fill(cluster: &Cluster, database: &str, extent: &Extent) -> Outcome<()> {
    let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await?;
    // A load writes far more than a day's work does.
    for setting in ["max_wal_size = '8GB'", "checkpoint_timeout = '30min'"] {
        admin.execute(AssertSqlSafe(format!("alter system set {setting}"))).await?;
    }
    admin.execute("select pg_reload_conf()").await?;
    admin.execute(AssertSqlSafe(format!("create database {database}"))).await?;
    admin.close().await?;
    let url = cluster.url("postgres", database);
    migrate::migrate(&url).await?;
    let phc = passwords::hash(&SecretString::from(PASSWORD))?;
    let filled = |text: &str| {
        text.replace("{first}", &extent.first.to_string())
            .replace("{last}", &extent.last.to_string())
            .replace("{divisor}", &extent.divisor.to_string())
            .replace("{phc}", &format!("'{phc}'"))
            .replace("{given}", &format!("'{GIVEN}'"))
            .replace("{family}", &format!("'{FAMILY}'"))
    };
    run(&url, &filled(include_str!("sql/people.sql"))).await?;
    let (patients, visits) =
        (filled(include_str!("sql/patients.sql")), filled(include_str!("sql/visits.sql")));
    let (patients, visits) = tokio::join!(run(&url, &patients), run(&url, &visits));
    patients?;
    visits
}

/// A copy of a database in which a plain setting chooses the clinic.
pub(super) async fn copy_plain(cluster: &Cluster, from: &str, to: &str) -> Outcome<()> {
    let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await?;
    admin.execute(AssertSqlSafe(format!("create database {to} template {from}"))).await?;
    admin.close().await?;
    let mut owner = PgConnection::connect(&cluster.url("postgres", to)).await?;
    owner.execute(include_str!("sql/plain.sql")).await?;
    owner.execute("vacuum analyze").await?;
    owner.close().await?;
    Ok(())
}

/// Writes what was dirtied and sends the vacuum cleaner away, so that neither works while something is measured: what
/// its processes do would count as the requests' CPU.
pub(super) async fn settle(cluster: &Cluster) -> Outcome<()> {
    let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await?;
    admin.execute("alter system set autovacuum = off").await?;
    admin.execute("select pg_reload_conf()").await?;
    admin.execute("checkpoint").await?;
    admin.close().await?;
    Ok(())
}

async fn run(url: &str, text: &str) -> Outcome<()> {
    let mut owner = PgConnection::connect(url).await?;
    for statement in text.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        owner.execute(AssertSqlSafe(statement.to_owned())).await?;
    }
    owner.close().await?;
    Ok(())
}

/// A number that differs from run to run.
pub(super) fn fresh() -> String {
    secret::to_text(&secret::fresh())
}
