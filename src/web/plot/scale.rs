//! Whole numbers into places. No fractions of the machine's own, so that every machine draws the same.

/// All of the width, in thousandths of a percent.
pub(super) const WHOLE: i64 = 100_000;
/// Most spaces between the lines across the area.
const SPACES: i64 = 4;

/// An upright scale from nothing to a round number that has room for the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    step: i64,
    top: i64,
}

impl Scale {
    /// Steps of 1, 2 or 5 and so many noughts, at most four of them.
    pub(super) fn upto(highest: i64) -> Scale {
        let highest = highest.max(1);
        let (mut unit, mut step) = (1_i64, 1_i64);
        while step.saturating_mul(SPACES) < highest {
            step = match step / unit {
                1 => unit.saturating_mul(2),
                2 => unit.saturating_mul(5),
                _ => {
                    unit = unit.saturating_mul(10);
                    unit
                }
            };
        }
        let over = highest % step;
        let top = if over == 0 { highest } else { highest - over + step };
        Scale { step, top }
    }

    /// The numbers at which a line crosses the area.
    pub(super) fn rules(self) -> impl Iterator<Item = i64> {
        (0..=self.top / self.step).map(move |n| n * self.step)
    }

    /// How high a number stands, in tenths of a pixel.
    pub(super) fn height(self, number: i64) -> i64 {
        let whole = i128::from(number) * i128::from(super::HEIGHT) * 10 / i128::from(self.top);
        i64::try_from(whole).unwrap_or(super::HEIGHT * 10)
    }
}

/// A count for sums with places.
pub(super) fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `12.5%` of thousandths of a percent.
pub(super) fn percent(thousandths: i64) -> String {
    format!("{}%", decimal(thousandths, 1000, 3))
}

/// `12.5` of tenths.
pub(super) fn tenths(number: i64) -> String {
    decimal(number, 10, 1)
}

fn decimal(number: i64, of: i64, digits: usize) -> String {
    let (whole, part) = (number / of, number % of);
    if part == 0 {
        return whole.to_string();
    }
    let part = format!("{part:0digits$}");
    format!("{whole}.{}", part.trim_end_matches('0'))
}
