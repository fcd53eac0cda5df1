//! Receptionists at work: one session in each clinic that is measured, for both tools.

use std::fmt::Write;

use secrecy::SecretSlice;
use uuid::Uuid;

use super::load::Extent;
use super::service::KEY;
use crate::app::{App, Settings};
use crate::auth::keys::Keys;
use crate::auth::{self, NewSession, secret, tokens};
use crate::cli::connect::DatabaseUrls;
use crate::db::{self, Pools};
use crate::tenant::Slug;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// One session, as each side knows it.
#[derive(Clone)]
pub(super) struct Seat {
    /// The clinic's number.
    pub(super) clinic: u32,
    pub(super) slug: String,
    pub(super) patients: u32,
    /// What programs send.
    token: String,
    /// What a browser sends: name and value.
    cookie: String,
}

impl Seat {
    /// The headers of a program's request, for one that is not wrk's.
    pub(super) fn bearer(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.token)
    }
}

/// Opens a session for the receptionist of each clinic, through the door of sign-in. All with one secret, which
/// opens each clinic for itself, so that pgbench's transaction is one script with one plan a statement.
pub(super) async fn open(
    urls: &DatabaseUrls,
    extent: &Extent,
    clinics: &[u32],
    secret: &SecretSlice<u8>,
) -> Outcome<Vec<Seat>> {
    let pools = Pools {
        app: db::pool(&urls.app, 1)?,
        auth: db::pool(&urls.auth, 1)?,
        platform: db::pool(&urls.platform, 1)?,
        worker: db::pool(&urls.worker, 1)?,
    };
    let app = App::new(pools, Keys::from_base64(KEY)?, Settings::default()).await?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let now = i64::try_from(now.as_secs())?;
    let mut seats = Vec::new();
    for clinic in clinics.iter().copied() {
        let slug: Slug = format!("bench-{clinic}").parse()?;
        // people.sql makes ids so.
        let account = format!("01800000-0000-7000-8000-{:012x}", u64::from(clinic) * 16 + 1);
        let session = NewSession {
            account_id: account.parse()?,
            session_id: Uuid::now_v7(),
            kind: "api",
            secret: secret.clone(),
            secret_seconds: 4 * 3600,
            refresh: None,
            idle_seconds: 4 * 3600,
            life_seconds: 4 * 3600,
            user_agent: "bench".into(),
        };
        let opened = auth::open(&app, &slug, &session).await?;
        let (user, role) = (opened.user_id, opened.role);
        seats.push(Seat {
            clinic,
            slug: slug.to_string(),
            patients: extent.patients(clinic),
            token: tokens::sign(&app.keys, &slug, user, &role, secret, now, 4 * 3600)?,
            cookie: format!("polyclinic-{slug}={}", secret::to_text(secret)),
        });
    }
    // The database is copied next, and that wants it unused.
    app.pools.app.close().await;
    app.pools.auth.close().await;
    Ok(seats)
}

/// The seats as wrk's script reads them.
pub(super) fn lua(seats: &[&Seat]) -> String {
    let mut text = String::from("clinics = {\n");
    for seat in seats {
        let _ = writeln!(
            text,
            "{{ slug = '{}', token = '{}', cookie = '{}', patients = {} }},",
            seat.slug, seat.token, seat.cookie, seat.patients
        );
    }
    text + "}\n"
}
