//! The door for somebody without a session who holds a link: the database verifies link and answer, and opens the
//! clinic for one patient's own record.

use uuid::Uuid;

use super::clinic::refused;
use super::entered::Row;
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
        select e.outcome as "outcome!", e.tries_left, e.prescription_id,
               (e.clinic_id, e.clinic_number, e.clinic_name, e.zone, e.locale, e.currency, e.user_id, e.user_name, null::text,
                e.role, e.session_id, e.patient_id, e.permissions, e.entered_at, e.today, false,
                null::text) as "who!: Row"
        from gate.open_share($1, $2, $3) e
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
    match (row.outcome.as_str(), row.prescription_id) {
        ("opened", Some(prescription)) => {
            let mut db = Db::new(tx, row.who.entered()?);
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
