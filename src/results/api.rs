//! The laboratory as JSON.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::{
    List as MayList, NewResult, OrderedTest, OrderedTestId, Query, Read, Step, TestStatus, Verify,
    Whole, Write,
};
use crate::catalogue::TestKind;
use crate::documents::{self, Category, Document, NewDocument};
use crate::error::Error;
use crate::patients::{self, PatientId};
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(list)
        .service(of_patient)
        .service(show)
        .service(step)
        .service(enter)
        .service(verify)
        .service(attach);
}

/// The work list of the laboratory.
///
/// Open work the oldest first, what is over the newest first.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"),
        ("status" = inline(Option<TestStatus>), Query, description = "Where the tests stand; `waiting` unless said"),
        ("kind" = inline(Option<TestKind>), Query, description = "What they are made with"),
        ("day" = Option<chrono::NaiveDate>, Query, description = "Ordered on this day of the clinic"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<OrderedTest>, description = "Tests with the label of their patient"), Problems))]
#[get("/clinic/{slug}/api/v1/ordered-tests")]
async fn list(clinic: Clinic<MayList>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let status: TestStatus = fields.choice_opt("status").unwrap_or_default();
    let (kind, day) = (fields.choice_opt("kind"), fields.date("day"));
    fields.finish()?;
    let name = format!("lab {status}");
    let after = paging.after(clinic.app(), clinic.slug(), &name)?;
    let query = Query { status, kind, day, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::work(db, &query).await).await?;
    let page = paging.page(clinic.app(), clinic.slug(), &name, rows, |row| {
        (row.ordered_at, row.ordered_test_id)
    });
    Ok(HttpResponse::Ok().json(page))
}

/// A patient's tests, the newest first.
///
/// A patient's login sees the own ones; what was found only where it is verified.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = PatientId, Path, description = "The patient"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<OrderedTest>, description = "Newest first"), Problems))]
#[get("/clinic/{slug}/api/v1/patients/{id}/ordered-tests")]
async fn of_patient(
    clinic: Clinic<Read>,
    id: Id<PatientId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    fields.finish()?;
    let name = format!("tests of {}", id.0);
    let after = paging.after(clinic.app(), clinic.slug(), &name)?;
    let rows = clinic
        .read(async |db| {
            if !clinic.may("results:read") || clinic.may("patients:read") {
                patients::present(db, id.0).await?;
            } else if patients::labels(db, &[id.0]).await?.is_empty() {
                return Err(Error::NotFound);
            }
            super::of_patient(db, id.0, paging.limit, after).await
        })
        .await?;
    let page = paging.page(clinic.app(), clinic.slug(), &name, rows, |row| {
        (row.ordered_at, row.ordered_test_id)
    });
    Ok(HttpResponse::Ok().json(page))
}

/// A test with its results, those that were corrected too.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = OrderedTestId, Path, description = "The test")),
    responses((status = 200, body = Whole, description = "The test, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/ordered-tests/{id}")]
async fn show(clinic: Clinic<Read>, id: Id<OrderedTestId>) -> Result<HttpResponse, Error> {
    let whole = clinic.read(async |db| super::present(db, id.0).await).await?;
    Ok(Answer::ok(whole.test.version, &whole)?.into())
}

/// The sample is taken, or was not after all, or the test is not done (with a reason).
///
/// Answers 409 `test_elsewhere` where the test is past that.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = OrderedTestId, Path, description = "The test"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = Step,
    responses((status = 200, body = Whole, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/ordered-tests/{id}/step")]
async fn step(
    clinic: Clinic<Write>,
    id: Id<OrderedTestId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let step: Step = body.fields.read()?;
    let whole = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.test.version)).await?;
            super::step(db, id.0, version, &step).await
        })
        .await?;
    Ok(Answer::ok(whole.test.version, &whole)?.into())
}

/// Enter a result; with a reason, correct the one that is there.
///
/// Every number is flagged against its limits. The result before stays and is marked by a later revision.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = OrderedTestId, Path, description = "The test"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewResult,
    responses((status = 201, body = Whole, description = "Entered"), Problems))]
#[post("/clinic/{slug}/api/v1/ordered-tests/{id}/results")]
async fn enter(
    clinic: Clinic<Write>,
    id: Id<OrderedTestId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let ticket = body.ticket;
    let new: NewResult = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&ticket, async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.test.version)).await?;
            let whole = super::enter(db, id.0, version, &new).await?;
            let location = format!("/clinic/{slug}/api/v1/ordered-tests/{}", id.0);
            Answer::created(location, whole.test.version, &whole)
        })
        .await
}

/// Verify the result that counts; the patient sees it from then on.
///
/// Answers 409 `own_result` to whoever entered it, `no_result` where there is none to verify.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = OrderedTestId, Path, description = "The test"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = 200, body = Whole, description = "As it is now"), Problems))]
#[post("/clinic/{slug}/api/v1/ordered-tests/{id}/verify")]
async fn verify(
    clinic: Clinic<Verify>,
    id: Id<OrderedTestId>,
    version: IfMatch,
) -> Result<HttpResponse, Error> {
    let whole = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::present(db, id.0).await?.test.version)).await?;
            super::verify(db, id.0, version).await
        })
        .await?;
    Ok(Answer::ok(whole.test.version, &whole)?.into())
}

/// File the report of a test: the body is a PDF, JPEG or PNG of at most 10 MiB.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The clinic"), ("id" = OrderedTestId, Path, description = "The test"),
        ("category" = inline(Category), Query, description = "What it is about"),
        ("title" = Option<String>, Query, max_length = 200, description = "What it is called; else the file's name"),
        ("file_name" = Option<String>, Query, max_length = 255, description = "What the file is called at its origin"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body(content = Vec<u8>, content_type = "image/png"),
    responses((status = 201, body = Document, description = "Filed"), Problems))]
#[post("/clinic/{slug}/api/v1/ordered-tests/{id}/documents")]
async fn attach(
    clinic: Clinic<Write>,
    id: Id<OrderedTestId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let incoming = documents::receive_body(&clinic, &request, payload).await?;
    let new: NewDocument = incoming.fields().read()?;
    let slug = clinic.slug();
    incoming
        .file(&clinic, async |db, filed| {
            let document = super::report(db, id.0, &new, filed).await?;
            let location = format!("/clinic/{slug}/api/v1/documents/{}", document.document_id);
            Answer::created(location, document.version, &document)
        })
        .await
}
