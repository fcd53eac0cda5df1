//! `polyclinic doctor`

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::connect::{self, DatabaseUrls};
use super::{Outcome, connect::said, show};
use crate::auth::keys::Keys;
use crate::checks::{self, Standing};
use crate::config::Serving;
use crate::db::{self, Pools};

/// Ask the database about every rule of the house, and print the configuration without its secrets.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Login `polyclinic_app`; without any address, the demo's are used
    #[arg(long, env = "POLYCLINIC_APP_DATABASE_URL", hide_env_values = true)]
    app_database_url: Option<SecretString>,
    /// Login `polyclinic_auth`
    #[arg(long, env = "POLYCLINIC_AUTH_DATABASE_URL", hide_env_values = true)]
    auth_database_url: Option<SecretString>,
    /// Login `polyclinic_platform`
    #[arg(long, env = "POLYCLINIC_PLATFORM_DATABASE_URL", hide_env_values = true)]
    platform_database_url: Option<SecretString>,
    /// Login `polyclinic_worker`
    #[arg(long, env = "POLYCLINIC_WORKER_DATABASE_URL", hide_env_values = true)]
    worker_database_url: Option<SecretString>,
    /// A login that may act as the owners, for the rules that only it can ask about
    #[arg(long, env = "POLYCLINIC_OWNER_DATABASE_URL", hide_env_values = true)]
    owner_database_url: Option<SecretString>,
    #[command(flatten)]
    serving: Serving,
    /// The service's secret, to see whether it has the right form
    #[arg(long, env = "POLYCLINIC_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<SecretString>,
}

/// Rules were violated; they were printed.
#[derive(Debug, thiserror::Error)]
#[error("{0} of the rules above are violated")]
struct Violated(usize);

impl Doctor {
    pub(super) async fn run(self) -> Outcome {
        let (urls, owner) = self.urls()?;
        show(&self.configuration(&urls))?;
        let pools = Pools {
            app: db::pool(&urls.app, 1)?,
            auth: db::pool(&urls.auth, 1)?,
            platform: db::pool(&urls.platform, 1)?,
            worker: db::pool(&urls.worker, 1)?,
        };
        let findings = checks::all(&pools, owner.as_deref(), true).await.map_err(|e| said(&e))?;
        let lines = findings.iter().map(|finding| format!("{finding}\n"));
        show(&lines.collect::<String>())?;
        let violated = |f: &&checks::Finding| matches!(f.standing, Standing::Violated(_));
        match findings.iter().filter(violated).count() {
            0 => show("\nEvery rule that was asked about is kept.\n"),
            count => Err(Violated(count).into()),
        }
    }

    /// The addresses as configured, all or none; without any, the demo's.
    fn urls(&self) -> Result<(DatabaseUrls, Option<String>), Box<dyn std::error::Error>> {
        let text = |url: &Option<SecretString>| url.as_ref().map(|u| u.expose_secret().to_owned());
        let owner = text(&self.owner_database_url);
        let given = [
            text(&self.app_database_url),
            text(&self.auth_database_url),
            text(&self.platform_database_url),
            text(&self.worker_database_url),
        ];
        if given.iter().all(Option::is_none) {
            let urls = connect::demo("app-database-url", "POLYCLINIC_APP_DATABASE_URL")?;
            let owner = owner.unwrap_or_else(|| urls.superuser.clone());
            return Ok((urls, Some(owner)));
        }
        let [Some(app), Some(auth), Some(platform), Some(worker)] = given else {
            return Err("give all four database addresses, or none to look at the demo".into());
        };
        let none = String::new;
        let urls = DatabaseUrls { app, auth, platform, worker, owner: none(), superuser: none() };
        Ok((urls, owner))
    }

    fn configuration(&self, urls: &DatabaseUrls) -> String {
        let serving = &self.serving;
        let path = |path: &Option<std::path::PathBuf>| {
            path.as_ref().map_or_else(|| "none".into(), |path| path.display().to_string())
        };
        let key = match &self.secret_key {
            None => "not given",
            Some(key) if Keys::from_base64(key.expose_secret()).is_ok() => "given, 32 bytes",
            Some(_) => "given, NOT 32 bytes in base64",
        };
        let metrics = serving.metrics_bind.map_or_else(|| "none".into(), |bind| bind.to_string());
        let lines = [
            ("app database", redacted(&urls.app)),
            ("auth database", redacted(&urls.auth)),
            ("platform database", redacted(&urls.platform)),
            ("worker database", redacted(&urls.worker)),
            ("secret key", key.into()),
            ("listens on", serving.bind.to_string()),
            ("metrics on", metrics),
            ("behind a TLS proxy", serving.behind_tls_proxy.to_string()),
            ("TLS certificate", path(&serving.tls_cert)),
            ("TLS key", path(&serving.tls_key)),
            ("connections", serving.connections().to_string()),
            ("threads", serving.threads.to_string()),
            ("drains for", format!("{} s", serving.drain_seconds)),
        ];
        let lines = lines.map(|(name, value)| format!("{name:<20}{value}\n"));
        lines.concat() + "\n"
    }
}

/// The address without its password, wherever the password stands.
fn redacted(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else { return "unreadable".into() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "unreadable".into();
    }
    let said: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if said.iter().any(|(name, _)| name == "password") {
        let mut pairs = url.query_pairs_mut();
        pairs.clear();
        for (name, value) in &said {
            pairs.append_pair(name, if name == "password" { "***" } else { value });
        }
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::redacted;

    #[test]
    fn no_password_is_printed() {
        for url in [
            "postgres://app:hunter2@db/polyclinic",
            "postgres://app@db/polyclinic?password=hunter2&sslmode=require",
            "hunter2",
        ] {
            assert!(!redacted(url).contains("hunter2"), "{}", redacted(url));
        }
        assert_eq!(redacted("postgres://app:x@db:5432/p"), "postgres://app:***@db:5432/p");
    }
}
