//! Every way of writing a schedule, and what never happens to one.

use proptest::prelude::*;

use super::*;
use crate::web::text::Texts;

fn words(text: &str, dose: Option<&str>) -> String {
    let lang = Texts::load().unwrap().of("en");
    text.parse::<Schedule>().unwrap().words(dose, |key, value| lang.tx(key, value))
}

#[test]
fn people_write_a_schedule_in_many_ways_and_it_is_stored_in_one() {
    for (typed, stored) in [
        ("1-0-1", "1-0-1"),
        ("1-0-0-1", "1-0-1"),
        ("101", "1-0-1"),
        (" 0011 ", "0-0-1-1"),
        (" 1 - 1 - 1 ", "1-1-1"),
        ("½-0-½", "0.5-0-0.5"),
        ("1½-0-0", "1.5-0-0"),
        ("1/2-0-1/4", "0.5-0-0.25"),
        (".5-0-2.0", "0.5-0-2"),
        ("0.5–0–0.5", "0.5-0-0.5"),
        ("morning", "1-0-0"),
        ("afternoon", "0-1-0"),
        ("evening", "0-0-1-0"),
        ("night", "0-0-1"),
        ("morning_evening", "1-0-1-0"),
        ("morning_night", "1-0-1"),
        ("afternoon_night", "0-1-1"),
        ("Morning_Afternoon_Night", "1-1-1"),
        ("morning, afternoon and night", "1-1-1"),
        ("sos", "as needed"),
        ("as needed", "as needed"),
        ("every 6 hours", "every 6 hours"),
        ("every 1 hour", "every hour"),
        ("weekly", "every 7 days"),
        ("every 2 weeks", "every 14 days"),
    ] {
        assert_eq!(typed.parse::<Schedule>().unwrap().to_string(), stored, "{typed}");
    }
}

#[test]
fn what_nobody_can_read_is_refused() {
    for typed in [
        "",
        "1",
        "1-0",
        "1-0-1-0-1",
        "11-0-0",
        "1-x-1",
        "10",
        "500",
        "10101",
        "0.3-0-0",
        "-1-0-1",
        "sometimes",
        "every 0 hours",
        "every 25 hours",
        "every",
        "1-0-1 daily",
        "and",
    ] {
        assert_eq!(typed.parse::<Schedule>(), Err(NotASchedule::Unclear), "{typed}");
    }
    assert_eq!("0-0-0".parse::<Schedule>(), Err(NotASchedule::Empty));
    for typed in ["OD", "b.d.", "TDS", "HS", "qid", "prn"] {
        let refused = typed.parse::<Schedule>();
        assert!(matches!(refused, Err(NotASchedule::Abbreviation(_))), "{typed}: {refused:?}");
    }
}

#[test]
fn the_words_say_what_the_pattern_says() {
    assert_eq!(words("1-0-1", None), "1 in the morning, 1 at night");
    assert_eq!(words("evening", None), "1 in the evening");
    assert_eq!(words("½-0-0-½", None), "0.5 in the morning, 0.5 at night");
    assert_eq!(words("1-0-1", Some("5 mL")), "5 mL in the morning, 5 mL at night");
    assert_eq!(words("2-0-0", Some("5 mL")), "2 × 5 mL in the morning");
    assert_eq!(words("every 6 hours", Some("1")), "1 every 6 hours");
    assert_eq!(words("every 1 hour", Some("2 puffs")), "2 puffs every hour");
    assert_eq!(words("weekly", None), "1 once a week");
    assert_eq!(words("sos", None), "1 as needed");
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let counts =
        prop::array::uniform4(0..=MOST).prop_filter("some dose", |q| q.iter().any(|q| *q > 0));
    prop_oneof![
        counts.prop_map(|q| Schedule::Pattern(q.map(Count))),
        (1_u8..=24).prop_map(Schedule::Hours),
        (2_u8..=90).prop_map(Schedule::Days),
        Just(Schedule::AsNeeded),
    ]
}

proptest! {
    #[test]
    fn what_is_stored_is_read_as_the_same(schedule in any_schedule()) {
        let stored = schedule.to_string();
        prop_assert!(stored.len() <= 40, "the column takes it");
        prop_assert_eq!(stored.parse::<Schedule>(), Ok(schedule));
    }

    #[test]
    fn what_is_given_lasts_for_the_days(schedule in any_schedule(), days in 1_u32..=365) {
        match (schedule.units(days), schedule.per_day()) {
            (Some(units), Some(per_day)) => {
                let needed = per_day * f64::from(days);
                prop_assert!(f64::from(units) >= needed - 1e-6, "{units} for {needed}");
                prop_assert!(f64::from(units) < needed + 1.0, "{units} for {needed}");
            }
            (None, None) => prop_assert_eq!(schedule, Schedule::AsNeeded),
            _ => prop_assert!(false, "both or neither"),
        }
    }

    #[test]
    fn the_pattern_never_shows_nothing_for_something(schedule in any_schedule()) {
        let said = schedule.words(None, |_, value| value.to_owned());
        prop_assert!(!said.is_empty());
        if let Some(pattern) = schedule.pattern() {
            prop_assert!(pattern.contains(|c: char| c.is_ascii_digit() && c != '0'), "{pattern}");
        }
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused(text in "\\PC{0,30}") {
        if let Ok(schedule) = text.parse::<Schedule>() {
            prop_assert_eq!(schedule.to_string().parse::<Schedule>(), Ok(schedule));
        }
    }
}
