//! Who changed something: what the trail says to those who may not read it.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::tenant::{Clinic, Permission};

/// The name of the colleague who last changed a row of `table`, if that was at `since` or later. `None` where nobody
/// of the clinic did, and for somebody who may not see colleagues' names.
pub async fn changed_by<P: Permission>(
    clinic: &Clinic<P>,
    table: &str,
    row: impl ToString,
    since: DateTime<Utc>,
) -> Result<Option<String>, Error> {
    let row = row.to_string();
    clinic
        .read(async |db| {
            let clinic = db.clinic();
            let name = sqlx::query_scalar!(
                "select u.name from polyclinic.users u
                 where u.clinic_id = $1
                   and u.user_id = (select polyclinic.last_hand($2, $3, $4))",
                clinic,
                table,
                row,
                since
            );
            Ok(name.fetch_optional(db.sql()?).await?)
        })
        .await
}
