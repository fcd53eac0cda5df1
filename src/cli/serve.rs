//! `polyclinic serve`

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::web::Data;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::Outcome;
use crate::app::{App, Settings};
use crate::auth::keys::Keys;
use crate::config::{Databases, Serving};
use crate::{checks, prometheus, serve, telemetry};

/// Serve clinics from a database that `migrate` prepared.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    databases: Databases,
    #[command(flatten)]
    serving: Serving,
    /// 32 bytes in base64, the same for every instance; make one with: openssl rand -base64 32
    #[arg(long, env = "POLYCLINIC_SECRET_KEY", hide_env_values = true)]
    secret_key: SecretString,
    /// Directory for documents of patients; without it they are kept in the database
    #[arg(long, env = "POLYCLINIC_DOCUMENTS_DIR")]
    documents_dir: Option<PathBuf>,
    /// Start although the database server lacks the security fixes of the newest minor
    #[arg(long, env = "POLYCLINIC_ALLOW_OLD_SERVER")]
    allow_old_server: bool,
}

impl Serve {
    pub(super) async fn run(self) -> Outcome {
        telemetry::start(self.serving.log_format);
        let pools = self.databases.pools(self.serving.connections())?;
        let keys = Keys::from_base64(self.secret_key.expose_secret())?;
        let https = serve::is_https(&self.serving);
        let settings = Settings {
            https,
            base_url: serve::base_url(&self.serving)?,
            behind_proxy: self.serving.behind_tls_proxy,
            documents_dir: self.documents_dir,
            ..Settings::default()
        };
        checks::refuse(&pools, self.allow_old_server).await?;
        let metrics = self.serving.metrics_bind.map(prometheus::listen).transpose()?;
        let listener = TcpListener::bind(self.serving.bind)?;
        let address = listener.local_addr()?;
        let app = Data::new(App::new(pools, keys, settings).await?);
        let server = serve::server(&app, listener, &self.serving)?;
        if let Some(listener) = metrics {
            prometheus::serve(app.clone(), listener)?;
        }
        let beside = serve::Beside::start(&app, self.databases.app_database_url.expose_secret());
        tracing::info!(bind = %address, "Listening");
        let drain = Duration::from_secs(self.serving.drain_seconds);
        let served = serve::until_stopped(app, server, drain).await;
        beside.stop().await;
        Ok(served?)
    }
}
