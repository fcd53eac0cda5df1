//! The door of the control plane: another login, another session, another type than a clinic's.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest, web};
use secrecy::{ExposeSecret, SecretSlice};
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::auth::{credential, csrf};
use crate::db::{Mode, Pool, Tx};
use crate::error::Error;

/// Who runs the platform.
#[derive(Debug, Clone)]
pub struct SuperAdmin {
    /// The super-admin.
    pub super_admin_id: Uuid,
    /// The person's name.
    pub name: String,
}

/// An open transaction of the platform's login. No clinic's row is visible in it.
pub struct ControlDb {
    tx: Tx,
    who: Option<SuperAdmin>,
}

impl ControlDb {
    /// The connection, for SQL.
    pub(super) fn sql(&mut self) -> Result<&mut PgConnection, Error> {
        self.tx.connection()
    }

    /// The super-admin; none for a command of whoever holds the platform's password.
    pub fn who(&self) -> Option<Uuid> {
        self.who.as_ref().map(|who| who.super_admin_id)
    }
}

/// One transaction of a command, which proves itself by the password of the platform's login.
pub async fn as_landlord<T>(
    pool: &Pool,
    work: impl AsyncFnOnce(&mut ControlDb) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut db = ControlDb { tx: Tx::begin(pool, Mode::Write).await?, who: None };
    let value = work(&mut db).await?;
    db.tx.commit().await?;
    Ok(value)
}

/// A request of a super-admin. Holds no connection.
pub struct Console {
    app: web::Data<App>,
    secret: SecretSlice<u8>,
}

impl FromRequest for Console {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Console::of(request))
    }
}

impl Console {
    fn of(request: &HttpRequest) -> Result<Console, Error> {
        let app = request.app_data::<web::Data<App>>().cloned();
        let app = app.ok_or_else(|| Error::Internal("no app data".into()))?;
        let secret =
            credential::cookie_secret(request, credential::PLATFORM).ok_or(Error::SignedOut)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            csrf::same_origin(request)?;
            if request.path().starts_with("/api/") {
                csrf::header(request, secret.expose_secret())?;
            }
        }
        Ok(Console { app, secret })
    }

    /// The program's state.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The session's secret.
    pub fn secret(&self) -> &[u8] {
        self.secret.expose_secret()
    }

    /// One read-only transaction, after the database verified the session. Gives who it is, too.
    pub async fn read<T>(
        &self,
        work: impl AsyncFnOnce(&mut ControlDb) -> Result<T, Error>,
    ) -> Result<(SuperAdmin, T), Error> {
        self.run(Mode::Read, work).await
    }

    /// One transaction, committed when the closure succeeds.
    pub async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut ControlDb) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.run(Mode::Write, work).await.map(|(_, value)| value)
    }

    async fn run<T>(
        &self,
        mode: Mode,
        work: impl AsyncFnOnce(&mut ControlDb) -> Result<T, Error>,
    ) -> Result<(SuperAdmin, T), Error> {
        let tx = Tx::begin(&self.app.pools.platform, mode).await?;
        let mut db = ControlDb { tx, who: None };
        let who = store::session(&mut db, self.secret()).await?.ok_or(Error::SignedOut)?;
        db.who = Some(who.clone());
        let value = work(&mut db).await?;
        db.tx.commit().await?;
        Ok((who, value))
    }
}
