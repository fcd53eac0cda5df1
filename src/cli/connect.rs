//! Where a command finds its databases: flags, environment, or the demo that runs in the default
//! directory.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

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
