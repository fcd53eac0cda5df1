//! What the gate answered, and the open transaction behind it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Error;

/// Who is inside, and where: the row `gate.enter` returned.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The clinic's internal key. It never leaves the program.
    pub(crate) clinic_id: i64,
    /// The number people read in PT and RX numbers.
    pub clinic_number: i32,
    /// The clinic's name.
    pub clinic_name: String,
    /// The clinic's zone: its "today" is this zone's day.
    pub zone: Tz,
    /// The locale spoken to this person, such as `hi-IN`.
    pub locale: String,
    /// The clinic's own locale: its papers are written in it.
    pub clinic_locale: String,
    /// The language that the person chose, if any.
    pub language: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The person.
    pub user_id: Uuid,
    /// The person's name.
    pub user_name: String,
    /// The role's name in the grid.
    pub role: String,
    /// The session.
    pub session_id: Uuid,
    /// The patient this login stands for, if it is a patient's.
    pub patient_id: Option<Uuid>,
    /// Permission bits.
    pub permissions: i64,
    /// The transaction's time: the clock of this request.
    pub now: DateTime<Utc>,
    /// The clinic's day.
    pub today: NaiveDate,
    /// Whether the session's `seen_at` wants a touch.
    pub(crate) stale: bool,
}

/// An open, verified transaction in one clinic. Every SQL function takes it first.
pub struct Db {
    tx: Tx,
    who: Entered,
}

impl Db {
    pub(super) fn new(tx: Tx, who: Entered) -> Db {
        Db { tx, who }
    }

    pub(super) fn into_parts(self) -> (Tx, Entered) {
        (self.tx, self.who)
    }

    /// The connection, for SQL. All SQL of a clinic goes through here.
    pub fn sql(&mut self) -> Result<&mut PgConnection, Error> {
        self.tx.connection()
    }

    /// The clinic every statement names: `where v.clinic_id = $1`.
    pub fn clinic(&self) -> i64 {
        self.who.clinic_id
    }

    /// Who is inside.
    pub fn who(&self) -> &Entered {
        &self.who
    }

    /// The person, as an id for a column.
    pub fn user(&self) -> Uuid {
        self.who.user_id
    }

    /// The time of this transaction.
    pub fn now(&self) -> DateTime<Utc> {
        self.who.now
    }

    /// The clinic's day.
    pub fn today(&self) -> NaiveDate {
        self.who.today
    }
}
