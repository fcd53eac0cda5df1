//! What every page shows around its matter: the clinic, the person, the way about.

use std::sync::Arc;

use actix_web::HttpRequest;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::text::{Lang, Spoken, in_region};
use super::{assets, format};
use crate::app::App;
use crate::auth::{Front, csrf};
use crate::error::Error;
use crate::tenant::{Clinic, Credential, Entered, Grid, Permission};

/// Around a page inside a clinic.
pub struct Chrome {
    lang: Arc<Lang>,
    locale: String,
    currency: String,
    grid: Arc<Grid>,
    mask: i64,
    zone: Tz,
    /// The clinic's slug.
    pub slug: String,
    /// The clinic's name.
    pub clinic: String,
    /// Which logo the clinic shows, if any.
    pub logo: Option<String>,
    /// The clinic's number inside PT and RX numbers.
    pub clinic_number: i32,
    /// The person's id.
    pub me: Uuid,
    /// The person's name.
    pub user: String,
    /// The role's name in the grid.
    pub role: String,
    /// The form token of this session.
    pub csrf: String,
    /// A fresh key for a form that must not be done twice.
    pub once: String,
    /// Which part of the navigation is current.
    pub section: &'static str,
    /// What just happened, in the past tense.
    pub flash: Option<String>,
    /// What the search box shows.
    pub q: String,
    /// The time of this page, in the clinic's zone on paper and screen.
    pub now: DateTime<Utc>,
}

impl Chrome {
    /// For a page that was drawn for somebody who passed the gate.
    pub fn new<P: Permission>(clinic: &Clinic<P>, section: &'static str) -> Result<Chrome, Error> {
        let csrf = match clinic.credential() {
            Credential::Cookie(_) => csrf::token(clinic.credential().secret()),
            Credential::Bearer(_) => String::new(),
        };
        let chrome = Chrome::of(clinic.app(), clinic.slug().as_str(), clinic.who()?, section);
        Ok(Chrome { csrf, ..chrome })
    }

    /// For words and dates of somebody whom the gate let in without a session: a guest sends no form.
    pub fn of(app: &App, slug: &str, who: &Entered, section: &'static str) -> Chrome {
        Chrome {
            lang: app.texts.of(&who.locale),
            locale: who.locale.clone(),
            currency: who.currency.clone(),
            grid: Arc::clone(&app.grid),
            mask: who.permissions,
            zone: who.zone,
            slug: slug.to_owned(),
            clinic: who.clinic_name.clone(),
            logo: who.logo.clone(),
            clinic_number: who.clinic_number,
            me: who.user_id,
            user: who.user_name.clone(),
            role: who.role.clone(),
            csrf: String::new(),
            once: Uuid::now_v7().to_string(),
            section,
            flash: None,
            q: String::new(),
            now: who.now,
        }
    }

    /// For words and dates on paper: it is written in the clinic's own language, whoever prints it.
    pub fn of_paper(app: &App, slug: &str, who: &Entered) -> Chrome {
        let lang = app.texts.of(&who.clinic_locale);
        Chrome { lang, locale: who.clinic_locale.clone(), ..Chrome::of(app, slug, who, "") }
    }

    /// For the styleguide: nobody's page, with every part of the frame, in the language of the request.
    pub fn of_nobody(request: &HttpRequest, app: &App) -> Chrome {
        let lang = Spoken::of(request).lang(&app.texts);
        let said = |key| lang.t(key).to_owned();
        Chrome {
            locale: in_region(lang.tag(), "en-IN"),
            currency: "INR".into(),
            grid: Arc::clone(&app.grid),
            mask: i64::MAX,
            zone: Tz::Asia__Kolkata,
            slug: "styleguide".into(),
            clinic: said("styleguide.clinic"),
            logo: None,
            clinic_number: 1,
            me: Uuid::nil(),
            user: said("styleguide.doctor"),
            role: "doctor".into(),
            csrf: String::new(),
            once: String::new(),
            section: "queue",
            flash: None,
            q: String::new(),
            now: DateTime::UNIX_EPOCH,
            lang,
        }
        .done(Some("registered"))
    }

    /// With the message behind a `?done=` code, if the catalogue has it.
    #[must_use]
    pub fn done(mut self, code: Option<&str>) -> Chrome {
        self.flash =
            code.and_then(|code| self.lang.get(&format!("done.{code}"))).map(str::to_owned);
        self
    }

    /// With the search text in the box.
    #[must_use]
    pub fn searching(mut self, q: &str) -> Chrome {
        q.clone_into(&mut self.q);
        self
    }

    /// The text of a key.
    pub fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.lang.t(key)
    }

    /// The text of a key with its `{}` filled.
    pub fn tx(&self, key: &str, value: impl AsRef<str>) -> String {
        self.lang.tx(key, value.as_ref())
    }

    /// The word for a stored value: `word("sex", "male")` is the text of `sex.male`.
    pub fn word(&self, kind: &str, value: &str) -> String {
        let key = format!("{kind}.{value}");
        self.lang.get(&key).map_or_else(|| value.to_owned(), str::to_owned)
    }

    /// The language's tag.
    pub fn lang(&self) -> &str {
        self.lang.tag()
    }

    /// The language itself.
    pub fn texts(&self) -> &Lang {
        &self.lang
    }

    /// Whether the person holds a permission; pages hide what would be refused.
    pub fn may(&self, permission: &str) -> bool {
        self.grid.holds(self.mask, permission)
    }

    /// The role in words.
    pub fn role_label(&self) -> String {
        self.word("role", &self.role)
    }

    /// The clinic's zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The clinic's day today.
    pub fn today(&self) -> NaiveDate {
        self.day(&self.now)
    }

    /// The clinic's day at a time.
    pub fn day(&self, at: &DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// An address inside this clinic.
    pub fn path(&self, rest: &str) -> String {
        format!("/clinic/{}/{rest}", self.slug)
    }

    /// A versioned address of a built-in file.
    pub fn asset(&self, file: &str) -> String {
        assets::url(file)
    }

    /// A number of things as people here read it: 5,110.
    pub fn count(&self, number: impl Into<i64>) -> String {
        format::number(&self.locale, number.into())
    }

    /// The text of a key where it speaks of so many things; of a single one it is that of `<key>_one`.
    pub fn counted<'a>(&'a self, key: &'a str, number: impl Into<i64>) -> &'a str {
        let one = (number.into() == 1).then(|| self.lang.get(&format!("{key}_one"))).flatten();
        one.unwrap_or_else(|| self.t(key))
    }

    /// An amount in the smallest unit of the clinic's currency: ₹1,23,456.50.
    pub fn money(&self, amount: impl Into<i64>) -> String {
        format::money(&self.locale, &self.currency, amount.into())
    }

    /// A date as people here read it: 03-Mar-2026.
    pub fn date(&self, date: &NaiveDate) -> String {
        self.lang.date(*date)
    }

    /// A date that may be missing.
    pub fn date_or(&self, date: &Option<NaiveDate>, or: &str) -> String {
        date.as_ref().map_or_else(|| or.to_owned(), |date| self.date(date))
    }

    /// A time in the clinic's zone, 24 hours: 14:05.
    pub fn time(&self, at: &DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// Date and time in the clinic's zone.
    pub fn datetime(&self, at: &DateTime<Utc>) -> String {
        format!("{} {}", self.date(&self.day(at)), self.time(at))
    }
}

#[cfg(test)]
impl Chrome {
    /// Around a page that nobody asked for.
    pub(crate) fn plain() -> Chrome {
        Chrome {
            lang: super::text::Texts::load().map(|texts| texts.of("en")).unwrap_or_default(),
            locale: "en-IN".into(),
            currency: "INR".into(),
            grid: Arc::default(),
            mask: 0,
            zone: Tz::Asia__Kolkata,
            slug: "north".into(),
            clinic: "North clinic".into(),
            logo: None,
            clinic_number: 1,
            me: Uuid::nil(),
            user: "Asha".into(),
            role: "admin".into(),
            csrf: String::new(),
            once: String::new(),
            section: "",
            flash: None,
            q: String::new(),
            now: DateTime::UNIX_EPOCH,
        }
    }
}

/// Around a page before sign-in.
pub struct Door {
    lang: Arc<Lang>,
    /// The clinic's name, where the address names one.
    pub clinic: Option<String>,
    /// The clinic's slug, where the address names one.
    pub slug: Option<String>,
    /// The other languages that it can be had in.
    pub others: Vec<OtherLanguage>,
}

/// A language to change to.
pub struct OtherLanguage {
    /// Its tag.
    pub tag: String,
    /// What it calls itself.
    pub name: String,
    /// The address that changes to it and comes back.
    pub href: String,
}

impl Door {
    /// For a page of the platform or of a clinic's front, in the language chosen at this browser, else the
    /// clinic's, else the one the browser asks for.
    pub fn new(request: &HttpRequest, app: &App, front: Option<(&str, &Front)>) -> Door {
        let spoken = Spoken::of(request);
        let lang = match (spoken.chosen(&app.texts), front) {
            (None, Some((_, front))) => app.texts.of(&front.locale),
            _ => spoken.lang(&app.texts),
        };
        let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
        let here: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
        let others = app.texts.all().filter(|other| other.tag() != lang.tag());
        let others = others.map(|other| OtherLanguage {
            tag: other.tag().to_owned(),
            name: other.name().to_owned(),
            href: format!("/language/{}?next={here}", other.tag()),
        });
        Door {
            others: others.collect(),
            clinic: front.map(|(_, front)| front.name.clone()),
            slug: front.map(|(slug, _)| slug.to_owned()),
            lang,
        }
    }

    /// For a page that says what went wrong.
    pub fn plain(lang: Arc<Lang>) -> Door {
        Door { lang, clinic: None, slug: None, others: Vec::new() }
    }

    /// The text of a key.
    pub fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.lang.t(key)
    }

    /// The text of a key with its `{}` filled.
    pub fn tx(&self, key: &str, value: impl AsRef<str>) -> String {
        self.lang.tx(key, value.as_ref())
    }

    /// The language's tag.
    pub fn lang(&self) -> &str {
        self.lang.tag()
    }

    /// The language itself.
    pub fn texts(&self) -> &Lang {
        &self.lang
    }

    /// A versioned address of a built-in file.
    pub fn asset(&self, file: &str) -> String {
        assets::url(file)
    }
}
