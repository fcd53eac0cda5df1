//! What the bearer of a link sees: a question, then the sheet.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use secrecy::ExposeSecret;

use super::store;
use crate::app::App;
use crate::auth::pages::address as sender;
use crate::auth::{self, secret};
use crate::error::{Error, FieldError};
use crate::paper::{self, Layout};
use crate::prescriptions::{self, PrescriptionId, Sheet};
use crate::tenant::{Opening, Slug, enter_as_guest};
use crate::web::{Chrome, Door, DoorForm, Form, Routes, address, latin_digits, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(ask).service(open);
}

#[derive(Template)]
#[template(path = "shares/ask.html")]
struct AskPage {
    door: Door,
    form: Form,
}

#[derive(Template)]
#[template(path = "shares/over.html")]
struct OverPage {
    door: Door,
}

/// The clinic and the link's hash, of a request that names both in their form.
struct Named {
    slug: Slug,
    token_sha256: Vec<u8>,
}

impl Named {
    fn of(request: &HttpRequest) -> Result<Named, Error> {
        let part = |name| request.match_info().query(name);
        let slug = part("slug").parse().map_err(|_| Error::NotFound)?;
        let token = secret::from_text(part("token")).ok_or(Error::NotFound)?;
        Ok(Named { slug, token_sha256: secret::sha256(token.expose_secret()) })
    }

    async fn door(&self, request: &HttpRequest, app: &App) -> Result<Door, Error> {
        let front = auth::front(app, &self.slug).await?.ok_or(Error::NotFound)?;
        Ok(Door::new(request, app, Some((self.slug.as_str(), &front))))
    }
}

/// The question of a link. Nothing is counted: programs look at links before people do.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("token" = String, Path,)), responses((status = 200, description = "Page"), (status = 404, description = "No such link, or it is over")))]
#[get("/clinic/{slug}/shared/{token}")]
async fn ask(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    let named = Named::of(&request)?;
    let from = sender(&request, &app);
    app.throttle.check(from)?;
    let door = named.door(&request, &app).await?;
    if store::lives(&app, named.slug.as_str(), &named.token_sha256).await? {
        return page_with(200, &AskPage { door, form: Form::new() });
    }
    app.throttle.failed(from);
    page_with(404, &OverPage { door })
}

/// The sheet, for the right birth year.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("token" = String, Path,)), responses((status = 200, description = "PDF"), (status = 404, description = "No such link, or it is over"), (status = 422, description = "Another year")))]
#[post("/clinic/{slug}/shared/{token}")]
async fn open(
    request: HttpRequest,
    app: web::Data<App>,
    DoorForm(body): DoorForm,
) -> Result<HttpResponse, Error> {
    let named = Named::of(&request)?;
    let from = sender(&request, &app);
    app.throttle.check(from)?;
    let wrong = |error: FieldError| Error::Invalid(vec![error]);
    let again = async |error: Error| {
        let door = named.door(&request, &app).await?;
        let form = body.form.clone().refuse(error, door.texts())?;
        page_with(422, &AskPage { door, form })
    };
    let Some(year) = year(body.form.value("birth_year")) else {
        return again(wrong(FieldError::new("birth_year", "not_a_year"))).await;
    };
    let read = enter_as_guest(&app, &named.slug, &named.token_sha256, year, async |db, id| {
        prescriptions::parts(db, PrescriptionId(id)).await
    });
    match read.await? {
        Opening::Opened(who, mut parts) => {
            // There is no paper with a head of its own.
            parts.letter.layout = Layout::default();
            let slug = named.slug.as_str();
            let (chrome, words) = (Chrome::of(&app, slug, &who, ""), parts.words(&app, slug, &who));
            let whole = |path: &str| address(&request, &app, path);
            paper::answer(Sheet::new(chrome, words, parts, None, whole)).await
        }
        Opening::Wrong(0) | Opening::Over => {
            app.throttle.failed(from);
            page_with(404, &OverPage { door: named.door(&request, &app).await? })
        }
        Opening::Wrong(left) => {
            app.throttle.failed(from);
            again(wrong(FieldError::new("birth_year", "not_the_year").with("left", left))).await
        }
    }
}

/// A year of four digits, in the digits of either script.
fn year(typed: &str) -> Option<i32> {
    let digits = latin_digits(typed.trim());
    let four = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    if four { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::year;

    #[test]
    fn a_year_is_read_in_either_script() {
        assert_eq!(year(" 1980 "), Some(1980));
        assert_eq!(year("१९८०"), Some(1980));
        for typed in ["", "80", "19800", "198O", "-198", "1 980", "29/2/1980"] {
            assert_eq!(year(typed), None, "{typed}");
        }
    }
}
