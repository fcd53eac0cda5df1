//! Today's queue: alive at whatever hour the demo is opened.

use chrono::{DateTime, Datelike, Duration, Utc};
use uuid::Uuid;

use super::dice::Dice;
use super::month::{House, moved};
use super::rows::{Rows, VisitRow};

/// Somebody who may come today.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    pub(super) patient_id: Uuid,
    pub(super) purpose: String,
}

/// Status, minutes ago of arrival, of the call and of the end; by token.
const TURNS: [(&str, i32, i32, i32); 22] = [
    ("completed", 196, 188, 178),
    ("completed", 191, 182, 171),
    ("completed", 183, 176, 166),
    ("cancelled", 176, 0, 150),
    ("completed", 170, 164, 155),
    ("completed", 158, 152, 141),
    ("completed", 149, 139, 128),
    ("completed", 140, 126, 115),
    ("no_show", 131, 0, 84),
    ("completed", 122, 113, 102),
    ("completed", 110, 100, 88),
    ("completed", 96, 86, 73),
    ("in_consultation", 66, 9, 0),
    ("in_consultation", 58, 5, 0),
    ("waiting", 52, 0, 0),
    ("waiting", 44, 0, 0),
    ("waiting", 37, 0, 0),
    ("waiting", 29, 0, 0),
    ("waiting", 21, 0, 0),
    ("waiting", 14, 0, 0),
    ("waiting", 8, 0, 0),
    ("waiting", 3, 0, 0),
];

/// How many guests a day wants.
pub(super) const GUESTS: i64 = 22;

/// Purposes, for people of whom nothing is known.
const PURPOSES: [&str; 6] =
    ["Fever", "Blood pressure check", "Cough", "Follow-up", "Stomach pain", "Dressing"];

/// The queue of this moment. Just after midnight it is told in quick motion, so that it stays within the day.
pub(super) fn queue(house: &House, midnight: DateTime<Utc>, guests: &[Guest]) -> Rows {
    let seed = u64::from(house.today.num_days_from_ce().unsigned_abs());
    let mut dice = Dice::new(seed * 31 + u64::from(house.number.unsigned_abs()));
    let mut rows = Rows::default();
    let passed = (house.now - midnight).num_seconds().clamp(1, 200 * 60);
    let ago = |minutes: i32| house.now - Duration::seconds(i64::from(minutes) * passed / 200);
    for ((token, (status, came, called, left)), guest) in (1..).zip(TURNS).zip(guests) {
        let second = usize::from(token % 5 == 0 || status == "in_consultation" && token % 2 == 0);
        let Some((user, practitioner)) = house.doctors.get(second).or(house.doctors.first()) else {
            continue;
        };
        let arrived = ago(came);
        let seen = matches!(status, "completed" | "in_consultation");
        let visit = VisitRow {
            visit_id: dice.id(arrived),
            patient_id: guest.patient_id,
            practitioner_id: *practitioner,
            visit_day: house.today,
            token,
            visit_type: if token == 17 {
                "emergency"
            } else if dice.chance(30) {
                "follow_up"
            } else {
                "routine"
            },
            purpose: known(&guest.purpose).unwrap_or_else(|| dice.word(&PURPOSES)),
            status,
            arrived_at: arrived,
            started_at: seen.then(|| ago(called)),
            ended_at: Some(ago(left)).filter(|_| left > 0),
            checked_in_by: house.reception,
        };
        moved(&mut dice, &mut rows, &visit, (None, "waiting", None), (arrived, house.reception));
        if seen {
            let step = (Some("waiting"), "in_consultation", None);
            moved(&mut dice, &mut rows, &visit, step, (ago(called), *user));
        }
        match status {
            "completed" => {
                let step = (Some("in_consultation"), status, None);
                moved(&mut dice, &mut rows, &visit, step, (ago(left), *user));
            }
            "cancelled" | "no_show" => {
                let reason = if status == "cancelled" {
                    "Will come in the evening"
                } else {
                    "Called three times"
                };
                let step = (Some("waiting"), status, Some(reason));
                moved(&mut dice, &mut rows, &visit, step, (ago(left), house.reception));
            }
            _ => {}
        }
        rows.visits.push(visit);
    }
    rows
}

/// The purpose as our own list has it.
fn known(purpose: &str) -> Option<&'static str> {
    let all = super::conditions::CONDITIONS.iter().map(|c| c.purpose);
    all.into_iter().find(|own| *own == purpose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_alive_and_within_the_day_at_any_hour() {
        let mut house = super::super::month::tests::house();
        let guests: Vec<Guest> = (1..=22)
            .map(|n| Guest { patient_id: Uuid::from_u128(n), purpose: "Fever".into() })
            .collect();
        let midnight = house.now;
        for minutes in [1, 10, 90, 600, 1430] {
            house.now = midnight + Duration::minutes(minutes);
            let rows = queue(&house, midnight, &guests);
            let of = |status: &str| rows.visits.iter().filter(|v| v.status == status).count();
            assert_eq!((of("waiting"), of("in_consultation"), of("completed")), (8, 2, 10));
            for v in &rows.visits {
                assert!(v.arrived_at >= midnight && v.arrived_at <= house.now, "{minutes}");
                assert!(v.started_at.is_none_or(|at| at >= v.arrived_at && at <= house.now));
                assert!(v.ended_at.is_none_or(|at| at >= v.arrived_at && at <= house.now));
            }
        }
    }
}
