//! Behind a one-time link: choosing a password.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use secrecy::ExposeSecret;

use super::{links, passwords, secret};
use crate::app::App;
use crate::error::Error;
use crate::tenant::Answer;
use crate::web::{Door, DoorForm, Form, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(link_page).service(link_use);
}

#[derive(Template)]
#[template(path = "auth/over.html")]
struct OverPage {
    door: Door,
}

#[derive(Template)]
#[template(path = "auth/password.html")]
struct LinkPage {
    door: Door,
    form: Form,
    name: String,
    token: String,
}

/// A one-time link: choose a password.
#[utoipa::path(tag = "pages", params(("token" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/password/{token}")]
async fn link_page(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    let token = request.match_info().query("token").to_owned();
    let owner = async {
        let bytes = secret::from_text(&token).ok_or(Error::NotFound)?;
        links::owner(&app, &bytes).await
    };
    let door = Door::new(&request, &app, None);
    match owner.await {
        Ok(links::Owner { name, .. }) => page(&LinkPage { door, form: Form::new(), name, token }),
        // Used, too old, replaced or never made: whoever holds it needs another.
        Err(Error::NotFound) => page_with(404, &OverPage { door }),
        Err(other) => Err(other),
    }
}

/// Sets the password and uses the link up.
#[utoipa::path(tag = "pages", params(("token" = String, Path,)), responses((status = 303, description = "Set")))]
#[post("/password/{token}")]
async fn link_use(
    request: HttpRequest,
    app: web::Data<App>,
    DoorForm(body): DoorForm,
) -> Result<HttpResponse, Error> {
    let token = request.match_info().query("token").to_owned();
    let bytes = secret::from_text(&token).ok_or(Error::NotFound)?;
    let outcome = async {
        let mut fields = body.fields();
        let password = fields.password("password", passwords::MAX_BYTES);
        let again = fields.password("again", passwords::MAX_BYTES);
        if password.expose_secret() != again.expose_secret() {
            fields.refuse("again", "different");
        }
        fields.finish()?;
        links::set_password(&app, &bytes, password).await
    };
    match outcome.await {
        Ok(slug) => {
            let to =
                slug.map_or_else(|| "/admin/login".to_owned(), |s| format!("/clinic/{s}/login"));
            Ok(Answer::see_other(to).into())
        }
        Err(error) => {
            let name = links::owner(&app, &bytes).await?.name;
            let door = Door::new(&request, &app, None);
            let form = body.form.refuse(error, door.texts())?;
            page_with(422, &LinkPage { door, form, name, token })
        }
    }
}
