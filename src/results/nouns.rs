//! The words of the feature: a test on its way, what was found, and what is measured in it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Limits, rules};
use crate::catalogue::{TestId, TestKind};
use crate::documents::DocumentId;
use crate::error::FieldError;
use crate::patients::{Label, PatientId, Sex};
use crate::prescriptions::PrescriptionId;
use crate::web::{Fields, Parse, id, latin_digits, ungrouped, words};

/// Most lines of a result.
const MOST: usize = 30;

id!(
    /// An ordered test's id.
    OrderedTestId
);

words!(
    /// Where an ordered test stands.
    TestStatus {
        Waiting = "waiting", Sampled = "sampled", Resulted = "resulted", Verified = "verified",
        NotDone = "not_done", Cancelled = "cancelled",
    }
);
words!(
    /// What a value says against its limits.
    ResultFlag { Normal = "normal", Low = "low", High = "high", Critical = "critical" }
);
words!(
    /// Where a test may be moved by hand.
    StepTo { Sampled = "sampled", Waiting = "waiting", NotDone = "not_done" }
);

/// One line of a test in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TestMeasure)]
pub struct Measure {
    /// What is measured.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// In what unit.
    #[schema(max_length = 30)]
    pub unit: Option<String>,
    /// Where limits differ by sex: for whom these hold.
    pub sex: Option<Sex>,
    /// The limits.
    #[serde(flatten)]
    pub limits: Limits,
}

impl Parse for Measure {
    fn parse(fields: &mut Fields) -> Measure {
        let sex = fields.choice_opt("sex");
        if sex.is_some_and(|sex| !matches!(sex, Sex::Female | Sex::Male)) {
            fields.refuse("sex", "unknown_value");
        }
        Measure {
            name: fields.name("name", 100),
            unit: fields.text_opt("unit", 30),
            sex,
            limits: Limits::parse(fields),
        }
    }
}

/// What is measured in a test, in the order of the report.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = TestMeasures)]
pub struct Measures {
    /// The lines.
    #[schema(max_items = 60)]
    pub measures: Vec<Measure>,
}

impl Parse for Measures {
    fn parse(fields: &mut Fields) -> Measures {
        Measures { measures: fields.list("measures", 60) }
    }
}

/// One line of a result as it is entered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewValue {
    /// What was measured.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The number; or else `word`.
    pub value: Option<f64>,
    /// What was found instead of a number: `reactive`, `1:80`.
    #[schema(max_length = 200)]
    pub word: Option<String>,
    /// In what unit.
    #[schema(max_length = 30)]
    pub unit: Option<String>,
    /// The limits that hold for this patient.
    #[serde(flatten)]
    pub limits: Limits,
}

/// One box takes a number or a word; the line's own unit may stand behind the number. What looks like a number and is
/// none is refused.
fn number_or_word(
    fields: &mut Fields,
    name: &str,
    unit: Option<&str>,
) -> (Option<f64>, Option<String>) {
    let Some(text) = fields.text_opt(name, 200) else { return (None, None) };
    let text = latin_digits(&text);
    let bare = unit.and_then(|unit| text.strip_suffix(unit)).unwrap_or(&text).trim_end();
    let plain = ungrouped(bare).unwrap_or_else(|| bare.to_owned());
    let number = plain.parse::<f64>().ok();
    if let Some(number) = number.filter(|n| n.is_finite() && n.abs() <= 1e12) {
        return (Some(number), None);
    }
    if bare.chars().all(|c| c.is_ascii_digit() || " .,+-".contains(c)) {
        // Whether a comma begins the part of one or a thousand is not guessed.
        if bare.contains(',') {
            fields.refuse(name, "comma");
        } else {
            fields.refuse(name, "not_a_number");
        }
        return (None, None);
    }
    (None, Some(text))
}

impl Parse for NewValue {
    fn parse(fields: &mut Fields) -> NewValue {
        let unit = fields.text_opt("unit", 30);
        let (typed, said) = number_or_word(fields, "result", unit.as_deref());
        let value = fields.number("value", -1e12..=1e12).or(typed);
        let word = fields.text_opt("word", 200).or(said);
        if value.is_some() && word.is_some() {
            fields.refuse("word", "number_and_word");
        }
        let name = if value.is_some() || word.is_some() {
            fields.name("name", 100)
        } else {
            fields.name_opt("name", 100).unwrap_or_default()
        };
        let limits = Limits::parse(fields);
        if value.is_some_and(|value| value < 0.0 && limits.are_positive()) {
            fields.refuse(if typed.is_some() { "result" } else { "value" }, "negative");
        }
        NewValue { name, value, word, unit, limits }
    }
}

impl NewValue {
    /// What it says. A word says nothing by itself; a number in it, `<150` or `3-5`, is held against the limits.
    pub fn flag(&self) -> Option<ResultFlag> {
        match (self.value, &self.word) {
            (Some(value), _) => rules::flag(value, &self.limits),
            (None, Some(word)) => {
                rules::worst(rules::numbers(word).filter_map(|n| rules::flag(n, &self.limits)))
            }
            (None, None) => None,
        }
    }
}

/// A result as it is entered, or corrected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewResult {
    /// Lines with a number or a word; lines without either are left out.
    #[schema(max_items = 30)]
    pub values: Vec<NewValue>,
    /// What was found, in words.
    #[schema(max_length = 4000)]
    pub finding: Option<String>,
    /// Why it corrects the result before; only then, and always then.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl Parse for NewResult {
    fn parse(fields: &mut Fields) -> NewResult {
        let mut values: Vec<NewValue> = fields.list("values", MOST);
        values.retain(|line| line.value.is_some() || line.word.is_some());
        let finding = fields.text_opt("finding", 4000);
        // A line that is wrong was meant: that is said, and not that there is none.
        if values.is_empty() && finding.is_none() && !fields.has_errors() {
            fields.refuse("finding", "nothing_found");
        }
        let reason = fields.text_opt("reason", 500);
        if reason.as_ref().is_some_and(|reason| reason.chars().count() < 3) {
            fields.refuse("reason", "say_more");
        }
        NewResult { values, finding, reason }
    }
}

impl NewResult {
    /// The worst that its values say.
    pub fn flag(&self) -> Option<ResultFlag> {
        rules::worst(self.values.iter().filter_map(NewValue::flag))
    }
}

/// A step of a test by hand.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TestStep)]
pub struct Step {
    /// Where to.
    pub to: StepTo,
    /// Why it is not done; needed then.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl Parse for Step {
    fn parse(fields: &mut Fields) -> Step {
        let step = Step { to: fields.choice("to"), reason: fields.text_opt("reason", 500) };
        let said = step.reason.as_ref().map(|reason| reason.chars().count());
        if step.to == StepTo::NotDone && said.is_none() {
            fields.wrong(FieldError::new("reason", "required"));
        }
        if said.is_some_and(|said| said < 3) {
            fields.refuse("reason", "say_more");
        }
        step
    }
}

/// One line of a result.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResultValue {
    /// What was measured.
    pub name: String,
    /// The number.
    pub value: Option<f64>,
    /// What was found instead of one.
    pub word: Option<String>,
    /// In what unit.
    pub unit: Option<String>,
    /// The limits that held.
    #[serde(flatten)]
    pub limits: Limits,
    /// What it says against them.
    pub flag: Option<ResultFlag>,
}

impl ResultValue {
    /// The number or the word.
    pub fn said(&self) -> String {
        let number = self.value.map(|value| value.to_string());
        number.or_else(|| self.word.clone()).unwrap_or_default()
    }
}

/// A result: one revision of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TestResult {
    /// 1 for the first; the highest is the one that counts.
    pub revision: i32,
    /// The lines.
    pub values: Vec<ResultValue>,
    /// What was found, in words.
    pub finding: Option<String>,
    /// The worst that the lines say.
    pub flag: Option<ResultFlag>,
    /// Why it corrects the revision before.
    pub reason: Option<String>,
    /// Who entered it.
    pub entered_by: Uuid,
    /// The name, for those who may see colleagues.
    pub entered_by_name: Option<String>,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// Who verified it.
    pub verified_by: Option<Uuid>,
    /// The name, for those who may see colleagues.
    pub verified_by_name: Option<String>,
    /// When.
    pub verified_at: Option<DateTime<Utc>>,
}

/// A report of a test, as far as a list says it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The document.
    pub document_id: DocumentId,
    /// What it is called.
    pub title: String,
}

/// A test that was ordered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderedTest {
    /// The test.
    pub ordered_test_id: OrderedTestId,
    /// Whose.
    pub patient_id: PatientId,
    /// Who that is, for those who do the work.
    pub patient: Option<Label>,
    /// The prescription that orders it.
    pub prescription_id: PrescriptionId,
    /// The catalogue's test, where it was one.
    pub test_id: Option<TestId>,
    /// Its name.
    pub name: String,
    /// What it is made with.
    pub kind: TestKind,
    /// What to mind.
    pub instructions: Option<String>,
    /// Who ordered it.
    pub ordered_by: String,
    /// When.
    pub ordered_at: DateTime<Utc>,
    /// Where it stands.
    pub status: TestStatus,
    /// When the sample was taken.
    pub sampled_at: Option<DateTime<Utc>>,
    /// Why it was not done.
    pub reason: Option<String>,
    /// Which result counts; 0 before the first.
    pub revision: i32,
    /// When that was entered.
    pub resulted_at: Option<DateTime<Utc>>,
    /// The worst that it says.
    pub flag: Option<ResultFlag>,
    /// Counts changes.
    pub version: i32,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A test with all that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WholeTest)]
pub struct Whole {
    /// The test.
    #[serde(flatten)]
    pub test: OrderedTest,
    /// Results, the one that counts first; corrected ones stay.
    pub results: Vec<TestResult>,
    /// Reports on file.
    pub reports: Vec<Report>,
    /// What the catalogue says is measured.
    #[serde(skip)]
    pub measures: Vec<Measure>,
}

impl Whole {
    /// The result that counts, if this reader may see it.
    pub fn current(&self) -> Option<&TestResult> {
        self.results.first().filter(|result| result.revision == self.test.revision)
    }
}

/// Which tests of the work list.
#[derive(Debug, Clone)]
pub struct Query {
    /// Where they stand.
    pub status: TestStatus,
    /// What they are made with.
    pub kind: Option<TestKind>,
    /// Ordered on this day of the clinic.
    pub day: Option<NaiveDate>,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// Time and id of the last row of the page before.
    pub after: Option<(DateTime<Utc>, OrderedTestId)>,
}

impl TestStatus {
    /// Whether work is left: the oldest comes first then, else the newest.
    pub fn is_open(self) -> bool {
        matches!(self, TestStatus::Waiting | TestStatus::Sampled | TestStatus::Resulted)
    }
}
