//! The words of the feature: a recommendation and where it stands.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::patients::{PatientId, name_line};
use crate::practitioners::PractitionerId;
use crate::visits::VisitId;
use crate::web::{Fields, Parse, id, words};

id!(
    /// A recommendation's id.
    RecommendationId
);

words!(
    /// How soon somebody should be admitted.
    Urgency { Routine = "routine", Urgent = "urgent", Emergency = "emergency" }
);
words!(
    /// Where a recommendation stands.
    Standing { Open = "open", Withdrawn = "withdrawn", Admitted = "admitted" }
);

/// What a doctor recommends.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewRecommendation {
    /// Why, 3–1,000 characters.
    #[schema(min_length = 3, max_length = 1000)]
    pub reason: String,
    /// How soon.
    pub urgency: Urgency,
}

impl Parse for NewRecommendation {
    fn parse(fields: &mut Fields) -> NewRecommendation {
        NewRecommendation { reason: why(fields, 1000), urgency: fields.choice("urgency") }
    }
}

/// A reason of at least three characters.
pub(super) fn why(fields: &mut Fields, max: usize) -> String {
    let text = fields.text("reason", max);
    if (1..3).contains(&text.chars().count()) {
        fields.refuse("reason", "too_short");
    }
    text
}

/// A recommendation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AdmissionRecommendation)]
pub struct Recommendation {
    /// The recommendation.
    pub recommendation_id: RecommendationId,
    /// Whom it is about.
    pub patient_id: PatientId,
    /// PT number.
    pub patient_number: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: Option<String>,
    /// At which visit.
    pub visit_id: VisitId,
    /// Who recommends.
    pub practitioner_id: PractitionerId,
    /// Their name.
    pub practitioner_name: String,
    /// Why.
    pub reason: String,
    /// How soon.
    pub urgency: Urgency,
    /// Where it stands.
    pub status: Standing,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who closed it.
    pub closed_by: Option<Uuid>,
    /// Why it was withdrawn.
    pub closed_reason: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was recommended.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Recommendation {
    /// FAMILY NAME, Given.
    pub fn name_line(&self) -> String {
        name_line(&self.given_name, self.family_name.as_deref())
    }
}
