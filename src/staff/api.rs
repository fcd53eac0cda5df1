//! Staff as JSON.

use std::cell::RefCell;

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::Serialize;

use super::{Invitation, Query, Role, User, UserId, UserStatus, Write};
use crate::auth::links::{self, LIFE_SECONDS};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Parse, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(list).service(invite).service(show).service(amend).service(renew_link);
}

/// What a change may set.
#[derive(Serialize, utoipa::ToSchema)]
struct UserPatch {
    #[serde(flatten)]
    told: Invitation,
    /// `inactive` ends every session and keeps the person out; `active` lets back in.
    status: UserStatus,
}

/// Somebody who was just invited.
#[derive(Serialize, utoipa::ToSchema)]
struct Invited {
    #[serde(flatten)]
    user: User,
    /// Where the person chooses a password, once and within three days. It is not kept and never shown
    /// again: `null` when a retry is answered from memory.
    set_password_path: Option<String>,
}

/// A one-time link.
#[derive(Serialize, utoipa::ToSchema)]
struct NewLink {
    /// Whose link it is.
    user_id: UserId,
    /// Where the person chooses a password, once. Never shown again; older links no longer work.
    set_password_path: String,
    /// Seconds until it ends.
    expires_in: i32,
}

/// The people of the clinic, by name.
#[utoipa::path(tag = "users",
    params(("slug" = String, Path, description = "The clinic"),
        ("role" = Option<Role>, Query, description = "Only this role"),
        ("status" = Option<UserStatus>, Query, description = "Only this status"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<User>, description = "By name"), Problems))]
#[get("/clinic/{slug}/api/v1/users")]
async fn list(clinic: Clinic<Write>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let (role, status) = (fields.choice_opt("role"), fields.choice_opt("status"));
    fields.finish()?;
    let after = paging.after(clinic.app(), clinic.slug(), "users")?;
    let query = Query { role, status, staff_only: false, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::list(db, &query).await).await?;
    let page = paging.page(clinic.app(), clinic.slug(), "users", rows, |user| {
        (user.named.name.clone(), user.user_id)
    });
    Ok(HttpResponse::Ok().json(page))
}

/// Invite somebody.
///
/// The answer has the one-time path to choose a password. It is shown this once and stored nowhere.
#[utoipa::path(tag = "users",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = Invitation,
    responses((status = 201, body = Invited, description = "Invited"), Problems))]
#[post("/clinic/{slug}/api/v1/users")]
async fn invite(clinic: Clinic<Write>, body: JsonBody) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let new: Invitation = body.fields.read()?;
    new.refuse_unfit()?;
    let link = links::fresh();
    let slug = clinic.slug();
    // What is remembered for a retry has no link in it: a secret is not kept in the clear.
    let invited = RefCell::new(None);
    let answer = clinic
        .once(&ticket, async |db| {
            let user = super::invite(db, &new, &link).await?;
            let location = format!("/clinic/{slug}/api/v1/users/{}", user.user_id);
            let shown = Invited { user, set_password_path: None };
            let answer = Answer::created(location.clone(), shown.user.version, &shown)?;
            invited.replace(Some((location, shown.user)));
            Ok(answer)
        })
        .await?;
    let Some((location, user)) = invited.take() else { return Ok(answer) };
    let version = user.version;
    let shown = Invited { user, set_password_path: Some(link.path) };
    Ok(Answer::created(location, version, &shown)?.into())
}

/// One person.
#[utoipa::path(tag = "users",
    params(("slug" = String, Path, description = "The clinic"), ("id" = UserId, Path, description = "The person")),
    responses((status = 200, body = User, description = "The person, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/users/{id}")]
async fn show(clinic: Clinic<Write>, id: Id<UserId>) -> Result<HttpResponse, Error> {
    let user = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(user.version, &user)?.into())
}

/// Change a person: fields that are sent replace, `null` clears, the others stay.
///
/// Answers 409 `own_role` for the own role or status, `last_admin` where no active administrator would be
/// left, `invited` where somebody has not chosen a password yet.
#[utoipa::path(tag = "users",
    params(("slug" = String, Path, description = "The clinic"), ("id" = UserId, Path, description = "The person"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = UserPatch,
    responses((status = 200, body = User, description = "As it is now"), Problems))]
#[patch("/clinic/{slug}/api/v1/users/{id}")]
async fn amend(
    clinic: Clinic<Write>,
    id: Id<UserId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let current = clinic.read(async |db| super::present(db, id.0).await).await?;
    let version = version.fits(current.version)?;
    let practitioner = current.practitioner.map(|p| p.practice);
    let told = Invitation { named: current.named, practitioner };
    let mut fields = body.fields.over(&UserPatch { told, status: current.status });
    let told = Invitation::parse(&mut fields);
    let status = fields.choice("status");
    fields.finish()?;
    let user =
        clinic.write(async |db| super::amend(db, id.0, version, &told, status).await).await?;
    Ok(Answer::ok(user.version, &user)?.into())
}

/// Make a new one-time link to choose a password.
///
/// Answers 409 `shared_account` for somebody who also works in another clinic, `inactive` for somebody who
/// was deactivated.
#[utoipa::path(tag = "users",
    params(("slug" = String, Path, description = "The clinic"), ("id" = UserId, Path, description = "The person")),
    responses((status = 201, body = NewLink, description = "The link, shown this once"), Problems))]
#[post("/clinic/{slug}/api/v1/users/{id}/link")]
async fn renew_link(clinic: Clinic<Write>, id: Id<UserId>) -> Result<HttpResponse, Error> {
    let fresh = links::fresh();
    let user = clinic.write(async |db| super::renew_link(db, id.0, &fresh).await).await?;
    let shown =
        NewLink { user_id: user.user_id, set_password_path: fresh.path, expires_in: LIFE_SECONDS };
    Ok(HttpResponse::Created().json(shown))
}
