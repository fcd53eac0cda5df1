//! Chance that falls the same way every time: `SplitMix64`. A demo looks alike on every machine.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Seeded chance.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::try_from(i64::from(high) - i64::from(low) + 1).unwrap_or(1).max(1);
        i32::try_from(self.roll() % span).map_or(low, |n| low + n)
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: i32) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of these.
    pub(super) fn one<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let last = i32::try_from(things.len()).unwrap_or(i32::MAX) - 1;
        if last < 0 {
            return None;
        }
        usize::try_from(self.between(0, last)).ok().and_then(|at| things.get(at))
    }

    /// One of these words.
    pub(super) fn word<'a>(&mut self, words: &[&'a str]) -> &'a str {
        self.one(words).copied().unwrap_or_default()
    }

    /// An id as it would have been made at that moment (UUID version 7).
    pub(super) fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut random = [0; 10];
        let bytes = [self.roll().to_le_bytes(), self.roll().to_le_bytes()].concat();
        for (to, from) in random.iter_mut().zip(bytes) {
            *to = from;
        }
        let ms = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}
