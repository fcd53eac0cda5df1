//! [`Limits`]: what is expected of a value.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::Fields;

/// From where to where a value is as expected, and past what somebody must be called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// Lowest value that is as expected.
    pub low: Option<f64>,
    /// Highest value that is as expected.
    pub high: Option<f64>,
    /// Under this somebody must be called.
    pub critical_low: Option<f64>,
    /// Over this somebody must be called.
    pub critical_high: Option<f64>,
}

impl Limits {
    pub(super) fn parse(fields: &mut Fields) -> Limits {
        let range = -1e12..=1e12;
        let limits = Limits {
            low: fields.number("low", range.clone()),
            high: fields.number("high", range.clone()),
            critical_low: fields.number("critical_low", range.clone()),
            critical_high: fields.number("critical_high", range),
        };
        let order = [
            (limits.critical_low, "low", limits.low),
            (limits.low, "high", limits.high),
            (limits.high, "critical_high", limits.critical_high),
        ];
        for (lower, name, upper) in order {
            if matches!((lower, upper), (Some(lower), Some(upper)) if lower > upper) {
                fields.refuse(name, "limits_order");
            }
        }
        limits
    }

    /// Whether there is none.
    pub fn are_unknown(&self) -> bool {
        *self == Limits::default()
    }

    /// Whether nothing below zero can be meant: a lower limit is known, and none is negative.
    pub fn are_positive(&self) -> bool {
        let known = [self.critical_low, self.low, self.high, self.critical_high];
        (self.low.or(self.critical_low)).is_some() && known.into_iter().flatten().all(|n| n >= 0.0)
    }

    /// `12–16`, `under 5`, `over 60`: how a report says it.
    pub fn said(&self, under: &str, over: &str) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("{low}–{high}"),
            (None, Some(high)) => under.replacen("{}", &high.to_string(), 1),
            (Some(low), None) => over.replacen("{}", &low.to_string(), 1),
            (None, None) => String::new(),
        }
    }
}
