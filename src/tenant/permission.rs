//! Permissions as types. The grid itself is the table `gate.permissions`; a type here only names a
//! row of it, and a handler's signature names the type.

use std::collections::HashMap;

use crate::db::{Mode, Pool, Tx};
use crate::error::Error;

/// A permission that a handler needs. Several names mean that any one suffices: a patient's login
/// passes by `self:read` and the wall then shows only the own rows.
pub trait Permission: 'static {
    /// Names in the grid, any of which suffices.
    const ANY: &'static [&'static str];
}

/// Declares a permission type: `permission!(Read = "patients:read", "self:read")`.
macro_rules! permission {
    ($(#[$doc:meta])* $name:ident = $($text:literal),+) => {
        $(#[$doc])*
        pub struct $name;
        impl $crate::tenant::Permission for $name {
            const ANY: &'static [&'static str] = &[$($text),+];
        }
    };
}
pub(crate) use permission;

/// The bits of the grid, read once at start.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    bits: HashMap<String, u32>,
}

impl Grid {
    /// Reads the grid as the app login.
    pub async fn load(pool: &Pool) -> Result<Grid, Error> {
        let mut tx = Tx::begin(pool, Mode::Read).await?;
        let rows = sqlx::query!("select permission, bit from gate.permissions")
            .fetch_all(tx.connection()?)
            .await?;
        tx.rollback().await?;
        let bits = rows
            .into_iter()
            .filter_map(|r| Some((r.permission, u32::try_from(r.bit).ok()?)))
            .collect();
        Ok(Grid { bits })
    }

    /// Whether a mask holds the named permission. A name that is not in the grid holds nothing.
    pub fn holds(&self, mask: i64, name: &str) -> bool {
        self.bits.get(name).is_some_and(|bit| mask >> bit & 1 == 1)
    }
}
