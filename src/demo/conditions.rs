//! What people come with, what is found, and what is done about it.

/// A medicine as the formulary has it.
pub(super) struct Medicine {
    pub(super) name: &'static str,
    pub(super) form: &'static str,
    pub(super) strength: &'static str,
    pub(super) route: &'static str,
    pub(super) dose: &'static str,
    pub(super) schedule: &'static str,
    pub(super) food: &'static str,
    pub(super) days: i32,
    pub(super) quantity: i32,
    /// Words by which an allergy forbids it.
    pub(super) allergy_terms: &'static str,
}

#[rustfmt::skip]
#[expect(clippy::too_many_arguments, reason = "a table row, read across")]
const fn m(name: &'static str, form: &'static str, strength: &'static str, dose: &'static str, schedule: &'static str,
           food: &'static str, days: i32, quantity: i32, allergy_terms: &'static str) -> Medicine {
    let route = match form.as_bytes() {
        b"inhaler" => "inhaled",
        b"ointment" | b"lotion" => "on the skin",
        b"drops" => "into the eye",
        _ => "by mouth",
    };
    Medicine { name, form, strength, route, dose, schedule, food, days, quantity, allergy_terms }
}

#[rustfmt::skip]
pub(super) const MEDICINES: [Medicine; 22] = [
    m("paracetamol", "tablet", "500 mg", "1", "1-1-1", "after", 3, 9, "acetaminophen"),
    m("paracetamol", "syrup", "250 mg/5 mL", "5 mL", "every 6 hours", "any", 3, 1, "acetaminophen"),
    m("cetirizine", "tablet", "10 mg", "1", "0-0-1", "any", 5, 5, "levocetirizine hydroxyzine"),
    m("amoxicillin", "capsule", "500 mg", "1", "1-1-1", "after", 5, 15, "penicillin amoxycillin"),
    m("azithromycin", "tablet", "500 mg", "1", "1-0-0", "after", 3, 3, "macrolide erythromycin"),
    m("amlodipine", "tablet", "5 mg", "1", "1-0-0", "any", 30, 30, ""),
    m("telmisartan", "tablet", "40 mg", "1", "1-0-0", "any", 30, 30, ""),
    m("metformin", "tablet", "500 mg", "1", "1-0-1", "with", 30, 60, ""),
    m("atorvastatin", "tablet", "10 mg", "1", "0-0-1", "any", 30, 30, "statin"),
    m("pantoprazole", "tablet", "40 mg", "1", "1-0-0", "before", 14, 14, "omeprazole"),
    m("oral rehydration salts", "powder", "", "200 mL", "as needed", "any", 3, 6, ""),
    m("ondansetron", "tablet", "4 mg", "1", "1-0-1", "before", 2, 4, ""),
    m("salbutamol", "inhaler", "100 micrograms", "2 puffs", "as needed", "any", 30, 1, "albuterol"),
    m("levothyroxine", "tablet", "50 micrograms", "1", "1-0-0", "before", 30, 30, ""),
    m("ferrous ascorbate", "tablet", "100 mg", "1", "1-0-0", "after", 30, 30, "iron"),
    m("cholecalciferol", "capsule", "60,000 units", "1", "every 7 days", "after", 56, 8, ""),
    m("ibuprofen", "tablet", "400 mg", "1", "1-0-1", "after", 3, 6, "nsaid aspirin ibuprofen"),
    m("nitrofurantoin", "capsule", "100 mg", "1", "1-0-1", "with", 5, 10, ""),
    m("clotrimazole", "ointment", "1 %", "a thin layer", "1-0-1", "any", 14, 1, "imidazole"),
    m("permethrin", "lotion", "5 %", "whole body", "0-0-1", "any", 1, 1, ""),
    m("moxifloxacin", "drops", "0.5 %", "1 drop", "every 6 hours", "any", 5, 1, "quinolone"),
    m("folic acid", "tablet", "5 mg", "1", "1-0-0", "any", 30, 30, ""),
];

/// A test, what it is made with, what to mind.
#[rustfmt::skip]
pub(super) const TESTS: [(&str, &str, &str); 12] = [
    ("Complete blood count", "blood", ""),
    ("Glucose, fasting", "blood", "Nothing but water for 8 hours before."),
    ("Glycated haemoglobin (HbA1c)", "blood", ""),
    ("Lipid profile", "blood", "Nothing but water for 12 hours before."),
    ("Creatinine and urea", "blood", ""),
    ("Thyroid stimulating hormone (TSH)", "blood", ""),
    ("Dengue NS1 antigen", "blood", ""),
    ("Malaria parasite, smear", "blood", ""),
    ("Urine, routine and microscopy", "urine", ""),
    ("Chest X-ray, front view", "xray", ""),
    ("Electrocardiogram (ECG)", "ecg", ""),
    ("Ultrasound of the abdomen", "ultrasound", "Nothing to eat for 6 hours before; full bladder."),
];

/// What brings somebody in.
pub(super) struct Condition {
    pub(super) name: &'static str,
    /// ICD-10.
    pub(super) code: &'static str,
    pub(super) purpose: &'static str,
    pub(super) complaint: &'static str,
    pub(super) findings: &'static str,
    pub(super) plan: &'static str,
    pub(super) advice: &'static str,
    /// Places in [`MEDICINES`] and [`TESTS`].
    pub(super) medicines: &'static [usize],
    pub(super) tests: &'static [usize],
    /// Ages it comes at.
    pub(super) ages: (i32, i32),
    /// Among so many of all who come.
    pub(super) weight: i32,
    /// Stays with the patient, and brings the patient back after so many days; 0 for what passes.
    pub(super) every: i32,
    pub(super) fever: bool,
    pub(super) pressure: bool,
    pub(super) sugar: bool,
    pub(super) women_only: bool,
}

const PASSING: Condition = Condition {
    name: "",
    code: "",
    purpose: "",
    complaint: "",
    findings: "",
    plan: "",
    advice: "",
    medicines: &[],
    tests: &[],
    ages: (0, 120),
    weight: 1,
    every: 0,
    fever: false,
    pressure: false,
    sugar: false,
    women_only: false,
};

#[rustfmt::skip]
pub(super) const CONDITIONS: [Condition; 24] = [
    Condition { name: "Essential hypertension", code: "I10", purpose: "Blood pressure check", complaint: "Came for the blood pressure. No headache, no chest pain.", findings: "Heart sounds normal, no oedema.", plan: "Go on as before; readings at home twice a week.", advice: "Less salt. Walk 30 minutes a day.", medicines: &[5, 6], tests: &[4, 10], ages: (38, 120), weight: 12, every: 28, pressure: true, ..PASSING },
    Condition { name: "Type 2 diabetes mellitus", code: "E11.9", purpose: "Diabetes follow-up", complaint: "Sugar at home between 130 and 190. Thirst at night.", findings: "Feet: pulses felt, sensation intact.", plan: "HbA1c every three months, eyes once a year.", advice: "Three meals at fixed hours, no sweet drinks. Look at the feet every evening.", medicines: &[7, 8], tests: &[1, 2], ages: (35, 120), weight: 10, every: 30, sugar: true, pressure: true, ..PASSING },
    Condition { name: "Hypothyroidism", code: "E03.9", purpose: "Thyroid follow-up", complaint: "Tired, feels the cold.", findings: "Thyroid not enlarged.", plan: "TSH in six weeks, then the dose again.", advice: "The tablet on an empty stomach, half an hour before breakfast.", medicines: &[13], tests: &[5], ages: (20, 80), weight: 5, every: 42, ..PASSING },
    Condition { name: "Asthma", code: "J45.9", purpose: "Asthma follow-up", complaint: "Cough at night, twice a week. Sleeps with two pillows.", findings: "A few wheezes on both sides, no distress.", plan: "Inhaler with a spacer; shown how.", advice: "No smoke in the house. Come at once if the inhaler is needed more than every four hours.", medicines: &[12], tests: &[], ages: (6, 75), weight: 5, every: 30, ..PASSING },
    Condition { name: "Acute upper respiratory infection", code: "J06.9", purpose: "Cold and cough", complaint: "Runny nose and cough for three days.", findings: "Throat mildly red, chest clear.", plan: "Rest; no antibiotic.", advice: "Warm fluids. Come back if fever lasts more than three days.", medicines: &[0, 2], tests: &[], ages: (12, 120), weight: 12, ..PASSING },
    Condition { name: "Viral fever", code: "B34.9", purpose: "Fever", complaint: "Fever for two days, body ache.", findings: "No rash, no neck stiffness.", plan: "Blood count if the fever lasts.", advice: "Fluids, rest, sponge with lukewarm water.", medicines: &[0], tests: &[0, 7], ages: (12, 120), weight: 9, fever: true, ..PASSING },
    Condition { name: "Viral fever", code: "B34.9", purpose: "Fever in a child", complaint: "Fever since yesterday, eats little, drinks well.", findings: "Alert, playing. Ears and throat clear.", plan: "Watch; see again in two days.", advice: "Small sips often. Come at once if drowsy or not drinking.", medicines: &[1], tests: &[], ages: (0, 11), weight: 10, fever: true, ..PASSING },
    Condition { name: "Acute gastroenteritis", code: "A09", purpose: "Loose motions", complaint: "Loose motions six times since morning, vomited twice.", findings: "Tongue moist, abdomen soft.", plan: "Fluids by mouth.", advice: "Boiled water only. Curd rice, banana.", medicines: &[10, 11], tests: &[], ages: (2, 120), weight: 7, ..PASSING },
    Condition { name: "Acute pharyngitis", code: "J02.9", purpose: "Sore throat", complaint: "Pain on swallowing for two days.", findings: "Tonsils red with exudate, tender neck glands.", plan: "Antibiotic for five days.", advice: "Salt-water gargle three times a day. Finish the course.", medicines: &[3, 0], tests: &[], ages: (8, 60), weight: 6, fever: true, ..PASSING },
    Condition { name: "Acute bronchitis", code: "J20.9", purpose: "Cough", complaint: "Cough with yellow phlegm for a week.", findings: "Scattered crackles that clear on coughing.", plan: "X-ray if not better in a week.", advice: "Steam twice a day. No smoking.", medicines: &[4, 0], tests: &[9], ages: (18, 120), weight: 5, ..PASSING },
    Condition { name: "Urinary tract infection", code: "N39.0", purpose: "Burning on passing urine", complaint: "Burning and frequent urine for two days.", findings: "No loin tenderness.", plan: "Urine examined before the first dose.", advice: "Two to three litres of water a day.", medicines: &[17], tests: &[8], ages: (18, 90), weight: 5, ..PASSING },
    Condition { name: "Low back pain", code: "M54.5", purpose: "Back pain", complaint: "Pain in the lower back after lifting.", findings: "Straight leg raising normal, no deficit.", plan: "Keep moving; physiotherapy if not better.", advice: "Firm mattress. Bend the knees to lift.", medicines: &[16], tests: &[], ages: (20, 75), weight: 6, ..PASSING },
    Condition { name: "Osteoarthritis of the knee", code: "M17.9", purpose: "Knee pain", complaint: "Pain in both knees on stairs.", findings: "Crepitus, no effusion.", plan: "Exercises for the thigh; weight.", advice: "A stick on the other side. Avoid sitting on the floor.", medicines: &[0, 15], tests: &[], ages: (50, 120), weight: 6, every: 45, ..PASSING },
    Condition { name: "Gastro-oesophageal reflux disease", code: "K21.9", purpose: "Acidity", complaint: "Burning behind the breastbone after meals.", findings: "Abdomen soft, no tenderness.", plan: "Two weeks of tablets, then see again.", advice: "Small meals, nothing for three hours before bed.", medicines: &[9], tests: &[], ages: (18, 90), weight: 6, ..PASSING },
    Condition { name: "Iron deficiency anaemia", code: "D50.9", purpose: "Weakness", complaint: "Tired for two months, breathless on stairs.", findings: "Pale. No spleen.", plan: "Iron for three months.", advice: "Green leaves, jaggery, lemon with meals. Not with tea.", medicines: &[14, 21], tests: &[0], ages: (14, 60), weight: 5, women_only: true, ..PASSING },
    Condition { name: "Migraine", code: "G43.9", purpose: "Headache", complaint: "One-sided headache with nausea, worse in light.", findings: "Fundi and reflexes normal.", plan: "Diary of attacks.", advice: "Regular sleep and meals.", medicines: &[16, 11], tests: &[], ages: (15, 55), weight: 4, ..PASSING },
    Condition { name: "Allergic rhinitis", code: "J30.4", purpose: "Sneezing", complaint: "Sneezing in the mornings, itching eyes.", findings: "Pale, swollen turbinates.", plan: "Tablet at night for two weeks.", advice: "Wet cloth for dusting. Mask on the road.", medicines: &[2], tests: &[], ages: (8, 70), weight: 5, ..PASSING },
    Condition { name: "Tinea corporis", code: "B35.4", purpose: "Itching", complaint: "Itching ring on the waist for three weeks.", findings: "Annular scaly patches.", plan: "Cream for two weeks beyond healing.", advice: "Dry clothes, own towel.", medicines: &[18, 2], tests: &[], ages: (10, 75), weight: 4, ..PASSING },
    Condition { name: "Scabies", code: "B86", purpose: "Itching at night", complaint: "The whole family itches at night.", findings: "Burrows between the fingers.", plan: "All at home on the same evening; again in a week.", advice: "Wash bedding hot.", medicines: &[19], tests: &[], ages: (3, 60), weight: 2, ..PASSING },
    Condition { name: "Conjunctivitis", code: "H10.9", purpose: "Red eye", complaint: "Red, sticky eye since yesterday.", findings: "Cornea clear, vision good.", plan: "Drops for five days.", advice: "Wash the hands, own towel.", medicines: &[20], tests: &[], ages: (3, 80), weight: 3, ..PASSING },
    Condition { name: "Dengue fever", code: "A90", purpose: "High fever", complaint: "High fever for four days, pain behind the eyes.", findings: "No bleeding, liver not felt.", plan: "Platelets every day until they rise.", advice: "No ibuprofen, no aspirin. Come at once for bleeding, belly pain or vomiting.", medicines: &[0, 10], tests: &[0, 6], ages: (12, 70), weight: 2, fever: true, ..PASSING },
    Condition { name: "Vitamin D deficiency", code: "E55.9", purpose: "Body pain", complaint: "Aching bones and tired legs.", findings: "No swelling of joints.", plan: "A capsule a week for eight weeks.", advice: "Sun on arms and legs, 20 minutes a day.", medicines: &[15], tests: &[], ages: (18, 80), weight: 3, ..PASSING },
    Condition { name: "Supervision of normal pregnancy", code: "Z34.9", purpose: "Antenatal visit", complaint: "Feels well, the child moves.", findings: "Growth as expected, heart sounds heard.", plan: "Again in four weeks.", advice: "Iron and folic acid every day. Come at once for bleeding or headache.", medicines: &[14, 21], tests: &[8, 11], ages: (20, 36), weight: 5, every: 28, women_only: true, pressure: true, ..PASSING },
    Condition { name: "Routine child health examination", code: "Z00.1", purpose: "Child check-up", complaint: "Well. Came for weight and vaccination card.", findings: "Weight and height along the curve.", plan: "Vaccination as due.", advice: "Home food, no bottle.", medicines: &[], tests: &[], ages: (0, 5), weight: 9, ..PASSING },
];

/// Allergies that people tell.
pub(super) const ALLERGIES: [&str; 8] = [
    "penicillin (rash)",
    "sulfa drugs (itching)",
    "ibuprofen (wheezing)",
    "peanuts (swelling of the lips)",
    "aspirin (wheezing)",
    "latex (rash)",
    "shellfish (hives)",
    "house dust",
];

impl Medicine {
    /// Whether these allergies forbid it.
    pub(super) fn is_forbidden(&self, allergies: &str) -> bool {
        let mut terms = self.allergy_terms.split_whitespace().chain([self.name]);
        terms.any(|term| allergies.contains(term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_is_whole() {
        for c in &CONDITIONS {
            let code = c.code.as_bytes();
            assert!(code[0].is_ascii_uppercase() && code[1].is_ascii_digit(), "{}", c.code);
            assert!(c.code.len() == 3 || (code[3] == b'.' && c.code.len() <= 8), "{}", c.code);
            assert!(c.medicines.iter().all(|at| *at < MEDICINES.len()), "{}", c.name);
            assert!(c.tests.iter().all(|at| *at < TESTS.len()), "{}", c.name);
            for text in [c.name, c.purpose, c.complaint, c.findings, c.plan, c.advice] {
                assert!(!text.is_empty() && !text.ends_with(' '), "{}", c.name);
            }
            assert!(c.purpose.len() <= 200 && c.ages.0 < c.ages.1 && c.weight > 0);
        }
    }

    #[test]
    fn every_medicine_is_written_as_the_rules_of_safety_ask() {
        for m in &MEDICINES {
            assert_eq!(m.name, m.name.to_lowercase());
            for text in [m.strength, m.dose, m.schedule] {
                assert!(
                    !text.contains(".0 ") && !text.contains('µ') && !text.contains("IU"),
                    "{text}"
                );
            }
            assert!((1..=365).contains(&m.days) && (1..=10_000).contains(&m.quantity));
        }
    }

    #[test]
    fn at_every_age_something_can_be_had() {
        for age in 0..=100 {
            assert!(
                CONDITIONS.iter().any(|c| !c.women_only && c.ages.0 <= age && age <= c.ages.1),
                "{age}"
            );
        }
    }

    #[test]
    fn an_allergy_forbids_what_contains_it() {
        assert!(MEDICINES[3].is_forbidden("penicillin (rash)"));
        assert!(MEDICINES[16].is_forbidden("aspirin (wheezing)"));
        assert!(!MEDICINES[0].is_forbidden("penicillin (rash)"));
    }
}
