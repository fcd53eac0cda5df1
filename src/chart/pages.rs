//! The chart as a page, for the staff and for the patient.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;

use super::lines::{Day, days};
use super::{Key, Kind, Own, Read, name_of, query_of};
use crate::error::Error;
use crate::patients::{Banner, Patient, PatientId};
use crate::tenant::{Clinic, Permission};
use crate::visits::{self, Visit};
use crate::web::{Chrome, Fields, Id, Paging, Routes, page};

pub(super) fn routes(config: &mut Routes) {
    config.service(chart).service(record);
}

#[derive(Template)]
#[template(path = "chart/chart.html")]
struct ChartPage {
    chrome: Chrome,
    banner: Banner,
    patient: Patient,
    /// The visit for which the patient is here today.
    open: Option<Visit>,
    filters: Vec<Filter>,
    days: Vec<Day>,
    next: Option<String>,
}

/// One kind of facts to show alone; the first is everything.
struct Filter {
    word: String,
    href: String,
    current: bool,
}

fn filters(chrome: &Chrome, here: &str, chosen: Option<Kind>) -> Vec<Filter> {
    let all = Filter {
        word: chrome.t("chart.everything").to_owned(),
        href: here.to_owned(),
        current: chosen.is_none(),
    };
    let shown = |kind: &&Kind| match kind {
        Kind::Registered => false,
        Kind::Change => chrome.may("history:read"),
        Kind::Admission | Kind::Visit => chrome.may("visits:read") || chrome.may("self:read"),
        Kind::Vitals => chrome.may("vitals:read") || chrome.may("self:read"),
        Kind::Note => chrome.may("notes:read") || chrome.may("self:read"),
        Kind::Prescription => chrome.may("prescriptions:read") || chrome.may("self:read"),
        Kind::Result => chrome.may("results:read") || chrome.may("self:read"),
        Kind::Document => chrome.may("documents:read") || chrome.may("self:read"),
    };
    let kinds = Kind::ALL.iter().filter(shown).map(|kind| Filter {
        word: chrome.word("chart.kind", kind.as_str()),
        href: format!("{here}?kind={kind}"),
        current: chosen == Some(*kind),
    });
    std::iter::once(all).chain(kinds).collect()
}

/// The chart of a patient.
#[utoipa::path(tag = "pages",
    params(("slug" = String, Path,), ("id" = PatientId, Path,), ("kind" = Option<Kind>, Query,)),
    responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/patients/{id}")]
async fn chart(
    clinic: Clinic<Read>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    draw(&clinic, Some(id.0), &request).await
}

/// The chart of the patient who is signed in.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("kind" = Option<Kind>, Query,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/record")]
async fn record(clinic: Clinic<Own>, request: HttpRequest) -> Result<HttpResponse, Error> {
    draw(&clinic, None, &request).await
}

async fn draw<P: Permission>(
    clinic: &Clinic<P>,
    id: Option<PatientId>,
    request: &HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = paging.limit.min(50);
    let kind: Option<Kind> = fields.choice_opt("kind");
    let done = fields.text_opt("done", 60);
    let (patient, entries, open) = clinic
        .read(async |db| {
            let id = id.or(db.who().patient_id.map(PatientId)).ok_or(Error::NotFound)?;
            let after = paging.after::<Key>(clinic.app(), clinic.slug(), &name_of(id))?;
            let query = query_of(clinic, db, &paging, kind, after);
            let (patient, entries) = super::read(db, id, &query).await?;
            let open = if query.staff { visits::open_of(db, id).await? } else { None };
            Ok((patient, entries, open))
        })
        .await?;
    let section = if clinic.may("self:read") { "record" } else { "patients" };
    let chrome = Chrome::new(clinic, section)?.done(done.as_deref());
    let name = name_of(patient.patient_id);
    let found =
        paging.page(clinic.app(), clinic.slug(), &name, entries, |entry| (entry.at, entry.id));
    let mut banner = Banner::new(&chrome, &patient);
    if section == "record" {
        banner.href = chrome.path("record");
    }
    let next = found.next_cursor.map(|cursor| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(kind) = kind {
            query.append_pair("kind", kind.as_str());
        }
        query.append_pair("cursor", &cursor);
        format!("{}?{}", banner.href, query.finish())
    });
    let filters = filters(&chrome, &banner.href, kind);
    let days = days(&chrome, &found.items);
    page(&ChartPage { chrome, banner, patient, open, filters, days, next })
}

impl ChartPage {
    /// A number as people write it: 71.5, never 71.50.
    fn weight(&self) -> String {
        self.patient.told.weight_kg.map(|kg| format!("{kg} kg")).unwrap_or_default()
    }

    /// The parts of the address that are known.
    fn address(&self) -> String {
        let told = &self.patient.told;
        let parts = [&told.address, &told.city, &told.state, &told.postcode];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Whom to call, and where.
    fn emergency(&self) -> String {
        let told = &self.patient.told;
        let parts = [&told.emergency_name, &told.emergency_phone];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    fn blood_group(&self) -> String {
        self.patient.told.blood_group.map(|group| group.to_string()).unwrap_or_default()
    }

    fn phone(&self) -> String {
        self.patient.told.phone.clone().unwrap_or_default()
    }

    fn medical_history(&self) -> String {
        self.patient.told.medical_history.clone().unwrap_or_default()
    }
}
