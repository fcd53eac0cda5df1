//! All SQL of sign-in. Each call is one short transaction of the sign-in login, which may execute
//! these functions and nothing else.

use secrecy::{ExposeSecret, SecretSlice};
use uuid::Uuid;

use super::links::Owner;
use super::secret::sha256;
use crate::app::App;
use crate::db::{Mode, Tx};
use crate::error::Error;

/// The credentials to check, and how long the account makes a guesser wait.
pub(super) struct Candidate {
    pub account_id: Uuid,
    pub password_phc: Option<String>,
    pub wait_seconds: i32,
}

/// A clinic's public face.
pub struct Front {
    /// The clinic's name.
    pub name: String,
    /// Its locale.
    pub locale: String,
}

/// A clinic where an account is at home.
#[derive(Debug)]
pub struct Home {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A session to open.
pub struct NewSession {
    /// The account that proved itself.
    pub account_id: Uuid,
    /// The session's id.
    pub session_id: Uuid,
    /// `browser` or `api`.
    pub kind: &'static str,
    /// What the gate will look for.
    pub secret: SecretSlice<u8>,
    /// How long the secret itself is good, in seconds.
    pub secret_seconds: i32,
    /// The first refresh token, for an API session.
    pub refresh: Option<SecretSlice<u8>>,
    /// Idle limit in seconds.
    pub idle_seconds: i32,
    /// Life of the session in seconds.
    pub life_seconds: i32,
    /// What the client calls itself.
    pub user_agent: String,
}

/// Whose session was opened.
pub struct Opened {
    /// The person.
    pub user_id: Uuid,
    /// The person's name.
    pub name: String,
    /// The role.
    pub role: String,
    /// What the role may do, by name.
    pub permissions: Vec<String>,
}

/// How an exchange of a refresh token ended.
pub(super) enum Rotation {
    Rotated(Opened),
    Refused,
}

async fn tx(app: &App) -> Result<Tx, Error> {
    Tx::begin(&app.pools.auth, Mode::Write).await
}

pub(super) async fn candidate(
    app: &App,
    slug: &str,
    identifier: &str,
) -> Result<Option<Candidate>, Error> {
    let mut tx = tx(app).await?;
    let row = sqlx::query!(
        "select account_id, password_phc, wait_seconds from gate.candidate($1, $2)",
        slug,
        identifier
    )
    .fetch_one(tx.connection()?)
    .await?;
    tx.commit().await?;
    Ok(row.account_id.map(|account_id| Candidate {
        account_id,
        password_phc: row.password_phc,
        wait_seconds: row.wait_seconds.unwrap_or(0),
    }))
}

pub(super) async fn account_candidate(app: &App, email: &str) -> Result<Option<Candidate>, Error> {
    let mut tx = tx(app).await?;
    let row = sqlx::query!(
        "select account_id, password_phc, wait_seconds from gate.account_candidate($1)",
        email
    )
    .fetch_one(tx.connection()?)
    .await?;
    tx.commit().await?;
    Ok(row.account_id.map(|account_id| Candidate {
        account_id,
        password_phc: row.password_phc,
        wait_seconds: row.wait_seconds.unwrap_or(0),
    }))
}

pub(super) async fn note_attempt(app: &App, account: Uuid, success: bool) -> Result<(), Error> {
    let mut tx = tx(app).await?;
    sqlx::query!("select gate.note_attempt($1, $2)", account, success)
        .execute(tx.connection()?)
        .await?;
    tx.commit().await
}

pub(super) async fn homes(app: &App, account: Uuid) -> Result<Vec<Home>, Error> {
    let mut tx = tx(app).await?;
    let homes = sqlx::query_as!(
        Home,
        r#"select slug as "slug!", name as "name!" from gate.account_clinics($1)"#,
        account
    )
    .fetch_all(tx.connection()?)
    .await?;
    tx.commit().await?;
    Ok(homes)
}

pub(super) async fn front(app: &App, slug: &str) -> Result<Option<Front>, Error> {
    let mut tx = tx(app).await?;
    let row = sqlx::query!("select name, locale from gate.front($1)", slug)
        .fetch_one(tx.connection()?)
        .await?;
    tx.commit().await?;
    Ok(row.name.zip(row.locale).map(|(name, locale)| Front { name, locale }))
}

pub(super) async fn open_session(
    app: &App,
    slug: &str,
    new: &NewSession,
) -> Result<Option<Opened>, Error> {
    let mut tx = tx(app).await?;
    let refresh = new.refresh.as_ref().map(|r| sha256(r.expose_secret()));
    let row = sqlx::query!(
        "select user_id, name, role, permissions
         from gate.open_session($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        slug,
        new.account_id,
        new.session_id,
        new.kind,
        sha256(new.secret.expose_secret()),
        new.secret_seconds,
        refresh,
        new.idle_seconds,
        new.life_seconds,
        new.user_agent
    )
    .fetch_one(tx.connection()?)
    .await?;
    tx.commit().await?;
    Ok(opened(row.user_id, row.name, row.role, row.permissions))
}

fn opened(
    user: Option<Uuid>,
    name: Option<String>,
    role: Option<String>,
    permissions: Option<Vec<String>>,
) -> Option<Opened> {
    Some(Opened {
        user_id: user?,
        name: name?,
        role: role?,
        permissions: permissions.unwrap_or_default(),
    })
}

pub(super) async fn rotate(
    app: &App,
    slug: &str,
    refresh: &[u8],
    new_secret: &SecretSlice<u8>,
    seconds: i32,
    new_refresh: &SecretSlice<u8>,
) -> Result<Rotation, Error> {
    let mut tx = tx(app).await?;
    let row = sqlx::query!(
        r#"select outcome as "outcome!", user_id, name, role, permissions
           from gate.rotate_session($1, $2, $3, $4, $5)"#,
        slug,
        sha256(refresh),
        sha256(new_secret.expose_secret()),
        seconds,
        sha256(new_refresh.expose_secret())
    )
    .fetch_one(tx.connection()?)
    .await?;
    // Committed in every case: a reused token has just ended its session.
    tx.commit().await?;
    if row.outcome == "reused" {
        tracing::warn!("A refresh token was used twice; its session is over");
    }
    Ok(match opened(row.user_id, row.name, row.role, row.permissions) {
        Some(opened) if row.outcome == "rotated" => Rotation::Rotated(opened),
        _ => Rotation::Refused,
    })
}

pub(super) async fn own_credentials(
    app: &App,
    slug: &str,
    secret: &[u8],
) -> Result<(Candidate, Vec<String>), Error> {
    let mut tx = tx(app).await?;
    let row = sqlx::query!(
        r#"select account_id as "account_id!", password_phc, wait_seconds, known
           from gate.own_credentials($1, $2)"#,
        slug,
        secret
    )
    .fetch_one(tx.connection()?)
    .await?;
    tx.commit().await?;
    let own = Candidate {
        account_id: row.account_id,
        password_phc: row.password_phc,
        wait_seconds: row.wait_seconds.unwrap_or(0),
    };
    Ok((own, row.known.unwrap_or_default()))
}

pub(super) async fn change_password(
    app: &App,
    slug: &str,
    secret: &[u8],
    phc: &str,
) -> Result<(), Error> {
    let mut tx = tx(app).await?;
    sqlx::query!("select gate.change_password($1, $2, $3)", slug, secret, phc)
        .execute(tx.connection()?)
        .await?;
    tx.commit().await
}

pub(super) async fn link_owner(app: &App, token: &[u8]) -> Result<Option<Owner>, Error> {
    let mut tx = tx(app).await?;
    let row = sqlx::query!("select name, slug, known from gate.password_link($1)", sha256(token))
        .fetch_one(tx.connection()?)
        .await?;
    tx.commit().await?;
    let (slug, known) = (row.slug.filter(|slug| !slug.is_empty()), row.known.unwrap_or_default());
    Ok(row.name.map(|name| Owner { name, slug, known }))
}

pub(super) async fn use_link(app: &App, token: &[u8], phc: &str) -> Result<bool, Error> {
    let mut tx = tx(app).await?;
    let used = sqlx::query_scalar!("select gate.use_password_link($1, $2)", sha256(token), phc)
        .fetch_one(tx.connection()?)
        .await?;
    tx.commit().await?;
    Ok(used.unwrap_or(false))
}

pub(super) async fn open_platform_session(
    app: &App,
    account: Uuid,
    secret: &SecretSlice<u8>,
    seconds: i32,
) -> Result<bool, Error> {
    let mut tx = tx(app).await?;
    let admin = sqlx::query_scalar!(
        "select gate.open_platform_session($1, $2, $3)",
        account,
        sha256(secret.expose_secret()),
        seconds
    )
    .fetch_one(tx.connection()?)
    .await?;
    tx.commit().await?;
    Ok(admin.is_some())
}

pub(super) async fn end_platform_session(app: &App, secret: &[u8]) -> Result<(), Error> {
    let mut tx = tx(app).await?;
    sqlx::query!("select gate.end_platform_session($1)", secret).execute(tx.connection()?).await?;
    tx.commit().await
}

/// A session as its owner sees it.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Session {
    /// Its id.
    pub session_id: Uuid,
    /// `browser` or `api`.
    pub kind: String,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Whether this very request uses it.
    pub current: bool,
    /// When it was opened.
    pub created_at: chrono::DateTime<chrono::Utc>,
    /// When it was last used, to within two minutes.
    pub seen_at: chrono::DateTime<chrono::Utc>,
    /// When it ends at the latest.
    pub expires_at: chrono::DateTime<chrono::Utc>,
}

impl Session {
    /// The device in a word or two, as its owner would say: "Chrome, Windows".
    pub fn device(&self) -> String {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        let known = |names: &[(&'static str, &'static str)]| {
            names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
        };
        let browser = known(&[
            ("Edg/", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ]);
        let system = known(&[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "Mac"),
            ("Linux", "Linux"),
        ]);
        match (browser, system) {
            (Some(browser), Some(system)) => format!("{browser}, {system}"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => agent.split(['/', ' ']).next().unwrap_or_default().to_owned(),
        }
    }
}

pub(super) async fn sessions(db: &mut crate::tenant::Db) -> Result<Vec<Session>, Error> {
    let (clinic, user, own) = (db.clinic(), db.user(), db.who().session_id);
    let rows = sqlx::query_as!(
        Session,
        r#"
        select s.session_id, s.kind, s.user_agent, s.session_id = $3 as "current!", s.created_at,
               s.seen_at, s.expires_at
        from polyclinic.sessions s
        where s.clinic_id = $1
          and s.user_id = $2
          and s.revoked_at is null
          and s.expires_at > now()
        order by s.created_at desc
        limit 50
        "#,
        clinic,
        user,
        own
    )
    .fetch_all(db.sql()?)
    .await?;
    Ok(rows)
}

pub(super) async fn revoke(db: &mut crate::tenant::Db, session: Uuid) -> Result<bool, Error> {
    let (clinic, user) = (db.clinic(), db.user());
    let done = sqlx::query!(
        "update polyclinic.sessions
         set revoked_at = now()
         where clinic_id = $1 and session_id = $2 and user_id = $3 and revoked_at is null",
        clinic,
        session,
        user
    )
    .execute(db.sql()?)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The language that the person wants to be spoken to in; none: the clinic's own.
pub(super) async fn speak(db: &mut crate::tenant::Db, language: Option<&str>) -> Result<(), Error> {
    sqlx::query!("select gate.speak($1)", language).execute(db.sql()?).await?;
    Ok(())
}
