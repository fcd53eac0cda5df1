//! The words of the feature: what can be measured, and a reading.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::age::Age;
use super::rules::{self, Flag, Flags, Measure};
use crate::patients::{Born, PatientId};
use crate::visits::VisitId;
use crate::web::{Fields, Parse, id};

id!(
    /// A reading's id.
    VitalsId
);

/// What was measured: any of these, at least one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Values {
    /// Systolic blood pressure; the diastolic one is lower.
    #[schema(minimum = 30, maximum = 350)]
    pub systolic_mmhg: Option<i32>,
    /// Diastolic blood pressure.
    #[schema(minimum = 10, maximum = 250)]
    pub diastolic_mmhg: Option<i32>,
    /// Pulse, beats a minute.
    #[schema(minimum = 10, maximum = 350)]
    pub pulse_bpm: Option<i32>,
    /// Breaths a minute.
    #[schema(minimum = 2, maximum = 120)]
    pub respiration_bpm: Option<i32>,
    /// Body temperature in degrees Celsius.
    #[schema(minimum = 25, maximum = 46)]
    pub temperature_c: Option<f64>,
    /// Oxygen saturation.
    #[schema(minimum = 20, maximum = 100)]
    pub spo2_percent: Option<i32>,
    /// Blood glucose.
    #[schema(minimum = 10, maximum = 2000)]
    pub glucose_mg_dl: Option<i32>,
    /// Body weight.
    #[schema(minimum = 0.2, maximum = 700)]
    pub weight_kg: Option<f64>,
    /// Body height.
    #[schema(minimum = 20, maximum = 280)]
    pub height_cm: Option<f64>,
}

impl Values {
    /// The value of a measure, if it was taken or follows from what was.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Systolic => self.systolic_mmhg.map(f64::from),
            Measure::Diastolic => self.diastolic_mmhg.map(f64::from),
            Measure::Pulse => self.pulse_bpm.map(f64::from),
            Measure::Respiration => self.respiration_bpm.map(f64::from),
            Measure::Temperature => self.temperature_c,
            Measure::Spo2 => self.spo2_percent.map(f64::from),
            Measure::Glucose => self.glucose_mg_dl.map(f64::from),
            Measure::Weight => self.weight_kg,
            Measure::Height => self.height_cm,
            Measure::Bmi => self.bmi(),
        }
    }

    /// Kilograms by square metres, to one decimal, where both were measured.
    pub fn bmi(&self) -> Option<f64> {
        let (weight, height) = (self.weight_kg?, self.height_cm? / 100.0);
        Some((weight / (height * height) * 10.0).round() / 10.0)
    }

    /// What each value means at this age.
    pub fn flags(&self, age: Age) -> Flags {
        let flagged = |measure: &Measure| {
            let flag = rules::flag(*measure, age, self.get(*measure)?)?;
            Some((measure.as_str(), flag))
        };
        Measure::ALL.iter().filter_map(flagged).collect()
    }

    /// Whether a form or body brings any value.
    pub fn any(fields: &Fields) -> bool {
        Measure::ALL.iter().any(|measure| fields.brings(measure.as_str()))
    }
}

impl Parse for Values {
    fn parse(fields: &mut Fields) -> Values {
        let any = Values::any(fields);
        let values = Values {
            systolic_mmhg: fields.int32("systolic_mmhg", 30..=350),
            diastolic_mmhg: fields.int32("diastolic_mmhg", 10..=250),
            pulse_bpm: fields.int32("pulse_bpm", 10..=350),
            respiration_bpm: fields.int32("respiration_bpm", 2..=120),
            temperature_c: fields.number("temperature_c", 25.0..=46.0),
            spo2_percent: fields.int32("spo2_percent", 20..=100),
            glucose_mg_dl: fields.int32("glucose_mg_dl", 10..=2000),
            weight_kg: fields.number("weight_kg", 0.2..=700.0),
            height_cm: fields.number("height_cm", 20.0..=280.0),
        };
        if !any {
            fields.refuse("systolic_mmhg", "nothing_measured");
        }
        if let (Some(systolic), Some(diastolic)) = (values.systolic_mmhg, values.diastolic_mmhg)
            && diastolic >= systolic
        {
            fields.refuse("diastolic_mmhg", "not_below_systolic");
        }
        values
    }
}

/// What somebody measured, in a visit or without one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewVitals {
    /// The visit, if it was in one.
    pub visit_id: Option<VisitId>,
    /// The values.
    #[serde(flatten)]
    pub values: Values,
}

impl Parse for NewVitals {
    fn parse(fields: &mut Fields) -> NewVitals {
        NewVitals { visit_id: fields.id_opt("visit_id"), values: Values::parse(fields) }
    }
}

/// A reading.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Vitals {
    /// The reading.
    pub vitals_id: VitalsId,
    /// Whose.
    pub patient_id: PatientId,
    /// In which visit, if in one.
    pub visit_id: Option<VisitId>,
    /// The values; what was not measured is null.
    #[serde(flatten)]
    pub values: Values,
    /// Body mass index, where weight and height were measured together.
    pub bmi: Option<f64>,
    /// What each value means at the patient's age on that day, by field.
    #[schema(value_type = std::collections::BTreeMap<String, Flag>)]
    pub flags: Flags,
    /// Somebody said that this reading is wrong. It is kept, and counts for nothing.
    pub entered_in_error: bool,
    /// Who measured.
    pub measured_by: Uuid,
    /// When.
    pub measured_at: DateTime<Utc>,
    /// Counts changes.
    pub version: i32,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

impl Age {
    /// The age at a time, by the clinic's days.
    pub fn at(born: Born, at: &DateTime<Utc>, zone: Tz) -> Age {
        let day = at.with_timezone(&zone).date_naive();
        Age::on(day, born.birth_date, born.age_years, born.age_told_on)
    }
}
