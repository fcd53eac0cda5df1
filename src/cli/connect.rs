//! Where a command finds its databases: flags, environment, or the demo that runs in the default
//! directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::control::{self, ControlDb};
use crate::db;
use crate::error::Error;
use crate::web::Lang;
use crate::web::text::Texts;

/// Connection strings, one a login. The part of `demo.json` that commands read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DatabaseUrls {
    /// Clinic work.
    pub app: String,
    /// Sign-in.
    pub auth: String,
    /// The control plane.
    pub platform: String,
    /// Jobs.
    pub worker: String,
    /// Migrations.
    pub owner: String,
    /// The private server's superuser.
    pub superuser: String,
}

/// A demo was not found and nothing else was named.
#[derive(Debug, thiserror::Error)]
#[error(
    "no database: give --{flag} (or {env}), or start `polyclinic demo` first; there is no demo in {}",
    dir.display()
)]
pub struct NoDatabase {
    flag: &'static str,
    env: &'static str,
    dir: PathBuf,
}

/// The platform's database, for commands of the landlord.
#[derive(Debug, Clone, Args)]
pub struct Platform {
    /// Login `polyclinic_platform`; without it, the demo's
    #[arg(long, env = "POLYCLINIC_PLATFORM_DATABASE_URL", hide_env_values = true)]
    platform_database_url: Option<SecretString>,
}

impl Platform {
    /// One transaction of the landlord.
    pub async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut ControlDb) -> Result<T, Error>,
    ) -> Result<T, Box<dyn std::error::Error>> {
        let url = match &self.platform_database_url {
            Some(url) => url.expose_secret().to_owned(),
            None => demo("platform-database-url", "POLYCLINIC_PLATFORM_DATABASE_URL")?.platform,
        };
        let pool = db::pool(&url, 1)?;
        let outcome = control::as_landlord(&pool, work).await;
        pool.close().await;
        outcome.map_err(|error| said(&error).into())
    }
}

/// The demo in the usual place; which database a command is about to use is said aloud.
pub fn demo(flag: &'static str, env: &'static str) -> Result<DatabaseUrls, NoDatabase> {
    let dir = std::env::var_os("POLYCLINIC_DEMO_DIR").map_or_else(default_dir, PathBuf::from);
    let urls = of_demo(&dir).ok_or_else(|| NoDatabase { flag, env, dir: dir.clone() })?;
    eprintln!("Using the demo in {}", dir.display());
    Ok(urls)
}

/// The language of the terminal.
pub fn words() -> Result<Arc<Lang>, Error> {
    Ok(Texts::load()?.of("en"))
}

/// An error in words for whoever typed the command.
pub fn said(error: &Error) -> String {
    let lang = words().unwrap_or_default();
    match error {
        Error::Invalid(fields) => {
            let lines = fields.iter().map(|e| format!("{}: {}", e.field, lang.refusal(e)));
            lines.collect::<Vec<_>>().join("\n")
        }
        Error::Conflict { code, .. } => lang.objection(code).to_owned(),
        Error::NotFound => "there is no such clinic".into(),
        Error::Busy => {
            "the database does not answer; is it running, and is the address right?".into()
        }
        other => other.to_string(),
    }
}

/// Where the demo keeps its server and its `demo.json`.
pub fn default_dir() -> PathBuf {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    // A server never runs as root, and the user it runs as cannot look into /root.
    let private = home.filter(|home| !home.starts_with("/root"));
    data.or(private).unwrap_or_else(|| PathBuf::from("/var/tmp")).join("polyclinic-demo")
}

/// The connection strings in a demo's directory.
pub fn of_demo(dir: &Path) -> Option<DatabaseUrls> {
    #[derive(Deserialize)]
    struct Demo {
        database_urls: DatabaseUrls,
    }
    let text = std::fs::read_to_string(dir.join("demo.json")).ok()?;
    serde_json::from_str::<Demo>(&text).ok().map(|demo| demo.database_urls)
}
