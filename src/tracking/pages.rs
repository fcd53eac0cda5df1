//! Tracking as a page.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::{Query, Read, Track, Tracked, WAY};
use crate::error::Error;
use crate::patients::PatientId;
use crate::practitioners::{self, Practitioner};
use crate::tenant::{Answer, Clinic};
use crate::visits::VisitId;
use crate::web::{Chrome, Fields, Form, FormBody, Id, Paging, Routes, page};

pub(super) fn routes(config: &mut Routes) {
    config.service(index).service(set_status);
}

#[derive(Template)]
#[template(path = "tracking/list.html")]
struct ListPage {
    chrome: Chrome,
    form: Form,
    tracked: Vec<Tracked>,
    here: Vec<Practitioner>,
    next: Option<String>,
}

/// Patients by their last visit.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/tracking")]
async fn index(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = 50;
    let done = fields.text_opt("done", 60);
    let query = Query::parse(&mut fields, paging.limit);
    let after = paging.after(clinic.app(), clinic.slug(), "tracking")?;
    let query = Query { after, ..query };
    let (rows, here) = clinic
        .read(async |db| Ok((super::list(db, &query).await?, practitioners::active(db).await?)))
        .await?;
    let found = paging
        .page(clinic.app(), clinic.slug(), "tracking", rows, |row| (row.arrived_at, row.visit_id));
    let chrome = Chrome::new(&clinic, "tracking")?.done(done.as_deref());
    let mut form = Form::new();
    let chosen = [
        ("status", query.status.map(|status| status.to_string())),
        ("practitioner_id", query.practitioner.map(|id| id.to_string())),
        ("days", Some(query.days).filter(|days| *days > 0).map(|days| days.to_string())),
    ];
    let mut address = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in &chosen {
        if let Some(value) = value {
            form.set(name, value);
            address.append_pair(name, value);
        }
    }
    let next = found.next_cursor.map(|cursor| {
        address.append_pair("cursor", &cursor);
        format!("{}?{}", chrome.path("tracking"), address.finish())
    });
    page(&ListPage { chrome, form, tracked: found.items, here, next })
}

/// Says where a patient stands, and returns to the visit from which that was said, or to the chart.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PatientId, Path,)), responses((status = 303, description = "Said")))]
#[post("/clinic/{slug}/patients/{id}/status")]
async fn set_status(
    clinic: Clinic<Track>,
    id: Id<PatientId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields();
    let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
    let status = fields.choice("status");
    let visit: Option<VisitId> = fields.id_opt("visit_id");
    fields.finish()?;
    let said = clinic.write(async |db| super::set_status(db, id.0, version, status).await).await;
    let to = match visit {
        Some(visit) => format!("visits/{visit}/consultation"),
        None => format!("patients/{}", id.0),
    };
    let done = match said {
        Ok(_) => "status_said",
        // Somebody corrected the record meanwhile: it is shown as it is now, to be decided again.
        Err(Error::Stale) => "status_stale",
        Err(other) => return Err(other),
    };
    Ok(Answer::see_other(format!("/clinic/{}/{to}?done={done}", clinic.slug())).into())
}
