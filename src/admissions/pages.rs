//! Recommendations as pages: the list, and one visit's with its form.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::nouns::why;
use super::{
    List, NewRecommendation, Query, Recommendation, RecommendationId, Standing, Urgency, Write,
};
use crate::error::Error;
use crate::patients::{self, Banner, Patient};
use crate::tenant::{Answer, Clinic};
use crate::visits::{self, VisitId};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Paging, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(index).service(recommend_form).service(recommend).service(withdraw);
}

#[derive(Template)]
#[template(path = "admissions/list.html")]
struct ListPage {
    chrome: Chrome,
    found: Vec<Recommendation>,
    /// Only those that stand open.
    open: bool,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "admissions/form.html")]
struct FormPage {
    chrome: Chrome,
    banner: Banner,
    form: Form,
    visit: VisitId,
    /// The one that stands open already.
    standing: Option<Recommendation>,
}

/// Who should be admitted.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/admissions")]
async fn index(clinic: Clinic<List>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = 50;
    let open = fields.text_opt("show", 20).as_deref() != Some("all");
    let done = fields.text_opt("done", 60);
    let after = paging.after(clinic.app(), clinic.slug(), "admissions")?;
    let status = open.then_some(Standing::Open);
    let query = Query { status, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::list(db, &query).await).await?;
    let found = paging.page(clinic.app(), clinic.slug(), "admissions", rows, |row| {
        (row.created_at, row.recommendation_id)
    });
    let chrome = Chrome::new(&clinic, "tracking")?.done(done.as_deref());
    let next = found.next_cursor.map(|cursor| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("show", if open { "open" } else { "all" });
        query.append_pair("cursor", &cursor);
        format!("{}?{}", chrome.path("admissions"), query.finish())
    });
    page(&ListPage { chrome, found: found.items, open, next })
}

async fn read(
    clinic: &Clinic<Write>,
    id: VisitId,
) -> Result<(Patient, Option<Recommendation>), Error> {
    clinic
        .read(async |db| {
            let visit = visits::present(db, id).await?;
            let patient = patients::present(db, visit.patient_id).await?;
            Ok((patient, super::open_of(db, visit.patient_id).await?))
        })
        .await
}

async fn draw(
    clinic: &Clinic<Write>,
    id: VisitId,
    form: Form,
    status: u16,
) -> Result<HttpResponse, Error> {
    let (patient, standing) = read(clinic, id).await?;
    let chrome = Chrome::new(clinic, "tracking")?;
    let banner = Banner::new(&chrome, &patient);
    page_with(status, &FormPage { chrome, banner, form, visit: id, standing })
}

/// The form to recommend an admission, or what stands open with the form to withdraw it.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/visits/{id}/admission")]
async fn recommend_form(clinic: Clinic<Write>, id: Id<VisitId>) -> Result<HttpResponse, Error> {
    draw(&clinic, id.0, Form::new(), 200).await
}

/// Recommends an admission and returns to the visit.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = VisitId, Path,)), responses((status = 303, description = "Recommended")))]
#[post("/clinic/{slug}/visits/{id}/admission")]
async fn recommend(
    clinic: Clinic<Write>,
    id: Id<VisitId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let new: NewRecommendation = body.fields().read()?;
        let slug = clinic.slug();
        clinic
            .once(&body.ticket, async |db| {
                super::recommend(db, id.0, &new).await?;
                let to = "consultation?done=admission_recommended";
                Ok(Answer::see_other(format!("/clinic/{slug}/visits/{}/{to}", id.0)))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let status = error.status();
            clinic.enter().await?;
            let form = body.form.refuse(error, &clinic.lang())?;
            draw(&clinic, id.0, form, status).await
        }
    }
}

/// Withdraws a recommendation and returns to the list.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = RecommendationId, Path,)), responses((status = 303, description = "Withdrawn")))]
#[post("/clinic/{slug}/admission-recommendations/{id}/withdraw")]
async fn withdraw(
    clinic: Clinic<Write>,
    id: Id<RecommendationId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let reason = why(&mut fields, 500);
        fields.finish()?;
        clinic.write(async |db| super::withdraw(db, id.0, version, &reason).await).await
    };
    match outcome.await {
        Ok(_) => {
            let to = format!("/clinic/{}/admissions?done=admission_withdrawn", clinic.slug());
            Ok(Answer::see_other(to).into())
        }
        Err(error) => {
            let status = error.status();
            let visit = clinic.read(async |db| super::present(db, id.0).await).await?.visit_id;
            let form = match error {
                Error::Stale => body.form.object(clinic.lang().t("admissions.stale")),
                other => body.form.refuse(other, &clinic.lang())?,
            };
            draw(&clinic, visit, form, status).await
        }
    }
}
