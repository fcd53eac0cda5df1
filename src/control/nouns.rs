//! The words of the feature: a clinic as its landlord knows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clinics::{is_currency, is_locale, is_zone};
use crate::patients;
use crate::tenant::Slug;
use crate::web::{Fields, Parse, words};

words!(
    /// Whether a clinic's doors are open.
    ClinicStatus { Active = "active", Trial = "trial", Suspended = "suspended", Closed = "closed", Moving = "moving" }
);

/// A clinic in the directory. How many people it has is not the landlord's to know.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DirectoryEntry)]
pub struct Entry {
    /// The number inside PT and RX numbers.
    pub clinic_number: i32,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether its doors are open.
    pub status: ClinicStatus,
    /// IANA time zone.
    pub zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Language and country.
    pub locale: String,
    /// When it was opened here.
    pub created_at: DateTime<Utc>,
}

/// Which clinics, from where on.
#[derive(Debug, Clone)]
pub struct Query {
    /// Rows to return; one more is read, to know whether there is another page.
    pub limit: i64,
    /// The number after which to begin.
    pub after: i32,
}

/// A clinic that is to open.
#[derive(Debug, Clone)]
pub struct NewClinic {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// IANA time zone.
    pub zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Language and country.
    pub locale: String,
    /// Registration number of the establishment.
    pub registration_number: Option<String>,
    /// Street and house.
    pub address: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Email.
    pub email: Option<String>,
}

impl Parse for NewClinic {
    fn parse(fields: &mut Fields) -> NewClinic {
        let slug = fields.text("slug", 40);
        if !slug.is_empty() && slug.parse::<Slug>().is_err() {
            fields.refuse("slug", "invalid");
        }
        let name = fields.name("name", 255);
        if name.chars().count() == 1 {
            fields.refuse("name", "too_short");
        }
        let zone = fields.text_opt("zone", 60).unwrap_or_else(|| "Asia/Kolkata".into());
        if !is_zone(&zone) {
            fields.refuse("zone", "unknown_zone");
        }
        let currency = fields.text_opt("currency", 3).unwrap_or_else(|| "INR".into());
        if !is_currency(&currency) {
            fields.refuse("currency", "unknown_currency");
        }
        let locale = fields.text_opt("locale", 5).unwrap_or_else(|| "en-IN".into());
        if !is_locale(&locale) {
            fields.refuse("locale", "unknown_locale");
        }
        NewClinic {
            slug,
            name,
            zone,
            currency,
            locale,
            registration_number: fields.text_opt("registration_number", 100),
            address: fields.text_opt("address", 500),
            city: fields.text_opt("city", 100),
            phone: patients::phone(fields, "phone"),
            email: patients::email(fields, "email"),
        }
    }
}
