//! What a measured value means. Pure: a measure, an age, a value in, a word out.
//!
//! The ranges are published ones; each function names its source. They point at a value, they are no
//! diagnosis: nobody's usual blood pressure, oxygen at rest or fasting is known here.

use std::collections::BTreeMap;

use super::age::{Age, Group};
use crate::web::words;

words!(
    /// Where a value lies.
    Flag {
        Normal = "normal", Low = "low", High = "high",
        CriticalLow = "critical_low", CriticalHigh = "critical_high",
    }
);
words!(
    /// What is measured, or follows from it; named like the field, the unit in the name.
    Measure {
        Systolic = "systolic_mmhg", Diastolic = "diastolic_mmhg", Pulse = "pulse_bpm",
        Respiration = "respiration_bpm", Temperature = "temperature_c", Spo2 = "spo2_percent",
        Glucose = "glucose_mg_dl", Weight = "weight_kg", Height = "height_cm", Bmi = "bmi",
    }
);

/// The flags of a reading, by field.
pub type Flags = BTreeMap<&'static str, Flag>;

/// The first and the last value of each kind: below `low` is low, above `high` is high.
#[derive(Debug, Clone, Copy)]
struct Range {
    critical_low: f64,
    low: f64,
    high: f64,
    critical_high: f64,
}

/// No value lies beyond these.
const NEVER: Range =
    Range { critical_low: f64::MIN, low: f64::MIN, high: f64::MAX, critical_high: f64::MAX };

/// Normal from the first to the second.
const fn normal(low: f64, high: f64) -> Range {
    Range { low, high, ..NEVER }
}

impl Range {
    /// Critical below the first or above the second.
    const fn critical(self, low: f64, high: f64) -> Range {
        Range { critical_low: low, critical_high: high, ..self }
    }

    fn flag(self, value: f64) -> Flag {
        if value < self.critical_low {
            Flag::CriticalLow
        } else if value > self.critical_high {
            Flag::CriticalHigh
        } else if value < self.low {
            Flag::Low
        } else if value > self.high {
            Flag::High
        } else {
            Flag::Normal
        }
    }
}

/// Where the value lies for somebody of this age; nothing where no range is published that would fit.
pub fn flag(measure: Measure, age: Age, value: f64) -> Option<Flag> {
    let (range, value) = match measure {
        Measure::Systolic => (systolic(age), value),
        Measure::Diastolic => (diastolic(age.group()), value),
        Measure::Pulse => (pulse(age.group()), value),
        Measure::Respiration => (respiration(age.group()), value),
        // The published limits have one decimal: 36.04 is 36.0.
        Measure::Temperature => (temperature(age), (value * 10.0).round() / 10.0),
        Measure::Spo2 => (saturation(age.group()), value),
        Measure::Glucose => (glucose(age.group()), value),
        Measure::Bmi => (bmi(age)?, value),
        Measure::Weight | Measure::Height => return None,
    };
    Some(range.flag(value))
}

/// Adults, low side: NEWS2 (Royal College of Physicians, 2017): a flag for every value that scores, critical
/// from three points on. High side: hypertension from 140 (ESC/ESH 2018), hypertensive crisis above
/// 180 (ACC/AHA 2017). Children: normal ranges and hypotension of PALS (American Heart Association, 2015);
/// from 12 years a crisis is above 180 (AAP 2017).
fn systolic(age: Age) -> Range {
    let hypotension = 70.0 + 2.0 * age.completed();
    match age.group() {
        Group::Neonate => normal(67.0, 84.0).critical(60.0, f64::MAX),
        Group::Infant => normal(72.0, 104.0).critical(70.0, f64::MAX),
        Group::Toddler => normal(86.0, 106.0).critical(hypotension, f64::MAX),
        Group::Preschool => normal(89.0, 112.0).critical(hypotension, f64::MAX),
        Group::School => normal(97.0, 115.0).critical(hypotension, f64::MAX),
        Group::Preadolescent => normal(102.0, 120.0).critical(90.0, f64::MAX),
        Group::Adolescent => normal(110.0, 131.0).critical(90.0, 180.0),
        Group::Adult => normal(111.0, 139.0).critical(91.0, 180.0),
    }
}

/// Adults: low below 60 (NHS), hypertension from 90 (ESC/ESH 2018), crisis above 120 (ACC/AHA 2017).
/// Children: normal ranges of PALS (American Heart Association, 2015); from 12 years a crisis is above
/// 120 (AAP 2017).
fn diastolic(group: Group) -> Range {
    let never = f64::MIN;
    match group {
        Group::Neonate => normal(35.0, 53.0),
        Group::Infant => normal(37.0, 56.0),
        Group::Toddler => normal(42.0, 63.0),
        Group::Preschool => normal(46.0, 72.0),
        Group::School => normal(57.0, 76.0),
        Group::Preadolescent => normal(61.0, 80.0),
        Group::Adolescent => normal(64.0, 83.0).critical(never, 120.0),
        Group::Adult => normal(60.0, 89.0).critical(never, 120.0),
    }
}

/// Adults: NEWS2 (Royal College of Physicians, 2017); its critical limits serve from 12 years on.
/// Children: awake rates of PALS (American Heart Association, 2015), below 60 it begins resuscitation,
/// and a tachycardia from 220 (infants) or 180 is probably no sinus rhythm.
fn pulse(group: Group) -> Range {
    match group {
        Group::Neonate => normal(100.0, 205.0).critical(60.0, 219.0),
        Group::Infant => normal(100.0, 190.0).critical(60.0, 219.0),
        Group::Toddler => normal(98.0, 140.0).critical(60.0, 179.0),
        Group::Preschool => normal(80.0, 120.0).critical(60.0, 179.0),
        Group::School | Group::Preadolescent => normal(75.0, 118.0).critical(60.0, 179.0),
        Group::Adolescent => normal(60.0, 100.0).critical(41.0, 130.0),
        Group::Adult => normal(51.0, 90.0).critical(41.0, 130.0),
    }
}

/// Adults: NEWS2 (Royal College of Physicians, 2017); its critical limits serve from 12 years on.
/// Children: normal rates of PALS (American Heart Association, 2015), which calls less than 10 and more
/// than 60 a serious problem at any age.
fn respiration(group: Group) -> Range {
    match group {
        Group::Neonate | Group::Infant => normal(30.0, 53.0).critical(10.0, 60.0),
        Group::Toddler => normal(22.0, 37.0).critical(10.0, 60.0),
        Group::Preschool => normal(20.0, 28.0).critical(10.0, 60.0),
        Group::School | Group::Preadolescent => normal(18.0, 25.0).critical(10.0, 60.0),
        Group::Adolescent | Group::Adult => normal(12.0, 20.0).critical(9.0, 24.0),
    }
}

/// Adults: NEWS2 (Royal College of Physicians, 2017), and above 40 as in heat stroke (Bouchama and
/// Knochel, N Engl J Med 2002). Children: fever from 38, which in the first three months is an
/// emergency (NICE NG143). Newborns: cold below 36.5, dangerously below 36 (WHO 1997).
fn temperature(age: Age) -> Range {
    let three_months = 91.0;
    match age.group() {
        Group::Neonate => normal(36.5, 37.9).critical(36.0, 37.9),
        _ if age.days() < three_months => normal(36.1, 37.9).critical(35.1, 37.9),
        Group::Adult => normal(36.1, 38.0).critical(35.1, 40.0),
        _ => normal(36.1, 37.9).critical(35.1, 40.0),
    }
}

/// Adults: NEWS2, scale 1 (Royal College of Physicians, 2017). Children: target from 94 (PALS), oxygen is
/// given below 90 (WHO pocket book of hospital care for children, 2013).
fn saturation(group: Group) -> Range {
    match group {
        Group::Adult => normal(96.0, f64::MAX).critical(92.0, f64::MAX),
        _ => normal(94.0, f64::MAX).critical(90.0, f64::MAX),
    }
}

/// Hypoglycaemia below 70, clinically significant below 54; above 250 a hyperglycaemic crisis is possible
/// (American Diabetes Association). From 140 at any time of the day tolerance is impaired (WHO 2006).
/// Newborns: below 45 (WHO pocket book of hospital care for children, 2013).
fn glucose(group: Group) -> Range {
    match group {
        Group::Neonate => normal(45.0, 139.0).critical(45.0, 250.0),
        _ => normal(70.0, 139.0).critical(54.0, 250.0),
    }
}

/// From 18 years: underweight below 18.5, severely below 16; overweight from 25, obesity class III from 40
/// (WHO TRS 894). Children need a growth curve, so they get no flag.
fn bmi(age: Age) -> Option<Range> {
    (age.completed() >= 18.0).then(|| normal(18.5, 24.9).critical(16.0, 39.9))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AGES: [f64; 14] =
        [0.0, 0.05, 0.2, 0.5, 1.0, 2.9, 3.0, 5.5, 7.0, 10.5, 12.0, 15.9, 16.0, 80.0];

    fn rank(flag: Flag) -> i32 {
        match flag {
            Flag::CriticalLow => -2,
            Flag::Low => -1,
            Flag::Normal => 0,
            Flag::High => 1,
            Flag::CriticalHigh => 2,
        }
    }

    fn said(measure: Measure, years: f64, values: &[f64]) -> Vec<&'static str> {
        let word =
            |value: &f64| flag(measure, Age::years(years), *value).map_or("none", Flag::as_str);
        values.iter().map(word).collect()
    }

    #[test]
    fn an_adult_is_flagged_as_news2_scores() {
        use Measure::{Pulse, Respiration, Spo2, Systolic, Temperature};
        let all = |measure, values: &[f64]| said(measure, 40.0, values);
        let (cl, l, n, h, ch) = ("critical_low", "low", "normal", "high", "critical_high");
        assert_eq!(
            all(Respiration, &[8., 9., 11., 12., 20., 21., 24., 25.]),
            [cl, l, l, n, n, h, h, ch]
        );
        assert_eq!(all(Spo2, &[91., 92., 95., 96., 100.]), [cl, l, l, n, n]);
        assert_eq!(
            all(Systolic, &[90., 91., 110., 111., 139., 140., 180., 181.]),
            [cl, l, l, n, n, h, h, ch]
        );
        assert_eq!(
            all(Pulse, &[40., 41., 50., 51., 90., 91., 130., 131.]),
            [cl, l, l, n, n, h, h, ch]
        );
        assert_eq!(
            all(Temperature, &[35.0, 35.1, 36.0, 36.04, 36.1, 38.0, 38.1, 40.0, 40.1]),
            [cl, l, l, l, n, n, h, h, ch]
        );
    }

    #[test]
    fn the_other_sources_are_met_at_their_limits() {
        let (cl, l, n, h, ch) = ("critical_low", "low", "normal", "high", "critical_high");
        assert_eq!(
            said(Measure::Diastolic, 40.0, &[59., 60., 89., 90., 120., 121.]),
            [l, n, n, h, h, ch]
        );
        assert_eq!(
            said(Measure::Glucose, 40.0, &[53., 54., 69., 70., 139., 140., 251.]),
            [cl, l, l, n, n, h, ch]
        );
        assert_eq!(
            said(Measure::Bmi, 40.0, &[15.9, 16., 18.4, 18.5, 24.9, 25., 40.]),
            [cl, l, l, n, n, h, ch]
        );
        assert_eq!(said(Measure::Bmi, 12.0, &[15.9]), ["none"]);
        assert_eq!(said(Measure::Weight, 40.0, &[500.0]), ["none"]);
    }

    #[test]
    fn a_child_is_not_a_small_adult() {
        assert_eq!(
            said(Measure::Pulse, 0.5, &[59., 99., 130., 191., 220.]),
            ["critical_low", "low", "normal", "high", "critical_high"]
        );
        assert_eq!(said(Measure::Respiration, 2.0, &[30.0]), ["normal"]);
        assert_eq!(said(Measure::Respiration, 30.0, &[30.0]), ["critical_high"]);
        // PALS: hypotension below 70 + 2 × 4 years.
        assert_eq!(
            said(Measure::Systolic, 4.0, &[77., 78., 89.]),
            ["critical_low", "low", "normal"]
        );
        // The same 38 °C: an emergency at two months, a fever at two years, nothing at forty.
        assert_eq!(said(Measure::Temperature, 0.16, &[38.0]), ["critical_high"]);
        assert_eq!(said(Measure::Temperature, 2.0, &[38.0]), ["high"]);
        assert_eq!(said(Measure::Temperature, 40.0, &[38.0]), ["normal"]);
    }

    #[test]
    fn every_range_is_in_order() {
        for years in AGES {
            let age = Age::years(years);
            let group = age.group();
            let ranges = [
                systolic(age),
                diastolic(group),
                pulse(group),
                respiration(group),
                temperature(age),
                saturation(group),
                glucose(group),
                bmi(age).unwrap_or(NEVER),
            ];
            for r in ranges {
                let ordered =
                    r.critical_low <= r.low && r.low <= r.high && r.high <= r.critical_high;
                assert!(ordered, "{years}: {r:?}");
            }
        }
    }

    proptest! {
        /// A value flagged high stays at least high when it grows, at every age.
        #[test]
        fn flags_only_rise(years in 0.0..110.0_f64, a in 0.0..2500.0_f64, b in 0.0..2500.0_f64, measure in 0..10_usize) {
            let (measure, age) = (Measure::ALL[measure], Age::years(years));
            let (less, more) = if a <= b { (a, b) } else { (b, a) };
            if let (Some(less), Some(more)) = (flag(measure, age, less), flag(measure, age, more)) {
                prop_assert!(rank(less) <= rank(more), "{measure} {age:?}: {less} then {more}");
            } else {
                prop_assert_eq!(flag(measure, age, less), flag(measure, age, more));
            }
        }

        /// Close by a limit too, where a wrong comparison would hide.
        #[test]
        fn flags_only_rise_in_small_steps(years in 0.0..110.0_f64, at in 0..2500_i32, tenth in 0..10_i32, measure in 0..10_usize) {
            let (measure, age) = (Measure::ALL[measure], Age::years(years));
            let value = f64::from(at) + f64::from(tenth) / 10.0;
            let ranks = [value, value + 0.1].map(|v| flag(measure, age, v).map(rank));
            prop_assert!(ranks[0] <= ranks[1]);
        }
    }
}
