//! Is the wall where it should be? Every rule of the schema is a query in `sql/checks` that must return no
//! row; a few more are asked here. `doctor` prints them all, `serve` refuses to start when one is violated.

use std::fmt;

use rust_embed::RustEmbed;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::cli::migrate::MIGRATIONS;
use crate::cluster;
use crate::db::{Mode, Pool, Pools, Tx};
use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "sql/checks"]
struct Files;

/// Whether a rule is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Kept,
    /// The service may run, but somebody should know.
    Advice(Vec<String>),
    /// The service may not run.
    Violated(Vec<String>),
    /// Nobody with the needed login asked.
    NotAsked,
}

impl Standing {
    /// Kept where nothing is wrong.
    fn of(problems: Vec<String>) -> Standing {
        if problems.is_empty() { Standing::Kept } else { Standing::Violated(problems) }
    }
}

/// A rule and how it stands.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Its short name: the file in `sql/checks`.
    pub rule: String,
    /// What it says.
    pub says: String,
    /// How it stands.
    pub standing: Standing,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, lines): (_, &[String]) = match &self.standing {
            Standing::Kept => ("ok", &[]),
            Standing::NotAsked => ("not asked", &[]),
            Standing::Advice(lines) => ("advice", lines),
            Standing::Violated(lines) => ("VIOLATED", lines),
        };
        write!(f, "{word:<10}{:<24}{}", self.rule, self.says)?;
        for line in lines {
            write!(f, "\n{:<10}{:<24}- {line}", "", "")?;
        }
        Ok(())
    }
}

/// The service would run behind a wall that does not stand.
#[derive(Debug, thiserror::Error)]
#[error("these rules are violated, see `polyclinic doctor`:\n{}", .0.join("\n"))]
pub struct Refused(Vec<String>);

/// Refuses (with the list) to go on where a rule is violated. An old server is one unless it is allowed.
pub async fn refuse(
    pools: &Pools,
    allow_old_server: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let findings = all(pools, None, allow_old_server).await?;
    let mut violated = Vec::new();
    for finding in findings {
        match &finding.standing {
            Standing::Violated(_) => violated.push(finding.to_string()),
            Standing::Advice(problems) => {
                tracing::warn!(rule = %finding.rule, "{}: {}", finding.says, problems.join("; "));
            }
            Standing::Kept | Standing::NotAsked => {}
        }
    }
    if violated.is_empty() { Ok(()) } else { Err(Refused(violated).into()) }
}

/// Asks about every rule: the login's own as that login, the others as the owner where there is one.
pub async fn all(
    pools: &Pools,
    owner: Option<&str>,
    allow_old_server: bool,
) -> Result<Vec<Finding>, Error> {
    // Nothing can be asked of a database that does not answer.
    Tx::begin(&pools.app, Mode::Read).await?.rollback().await?;
    let mut findings = vec![
        server_version(&pools.app, allow_old_server).await,
        logins(pools).await,
        migrations(&pools.app).await,
    ];
    let mut owner = match owner {
        Some(url) => Some(PgConnection::connect(url).await?),
        None => None,
    };
    for name in Files::iter() {
        let Some(file) = Files::get(&name) else { continue };
        let sql = String::from_utf8_lossy(&file.data);
        let rule = name.trim_end_matches(".sql").to_owned();
        let (says, as_owner) = heading(&sql);
        let asked = wrapped(&sql);
        let standing = match (as_owner, owner.as_mut()) {
            (true, None) => Standing::NotAsked,
            (true, Some(owner)) => standing(rows(owner, asked).await),
            (false, _) => standing(ask(&pools.app, asked).await),
        };
        findings.push(Finding { rule, says, standing });
    }
    findings.push(hardening(&pools.app).await);
    Ok(findings)
}

/// What a check's first comment says, and whether the line after it is `as: owner`.
fn heading(sql: &str) -> (String, bool) {
    let comment = sql.lines().map_while(|line| line.strip_prefix("-- "));
    let says: Vec<&str> = comment.clone().take_while(|line| !line.starts_with("as: ")).collect();
    (says.join(" "), comment.clone().any(|line| line == "as: owner"))
}

/// A check's two columns as text, whatever their types.
fn wrapped(sql: &str) -> String {
    let sql = sql.trim_end().trim_end_matches(';');
    format!("select coalesce(c.object::text, ''), coalesce(c.problem::text, '') from (\n{sql}\n) c")
}

fn standing(rows: Result<Vec<(String, String)>, sqlx::Error>) -> Standing {
    match rows {
        Ok(rows) => Standing::of(
            rows.into_iter().map(|(object, problem)| format!("{object}: {problem}")).collect(),
        ),
        Err(error) => Standing::Violated(vec![format!("could not be asked: {error}")]),
    }
}

async fn ask(pool: &Pool, sql: String) -> Result<Vec<(String, String)>, sqlx::Error> {
    let refused = |_| sqlx::Error::PoolTimedOut;
    let mut tx = Tx::begin(pool, Mode::Read).await.map_err(refused)?;
    let found = rows(tx.connection().map_err(refused)?, sql).await;
    tx.rollback().await.map_err(refused)?;
    found
}

#[expect(
    clippy::disallowed_methods,
    reason = "the rules are files of this repository, read at build time"
)]
async fn rows(
    connection: &mut PgConnection,
    sql: String,
) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await
}

async fn server_version(pool: &Pool, allow_old: bool) -> Finding {
    let asked = "select current_setting('server_version_num'), current_setting('server_version')";
    let standing = match ask(pool, asked.into()).await {
        Ok(rows) => rows.first().map_or(Standing::NotAsked, |(number, name)| {
            let number: u32 = number.parse().unwrap_or(0);
            let problem = vec![format!(
                "PostgreSQL {name} lacks security fixes: install the newest minor release"
            )];
            match (cluster::is_current((number / 10_000, number % 10_000)), allow_old) {
                (true, _) => Standing::Kept,
                (false, true) => Standing::Advice(problem),
                (false, false) => Standing::Violated(problem),
            }
        }),
        Err(error) => Standing::Violated(vec![error.to_string()]),
    };
    let says = "The server has the fixes that row-level security relies on.".into();
    Finding { rule: "server_version".into(), says, standing }
}

/// Each pool is the login it should be: a superuser would pass through every wall.
async fn logins(pools: &Pools) -> Finding {
    let mut problems = Vec::new();
    for (wanted, pool) in [
        ("polyclinic_app", &pools.app),
        ("polyclinic_auth", &pools.auth),
        ("polyclinic_platform", &pools.platform),
        ("polyclinic_worker", &pools.worker),
    ] {
        let asked = "
            select session_user::text,
                   concat_ws(', ',
                     case when r.rolsuper then 'is a superuser' end,
                     case when r.rolbypassrls then 'has BYPASSRLS' end,
                     case when current_user <> session_user then 'acts as ' || current_user end,
                     case when pg_has_role(r.oid, 'polyclinic_owner', 'member')
                            or pg_has_role(r.oid, 'polyclinic_gate', 'member') then 'may act as an owner' end)
            from pg_catalog.pg_roles r
            where r.rolname = session_user";
        match ask(pool, asked.into()).await {
            Ok(rows) => {
                for (login, problem) in rows {
                    if login != wanted {
                        problems.push(format!("{login} is used where {wanted} belongs"));
                    }
                    if !problem.is_empty() {
                        problems.push(format!("{login} {problem}"));
                    }
                }
            }
            Err(error) => problems.push(format!("{wanted} cannot connect: {error}")),
        }
    }
    let says = "Each connection is its own login, which neither owns nor passes the wall.".into();
    Finding { rule: "logins".into(), says, standing: Standing::of(problems) }
}

/// The database has every migration of this program, as it was written. More than those is advice: a newer
/// program was here, and an older one may still be running.
async fn migrations(pool: &Pool) -> Finding {
    let asked = "select m.version::text, encode(m.checksum, 'hex') from public._sqlx_migrations m where m.success";
    let standing = match ask(pool, asked.into()).await {
        Err(error) => {
            Standing::Violated(vec![format!("cannot be read, run `polyclinic migrate`: {error}")])
        }
        Ok(applied) => compare(&applied),
    };
    let says = "The database has the migrations of this program.".into();
    Finding { rule: "migrations".into(), says, standing }
}

fn compare(applied: &[(String, String)]) -> Standing {
    let mut problems = Vec::new();
    for wanted in MIGRATIONS.iter() {
        let version = wanted.version.to_string();
        match applied.iter().find(|(there, _)| *there == version) {
            None => problems.push(format!("{version} {} is not applied", wanted.description)),
            Some((_, sum)) if *sum != hex::encode(&wanted.checksum) => {
                problems.push(format!(
                    "{version} {} was another text when it was applied",
                    wanted.description
                ));
            }
            Some(_) => {}
        }
    }
    let known = |version: &String| MIGRATIONS.iter().any(|m| m.version.to_string() == *version);
    let newer: Vec<String> = applied
        .iter()
        .filter(|(version, _)| !known(version))
        .map(|(version, _)| format!("{version} is newer than this program"))
        .collect();
    if problems.is_empty() && !newer.is_empty() {
        Standing::Advice(newer)
    } else {
        Standing::of(problems)
    }
}

/// What `sql/hardening.sql` takes away, asked by examples.
async fn hardening(pool: &Pool) -> Finding {
    let asked = "
        select f.name, 'open to every login: run sql/hardening.sql as a superuser'
        from (values ('pg_catalog.set_config(text,text,boolean)'),
                     ('pg_catalog.pg_sleep(double precision)'),
                     ('pg_catalog.query_to_xml(text,boolean,boolean,text)'),
                     ('pg_catalog.pg_terminate_backend(integer,bigint)'),
                     ('pg_catalog.pg_advisory_lock(bigint)')) as f (name)
        where has_function_privilege(current_user, f.name, 'execute')
        union all
        select 'DO blocks', 'open to every login: run sql/hardening.sql as a superuser'
        where has_language_privilege(current_user, 'plpgsql', 'usage')";
    let standing = match standing(ask(pool, asked.into()).await) {
        Standing::Violated(problems) => Standing::Advice(problems),
        kept => kept,
    };
    let says = "Hostile SQL finds few tools: sql/hardening.sql was applied.".into();
    Finding { rule: "hardening".into(), says, standing }
}
