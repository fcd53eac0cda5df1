//! What the gate answered, and the open transaction behind it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::PgRecordDecoder;
use sqlx::postgres::{PgConnection, PgTypeInfo, PgValue, PgValueRef, Postgres};
use sqlx::{Decode, Type, Value, ValueRef};
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
    /// Which logo stands at the top of the clinic's pages: the beginning of its SHA-256.
    pub logo: Option<String>,
}

/// The row of a door as one column, read when somebody asks: `select e as "who!: Row" from gate.enter($1, $2) e`.
pub struct Row(PgValue);

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row")
    }
}

impl Type<Postgres> for Row {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("record")
    }
}

impl<'r> Decode<'r, Postgres> for Row {
    fn decode(value: PgValueRef<'r>) -> Result<Row, BoxDynError> {
        Ok(Row(ValueRef::to_owned(&value)))
    }
}

impl Row {
    /// Who entered. Fails when the row is not that of a door.
    pub fn entered(&self) -> Result<Entered, sqlx::Error> {
        self.read().map_err(sqlx::Error::Decode)
    }

    /// The columns in the order of `gate.enter`.
    fn read(&self) -> Result<Entered, BoxDynError> {
        let mut row = PgRecordDecoder::new(self.0.as_ref())?;
        let (clinic_id, clinic_number, clinic_name) =
            (row.try_decode()?, row.try_decode()?, row.try_decode()?);
        let (zone, locale): (String, String) = (row.try_decode()?, row.try_decode()?);
        Ok(Entered {
            clinic_id,
            clinic_number,
            clinic_name,
            zone: zone.parse().unwrap_or(chrono_tz::UTC),
            clinic_locale: locale.clone(),
            locale,
            currency: row.try_decode()?,
            user_id: row.try_decode()?,
            user_name: row.try_decode()?,
            language: row.try_decode()?,
            role: row.try_decode()?,
            session_id: row.try_decode()?,
            patient_id: row.try_decode()?,
            permissions: row.try_decode()?,
            now: row.try_decode()?,
            today: row.try_decode()?,
            stale: row.try_decode()?,
            logo: row.try_decode()?,
        })
    }
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
