//! The people of a clinic: invited by its administrator, changed under their version, deactivated rather
//! than deleted. A doctor also stands among the practitioners.

mod api;
mod nouns;
mod pages;
mod store;

pub(crate) use nouns::identifier;
pub use nouns::{Invitation, Named, Practice, Practitioner, Query, Role, User, UserId, UserStatus};

use crate::auth::links::Link;
use crate::error::Error;
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// List, invite, change and deactivate staff.
    Write = "staff:write"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    api::routes(config);
}

/// People by name.
pub async fn list(db: &mut Db, query: &Query) -> Result<Vec<User>, Error> {
    store::list(db, query).await
}

/// The person, or 404.
pub async fn present(db: &mut Db, id: UserId) -> Result<User, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// Invites somebody, who becomes active by choosing a password behind the link.
pub async fn invite(db: &mut Db, new: &Invitation, link: &Link) -> Result<User, Error> {
    let id = UserId::fresh();
    store::invite(db, id, new, link).await?;
    if new.named.role == Role::Doctor {
        let practice = new.practitioner.clone().unwrap_or_default();
        store::begin_practice(db, id, &new.named.name, &practice, UserStatus::Invited).await?;
    }
    present(db, id).await
}

/// Changes a person, if the caller read this version (else 412). Nobody changes the own role or status, and
/// one active administrator always remains (409).
pub async fn amend(
    db: &mut Db,
    id: UserId,
    version: i32,
    new: &Invitation,
    status: UserStatus,
) -> Result<User, Error> {
    let seen = present(db, id).await?;
    let moved = seen.named.role != new.named.role || seen.status != status;
    if moved {
        refuse_move(db, &seen, new.named.role, status)?;
        keep_an_admin(db, &seen, new.named.role, status).await?;
    }
    if !store::update(db, id, version, &new.named, status).await? {
        return Err(Error::Stale);
    }
    if status == UserStatus::Inactive {
        store::end_sessions(db, id).await?;
    }
    practise(db, &seen, new, status).await?;
    present(db, id).await
}

fn refuse_move(db: &Db, seen: &User, role: Role, status: UserStatus) -> Result<(), Error> {
    if seen.user_id.0 == db.user() {
        return Err(Error::conflict("own_role"));
    }
    if seen.named.role != role && (seen.named.role == Role::Patient || role == Role::Patient) {
        return Err(Error::field("role", "patient"));
    }
    if seen.status != status && status == UserStatus::Invited {
        return Err(Error::field("status", "unknown_value"));
    }
    if (seen.status, status) == (UserStatus::Invited, UserStatus::Active) {
        return Err(Error::conflict("invited"));
    }
    Ok(())
}

/// Locks the active administrators, so that two who deactivate each other at once take turns. The second
/// finds that nobody else is left, or that it is no longer one of them.
async fn keep_an_admin(
    db: &mut Db,
    seen: &User,
    role: Role,
    status: UserStatus,
) -> Result<(), Error> {
    let admins = store::lock_admins(db).await?;
    let stays = role == Role::Admin && status == UserStatus::Active;
    if !stays && admins.contains(&seen.user_id) && admins.len() == 1 {
        return Err(Error::conflict("last_admin"));
    }
    let caller = UserId(db.user());
    if admins.contains(&caller) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Keeps the practitioners in step: a doctor practises who has signed in and is not deactivated, nobody else does.
async fn practise(
    db: &mut Db,
    seen: &User,
    new: &Invitation,
    status: UserStatus,
) -> Result<(), Error> {
    let status = if new.named.role == Role::Doctor { status } else { UserStatus::Inactive };
    let (id, name) = (seen.user_id, &new.named.name);
    let told = new.practitioner.clone().filter(|_| new.named.role == Role::Doctor);
    match (&seen.practitioner, told) {
        (None, told) if status != UserStatus::Inactive => {
            store::begin_practice(db, id, name, &told.unwrap_or_default(), status).await
        }
        (None, _) => Ok(()),
        (Some(was), told) => {
            let practice = told.unwrap_or_else(|| was.practice.clone());
            store::change_practice(db, id, name, &practice, status).await
        }
    }
}

/// A fresh one-time link for somebody of this clinic alone. The password of an account that other
/// clinics share is not this clinic's to reset (409).
pub async fn renew_link(db: &mut Db, id: UserId, link: &Link) -> Result<User, Error> {
    let user = present(db, id).await?;
    if user.status == UserStatus::Inactive {
        return Err(Error::conflict("inactive"));
    }
    if store::renew_link(db, id, link).await? {
        return Ok(user);
    }
    Err(Error::conflict("shared_account"))
}
