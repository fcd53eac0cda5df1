//! `polyclinic migrate`

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use sqlx::migrate::Migrator;
use sqlx::{Connection, Executor, PgConnection};

use super::Outcome;

/// The migrations, built in.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// What only a superuser may do, apart from the migrations and idempotent.
const HARDENING: &str = include_str!("../../sql/hardening.sql");

/// Bring a database up to date.
#[derive(Debug, Args)]
pub struct Migrate {
    /// A login that may act as the owners: a superuser, or the administrator of a managed server
    #[arg(long, env = "POLYCLINIC_OWNER_DATABASE_URL", hide_env_values = true)]
    owner_database_url: SecretString,
}

impl Migrate {
    pub(super) async fn run(self) -> Outcome {
        let hardened = migrate(self.owner_database_url.expose_secret()).await?;
        println!("The database is up to date.");
        if !hardened {
            println!(
                "Not hardened: this login is no superuser, so sql/hardening.sql was left out. \
                 The wall holds without it; `polyclinic doctor` lists what stays open."
            );
        }
        Ok(())
    }
}

/// Applies migrations and, where the login may, the hardening. Whether it was hardened.
pub async fn migrate(url: &str) -> Result<bool, Box<dyn std::error::Error>> {
    let mut connection = PgConnection::connect(url).await?;
    MIGRATIONS.run(&mut connection).await?;
    let superuser = sqlx::query_scalar!(
        r#"select rolsuper as "rolsuper!" from pg_catalog.pg_roles where rolname = current_user"#
    )
    .fetch_one(&mut connection)
    .await?;
    if superuser {
        // The file is also a psql script: its backslash commands are psql's own.
        let plain = HARDENING.lines().filter(|line| !line.starts_with('\\'));
        let plain: String = plain.flat_map(|line| [line, "\n"]).collect();
        connection.execute(sqlx::AssertSqlSafe(plain)).await?;
    }
    // The service compares what was applied with what it was built with. Where this login may not grant it,
    // an earlier one has, or `doctor` says so.
    for grant in [
        "grant usage on schema public to polyclinic_app",
        "grant select on public._sqlx_migrations to polyclinic_app",
    ] {
        if let Err(error) = connection.execute(grant).await {
            tracing::debug!(error = %error, "Not granted");
        }
    }
    connection.close().await?;
    Ok(superuser)
}
