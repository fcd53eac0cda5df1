//! The door for somebody without a session who holds a link: the database verifies link and answer, and opens the
//! clinic for one patient's own record.

use uuid::Uuid;

use super::clinic::refused;
use super::{Db, Entered, Slug};
use crate::app::App;
use crate::db::{Mode, Tx};
use crate::error::Error;

/// What became of a link.
pub enum Opening<T> {
    /// It was opened; who entered, and what was read.
    Opened(Box<Entered>, T),
    /// The answer was wrong; so many tries are left.
    Wrong(i32),
    /// There is no such link, or it is over.
    Over,
}

/// Opens the clinic for the bearer of a link, counts the opening, and reads: all in one transaction, so that nothing
/// is read that is not on record. `work` gets the prescription that the link is for.
pub async fn enter_as_guest<T>(
    app: &App,
    slug: &Slug,
    token_sha256: &[u8],
    birth_year: i32,
    work: impl AsyncFnOnce(&mut Db, Uuid) -> Result<T, Error>,
) -> Result<Opening<T>, Error> {
    let mut tx = Tx::begin(app.pools.place(slug.as_str()), Mode::Write).await?;
    let asked = sqlx::query!(
        r#"
        select outcome as "outcome!", tries_left, prescription_id, clinic_id, clinic_number, clinic_name, zone, locale,
               currency, user_id, user_name, role, session_id, patient_id, permissions, entered_at, today
        from gate.open_share($1, $2, $3)
        "#,
        slug.as_str(),
        token_sha256,
        birth_year
    )
    .fetch_one(tx.connection()?)
    .await;
    let row = match asked {
        Ok(row) => row,
        Err(error) => return Err(refused(tx, error).await),
    };
    let who = move || {
        Some(Entered {
            clinic_id: row.clinic_id?,
            clinic_number: row.clinic_number?,
            clinic_name: row.clinic_name?,
            zone: row.zone?.parse().unwrap_or(chrono_tz::UTC),
            locale: row.locale.clone()?,
            clinic_locale: row.locale?,
            language: None,
            currency: row.currency?,
            user_id: row.user_id?,
            user_name: row.user_name?,
            role: row.role?,
            session_id: row.session_id?,
            patient_id: row.patient_id,
            permissions: row.permissions?,
            now: row.entered_at?,
            today: row.today?,
            stale: false,
        })
    };
    match (row.outcome.as_str(), row.prescription_id) {
        ("opened", Some(prescription)) => {
            let who = who().ok_or_else(|| Error::Internal("a door without a clinic".into()))?;
            let mut db = Db::new(tx, who);
            let value = work(&mut db, prescription).await?;
            let (tx, who) = db.into_parts();
            tx.commit().await?;
            Ok(Opening::Opened(Box::new(who), value))
        }
        // The count of a wrong answer stays.
        ("wrong", _) => {
            tx.commit().await?;
            Ok(Opening::Wrong(row.tries_left.unwrap_or_default()))
        }
        _ => {
            tx.rollback().await?;
            Ok(Opening::Over)
        }
    }
}
