//! The chart as JSON.

use actix_web::{HttpRequest, HttpResponse, get};

use super::entry::Chart;
use super::{Key, Kind, Read, name_of, query_of};
use crate::error::Error;
use crate::patients::PatientId;
use crate::tenant::Clinic;
use crate::web::{Fields, Id, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config.service(chart);
}

/// A patient and what is known, the newest first.
///
/// A patient's login reads the own chart: signed prescriptions only, and no corrections of the record.
#[utoipa::path(tag = "patients",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("kind" = inline(Option<Kind>), Query, description = "Only facts of this kind"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = Chart, description = "The chart"), Problems))]
#[get("/clinic/{slug}/api/v1/patients/{id}/chart")]
async fn chart(
    clinic: Clinic<Read>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let kind: Option<Kind> = fields.choice_opt("kind");
    fields.finish()?;
    let name = name_of(id.0);
    let after = paging.after::<Key>(clinic.app(), clinic.slug(), &name)?;
    let (patient, entries) = clinic
        .read(async |db| {
            let query = query_of(&clinic, db, &paging, kind, after);
            super::read(db, id.0, &query).await
        })
        .await?;
    let timeline =
        paging.page(clinic.app(), clinic.slug(), &name, entries, |entry| (entry.at, entry.id));
    Ok(HttpResponse::Ok().json(Chart { patient, timeline }))
}
