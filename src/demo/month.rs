//! A month in one clinic, invented day by day: who came, who waited, what was done.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use uuid::Uuid;

use super::clinical::{Fate, note, prescribe, vitals};
use super::crowd::{Person, person, trouble};
use super::dice::Dice;
use super::rows::{CounterRow, MoveRow, Rows, VisitRow};

/// The clinic that the days are invented for.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub(super) number: i32,
    pub(super) city: &'static str,
    pub(super) zone: Tz,
    pub(super) now: DateTime<Utc>,
    pub(super) today: NaiveDate,
    pub(super) reception: Uuid,
    pub(super) nurse: Uuid,
    /// User and practitioner.
    pub(super) doctors: Vec<(Uuid, Uuid)>,
    /// Given and family name of the patient who can sign in.
    pub(super) portal: (String, String),
}

/// Days before today that are told.
const DAYS: i64 = 31;
/// Patients who were registered before that.
const OLD: i32 = 430;

impl House {
    /// A moment of a day of the clinic, `minutes` after midnight.
    fn at(&self, day: NaiveDate, minutes: i32) -> DateTime<Utc> {
        let midnight = self.zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest();
        midnight.map_or(self.now, |m| m.with_timezone(&Utc)) + Duration::minutes(minutes.into())
    }

    /// Who sees the patient: children go to the second doctor.
    fn doctor(&self, dice: &mut Dice, age: i32) -> (Uuid, Uuid) {
        let second = age < 14 || dice.chance(35);
        let at = usize::from(second).min(self.doctors.len().saturating_sub(1));
        self.doctors.get(at).copied().unwrap_or_default()
    }
}

/// A move, one row.
pub(super) fn moved(
    dice: &mut Dice,
    rows: &mut Rows,
    visit: &VisitRow,
    (from, to, reason): (Option<&'static str>, &'static str, Option<&'static str>),
    (at, by): (DateTime<Utc>, Uuid),
) {
    rows.moves.push(MoveRow {
        move_id: dice.id(at),
        visit_id: visit.visit_id,
        patient_id: visit.patient_id,
        from_status: from,
        to_status: to,
        reason,
        moved_by: by,
        moved_at: at,
    });
}

/// Everything up to yesterday.
pub(super) fn invent(house: &House) -> Rows {
    let mut dice = Dice::new(u64::from(house.number.unsigned_abs()) * 7919);
    let mut rows = Rows::default();
    let first = house.today - Duration::days(DAYS);
    let mut people: Vec<Person> = Vec::new();
    for n in 0..OLD {
        let day = first - Duration::days(i64::from(dice.between(1, 300)));
        let at = house.at(day, dice.between(9 * 60, 19 * 60));
        let mut one = person(&mut dice, house.city, at, house.reception);
        if n == 0 {
            one.row.given_name.clone_from(&house.portal.0);
            one.row.family_name = Some(house.portal.1.clone());
            one.row.sex = if house.portal.0 == "Arjun" { "male" } else { "female" };
            one.row.allergy_status = "some";
            one.row.allergies = Some("penicillin (rash)");
            one.row.birth_date = NaiveDate::from_ymd_opt(house.today.year() - 52, 6, 14);
            (one.row.age_years, one.row.age_told_on) = (None, None);
            (one.age, one.chronic, one.weight_kg) = (52, Some(0), 67);
        }
        people.push(one);
    }
    for back in (1..=DAYS).rev() {
        let day = house.today - Duration::days(back);
        if day.weekday() != Weekday::Sun {
            a_day(house, &mut dice, &mut rows, &mut people, day, back);
        }
    }
    people.sort_by_key(|p| p.row.created_at);
    rows.patients = people.into_iter().map(|p| p.row).collect();
    number(house, &mut rows);
    rows
}

fn a_day(
    house: &House,
    dice: &mut Dice,
    rows: &mut Rows,
    people: &mut Vec<Person>,
    day: NaiveDate,
    back: i64,
) {
    let count = dice.between(20, 34);
    let mut arrivals: Vec<i32> = (0..count)
        .map(|_| if dice.chance(62) { dice.between(530, 760) } else { dice.between(1015, 1180) })
        .collect();
    arrivals.sort_unstable();
    let mut came: Vec<Uuid> = Vec::new();
    let mut free: BTreeMap<Uuid, i32> = BTreeMap::new();
    for (token, minute) in (1..).zip(arrivals) {
        let arrived = house.at(day, minute);
        let known = if token == 3 && matches!(back, 2 | 16 | 30) {
            people.first().cloned()
        } else if dice.chance(80) {
            dice.one(people).cloned()
        } else {
            None
        };
        let known = known.filter(|p| !came.contains(&p.row.patient_id));
        let who = known.unwrap_or_else(|| {
            let at = arrived - Duration::minutes(2);
            let new = person(dice, house.city, at, house.reception);
            people.push(new.clone());
            new
        });
        came.push(who.row.patient_id);
        let Some(condition) = trouble(dice, &who) else { continue };
        let (user, practitioner) = house.doctor(dice, who.age);
        let again = condition.every > 0;
        let mut visit = VisitRow {
            visit_id: dice.id(arrived),
            patient_id: who.row.patient_id,
            practitioner_id: practitioner,
            visit_day: day,
            token,
            visit_type: if again {
                "follow_up"
            } else if dice.chance(4) {
                "emergency"
            } else {
                "routine"
            },
            purpose: condition.purpose,
            status: "completed",
            arrived_at: arrived,
            started_at: None,
            ended_at: None,
            checked_in_by: house.reception,
        };
        moved(dice, rows, &visit, (None, "waiting", None), (arrived, house.reception));
        let turn = free.get(&practitioner).copied().unwrap_or(0).max(minute + dice.between(3, 9));
        match dice.between(1, 100) {
            1..=4 => {
                visit.status = "cancelled";
                let end = arrived + Duration::minutes(dice.between(10, 50).into());
                visit.ended_at = Some(end);
                let reason = dice.word(&["Will come tomorrow", "Waited too long", "Feels better"]);
                moved(
                    dice,
                    rows,
                    &visit,
                    (Some("waiting"), "cancelled", Some(reason)),
                    (end, house.reception),
                );
            }
            5..=8 => {
                visit.status = "no_show";
                let end = house.at(day, turn + 40);
                visit.ended_at = Some(end);
                let reason = Some("Called three times");
                moved(
                    dice,
                    rows,
                    &visit,
                    (Some("waiting"), "no_show", reason),
                    (end, house.reception),
                );
            }
            _ => {
                let done = turn + dice.between(5, 13);
                free.insert(practitioner, done + 1);
                let (start, end) = (house.at(day, turn), house.at(day, done));
                (visit.started_at, visit.ended_at) = (Some(start), Some(end));
                moved(
                    dice,
                    rows,
                    &visit,
                    (Some("waiting"), "in_consultation", None),
                    (start, user),
                );
                moved(
                    dice,
                    rows,
                    &visit,
                    (Some("in_consultation"), "completed", None),
                    (end, user),
                );
                if dice.chance(88) {
                    let at = start - Duration::minutes(2);
                    let measured = vitals(dice, &who, condition, &visit, house.nurse, at);
                    rows.vitals.push(measured);
                }
                let written = note(dice, condition, &visit, end - Duration::minutes(3));
                rows.notes.push(written);
                let fate = match dice.between(1, 100) {
                    1..=3 => Fate::Voided,
                    4..=12 if back <= 4 => Fate::Draft,
                    _ => Fate::Signed,
                };
                let by = (end - Duration::minutes(3), user);
                let id = prescribe(dice, rows, &who, condition, &visit, by, (fate, None));
                // Most of what was voided was written anew.
                if let Some(id) = id.filter(|_| fate == Fate::Voided && dice.chance(70)) {
                    let by = (end + Duration::minutes(6), user);
                    prescribe(dice, rows, &who, condition, &visit, by, (Fate::Signed, Some(id)));
                }
            }
        }
        rows.visits.push(visit);
    }
}

/// PT and RX numbers in the order of time, and counters that go on after them.
fn number(house: &House, rows: &mut Rows) {
    let year = |at: DateTime<Utc>| at.with_timezone(&house.zone).year();
    let mut last: BTreeMap<(&'static str, i32), i32> = BTreeMap::new();
    let mut next = |kind, at| {
        let value = last.entry((kind, year(at))).or_default();
        *value += 1;
        format!("{}-{}-{value:05}", house.number, year(at))
    };
    for patient in &mut rows.patients {
        patient.number = format!("PT-{}", next("patient", patient.created_at));
    }
    rows.prescriptions.sort_by_key(|rx| rx.signed_at);
    for rx in &mut rows.prescriptions {
        rx.number = rx.signed_at.map(|at| format!("RX-{}", next("prescription", at)));
    }
    rows.counters = last
        .into_iter()
        .map(|((kind, year), value)| CounterRow { kind, period: year.to_string(), value })
        .collect();
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::HashSet;

    use super::*;

    pub(in crate::demo) fn house() -> House {
        let now = Utc.with_ymd_and_hms(2026, 1, 14, 6, 30, 0).unwrap();
        let ids: Vec<Uuid> = (1..=6).map(Uuid::from_u128).collect();
        House {
            number: 1,
            city: "Pune",
            zone: chrono_tz::Asia::Kolkata,
            now,
            today: now.with_timezone(&chrono_tz::Asia::Kolkata).date_naive(),
            reception: ids[0],
            nurse: ids[1],
            doctors: vec![(ids[2], ids[3]), (ids[4], ids[5])],
            portal: ("Savita".into(), "More".into()),
        }
    }

    #[test]
    fn a_month_is_believable_and_always_the_same() {
        let house = house();
        let rows = invent(&house);
        assert!((500..=700).contains(&rows.patients.len()), "{} patients", rows.patients.len());
        assert!((500..=950).contains(&rows.visits.len()), "{} visits", rows.visits.len());
        assert!(rows.prescriptions.len() > 350 && rows.lines.len() > rows.prescriptions.len());
        let again = invent(&house);
        assert_eq!(
            serde_json::to_value(&rows.visits).unwrap(),
            serde_json::to_value(&again.visits).unwrap()
        );
    }

    #[test]
    fn people_are_people() {
        let house = house();
        for p in invent(&house).patients {
            assert!(!p.given_name.is_empty() && p.given_name.chars().count() <= 100);
            assert!(p.birth_date.is_some() != p.age_years.is_some());
            assert!(p.birth_date.is_none_or(|d| d <= p.created_at.date_naive() && d.year() > 1930));
            assert!(p.created_at < house.now);
            assert_eq!(p.allergy_status == "some", p.allergies.is_some());
            let digits =
                p.phone.iter().flat_map(|t| t.chars()).filter(char::is_ascii_digit).count();
            assert!(p.phone.is_none() || digits == 10 || digits == 12);
        }
    }

    #[test]
    fn nobody_comes_before_being_registered_or_is_seen_before_arriving() {
        let rows = invent(&house());
        let since: BTreeMap<_, _> =
            rows.patients.iter().map(|p| (p.patient_id, p.created_at)).collect();
        let mut tokens = HashSet::new();
        let mut once_a_day = HashSet::new();
        for v in &rows.visits {
            assert!(since[&v.patient_id] < v.arrived_at);
            assert!(v.started_at.is_none_or(|at| at > v.arrived_at));
            assert!(v.ended_at > v.started_at && v.ended_at > Some(v.arrived_at));
            assert_ne!(v.visit_day.weekday(), Weekday::Sun);
            assert!(tokens.insert((v.visit_day, v.token)));
            assert!(once_a_day.insert((v.visit_day, v.patient_id)));
        }
        for m in &rows.vitals {
            assert!(m.diastolic_mmhg.is_none() || m.diastolic_mmhg < m.systolic_mmhg);
            assert!((35.0..42.0).contains(&m.temperature_c) && m.spo2_percent <= 100);
        }
    }

    #[test]
    fn numbers_have_no_gap_and_counters_go_on_after_them() {
        let rows = invent(&house());
        let of = |prefix: &str| -> Vec<i32> {
            let all = rows.prescriptions.iter().filter_map(|rx| rx.number.as_deref());
            let all = all.chain(rows.patients.iter().map(|p| p.number.as_str()));
            let mut list: Vec<i32> =
                all.filter_map(|n| n.strip_prefix(prefix)).map(|n| n.parse().unwrap()).collect();
            list.sort_unstable();
            list
        };
        for (kind, letters) in [("patient", "PT"), ("prescription", "RX")] {
            for year in [2025, 2026] {
                let list = of(&format!("{letters}-1-{year}-"));
                let last = i32::try_from(list.len()).unwrap();
                assert_eq!(list, (1..=last).collect::<Vec<_>>(), "{kind} {year}");
                let counter =
                    rows.counters.iter().find(|c| c.kind == kind && c.period == year.to_string());
                assert_eq!(counter.map_or(0, |c| c.value), last, "{kind} {year}");
            }
        }
    }

    #[test]
    fn nothing_is_prescribed_against_an_allergy() {
        let rows = invent(&house());
        let allergies: BTreeMap<_, _> =
            rows.patients.iter().filter_map(|p| Some((p.patient_id, p.allergies?))).collect();
        assert!(allergies.len() > 30);
        for line in &rows.lines {
            let known = allergies.get(&line.patient_id).copied().unwrap_or_default();
            let medicine = super::super::conditions::MEDICINES
                .iter()
                .find(|m| m.name == line.medicine)
                .unwrap();
            assert!(!medicine.is_forbidden(known), "{} for {known}", line.medicine);
        }
    }
}
