//! The clinic's settings as a page.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::{Clinic as TheClinic, Glass, Logo, Profile, WEEKDAYS, Write, currencies};
use crate::error::Error;
use crate::numbers::Next;
use crate::tenant::{Answer, Clinic};
use crate::trail;
use crate::web::text::in_region;
use crate::web::{Chrome, Fields, Form, FormBody, Overtaken, Routes, Upload, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(settings).service(amend).service(set_logo).service(remove_logo);
}

#[derive(Template)]
#[template(path = "clinics/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    form: Form,
    here: TheClinic,
    glass: Vec<Glass>,
    /// Zones to choose from: the clinic's country's first would be kinder, but nobody told us the country.
    zones: Vec<&'static str>,
    currencies: &'static [&'static str],
    /// The languages spoken here, each in the clinic's country, and what it calls itself.
    locales: Vec<(String, String)>,
    /// What the next patient and prescription are called.
    next: Next,
}

impl SettingsPage {
    async fn read(clinic: &Clinic<Write>) -> Result<SettingsPage, Error> {
        let (here, glass, next) = clinic
            .read(async |db| {
                let here = super::present(db).await?;
                Ok((here, super::glass_broken(db).await?, super::next_numbers(db).await?))
            })
            .await?;
        let form = filled(&here.profile).at(here.version);
        let spoken = clinic.app().texts.all();
        let mut locales: Vec<_> = spoken
            .map(|lang| (in_region(lang.tag(), &here.profile.locale), lang.name().to_owned()))
            .collect();
        if locales.iter().all(|(locale, _)| *locale != here.profile.locale) {
            locales.push((here.profile.locale.clone(), here.profile.locale.clone()));
        }
        let zones = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        Ok(SettingsPage {
            chrome: Chrome::new(clinic, "settings")?,
            form,
            here,
            glass,
            zones: zones.filter(|zone| super::nouns::is_zone(zone)).collect(),
            currencies: currencies::CODES,
            locales,
            next,
        })
    }
}

fn filled(profile: &Profile) -> Form {
    let mut form = Form::filled(profile);
    for (day, hours) in WEEKDAYS.iter().zip(profile.hours.days()) {
        form.set(day, hours.unwrap_or_default());
    }
    form
}

/// The clinic's settings.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/settings")]
async fn settings(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let mut drawn = SettingsPage::read(&clinic).await?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

/// Changes the settings, unless somebody else did in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Saved")))]
#[post("/clinic/{slug}/settings")]
async fn amend(clinic: Clinic<Write>, body: FormBody) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let profile: Profile = fields.read()?;
        clinic.write(async |db| super::amend(db, version, &profile).await).await
    };
    match outcome.await {
        Ok(_) => Ok(there(&clinic, "settings_saved")),
        Err(error) => {
            let status = error.status();
            let mut drawn = SettingsPage::read(&clinic).await?;
            drawn.form = if matches!(error, Error::Stale) {
                let by = Overtaken {
                    sent: filled(&body.fields().read()?),
                    now: drawn.form,
                    changed_at: Some(&drawn.here.updated_at),
                    changed_by: trail::changed_by(
                        &clinic,
                        "clinics",
                        &drawn.here.profile.name,
                        drawn.here.updated_at,
                    )
                    .await?,
                    words: &[],
                };
                body.form.overtaken(&drawn.chrome, "settings.stale", &by)
            } else {
                body.form.refuse(error, drawn.chrome.texts())?
            };
            page_with(status, &drawn)
        }
    }
}

fn there(clinic: &Clinic<Write>, done: &str) -> HttpResponse {
    Answer::see_other(format!("/clinic/{}/settings?done={done}", clinic.slug())).into()
}

/// Sets the clinic's mark.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Set")))]
#[post("/clinic/{slug}/settings/logo")]
async fn set_logo(
    clinic: Clinic<Write>,
    upload: Result<Upload, Error>,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let logo = Logo::of(upload?.bytes).await?;
        clinic.write(async |db| super::set_logo(db, Some(&logo)).await).await
    };
    match outcome.await {
        Ok(_) => Ok(there(&clinic, "logo_set")),
        Err(error @ (Error::UnsupportedMedia | Error::TooLarge | Error::Invalid(_))) => {
            let mut drawn = SettingsPage::read(&clinic).await?;
            let status = error.status();
            let refusal = match error {
                Error::Invalid(_) => error,
                _ => Error::field("file", "not_a_picture"),
            };
            drawn.form = drawn.form.refuse(refusal, drawn.chrome.texts())?;
            page_with(status, &drawn)
        }
        Err(error) => Err(error),
    }
}

/// Removes the clinic's mark.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Removed")))]
#[post("/clinic/{slug}/settings/logo/remove")]
async fn remove_logo(clinic: Clinic<Write>, _body: FormBody) -> Result<HttpResponse, Error> {
    clinic.write(async |db| super::set_logo(db, None).await).await?;
    Ok(there(&clinic, "logo_removed"))
}
