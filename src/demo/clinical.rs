//! What is measured, thought and prescribed in one visit.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::conditions::{Condition, MEDICINES, TESTS};
use super::crowd::Person;
use super::dice::Dice;
use super::rows::{LineRow, NoteRow, Rows, RxRow, TestRow, VisitRow, VitalsRow};

/// What the nurse measures while the patient waits.
pub(super) fn vitals(
    dice: &mut Dice,
    person: &Person,
    condition: &Condition,
    visit: &VisitRow,
    nurse: Uuid,
    at: DateTime<Utc>,
) -> VitalsRow {
    let high = if condition.pressure { dice.between(8, 38) } else { 0 };
    let old = person.age.saturating_sub(40).max(0) / 3;
    let systolic = 106 + old + high + dice.between(0, 14);
    let tenths = |n: i32| f64::from(n) / 10.0;
    let fever = if condition.fever { dice.between(12, 28) } else { dice.between(0, 6) };
    let child = (12 - person.age).max(0) * 4;
    let adult = person.age >= 12;
    VitalsRow {
        vitals_id: dice.id(at),
        patient_id: visit.patient_id,
        visit_id: visit.visit_id,
        systolic_mmhg: Some(systolic).filter(|_| adult),
        diastolic_mmhg: Some(systolic * 62 / 100 + dice.between(0, 6)).filter(|_| adult),
        pulse_bpm: 68 + child + fever / 2 + dice.between(0, 18),
        temperature_c: tenths(364 + fever),
        spo2_percent: dice.between(96, 99) - i32::from(condition.code == "J45.9") * 2,
        glucose_mg_dl: condition.sugar.then(|| dice.between(118, 236)),
        weight_kg: f64::from(person.weight_kg) + tenths(dice.between(0, 9)),
        measured_by: nurse,
        measured_at: at,
    }
}

/// What the doctor writes.
pub(super) fn note(
    dice: &mut Dice,
    condition: &Condition,
    visit: &VisitRow,
    at: DateTime<Utc>,
) -> NoteRow {
    let again = if condition.every > 0 { condition.every } else { 5 };
    let returns = condition.every > 0 || dice.chance(25);
    NoteRow {
        note_id: dice.id(at),
        patient_id: visit.patient_id,
        visit_id: visit.visit_id,
        practitioner_id: visit.practitioner_id,
        complaint: condition.complaint,
        findings: condition.findings,
        diagnosis: condition.name,
        diagnosis_code: condition.code,
        plan: condition.plan,
        advice: condition.advice,
        follow_up_on: returns.then(|| visit.visit_day + Duration::days(i64::from(again))),
        created_at: at,
    }
}

/// How a prescription ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Draft,
    Signed,
    Voided,
}

/// A prescription with its lines and tests, leaving out what an allergy forbids. Nothing where nothing
/// is left. Says which it is.
pub(super) fn prescribe(
    dice: &mut Dice,
    rows: &mut Rows,
    person: &Person,
    condition: &Condition,
    visit: &VisitRow,
    (at, by): (DateTime<Utc>, Uuid),
    (fate, replaces): (Fate, Option<Uuid>),
) -> Option<Uuid> {
    let allergies = person.row.allergies.unwrap_or_default();
    let wanted = condition.medicines.iter().filter_map(|at| MEDICINES.get(*at));
    let medicines: Vec<_> = wanted.filter(|m| !m.is_forbidden(allergies)).collect();
    let often = if condition.every > 0 { 40 } else { 75 };
    let ordered = condition.tests.iter().filter_map(|at| TESTS.get(*at));
    let ordered: Vec<_> = ordered.filter(|_| dice.chance(often)).collect();
    if medicines.is_empty() && ordered.is_empty() {
        return None;
    }
    let id = dice.id(at);
    let signed = Some(at + Duration::minutes(2)).filter(|_| fate != Fate::Draft);
    let voided = signed.filter(|_| fate == Fate::Voided).map(|at| at + Duration::minutes(4));
    let reason = dice.word(&[
        "Wrong strength chosen",
        "Meant for another visit",
        "Patient asked for a syrup",
    ]);
    rows.prescriptions.push(RxRow {
        prescription_id: id,
        patient_id: visit.patient_id,
        visit_id: visit.visit_id,
        practitioner_id: visit.practitioner_id,
        diagnosis: condition.name,
        advice: condition.advice,
        replaces_id: replaces,
        created_at: at,
        number: None,
        signed_at: signed,
        signed_by: signed.map(|_| by),
        voided_at: voided,
        void_reason: voided.map(|_| reason),
    });
    for (position, m) in (1..).zip(medicines) {
        rows.lines.push(LineRow {
            line_id: dice.id(at),
            prescription_id: id,
            patient_id: visit.patient_id,
            position,
            medicine: m.name,
            form: m.form,
            strength: Some(m.strength).filter(|s| !s.is_empty()),
            dose: m.dose,
            schedule: m.schedule,
            food: m.food,
            days: m.days,
            quantity: m.quantity,
            route: m.route,
            created_at: at,
        });
    }
    for (position, (name, kind, _)) in (1..).zip(ordered) {
        rows.tests.push(TestRow {
            ordered_test_id: dice.id(at),
            prescription_id: id,
            patient_id: visit.patient_id,
            position,
            name,
            kind,
            created_at: at,
        });
    }
    Some(id)
}
