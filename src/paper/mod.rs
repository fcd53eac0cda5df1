//! Paper: sheets as PDF, how a clinic lays them out, and the public answer to whether one still stands.
//!
//! The way of a sheet: [`crate::prescriptions::Sheet`] says the words, `compose` sets them into blocks of lines (`lines`
//! breaks, `faces` shapes), `flow` puts blocks on pages, `draw` writes the file. No transaction is open meanwhile, and
//! no request thread is kept.

mod api;
pub mod check;
mod compose;
mod draw;
mod faces;
mod flow;
mod layout;
mod lines;
mod pages;
mod qr;
mod stack;
mod store;
mod top;

use actix_web::{HttpResponse, web};

pub use check::Pace;
pub use layout::{Format, Layout, ShownLayout};
pub use qr::Code;

use crate::error::Error;
use crate::prescriptions::Sheet;
use crate::tenant::{Db, permission};
use crate::web::Routes;

permission!(
    /// See and print sheets; a patient's login the own ones that were signed.
    Read = "prescriptions:read", "self:read"
);
permission!(
    /// See how sheets are laid out.
    ReadLayout = "clinic:read"
);
permission!(
    /// Change how they are laid out.
    WriteLayout = "clinic:write"
);

/// Pages and API. They come before the prescriptions' own: `{id}.pdf` looks like an id to them.
pub fn routes(config: &mut Routes) {
    api::routes(config);
    pages::routes(config);
    check::routes(config);
}

/// The layout of this clinic.
pub async fn layout(db: &mut Db) -> Result<ShownLayout, Error> {
    store::layout(db).await?.ok_or(Error::NotFound)
}

/// Replaces the layout, if the caller read this version of the clinic (else 412).
pub async fn set_layout(db: &mut Db, version: i32, new: &Layout) -> Result<ShownLayout, Error> {
    if store::set_layout(db, version, new).await? { layout(db).await } else { Err(Error::Stale) }
}

/// The sheet as a PDF, drawn beside the request threads, to be shown under its number.
pub async fn answer(sheet: Sheet) -> Result<HttpResponse, Error> {
    let name = sheet.rx.number.clone().unwrap_or_else(|| "draft".to_owned());
    let busy = |_| Error::Internal("a sheet could not be drawn".into());
    let pdf = web::block(move || compose::pdf(&sheet)).await.map_err(busy)??;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header(("content-disposition", format!("inline; filename=\"{name}.pdf\"")))
        .body(pdf))
}
