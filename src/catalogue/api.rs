//! The catalogues as JSON.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};

use super::{
    Medicine, MedicineId, NewMedicine, NewTest, Query, Read, Start, Started, Test, TestId, Write,
};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::web::{Fields, Id, IfMatch, JsonBody, List, Paging, Problems, Routes};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(medicines)
        .service(add_medicine)
        .service(show_medicine)
        .service(amend_medicine)
        .service(tests)
        .service(add_test)
        .service(show_test)
        .service(amend_test)
        .service(starter);
}

/// List the medicines, by name.
///
/// `q` is the beginning of one word or several, of name, brand, strength and form: `para 500`. It is made to
/// be asked while somebody types. Medicines that are not used any more come with `inactive=true`.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("q" = Option<String>, Query, description = "Beginnings of words"),
        ("inactive" = Option<bool>, Query, description = "With those not used any more"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Medicine>, description = "By name"), Problems))]
#[get("/clinic/{slug}/api/v1/catalogue/medicines")]
async fn medicines(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let text = fields.text_opt("q", 100).unwrap_or_default();
    let inactive = fields.flag("inactive");
    fields.finish()?;
    let list = if text.is_empty() { "medicines" } else { "medicines by word" };
    let after = paging.after(clinic.app(), clinic.slug(), list)?;
    let query = Query::new(&text, inactive, paging.limit, after);
    let rows = clinic.read(async |db| super::medicines(db, &query).await).await?;
    Ok(HttpResponse::Ok().json(paging.page(clinic.app(), clinic.slug(), list, rows, |row| {
        (row.name_key.clone(), row.medicine_id)
    })))
}

/// Add a medicine.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewMedicine,
    responses((status = 201, body = Medicine, description = "Added"), Problems))]
#[post("/clinic/{slug}/api/v1/catalogue/medicines")]
async fn add_medicine(clinic: Clinic<Write>, body: JsonBody) -> Result<HttpResponse, Error> {
    let new: NewMedicine = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&body.ticket, async |db| {
            let medicine = super::add_medicine(db, &new).await?;
            let id = medicine.medicine_id;
            let location = format!("/clinic/{slug}/api/v1/catalogue/medicines/{id}");
            Answer::created(location, medicine.version, &medicine)
        })
        .await
}

/// One medicine.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = MedicineId, Path, description = "The medicine")),
    responses((status = 200, body = Medicine, description = "The medicine, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/catalogue/medicines/{id}")]
async fn show_medicine(clinic: Clinic<Read>, id: Id<MedicineId>) -> Result<HttpResponse, Error> {
    let medicine = clinic.read(async |db| super::medicine(db, id.0).await).await?;
    Ok(Answer::ok(medicine.version, &medicine)?.into())
}

/// Correct a medicine, or take it out of use with `active` false.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = MedicineId, Path, description = "The medicine"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = NewMedicine,
    responses((status = 200, body = Medicine, description = "As it is now"), Problems))]
#[patch("/clinic/{slug}/api/v1/catalogue/medicines/{id}")]
async fn amend_medicine(
    clinic: Clinic<Write>,
    id: Id<MedicineId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let current = clinic.read(async |db| super::medicine(db, id.0).await).await?;
    let version = version.fits(current.version)?;
    let new: NewMedicine = body.fields.over(&current.told).read()?;
    let medicine =
        clinic.write(async |db| super::amend_medicine(db, id.0, version, &new).await).await?;
    Ok(Answer::ok(medicine.version, &medicine)?.into())
}

/// List the tests, by name.
///
/// `q` is the beginning of one word or several of the name. Tests that are not used any more come with `inactive=true`.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("q" = Option<String>, Query, description = "Beginnings of words"),
        ("inactive" = Option<bool>, Query, description = "With those not used any more"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = List<Test>, description = "By name"), Problems))]
#[get("/clinic/{slug}/api/v1/catalogue/tests")]
async fn tests(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let paging = Paging::parse(&mut fields);
    let text = fields.text_opt("q", 100).unwrap_or_default();
    let inactive = fields.flag("inactive");
    fields.finish()?;
    let list = if text.is_empty() { "tests" } else { "tests by word" };
    let after = paging.after(clinic.app(), clinic.slug(), list)?;
    let query = Query::new(&text, inactive, paging.limit, after);
    let rows = clinic.read(async |db| super::tests(db, &query).await).await?;
    Ok(HttpResponse::Ok().json(
        paging.page(clinic.app(), clinic.slug(), list, rows, |row| {
            (row.name_key.clone(), row.test_id)
        }),
    ))
}

/// Add a test.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewTest,
    responses((status = 201, body = Test, description = "Added"), Problems))]
#[post("/clinic/{slug}/api/v1/catalogue/tests")]
async fn add_test(clinic: Clinic<Write>, body: JsonBody) -> Result<HttpResponse, Error> {
    let new: NewTest = body.fields.read()?;
    let slug = clinic.slug();
    clinic
        .once(&body.ticket, async |db| {
            let test = super::add_test(db, &new).await?;
            let location = format!("/clinic/{slug}/api/v1/catalogue/tests/{}", test.test_id);
            Answer::created(location, test.version, &test)
        })
        .await
}

/// One test.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = TestId, Path, description = "The test")),
    responses((status = 200, body = Test, description = "The test, with an ETag"), Problems))]
#[get("/clinic/{slug}/api/v1/catalogue/tests/{id}")]
async fn show_test(clinic: Clinic<Read>, id: Id<TestId>) -> Result<HttpResponse, Error> {
    let test = clinic.read(async |db| super::test(db, id.0).await).await?;
    Ok(Answer::ok(test.version, &test)?.into())
}

/// Correct a test, or take it out of use with `active` false.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = TestId, Path, description = "The test"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = NewTest,
    responses((status = 200, body = Test, description = "As it is now"), Problems))]
#[patch("/clinic/{slug}/api/v1/catalogue/tests/{id}")]
async fn amend_test(
    clinic: Clinic<Write>,
    id: Id<TestId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let current = clinic.read(async |db| super::test(db, id.0).await).await?;
    let version = version.fits(current.version)?;
    let new: NewTest = body.fields.over(&current.told).read()?;
    let test = clinic.write(async |db| super::amend_test(db, id.0, version, &new).await).await?;
    Ok(Answer::ok(test.version, &test)?.into())
}

/// Fill the catalogue with common medicines and tests.
///
/// Adds only what is not there, so it may be asked again. The body is an empty object.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = serde_json::Value,
    responses((status = 200, body = Started, description = "How many were added"), Problems))]
#[post("/clinic/{slug}/api/v1/catalogue/starter")]
async fn starter(clinic: Clinic<Start>, body: JsonBody) -> Result<HttpResponse, Error> {
    body.fields.finish()?;
    clinic
        .once(&body.ticket, async |db| {
            let added = super::starter(db).await?;
            Answer::json(200, None, &added)
        })
        .await
}
