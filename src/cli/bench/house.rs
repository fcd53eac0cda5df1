//! What is measured: a private server with two clinics, full of rows, and a service of this very program.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::app::{App, Settings};
use crate::auth::keys::Keys;
use crate::auth::{self, NewSession, links, passwords, secret, tokens};
use crate::cli::connect::DatabaseUrls;
use crate::cli::{demo, migrate};
use crate::cluster::{Cluster, Options};
use crate::db::{self, Pools};
use crate::tenant::Slug;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The key of the measured service; nothing in it is worth hiding.
const KEY: &str = "bWVhc3VyZWQsIG5vdCBzZWNyZXQ6IDMyIGJ5dGVzISE=";

/// A running service with its database. Dropped, both end and their files go.
pub(super) struct House {
    pub(super) cluster: Option<Cluster>,
    pub(super) dir: PathBuf,
    pub(super) base: String,
    /// The session's secret in hex, for pgbench.
    pub(super) secret: String,
    /// The same session as a bearer token, for wrk.
    pub(super) token: String,
    service: Child,
}

impl House {
    /// Builds and fills it.
    pub(super) async fn build(connections: u32) -> Outcome<House> {
        let dir = std::env::temp_dir().join(format!("polyclinic-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let dir = std::fs::canonicalize(&dir)?;
        let options = Options { durable: true, max_connections: connections * 2 + 30 };
        let cluster = Cluster::start(&dir.join("postgres"), &options).await?;
        let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await?;
        admin.execute("create database polyclinic").await?;
        admin.close().await?;
        let urls = demo::urls(&cluster);
        migrate::migrate(&urls.superuser).await?;
        let account = settle(&urls).await?;
        let mut owner = PgConnection::connect(&urls.superuser).await?;
        for statement in include_str!("load.sql").split(";\n") {
            if !statement.trim().is_empty() {
                owner.execute(sqlx::AssertSqlSafe(statement.to_owned())).await?;
            }
        }
        owner.close().await?;
        let (token, secret) = sign_in(&urls, account).await?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let service = serve(&urls, &dir, port, connections)?;
        let base = format!("http://127.0.0.1:{port}");
        let mut house = House { cluster: Some(cluster), dir, base, secret, token, service };
        house.wait(port).await?;
        Ok(house)
    }

    /// The service's process.
    pub(super) fn service_pid(&self) -> u32 {
        self.service.id()
    }

    /// The server's first process, whose children are all others.
    pub(super) fn postgres_pid(&self) -> Outcome<u32> {
        let file = std::fs::read_to_string(self.dir.join("postgres/data/postmaster.pid"))?;
        Ok(file.lines().next().unwrap_or_default().trim().parse()?)
    }

    async fn wait(&mut self, port: u16) -> Outcome<()> {
        let give_up = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = self.service.try_wait()? {
                let said =
                    std::fs::read_to_string(self.dir.join("service.log")).unwrap_or_default();
                return Err(format!("the service ended with {status}:\n{said}").into());
            }
            if Instant::now() > give_up {
                return Err("the service does not listen".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Ends everything in order.
    pub(super) async fn close(mut self) {
        let _ = self.service.kill();
        let _ = self.service.wait();
        if let Some(cluster) = self.cluster.take() {
            cluster.stop().await;
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.service.kill();
        let _ = self.service.wait();
        drop(self.cluster.take());
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// Two clinics with a receptionist and a doctor each. The first one's receptionist does the work.
async fn settle(urls: &DatabaseUrls) -> Outcome<Uuid> {
    let mut platform = PgConnection::connect(&urls.platform).await?;
    let mut sign_in = PgConnection::connect(&urls.auth).await?;
    let phc = passwords::hash(&SecretString::from(secret::to_text(&secret::fresh())))?;
    let mut worker = None;
    for slug in ["bench", "bench-other"] {
        sqlx::query!(
            "select gate.create_clinic($1, $2, 'Asia/Kolkata', 'INR', 'en-IN', null, null, null, null, null)",
            slug,
            slug
        )
        .fetch_one(&mut platform)
        .await?;
        for role in ["receptionist", "doctor"] {
            let (account, user, link) = (Uuid::now_v7(), Uuid::now_v7(), links::fresh());
            sqlx::query!(
                "select gate.create_user($1, $2, $3, $4, $4, $5, $4, $6, 3600)",
                slug,
                user,
                account,
                role,
                format!("{role}@{slug}.example"),
                link.sha256
            )
            .fetch_one(&mut platform)
            .await?;
            sqlx::query!("select gate.use_password_link($1, $2)", link.sha256, phc)
                .fetch_one(&mut sign_in)
                .await?;
            if role == "doctor" {
                sqlx::query!(
                    "select gate.create_practitioner($1, $2, $3, 'General medicine', 'MBBS', 'B-1')",
                    slug,
                    Uuid::now_v7(),
                    user
                )
                .fetch_one(&mut platform)
                .await?;
            }
            worker.get_or_insert(account);
        }
    }
    platform.close().await?;
    sign_in.close().await?;
    worker.ok_or_else(|| "nobody works here".into())
}

/// One session for both: as a bearer token and as the secret that the database knows.
async fn sign_in(urls: &DatabaseUrls, account: Uuid) -> Outcome<(String, String)> {
    let pools = Pools {
        app: db::pool(&urls.app, 1)?,
        auth: db::pool(&urls.auth, 1)?,
        platform: db::pool(&urls.platform, 1)?,
        worker: db::pool(&urls.worker, 1)?,
    };
    let app = App::new(pools, Keys::from_base64(KEY)?, Settings::default()).await?;
    let slug: Slug = "bench".parse()?;
    let session = NewSession {
        account_id: account,
        session_id: Uuid::now_v7(),
        kind: "api",
        secret: secret::fresh(),
        secret_seconds: 3600,
        refresh: None,
        idle_seconds: 3600,
        life_seconds: 3600,
        user_agent: "bench".into(),
    };
    let opened = auth::open(&app, &slug, &session).await?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let now = i64::try_from(now.as_secs())?;
    let (user, role) = (opened.user_id, opened.role);
    let token = tokens::sign(&app.keys, &slug, user, &role, &session.secret, now, 3600)?;
    Ok((token, hex::encode(session.secret.expose_secret())))
}

fn serve(urls: &DatabaseUrls, dir: &Path, port: u16, connections: u32) -> Outcome<Child> {
    // A line a request is part of what the service does.
    let log = std::fs::File::create(dir.join("service.log"))?;
    Ok(Command::new(std::env::current_exe()?)
        .args(["serve", "--allow-old-server", "--drain-seconds", "0"])
        .args(["--bind", &format!("127.0.0.1:{port}"), "--pool-size", &connections.to_string()])
        .env("POLYCLINIC_APP_DATABASE_URL", &urls.app)
        .env("POLYCLINIC_AUTH_DATABASE_URL", &urls.auth)
        .env("POLYCLINIC_PLATFORM_DATABASE_URL", &urls.platform)
        .env("POLYCLINIC_WORKER_DATABASE_URL", &urls.worker)
        .env("POLYCLINIC_SECRET_KEY", KEY)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?)
}
