//! `polyclinic demo`

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::web::Data;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde::Serialize;
use sqlx::{Connection, Executor, PgConnection};

use super::connect::{self, DatabaseUrls};
use super::{Outcome, migrate};
use crate::app::{App, Settings};
use crate::auth::keys::Keys;
use crate::cluster::{Cluster, Options};
use crate::config::Serving;
use crate::db::{self, Pools};
use crate::telemetry::LogFormat;
use crate::{prometheus, serve, telemetry};

const DATABASE: &str = "polyclinic";

/// Look around: a private PostgreSQL, two clinics with a month of work, a login for every role.
#[derive(Debug, Args)]
pub struct Demo {
    /// Begin anew: throw the demo's data away
    #[arg(long)]
    reset: bool,
    /// Port to listen on; 0 takes a free one
    #[arg(long, env = "POLYCLINIC_DEMO_PORT", default_value_t = 8080)]
    port: u16,
    /// Directory for the server and demo.json
    #[arg(long, env = "POLYCLINIC_DEMO_DIR", default_value_os_t = connect::default_dir())]
    dir: PathBuf,
    /// Clinics and logins only, no sample patients
    #[arg(long)]
    empty: bool,
    /// Private address for /metrics
    #[arg(long, env = "POLYCLINIC_METRICS_BIND")]
    metrics_bind: Option<std::net::SocketAddr>,
    /// Connections for clinic work; 0 means two a core of this machine, at least four
    #[arg(long, env = "POLYCLINIC_POOL_SIZE", default_value_t = 0)]
    pool_size: u32,
    /// Form of the log lines
    #[arg(long, env = "POLYCLINIC_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// What `demo.json` says: scripts rely on it.
#[derive(Serialize)]
struct Manifest<'a> {
    base_url: String,
    data_dir: &'a Path,
    database_urls: DatabaseUrls,
    #[serde(flatten)]
    people: serde_json::Value,
}

impl Demo {
    pub(super) async fn run(self) -> Outcome {
        telemetry::start(self.log_format);
        let listener = TcpListener::bind(("127.0.0.1", self.port)).map_err(|e| {
            format!("port {}: {e}. Choose another with --port, or 0 for any.", self.port)
        })?;
        reachable(&self.dir)?;
        let dir = fs::canonicalize(&self.dir)?;
        let options = Options { durable: true, max_connections: 60 };
        let cluster = Cluster::start(&dir.join("postgres"), &options).await?;
        if !cluster.is_current() {
            let (major, minor) = cluster.version();
            eprintln!(
                "PostgreSQL {major}.{minor} lacks security fixes of the newest minor: upgrade it before real use."
            );
        }
        let urls = urls(&cluster);
        prepare(&cluster, &urls, self.reset).await?;
        if self.reset {
            crate::demo::forget(&dir)?;
        }
        let people = crate::demo::settle(&dir, &urls, self.empty).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let manifest = Manifest {
            base_url: base_url.clone(),
            data_dir: &dir,
            database_urls: urls.clone(),
            people: serde_json::to_value(&people)?,
        };
        write_private(&dir.join("demo.json"), &serde_json::to_string_pretty(&manifest)?)?;
        people.print(&base_url, &dir);
        self.serve(&dir, listener, &urls).await?;
        cluster.stop().await;
        Ok(())
    }

    async fn serve(&self, dir: &Path, listener: TcpListener, urls: &DatabaseUrls) -> Outcome {
        let serving = Serving {
            bind: listener.local_addr()?,
            base_url: None,
            metrics_bind: self.metrics_bind,
            behind_tls_proxy: false,
            tls_cert: None,
            tls_key: None,
            pool_size: self.pool_size,
            threads: 0,
            drain_seconds: 0,
            log_format: self.log_format,
        };
        let pools = Pools {
            app: db::pool(&urls.app, serving.connections())?,
            auth: db::pool(&urls.auth, 4)?,
            platform: db::pool(&urls.platform, 2)?,
            worker: db::pool(&urls.worker, 2)?,
        };
        let settings = Settings { https: false, styleguide: true, ..Settings::default() };
        let app = Data::new(App::new(pools, secret(dir)?, settings).await?);
        let metrics = self.metrics_bind.map(prometheus::listen).transpose()?;
        let server = serve::server(&app, listener, &serving)?;
        if let Some(listener) = metrics {
            prometheus::serve(app.clone(), listener)?;
        }
        let beside = serve::Beside::start(&app, &urls.app);
        let served = serve::until_stopped(app, server, Duration::ZERO).await;
        beside.stop().await;
        Ok(served?)
    }
}

/// The connection strings of every login on a private server.
pub fn urls(cluster: &Cluster) -> DatabaseUrls {
    let url = |login| cluster.url(login, DATABASE);
    DatabaseUrls {
        app: url("polyclinic_app"),
        auth: url("polyclinic_auth"),
        platform: url("polyclinic_platform"),
        worker: url("polyclinic_worker"),
        // The migrator inherits nothing: it acts as the owner by saying so.
        owner: format!("{}&options=-c%20role%3Dpolyclinic_owner", url("polyclinic_migrator")),
        superuser: url("postgres"),
    }
}

/// Creates the database where it is missing and brings it up to date. A reset drops it first; the
/// server was started by us, so nobody else's demo can be in it.
async fn prepare(cluster: &Cluster, urls: &DatabaseUrls, reset: bool) -> Outcome {
    let mut connection = PgConnection::connect(&cluster.url("postgres", "postgres")).await?;
    if reset {
        connection.execute("drop database if exists polyclinic with (force)").await?;
    }
    let there = sqlx::query_scalar!(
        r#"select exists (select from pg_catalog.pg_database where datname = $1) as "there!""#,
        DATABASE
    )
    .fetch_one(&mut connection)
    .await?;
    if !there {
        connection.execute("create database polyclinic").await?;
    }
    connection.close().await?;
    migrate::migrate(&urls.superuser).await?;
    Ok(())
}

/// The demo's secret key, made at the first start.
fn secret(dir: &Path) -> Result<Keys, Box<dyn std::error::Error>> {
    let path = dir.join("secret.key");
    if !path.exists() {
        let bytes: [u8; 32] = rand::random();
        write_private(&path, &STANDARD.encode(bytes))?;
    }
    Ok(Keys::from_base64(&fs::read_to_string(&path)?)?)
}

/// Writes a file that only its owner reads.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// Makes the directory, if it is not there, such that the server's own user can pass through it whatever
/// the umask says. What is in it is private by itself.
fn reachable(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir)?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755))
}
