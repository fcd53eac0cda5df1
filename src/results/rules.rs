//! What a value means against its limits, and which limits hold for whom.

use super::{Limits, Measure, ResultFlag};
use crate::patients::Sex;
use crate::web::{latin_digits, ungrouped};

/// What a value says; nothing where no limit is known.
pub fn flag(value: f64, limits: &Limits) -> Option<ResultFlag> {
    let under = |limit: Option<f64>| limit.is_some_and(|limit| value < limit);
    let over = |limit: Option<f64>| limit.is_some_and(|limit| value > limit);
    if under(limits.critical_low) || over(limits.critical_high) {
        return Some(ResultFlag::Critical);
    }
    if under(limits.low) {
        return Some(ResultFlag::Low);
    }
    if over(limits.high) {
        return Some(ResultFlag::High);
    }
    (!limits.are_unknown()).then_some(ResultFlag::Normal)
}

/// The numbers in a word, in the digits of either script: under `<150` is a little less than that.
pub fn numbers(word: &str) -> impl Iterator<Item = f64> {
    let word = latin_digits(word);
    let mut found = Vec::new();
    let mut rest = word.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = |also: char| {
            from.find(|c: char| !c.is_ascii_digit() && c != '.' && c != also).unwrap_or(from.len())
        };
        // With the commas that set thousands apart, or up to the first.
        let whole = ungrouped(from.split_at(end(',')).0.trim_end_matches(['.', ',']));
        let (number, after) = from.split_at(end(if whole.is_some() { ',' } else { '.' }));
        let number = whole.as_deref().unwrap_or(number);
        if let Ok(number) = number.trim_end_matches('.').parse::<f64>() {
            found.push(match before.trim_end().chars().last() {
                Some('<') => number.next_down(),
                Some('>') => number.next_up(),
                _ => number,
            });
        }
        rest = after;
    }
    found.into_iter()
}

/// The flag that matters most: what a list shows of a whole result.
pub fn worst(flags: impl IntoIterator<Item = ResultFlag>) -> Option<ResultFlag> {
    let weight = |flag: &ResultFlag| match flag {
        ResultFlag::Normal => 0,
        ResultFlag::Low | ResultFlag::High => 1,
        ResultFlag::Critical => 2,
    };
    // The first of equals: the order is the laboratory's.
    flags.into_iter().fold(None, |worst: Option<ResultFlag>, flag| match worst {
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
            (6.9, ResultFlag::Critical),
            (7.0, ResultFlag::Low),
            (11.9, ResultFlag::Low),
            (12.0, ResultFlag::Normal),
            (16.0, ResultFlag::Normal),
            (16.1, ResultFlag::High),
            (20.1, ResultFlag::Critical),
        ] {
            assert_eq!(flag(value, &limits()), Some(said), "{value}");
        }
        assert_eq!(flag(1.0, &Limits::default()), None);
        assert_eq!(
            flag(5.0, &Limits { high: Some(4.0), ..Limits::default() }),
            Some(ResultFlag::High)
        );
    }

    #[test]
    fn a_number_in_a_word_is_held_against_the_limits() {
        let said = |word: &str| worst(numbers(word).filter_map(|number| flag(number, &limits())));
        for (word, flag) in [
            ("3.1 g/dL", Some(ResultFlag::Critical)),
            ("<12", Some(ResultFlag::Low)),
            ("> 20", Some(ResultFlag::Critical)),
            ("13-15", Some(ResultFlag::Normal)),
            ("<1,200", Some(ResultFlag::Critical)),
            ("about 12,00,000 cells", Some(ResultFlag::Critical)),
            ("about ११", Some(ResultFlag::Low)),
            ("not seen", None),
        ] {
            assert_eq!(said(word), flag, "{word}");
        }
    }

    #[test]
    fn the_worst_is_shown() {
        assert_eq!(
            worst([ResultFlag::Normal, ResultFlag::High, ResultFlag::Low]),
            Some(ResultFlag::High)
        );
        assert_eq!(
            worst([ResultFlag::Low, ResultFlag::Critical, ResultFlag::High]),
            Some(ResultFlag::Critical)
        );
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
