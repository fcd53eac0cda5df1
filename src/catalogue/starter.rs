//! Where a new clinic begins: common medicines and tests, for its own doctors to correct.

use super::{Food, Form, NewMedicine, NewTest, TestKind};
use crate::web::fold;

/// A medicine of the starter set.
#[derive(Debug)]
pub struct StarterMedicine {
    /// The generic name.
    pub name: &'static str,
    /// What it comes as.
    pub form: Form,
    /// Its strength; empty where it has none.
    pub strength: &'static str,
    /// How it is given.
    pub route: &'static str,
    /// What is taken at a time.
    pub dose: &'static str,
    /// When it is taken, as stored.
    pub schedule: &'static str,
    /// With regard to meals.
    pub food: Food,
    /// For how many days; none where it is taken as needed.
    pub days: Option<i32>,
    /// Words by which an allergy forbids it; empty where there are none but the name.
    pub allergy_terms: &'static str,
}

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn medicine(
    name: &'static str,
    form: Form,
    strength: &'static str,
    dose: &'static str,
    schedule: &'static str,
    food: Food,
    days: i32,
    allergy_terms: &'static str,
) -> StarterMedicine {
    let route = match form {
        Form::Inhaler => "inhaled",
        Form::Ointment | Form::Lotion | Form::Soap => "on the skin",
        Form::Drops => "into the eye",
        _ => "by mouth",
    };
    let days = if days == 0 { None } else { Some(days) };
    StarterMedicine { name, form, strength, route, dose, schedule, food, days, allergy_terms }
}

/// Eighteen medicines that most clinics prescribe.
#[rustfmt::skip]
pub const MEDICINES: [StarterMedicine; 18] = [
    medicine("amlodipine", Form::Tablet, "5 mg", "1", "1-0-0", Food::Any, 30, ""),
    medicine("amoxicillin", Form::Capsule, "500 mg", "1", "1-1-1", Food::After, 5, "penicillin, amoxycillin, beta-lactam"),
    medicine("atorvastatin", Form::Tablet, "10 mg", "1", "0-0-1", Food::Any, 30, "statin"),
    medicine("azithromycin", Form::Tablet, "500 mg", "1", "1-0-0", Food::After, 3, "macrolide, erythromycin, clarithromycin"),
    medicine("cefixime", Form::Tablet, "200 mg", "1", "1-0-1", Food::After, 5, "cephalosporin, penicillin, beta-lactam"),
    medicine("cetirizine", Form::Tablet, "10 mg", "1", "0-0-1", Food::Any, 5, "levocetirizine, hydroxyzine"),
    medicine("chloramphenicol", Form::Drops, "0.5 %", "1 drop", "every 6 hours", Food::Any, 5, ""),
    medicine("cholecalciferol", Form::Capsule, "60,000 units", "1", "every 7 days", Food::After, 56, "vitamin D3"),
    medicine("clotrimazole", Form::Ointment, "1 %", "a thin layer", "1-0-1", Food::Any, 14, "miconazole, ketoconazole, imidazole"),
    medicine("diclofenac", Form::Tablet, "50 mg", "1", "1-0-1", Food::After, 3, "nsaid, nsaids, aspirin, ibuprofen"),
    medicine("ibuprofen", Form::Tablet, "400 mg", "1", "1-0-1", Food::After, 3, "nsaid, nsaids, aspirin, diclofenac"),
    medicine("levothyroxine", Form::Tablet, "50 micrograms", "1", "1-0-0", Food::Before, 30, ""),
    medicine("metformin", Form::Tablet, "500 mg", "1", "1-0-1", Food::With, 30, ""),
    medicine("omeprazole", Form::Capsule, "20 mg", "1", "1-0-0", Food::Before, 14, "pantoprazole, esomeprazole, rabeprazole"),
    medicine("oral rehydration salts", Form::Powder, "", "200 mL", "as needed", Food::Any, 0, "ORS"),
    medicine("paracetamol", Form::Tablet, "500 mg", "1", "1-1-1", Food::After, 3, "acetaminophen"),
    medicine("paracetamol", Form::Syrup, "250 mg/5 mL", "5 mL", "every 6 hours", Food::Any, 3, "acetaminophen"),
    medicine("salbutamol", Form::Inhaler, "100 micrograms", "2 puffs", "as needed", Food::Any, 0, "albuterol"),
];

/// A test of the starter set.
#[derive(Debug)]
pub struct StarterTest {
    /// Its name.
    pub name: &'static str,
    /// What it is made with.
    pub kind: TestKind,
    /// What to mind; empty where there is nothing.
    pub description: &'static str,
}

const fn test(name: &'static str, kind: TestKind, description: &'static str) -> StarterTest {
    StarterTest { name, kind, description }
}

/// Sixteen tests that most clinics order.
#[rustfmt::skip]
pub const TESTS: [StarterTest; 16] = [
    test("Complete blood count", TestKind::Blood, ""),
    test("Glucose, fasting", TestKind::Blood, "Nothing but water for 8 hours before."),
    test("Glucose, two hours after food", TestKind::Blood, ""),
    test("Glycated haemoglobin (HbA1c)", TestKind::Blood, ""),
    test("Lipid profile", TestKind::Blood, "Nothing but water for 12 hours before."),
    test("Liver function tests", TestKind::Blood, ""),
    test("Creatinine and urea", TestKind::Blood, ""),
    test("Thyroid stimulating hormone (TSH)", TestKind::Blood, ""),
    test("Malaria parasite, smear", TestKind::Blood, ""),
    test("Dengue NS1 antigen", TestKind::Blood, ""),
    test("Urine, routine and microscopy", TestKind::Urine, ""),
    test("Urine culture", TestKind::Urine, "Midstream, in a sterile container."),
    test("Chest X-ray, front view", TestKind::Xray, ""),
    test("Ultrasound of the abdomen", TestKind::Ultrasound, "Nothing to eat for 6 hours before; full bladder."),
    test("Electrocardiogram (ECG)", TestKind::Ecg, ""),
    test("CT scan of the head", TestKind::CtScan, ""),
];

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl From<&StarterMedicine> for NewMedicine {
    fn from(m: &StarterMedicine) -> NewMedicine {
        NewMedicine {
            name: m.name.into(),
            brand: None,
            form: m.form,
            strength: some(m.strength),
            route: some(m.route),
            default_dose: some(m.dose),
            default_schedule: some(m.schedule),
            default_food: Some(m.food),
            default_days: m.days,
            allergy_terms: some(m.allergy_terms).map(|terms| fold(&terms)),
            active: true,
        }
    }
}

impl From<&StarterTest> for NewTest {
    fn from(t: &StarterTest) -> NewTest {
        NewTest {
            name: t.name.into(),
            kind: t.kind,
            description: some(t.description),
            active: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Schedule, wording};

    #[test]
    fn the_starter_set_keeps_its_own_rules() {
        for m in &MEDICINES {
            let schedule: Schedule = m.schedule.parse().unwrap();
            assert_eq!(schedule.to_string(), m.schedule, "{}", m.name);
            for text in [m.strength, m.dose] {
                assert_eq!(wording::unsafe_in(text), None, "{text}");
                assert_eq!(wording::tidy(text), text);
            }
            assert_eq!(wording::generic(m.name), m.name);
            assert_eq!(m.days.is_none(), schedule == Schedule::AsNeeded, "{}", m.name);
        }
    }
}
