//! The only door to a clinic's rows.
//!
//! [`Clinic<P>`] is what a handler asks for: it knows the slug, the secret and the permission, and holds
//! no connection. [`Clinic::read`] and [`Clinic::write`] open one transaction, let the database verify
//! the session, check the permission, run the closure and end. There is no other way to make a [`Db`].
//! [`Clinic::glance`] is the short way for one statement that is read all day.

mod clinic;
mod door;
mod entered;
mod guest;
pub mod once;
mod permission;
mod slug;

pub use clinic::{Clinic, Credential, enter_as_job};
pub use door::{Door, Seen};
pub use entered::{Db, Entered, Row};
pub use guest::{Opening, enter_as_guest};
pub use once::Answer;
pub(crate) use permission::permission;
pub use permission::{Grid, Permission};
pub use slug::{NotASlug, Slug};
