//! The language of a person: chosen at the door for a browser, or inside for good.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::pages::me_page;
use super::{Own, store};
use crate::app::App;
use crate::error::Error;
use crate::tenant::Clinic;
use crate::web::{Chrome, Fields, FormBody, Routes, Spoken, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(at_the_door).service(choose_language);
}

/// A language to choose on the own page.
pub(super) struct Tongue {
    /// Its tag; empty for the clinic's own.
    pub(super) tag: String,
    /// In which language its name is written.
    pub(super) lang: String,
    /// What it calls itself.
    pub(super) name: String,
    /// Whether it is the chosen one.
    pub(super) chosen: bool,
}

impl Tongue {
    /// The clinic's own and all others, once the gate was passed.
    pub(super) fn all(clinic: &Clinic<Own>, chrome: &Chrome) -> Result<Vec<Tongue>, Error> {
        let texts = &clinic.app().texts;
        let who = clinic.who()?;
        let own = texts.of(&who.clinic_locale);
        let as_the_clinic = who.language.is_none() && who.locale == who.clinic_locale;
        let clinic = Tongue {
            tag: String::new(),
            lang: chrome.lang().to_owned(),
            name: chrome.tx("auth.me.language_clinic", own.name()),
            chosen: as_the_clinic,
        };
        let others = texts.all().map(|lang| Tongue {
            tag: lang.tag().to_owned(),
            lang: lang.tag().to_owned(),
            name: lang.name().to_owned(),
            chosen: !as_the_clinic && lang.tag() == chrome.lang(),
        });
        Ok(std::iter::once(clinic).chain(others).collect())
    }
}

/// The tag of one of our languages; none where it was left open.
pub(super) fn parse(fields: &mut Fields, app: &App) -> Option<String> {
    let tag = fields.text_opt("language", 2)?;
    if !app.texts.speaks(&tag) {
        fields.refuse("language", "unknown_value");
    }
    Some(tag)
}

/// An address of this very service, else its front door.
fn back_to(wanted: &str) -> String {
    let base = url::Url::parse("http://here");
    let Some((base, there)) = base.ok().and_then(|b| b.join(wanted).ok().map(|t| (b, t))) else {
        return "/".to_owned();
    };
    if there.origin() != base.origin() || there.path().starts_with("//") {
        return "/".to_owned();
    }
    let query = there.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", there.path())
}

/// Remembers a language for this browser, and goes back to where it was chosen.
#[utoipa::path(tag = "pages", params(("language" = String, Path,)), responses((status = 303, description = "Chosen")))]
#[get("/language/{language}")]
async fn at_the_door(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    let tag = request.match_info().query("language");
    if !app.texts.speaks(tag) {
        return Err(Error::NotFound);
    }
    let mut query = Fields::of_query(&request)?;
    let next = back_to(&query.text_opt("next", 500).unwrap_or_default());
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, next))
        .cookie(Spoken::cookie(app.settings.https, Some(tag)))
        .finish())
}

/// Chooses the language to be spoken to in. What was chosen at the door of this browser is forgotten.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Chosen")))]
#[post("/clinic/{slug}/me/language")]
async fn choose_language(clinic: Clinic<Own>, body: FormBody) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let language = parse(&mut fields, clinic.app());
        fields.finish()?;
        clinic.write(async |db| store::speak(db, language.as_deref()).await).await
    };
    match outcome.await {
        Ok(()) => Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, format!("/clinic/{}/me?done=language_chosen", clinic.slug())))
            .cookie(Spoken::cookie(clinic.app().settings.https, None))
            .finish()),
        Err(error) => {
            clinic.enter().await?;
            let form = body.form.refuse(error, &clinic.lang())?;
            page_with(422, &me_page(&clinic, form, None).await?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::back_to;

    #[test]
    fn the_way_back_never_leaves_this_service() {
        for (wanted, to) in [
            ("/login", "/login"),
            (
                "/clinic/north/login?next=%2Fclinic%2Fnorth%2Fqueue",
                "/clinic/north/login?next=%2Fclinic%2Fnorth%2Fqueue",
            ),
            ("", "/"),
            ("https://evil.example/login", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/.//evil.example", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(back_to(wanted), to, "{wanted}");
        }
    }
}
