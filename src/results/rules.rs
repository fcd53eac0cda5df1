//! What a value means against its limits, and which limits hold for whom.

use super::{Flag, Limits, Measure};
use crate::patients::Sex;

/// What a value says; nothing where no limit is known.
pub fn flag(value: f64, limits: &Limits) -> Option<Flag> {
    let under = |limit: Option<f64>| limit.is_some_and(|limit| value < limit);
    let over = |limit: Option<f64>| limit.is_some_and(|limit| value > limit);
    if under(limits.critical_low) || over(limits.critical_high) {
        return Some(Flag::Critical);
    }
    if under(limits.low) {
        return Some(Flag::Low);
    }
    if over(limits.high) {
        return Some(Flag::High);
    }
    (!limits.are_unknown()).then_some(Flag::Normal)
}

/// The flag that matters most: what a list shows of a whole result.
pub fn worst(flags: impl IntoIterator<Item = Flag>) -> Option<Flag> {
    let weight = |flag: &Flag| match flag {
        Flag::Normal => 0,
        Flag::Low | Flag::High => 1,
        Flag::Critical => 2,
    };
    // The first of equals: the order is the laboratory's.
    flags.into_iter().fold(None, |worst: Option<Flag>, flag| match worst {
        Some(worst) if weight(&worst) >= weight(&flag) => Some(worst),
        _ => Some(flag),
    })
}

/// Lines of the catalogue that are this patient's. Where limits differ by sex and the sex is not known, the line
/// stays and its limits are for somebody to fill in.
pub fn lines_for(measures: &[Measure], sex: Sex) -> Vec<Measure> {
    let mut lines: Vec<Measure> = Vec::new();
    for measure in measures {
        let fits = match (measure.sex, sex) {
            (None, _) => true,
            (Some(own), sex) if own == sex => true,
            (Some(_), Sex::Male | Sex::Female) => false,
            (Some(_), _) => {
                let there = lines.iter().any(|line| line.name == measure.name);
                if !there {
                    lines.push(Measure { limits: Limits::default(), sex: None, ..measure.clone() });
                }
                false
            }
        };
        if fits {
            lines.push(measure.clone());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            low: Some(12.0),
            high: Some(16.0),
            critical_low: Some(7.0),
            critical_high: Some(20.0),
        }
    }

    #[test]
    fn a_value_is_flagged_past_its_limits_and_not_on_them() {
        for (value, said) in [
            (6.9, Flag::Critical),
            (7.0, Flag::Low),
            (11.9, Flag::Low),
            (12.0, Flag::Normal),
            (16.0, Flag::Normal),
            (16.1, Flag::High),
            (20.1, Flag::Critical),
        ] {
            assert_eq!(flag(value, &limits()), Some(said), "{value}");
        }
        assert_eq!(flag(1.0, &Limits::default()), None);
        assert_eq!(flag(5.0, &Limits { high: Some(4.0), ..Limits::default() }), Some(Flag::High));
    }

    #[test]
    fn the_worst_is_shown() {
        assert_eq!(worst([Flag::Normal, Flag::High, Flag::Low]), Some(Flag::High));
        assert_eq!(worst([Flag::Low, Flag::Critical, Flag::High]), Some(Flag::Critical));
        assert_eq!(worst([]), None);
    }

    #[test]
    fn limits_are_those_of_the_patients_sex() {
        let of = |sex| Measure {
            name: "Haemoglobin".into(),
            unit: Some("g/dL".into()),
            sex,
            limits: limits(),
        };
        let all = [
            of(Some(Sex::Female)),
            of(Some(Sex::Male)),
            Measure { name: "WBC".into(), ..of(None) },
        ];
        let said = |sex| {
            let lines = lines_for(&all, sex);
            lines.iter().map(|l| (l.sex, l.limits.are_unknown())).collect::<Vec<_>>()
        };
        assert_eq!(said(Sex::Female), [(Some(Sex::Female), false), (None, false)]);
        assert_eq!(said(Sex::Male), [(Some(Sex::Male), false), (None, false)]);
        assert_eq!(said(Sex::Unknown), [(None, true), (None, false)]);
    }
}
