//! [`Clinic<P>`]: slug, credential and permission of a request; opens the transactions.

use std::cell::OnceCell;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest, web};
use secrecy::{ExposeSecret, SecretSlice};
use sqlx::PgConnection;
use uuid::Uuid;

use super::entered::Row;
use super::{Db, Door, Entered, Permission, Seen, Slug};
use crate::app::App;
use crate::auth::{credential, csrf};
use crate::db::{Mode, Tx};
use crate::error::Error;
use crate::web::text::in_region;
use crate::web::{Lang, Spoken, Timing};

/// How a request proved who it is.
#[derive(Clone)]
pub enum Credential {
    /// A browser's session cookie for this clinic.
    Cookie(SecretSlice<u8>),
    /// A bearer token made for this clinic.
    Bearer(SecretSlice<u8>),
}

impl Credential {
    /// The session secret that the database verifies.
    pub fn secret(&self) -> &[u8] {
        match self {
            Credential::Cookie(secret) | Credential::Bearer(secret) => secret.expose_secret(),
        }
    }
}

/// The clinic of this request for somebody who holds `P`. Holds no connection.
pub struct Clinic<P> {
    app: web::Data<App>,
    slug: Slug,
    credential: Credential,
    timing: Timing,
    spoken: Spoken,
    who: OnceCell<Entered>,
    permission: PhantomData<P>,
}

impl<P: Permission> FromRequest for Clinic<P> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Clinic::of(request))
    }
}

impl<P: Permission> Clinic<P> {
    fn of(request: &HttpRequest) -> Result<Clinic<P>, Error> {
        let app = request.app_data::<web::Data<App>>().cloned();
        let app = app.ok_or_else(|| Error::Internal("no app data".into()))?;
        let slug: Slug = request.match_info().query("slug").parse().map_err(|_| Error::NotFound)?;
        let credential = credential::of(request, &app, &slug)?;
        if let Credential::Cookie(secret) = &credential
            && !matches!(*request.method(), Method::GET | Method::HEAD)
        {
            csrf::same_origin(request)?;
            if request.path().contains("/api/") {
                csrf::header(request, secret.expose_secret())?;
            }
        }
        let (timing, spoken) = (Timing::of(request), Spoken::of(request));
        let who = OnceCell::new();
        Ok(Clinic { app, slug, credential, timing, spoken, who, permission: PhantomData })
    }

    /// The clinic's slug.
    pub fn slug(&self) -> &Slug {
        &self.slug
    }

    /// The program's state.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// How this request proved who it is.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Who entered, once a transaction was opened.
    pub fn who(&self) -> Result<&Entered, Error> {
        self.who
            .get()
            .ok_or_else(|| Error::Internal("page drawn before the gate was passed".into()))
    }

    /// The language spoken in the clinic; until a transaction was opened the one the browser asks for.
    pub fn lang(&self) -> Arc<Lang> {
        self.spoken.lang(&self.app.texts)
    }

    /// Whether the person holds the named permission.
    pub fn may(&self, permission: &str) -> bool {
        self.who.get().is_some_and(|who| self.app.grid.holds(who.permissions, permission))
    }

    /// Only passes the gate: session and permission are verified, nothing is read.
    pub async fn enter(&self) -> Result<(), Error> {
        let who = self.knock().await?;
        self.after(&who);
        Ok(())
    }

    /// Passes the gate again, without counting as use: a stream left open keeps no idle session alive.
    pub async fn recheck(&self) -> Result<(), Error> {
        self.knock().await.map(drop)
    }

    /// The gate alone, in one round trip.
    async fn knock(&self) -> Result<Entered, Error> {
        let started = Instant::now();
        let (slug, secret) = (self.slug.as_str(), self.credential.secret());
        let ask = async |door: &mut Door| enter(door.sql()?, slug, secret).await;
        let mut who = Door::pass(self.app.pools.place(slug), slug, secret, ask).await?;
        self.timing.gate(started.elapsed());
        self.admit(&mut who)?;
        Ok(who)
    }

    /// One read-only transaction inside the clinic.
    pub async fn read<T>(
        &self,
        work: impl AsyncFn(&mut Db) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.run(Mode::Read, work).await
    }

    /// One transaction inside the clinic, committed when the closure succeeds. The only commit in the
    /// program's clinic work. A serialization failure or deadlock runs the closure again.
    pub async fn write<T>(
        &self,
        work: impl AsyncFn(&mut Db) -> Result<T, Error>,
    ) -> Result<T, Error> {
        for _ in 0..2 {
            match self.run(Mode::Write, &work).await {
                Err(error) if error.is_retryable() => {}
                outcome => return outcome,
            }
        }
        self.run(Mode::Write, &work).await
    }

    /// A reading of one statement that passes the gate by itself, without a transaction around it: one round trip
    /// instead of four (ADR 7). Of each row it says who entered. Where there is no row somebody may have been turned
    /// away, so that the gate is passed in the ordinary way.
    pub async fn glance<R: Seen>(
        &self,
        ask: impl AsyncFn(&mut Door) -> Result<Vec<R>, sqlx::Error>,
    ) -> Result<Vec<R>, Error> {
        let started = Instant::now();
        let pool = self.app.pools.place(self.slug.as_str());
        let (slug, secret) = (self.slug.as_str(), self.credential.secret());
        let rows = Door::pass(pool, slug, secret, ask).await?;
        self.timing.sql(started.elapsed());
        if let Some(row) = rows.first().and_then(Seen::row) {
            let mut who = row.entered()?;
            self.admit(&mut who)?;
            self.after(&who);
        } else {
            self.enter().await?;
        }
        Ok(rows)
    }

    async fn run<T>(
        &self,
        mode: Mode,
        work: impl AsyncFn(&mut Db) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let mut db = self.open(mode).await?;
        self.timing.gate(started.elapsed());
        let started = Instant::now();
        let outcome = work(&mut db).await;
        let (tx, who) = db.into_parts();
        // On failure the transaction is dropped, which rolls back.
        let value = outcome?;
        tx.commit().await?;
        self.timing.sql(started.elapsed());
        self.after(&who);
        Ok(value)
    }

    async fn open(&self, mode: Mode) -> Result<Db, Error> {
        let mut tx = Tx::begin(self.app.pools.place(self.slug.as_str()), mode).await?;
        let entered = enter(tx.connection()?, self.slug.as_str(), self.credential.secret()).await;
        let mut who = match entered {
            Ok(who) => who,
            Err(error) => return Err(refused(tx, error).await),
        };
        self.admit(&mut who)?;
        Ok(Db::new(tx, who))
    }

    /// Somebody entered: in which language they are spoken to, and whether they may.
    fn admit(&self, who: &mut Entered) -> Result<(), Error> {
        if let Some(language) = self.language(who) {
            who.locale = in_region(language, &who.clinic_locale);
        }
        self.spoken.settle(&who.locale);
        let _ = self.who.set(who.clone());
        if P::ANY.iter().any(|name| self.app.grid.holds(who.permissions, name)) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    }

    /// The person's own language, or the one chosen at the door of this browser.
    fn language<'a>(&'a self, who: &'a Entered) -> Option<&'a str> {
        let texts = &self.app.texts;
        let own = who.language.as_deref().filter(|tag| texts.speaks(tag));
        own.or_else(|| match self.credential {
            Credential::Cookie(_) => self.spoken.chosen(texts),
            Credential::Bearer(_) => None,
        })
    }

    /// Keeps `seen_at` young without a write a request: at most one every other minute.
    fn after(&self, who: &Entered) {
        if !who.stale || !self.app.touched.first(who.session_id) {
            return;
        }
        let app = self.app.clone();
        let slug = self.slug.clone();
        let credential = self.credential.clone();
        tokio::spawn(async move {
            let _turn = app.touched.turn().await;
            let touched = async {
                let mut tx = Tx::begin(app.pools.place(slug.as_str()), Mode::Write).await?;
                enter(tx.connection()?, slug.as_str(), credential.secret()).await?;
                sqlx::query!("select gate.touch()").execute(tx.connection()?).await?;
                tx.commit().await
            };
            if touched.await.is_err() {
                tracing::debug!("A session could not be marked as seen");
            }
        });
    }
}

/// A connection that the gate found dirty is ended on the server's side; somebody should look.
pub(super) async fn refused(tx: Tx, error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(|db| db.code().map(std::borrow::Cow::into_owned));
    if matches!(code.as_deref(), Some("PC005" | "PC006")) {
        tracing::error!(alert = true, "A connection carried foreign state and was ended");
        metrics::counter!("polyclinic_dirty_connections_total").increment(1);
        tx.hang_up().await;
        return Error::Busy;
    }
    error.into()
}

async fn enter(
    connection: &mut PgConnection,
    slug: &str,
    secret: &[u8],
) -> Result<Entered, sqlx::Error> {
    sqlx::query_scalar!(r#"select e as "who!: Row" from gate.enter($1, $2) e"#, slug, secret)
        .fetch_one(connection)
        .await?
        .entered()
}

/// Opens the clinic of a leased job: the worker's door.
pub async fn enter_as_job<T>(
    pool: &crate::db::Pool,
    job: Uuid,
    work: impl AsyncFnOnce(&mut Db) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut tx = Tx::begin(pool, Mode::Write).await?;
    let who = sqlx::query_scalar!(r#"select e as "who!: Row" from gate.enter_job($1) e"#, job)
        .fetch_one(tx.connection()?)
        .await?
        .entered()?;
    let mut db = Db::new(tx, who);
    let value = work(&mut db).await?;
    db.into_parts().0.commit().await?;
    Ok(value)
}
