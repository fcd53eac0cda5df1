//! The words of the feature: what a clinic says of itself.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Hours, countries, currencies};
use crate::error::Error;
use crate::patients;
use crate::web::picture::{self, Bounds, Kind};
use crate::web::text::is_spoken;
use crate::web::{Fields, Parse, words};

words!(
    /// What a mark may be.
    LogoType { Png = "image/png", Jpeg = "image/jpeg" }
);

/// What the clinic's administrator may set.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Profile {
    /// Name, as on the sign at the door.
    #[schema(min_length = 2, max_length = 255)]
    pub name: String,
    /// Registration number of the establishment.
    #[schema(max_length = 100)]
    pub registration_number: Option<String>,
    /// Street and house.
    #[schema(max_length = 500)]
    pub address: Option<String>,
    /// Town.
    #[schema(max_length = 100)]
    pub city: Option<String>,
    /// State or province.
    #[schema(max_length = 100)]
    pub state: Option<String>,
    /// Postal code.
    #[schema(max_length = 20)]
    pub postcode: Option<String>,
    /// Phone as people write it.
    #[schema(max_length = 25)]
    pub phone: Option<String>,
    /// Email.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// Address on the web, beginning with http:// or https://.
    #[schema(max_length = 200)]
    pub website: Option<String>,
    /// IANA time zone: the clinic's day and all its times.
    #[schema(example = "Asia/Kolkata")]
    pub zone: String,
    /// ISO 4217 code.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// Language and country: one of the languages spoken here, a country of ISO 3166.
    #[schema(pattern = "^[a-z]{2}(-[A-Z]{2})?$")]
    pub locale: String,
    /// The chemist printed on every prescription.
    #[schema(max_length = 255)]
    pub chemist_name: Option<String>,
    /// Where the chemist is.
    #[schema(max_length = 500)]
    pub chemist_address: Option<String>,
    /// The chemist's phone.
    #[schema(max_length = 25)]
    pub chemist_phone: Option<String>,
    /// When the clinic is open; printed on every prescription.
    pub hours: Hours,
}

/// A clinic.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Clinic {
    /// The number inside PT and RX numbers.
    pub clinic_number: i32,
    /// What may be set.
    #[serde(flatten)]
    pub profile: Profile,
    /// Kind of the mark, if there is one at `clinic/logo`.
    pub logo_type: Option<LogoType>,
    /// Raised by every change.
    pub version: i32,
    /// When the clinic was opened here.
    pub created_at: DateTime<Utc>,
    /// When the profile was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A mark is seen beside a name: a thread is none, and what is larger only costs every reader's time.
const BOUNDS: Bounds =
    Bounds { least: 1, most: 4000, points: 16_000_000, ratio: 10, code: "logo_size" };

/// A mark: the bytes of a picture.
#[derive(Debug)]
pub struct Logo {
    /// What the bytes are.
    pub kind: LogoType,
    /// At most 256 KiB.
    pub bytes: Vec<u8>,
}

impl Logo {
    /// A picture by what its first bytes say, whatever its name or sender says (else 415), that can be shown.
    pub async fn of(bytes: Vec<u8>) -> Result<Logo, Error> {
        let (kind, claimed) = sniff(&bytes)?;
        let bytes = picture::proved(claimed, bytes, BOUNDS).await?;
        Ok(Logo { kind, bytes })
    }
}

fn sniff(bytes: &[u8]) -> Result<(LogoType, Kind), Error> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR") {
        Ok((LogoType::Png, Kind::Png))
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Ok((LogoType::Jpeg, Kind::Jpeg))
    } else {
        Err(Error::UnsupportedMedia)
    }
}

/// Somebody from outside who looked inside, with a reason on record.
#[derive(Debug, Clone)]
pub struct Glass {
    /// The database login.
    pub operator: String,
    /// Why.
    pub reason: String,
    /// From when.
    pub opened_at: DateTime<Utc>,
    /// Until when at the latest.
    pub expires_at: DateTime<Utc>,
}

/// The zone is not one that both this program and the database know.
pub(super) fn unknown_zone() -> Error {
    Error::field("zone", "unknown_zone")
}

/// A zone of the IANA database; offsets and abbreviations are none, because they know no summer time.
pub(crate) fn is_zone(text: &str) -> bool {
    let place = text.contains('/') && !text.starts_with("Etc/");
    place && text.parse::<chrono_tz::Tz>().is_ok() || text == "UTC"
}

/// An ISO 4217 code.
pub(crate) fn is_currency(text: &str) -> bool {
    currencies::CODES.contains(&text)
}

/// `en` or `en-IN`: a language that is spoken here, and a country that there is.
pub(crate) fn is_locale(text: &str) -> bool {
    let (language, country) = text.split_once('-').unwrap_or((text, "IN"));
    is_spoken(language) && countries::CODES.contains(&country)
}

fn website(fields: &mut Fields) -> Option<String> {
    let text = fields.text_opt("website", 200)?;
    let parsed = url::Url::parse(&text).ok();
    let fits = parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !fits {
        fields.refuse("website", "not_a_url");
    }
    Some(text)
}

impl Parse for Profile {
    fn parse(fields: &mut Fields) -> Profile {
        let profile = Profile {
            name: fields.name("name", 255),
            registration_number: fields.text_opt("registration_number", 100),
            address: fields.text_opt("address", 500),
            city: fields.text_opt("city", 100),
            state: fields.text_opt("state", 100),
            postcode: fields.text_opt("postcode", 20),
            phone: patients::phone(fields, "phone"),
            email: patients::email(fields, "email"),
            website: website(fields),
            zone: fields.text("zone", 60),
            currency: fields.text("currency", 3),
            locale: fields.text("locale", 5),
            chemist_name: fields.name_opt("chemist_name", 255),
            chemist_address: fields.text_opt("chemist_address", 500),
            chemist_phone: patients::phone(fields, "chemist_phone"),
            hours: fields.part("hours").unwrap_or_default(),
        };
        let told = |text: &str| !text.is_empty();
        if told(&profile.name) && profile.name.chars().count() < 2 {
            fields.refuse("name", "too_short");
        }
        if told(&profile.zone) && !is_zone(&profile.zone) {
            fields.refuse("zone", "unknown_zone");
        }
        if told(&profile.currency) && !is_currency(&profile.currency) {
            fields.refuse("currency", "unknown_currency");
        }
        if told(&profile.locale) && !is_locale(&profile.locale) {
            fields.refuse("locale", "unknown_locale");
        }
        profile
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_places_and_locales_have_a_shape() {
        for zone in ["Asia/Kolkata", "America/Argentina/Ushuaia", "UTC"] {
            assert!(is_zone(zone), "{zone}");
        }
        for zone in
            ["IST", "Asia/Nowhere", "asia/kolkata", "UTC+5", "Etc/GMT+5", "", "Asia/Kolkata "]
        {
            assert!(!is_zone(zone), "{zone}");
        }
        for locale in ["en", "mr-IN", "hi-FJ", "en-US"] {
            assert!(is_locale(locale), "{locale}");
        }
        for locale in
            ["EN", "en-in", "en-", "eng", "xx", "zz-ZZ", "en-ZZ", "fr-FR", "-IN", "", "en-IN-x"]
        {
            assert!(!is_locale(locale), "{locale}");
        }
    }

    #[test]
    fn a_picture_is_what_its_bytes_are() {
        let kind = |bytes: &[u8]| sniff(bytes).map(|(kind, _)| kind).ok();
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR rest"), Some(LogoType::Png));
        assert_eq!(kind(b"\xff\xd8\xff\xe0"), Some(LogoType::Jpeg));
        for other in [&b""[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"\x89PNG"]
        {
            assert_eq!(kind(other), None);
        }
    }
}
