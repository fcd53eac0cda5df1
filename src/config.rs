//! Configuration: flags over environment over defaults, all of it shown by `--help`. Secrets are never
//! printed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::db::{self, Pools};
use crate::telemetry::LogFormat;

/// Where the database is, once a login.
#[derive(Debug, Clone, Args)]
pub struct Databases {
    /// Login `polyclinic_app`: clinic work
    #[arg(long, env = "POLYCLINIC_APP_DATABASE_URL", hide_env_values = true)]
    pub app_database_url: SecretString,
    /// Login `polyclinic_auth`: sign-in
    #[arg(long, env = "POLYCLINIC_AUTH_DATABASE_URL", hide_env_values = true)]
    pub auth_database_url: SecretString,
    /// Login `polyclinic_platform`: the control plane
    #[arg(long, env = "POLYCLINIC_PLATFORM_DATABASE_URL", hide_env_values = true)]
    pub platform_database_url: SecretString,
    /// Login `polyclinic_worker`: jobs
    #[arg(long, env = "POLYCLINIC_WORKER_DATABASE_URL", hide_env_values = true)]
    pub worker_database_url: SecretString,
}

impl Databases {
    /// Pools for the service: `size` connections for clinic work, a few for the others.
    pub fn pools(&self, size: u32) -> Result<Pools, sqlx::Error> {
        Ok(Pools {
            app: db::pool(self.app_database_url.expose_secret(), size)?,
            auth: db::pool(self.auth_database_url.expose_secret(), (size / 2).max(2))?,
            platform: db::pool(self.platform_database_url.expose_secret(), 2)?,
            worker: db::pool(self.worker_database_url.expose_secret(), 2)?,
        })
    }
}

/// How the service answers.
#[derive(Debug, Clone, Args)]
pub struct Serving {
    /// Address to listen on
    #[arg(long, env = "POLYCLINIC_BIND", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Where people reach the service, such as <https://clinic.example.org>: links and codes begin with it
    #[arg(long, env = "POLYCLINIC_BASE_URL", value_parser = base_url)]
    pub base_url: Option<String>,
    /// Private address for /metrics; none without it
    #[arg(long, env = "POLYCLINIC_METRICS_BIND")]
    pub metrics_bind: Option<SocketAddr>,
    /// A TLS proxy of ours stands in front: plain http here, https outside, X-Forwarded-For is true
    #[arg(long, env = "POLYCLINIC_BEHIND_TLS_PROXY")]
    pub behind_tls_proxy: bool,
    /// PEM file with the certificate chain, to terminate TLS here
    #[arg(long, env = "POLYCLINIC_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// PEM file with the private key
    #[arg(long, env = "POLYCLINIC_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Connections for clinic work; 0 means two a core of this machine, at least four
    #[arg(long, env = "POLYCLINIC_POOL_SIZE", default_value_t = 0)]
    pub pool_size: u32,
    /// Worker threads; 0 means one a core
    #[arg(long, env = "POLYCLINIC_THREADS", default_value_t = 0)]
    pub threads: usize,
    /// Seconds between "not ready" and the last answer when told to stop
    #[arg(long, env = "POLYCLINIC_DRAIN_SECONDS", default_value_t = 1)]
    pub drain_seconds: u64,
    /// Form of the log lines
    #[arg(long, env = "POLYCLINIC_LOG_FORMAT", value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,
}

/// The beginning of every address: scheme, host and port.
pub fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|e| e.to_string())?;
    let plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain && nobody {
        return Ok(url.origin().ascii_serialization());
    }
    Err("write scheme, host and perhaps a port, like https://clinic.example.org".into())
}

impl Serving {
    /// How many connections clinic work has. PostgreSQL answers soonest when it does few things at a time; who waits,
    /// waits in the service, in turn.
    pub fn connections(&self) -> u32 {
        if self.pool_size > 0 {
            return self.pool_size;
        }
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        u32::try_from(cores * 2).unwrap_or(u32::MAX).max(4)
    }
}

#[cfg(test)]
mod tests {
    use super::base_url;

    #[test]
    fn a_base_is_a_scheme_and_a_host() {
        for (text, read) in [
            ("https://clinic.example.org", "https://clinic.example.org"),
            ("https://Clinic.Example.org/", "https://clinic.example.org"),
            ("https://clinic.example.org:443/", "https://clinic.example.org"),
            ("http://10.0.0.7:8080", "http://10.0.0.7:8080"),
        ] {
            assert_eq!(base_url(text).as_deref(), Ok(read));
        }
        for text in [
            "clinic.example.org",
            "ftp://clinic.example.org",
            "https://me@clinic.example.org",
            "https://clinic.example.org/clinic",
            "https://clinic.example.org/?a=1",
            "https://clinic.example.org/#top",
            "https://",
            "",
        ] {
            assert!(base_url(text).is_err(), "{text}");
        }
    }
}
