//! Instants in JSON.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serializer;

/// As chrono writes it, `2026-11-22T05:54:02.302883Z`, but in one piece: its own way hands over a digit or two at a time, each
/// of which is looked through for what JSON escapes, and a list of twenty patients spent an eighth of its time there.
pub fn instant<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_reads_as_chrono_writes_it(seconds in -10_000_000_000i64..10_000_000_000, nanos in 0u32..1_000_000_000) {
            for nanos in [nanos, nanos / 1_000 * 1_000, nanos / 1_000_000 * 1_000_000, 0] {
                let at: DateTime<Utc> = DateTime::from_timestamp(seconds, nanos).unwrap();
                let mut ours = Vec::new();
                super::instant(&at, &mut serde_json::Serializer::new(&mut ours)).unwrap();
                prop_assert_eq!(ours, serde_json::to_vec(&at).unwrap());
            }
        }
    }
}
