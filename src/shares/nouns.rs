//! The words of the feature.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::patients::PatientId;
use crate::prescriptions::PrescriptionId;
use crate::web::{Fields, Parse, id, words};

id!(
    /// A link's id.
    ShareId
);

words!(
    /// How a link stands: it lives, or it ended by its time, by somebody's hand, or by five wrong answers.
    ShareStanding { Live = "live", Expired = "expired", Revoked = "revoked", Locked = "locked" }
);

/// Hours a link lives where nobody says otherwise.
const USUAL: i32 = 72;
/// Most hours: fourteen days.
const MOST: i32 = 14 * 24;

/// A new link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewShare {
    /// Hours it lives; 72 where it is left out.
    #[schema(minimum = 1, maximum = 336)]
    pub hours: Option<i32>,
}

impl NewShare {
    /// How long it lives.
    pub fn life(&self) -> Duration {
        Duration::hours(i64::from(self.hours.unwrap_or(USUAL)))
    }
}

impl Parse for NewShare {
    fn parse(fields: &mut Fields) -> NewShare {
        NewShare { hours: fields.int32("hours", 1..=MOST) }
    }
}

/// A link, without what opens it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Share {
    /// The link.
    pub share_id: ShareId,
    /// What it is to.
    pub prescription_id: PrescriptionId,
    /// Whom it is for.
    pub patient_id: PatientId,
    /// Who made it.
    pub created_by_name: String,
    /// How it stands.
    pub standing: ShareStanding,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When somebody ended it.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Wrong answers; the fifth ends it.
    pub wrong_tries: i16,
    /// How often it was opened.
    pub opened: i32,
    /// When it was last opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Share {
    /// Whether it can still be opened.
    pub fn is_live(&self) -> bool {
        self.standing == ShareStanding::Live
    }
}
