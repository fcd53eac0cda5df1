//! Staff as pages: who works here, invite, change, a new link.

use std::cell::RefCell;

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::{Invitation, Named, Practice, Query, Role, User, UserId, UserStatus, Write};
use crate::auth::links;
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::trail;
use crate::web::{
    Chrome, Fields, Form, FormBody, Id, Overtaken, Paging, Parse, Routes, page, page_with,
};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(index)
        .service(invite_form)
        .service(invite)
        .service(edit_form)
        .service(amend)
        .service(set_standing)
        .service(new_link);
}

#[derive(Template)]
#[template(path = "staff/list.html")]
struct ListPage {
    chrome: Chrome,
    people: Vec<User>,
    status: Option<UserStatus>,
    next: Option<String>,
}

/// Whom the list shows: the word in the address, and what the page calls them.
const FILTERS: [(&str, &str); 4] = [
    ("", "staff.all"),
    ("active", "staff.active"),
    ("invited", "staff.open_invitations"),
    ("inactive", "staff.inactive"),
];

impl ListPage {
    fn shows(&self, word: &str) -> bool {
        self.status.map_or("", UserStatus::as_str) == word
    }
}

#[derive(Template)]
#[template(path = "staff/form.html")]
struct FormPage {
    chrome: Chrome,
    form: Form,
    /// Set when changing, unset when inviting.
    person: Option<User>,
    /// The reader's own entry: role and status are not the own to change.
    own: bool,
}

impl FormPage {
    fn new(clinic: &Clinic<Write>, form: Form, person: Option<User>) -> Result<FormPage, Error> {
        let own =
            person.as_ref().is_some_and(|p| clinic.who().is_ok_and(|w| w.user_id == p.user_id.0));
        Ok(FormPage { chrome: Chrome::new(clinic, "staff")?, form, person, own })
    }
}

#[derive(Template)]
#[template(path = "staff/link.html")]
struct LinkPage {
    chrome: Chrome,
    person: User,
    /// The whole address, as this browser reaches the service.
    address: String,
}

/// Who works here.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/staff")]
async fn index(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = paging.limit.min(50);
    let done = fields.text_opt("done", 60);
    let status: Option<UserStatus> = fields.choice_opt("status");
    let after = paging.after(clinic.app(), clinic.slug(), "users")?;
    let query = Query { role: None, status, staff_only: true, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::list(db, &query).await).await?;
    let found = paging.page(clinic.app(), clinic.slug(), "users", rows, |user| {
        (user.named.name.clone(), user.user_id)
    });
    let chrome = Chrome::new(&clinic, "staff")?.done(done.as_deref());
    let next = found.next_cursor.map(|cursor| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(status) = status {
            query.append_pair("status", status.as_str());
        }
        query.append_pair("cursor", &cursor);
        format!("{}?{}", chrome.path("staff"), query.finish())
    });
    page(&ListPage { chrome, people: found.items, status, next })
}

/// The form to invite somebody.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/staff/new")]
async fn invite_form(clinic: Clinic<Write>) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    page(&FormPage::new(&clinic, Form::new(), None)?)
}

/// Invites and shows the link, this once. Sent again, it leads to the person.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 201, description = "The link"), (status = 303, description = "Invited before")))]
#[post("/clinic/{slug}/staff")]
async fn invite(
    clinic: Clinic<Write>,
    request: HttpRequest,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let link = links::fresh();
    let invited = RefCell::new(None);
    let outcome = async {
        let new: Invitation = body.fields().read()?;
        new.refuse_unfit()?;
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                let user = super::invite(db, &new, &link).await?;
                let there = Answer::see_other(format!("/clinic/{slug}/staff/{}", user.user_id));
                invited.replace(Some(user));
                Ok(there)
            })
            .await
    };
    match outcome.await {
        Ok(answer) => {
            let Some(person) = invited.take() else { return Ok(answer) };
            let chrome = Chrome::new(&clinic, "staff")?.done(Some("invited"));
            page_with(
                201,
                &LinkPage {
                    chrome,
                    person,
                    address: crate::web::address(&request, clinic.app(), &link.path),
                },
            )
        }
        Err(error) => {
            clinic.enter().await?;
            let form = body.form.refuse(error, &clinic.lang())?;
            page_with(422, &FormPage::new(&clinic, form, None)?)
        }
    }
}

/// The form to change somebody.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = UserId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/staff/{id}")]
async fn edit_form(
    clinic: Clinic<Write>,
    id: Id<UserId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let user = clinic.read(async |db| super::present(db, id.0).await).await?;
    let mut drawn = FormPage::new(&clinic, standing(&user), Some(user))?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

fn filled(named: &Named, practice: Option<&Practice>) -> Form {
    let mut form = Form::filled(named);
    if let Some(practice) = practice {
        for (field, text) in [
            ("specialization", &practice.specialization),
            ("qualification", &practice.qualification),
            ("licence_number", &practice.licence_number),
        ] {
            form.set(field, text.as_deref().unwrap_or_default());
        }
    }
    form
}

fn standing(user: &User) -> Form {
    filled(&user.named, user.practitioner.as_ref().map(|p| &p.practice)).at(user.version)
}

/// Changes somebody, unless somebody else did in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = UserId, Path,)), responses((status = 303, description = "Changed")))]
#[post("/clinic/{slug}/staff/{id}")]
async fn amend(
    clinic: Clinic<Write>,
    id: Id<UserId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let told = Invitation::parse(&mut fields);
        fields.finish()?;
        clinic
            .write(async |db| {
                let status = super::present(db, id.0).await?.status;
                super::amend(db, id.0, version, &told, status).await
            })
            .await
    };
    match outcome.await {
        Ok(_) => Ok(there(&clinic, id.0, "staff_changed")),
        Err(error) => {
            let status = error.status();
            let user = clinic.read(async |db| super::present(db, id.0).await).await?;
            let form = if matches!(error, Error::Stale) {
                let told: Invitation = body.fields().read()?;
                let by = Overtaken {
                    sent: filled(&told.named, told.practitioner.as_ref()),
                    now: standing(&user),
                    changed_at: Some(&user.updated_at),
                    changed_by: trail::changed_by(&clinic, "users", id.0, user.updated_at).await?,
                    words: &[("role", "role")],
                };
                body.form.overtaken(&Chrome::new(&clinic, "staff")?, "staff.stale", &by)
            } else {
                body.form.refuse(error, &clinic.lang())?
            };
            page_with(status, &FormPage::new(&clinic, form, Some(user))?)
        }
    }
}

fn there(clinic: &Clinic<Write>, id: UserId, done: &str) -> HttpResponse {
    Answer::see_other(format!("/clinic/{}/staff/{id}?done={done}", clinic.slug())).into()
}

/// Keeps somebody out, or lets somebody back in.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = UserId, Path,)), responses((status = 303, description = "Done")))]
#[post("/clinic/{slug}/staff/{id}/status")]
async fn set_standing(
    clinic: Clinic<Write>,
    id: Id<UserId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let status: UserStatus = fields.choice("status");
        fields.finish()?;
        clinic
            .write(async |db| {
                let user = super::present(db, id.0).await?;
                let practitioner = user.practitioner.map(|p| p.practice);
                let told = Invitation { named: user.named, practitioner };
                let now = super::amend(db, id.0, version, &told, status).await?;
                Ok((user.status, now.status))
            })
            .await
    };
    match outcome.await {
        Ok((UserStatus::Invited, UserStatus::Inactive)) => Ok(there(&clinic, id.0, "revoked")),
        Ok((_, UserStatus::Inactive)) => Ok(there(&clinic, id.0, "deactivated")),
        Ok(_) => Ok(there(&clinic, id.0, "reactivated")),
        Err(error) => {
            let status = error.status();
            let user = clinic.read(async |db| super::present(db, id.0).await).await?;
            let form = standing(&user).refuse(error, &clinic.lang())?;
            page_with(status, &FormPage::new(&clinic, form, Some(user))?)
        }
    }
}

/// Makes a new link and shows it, this once.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = UserId, Path,)), responses((status = 201, description = "The link")))]
#[post("/clinic/{slug}/staff/{id}/link")]
async fn new_link(
    clinic: Clinic<Write>,
    id: Id<UserId>,
    request: HttpRequest,
    _body: FormBody,
) -> Result<HttpResponse, Error> {
    let link = links::fresh();
    match clinic.write(async |db| super::renew_link(db, id.0, &link).await).await {
        Ok(person) => {
            let chrome = Chrome::new(&clinic, "staff")?.done(Some("link_made"));
            page_with(
                201,
                &LinkPage {
                    chrome,
                    person,
                    address: crate::web::address(&request, clinic.app(), &link.path),
                },
            )
        }
        Err(error) => {
            let status = error.status();
            let user = clinic.read(async |db| super::present(db, id.0).await).await?;
            let form = standing(&user).refuse(error, &clinic.lang())?;
            page_with(status, &FormPage::new(&clinic, form, Some(user))?)
        }
    }
}
