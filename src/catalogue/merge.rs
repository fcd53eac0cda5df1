//! Two entries for one thing become one: the duplicate is not offered any more and points to the entry that
//! was kept, which takes over what it did not say itself. Prescriptions stay word for word as they were.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use serde::Serialize;
use uuid::Uuid;

use super::entry::{Entry, Known, cells};
use super::{Medicine, MedicineId, NewMedicine, NewTest, Test, TestId, Write};
use crate::error::Error;
use crate::tenant::{Answer, Clinic, Db};
use crate::web::{
    Chrome, Fields, Form, FormBody, Id, IfMatch, JsonBody, Problems, Routes, page_with,
};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(merge_medicine)
        .service(merge_test)
        .service(choose_medicine)
        .service(choose_test)
        .service(medicine_chosen)
        .service(test_chosen);
}

/// Makes one of two. The caller must have read the duplicate's version.
async fn merge<T: Entry>(
    db: &mut Db,
    duplicate: Uuid,
    version: i32,
    kept: Uuid,
) -> Result<(), Error> {
    let duplicate = T::find(db, duplicate).await?.ok_or(Error::NotFound)?;
    if duplicate.version != version {
        return Err(Error::Stale);
    }
    if duplicate.id == kept {
        return Err(Error::field(T::ID, "itself"));
    }
    let unknown = || Error::field(T::ID, "unknown");
    let kept = T::find(db, kept).await?.ok_or_else(unknown)?;
    if !kept.told.active() {
        return Err(Error::conflict("kept_unused"));
    }
    let mut united = kept.told.clone();
    united.unite(&duplicate.told);
    let gains = cells(&united) != cells(&kept.told);
    if gains && !united.replace(db, &kept).await? {
        return Err(Error::Stale);
    }
    if T::point(db, &duplicate, kept.id).await? { Ok(()) } else { Err(Error::Stale) }
}

/// Which medicine is kept.
#[derive(Serialize, utoipa::ToSchema)]
struct KeptMedicine {
    /// The medicine that is kept.
    medicine_id: MedicineId,
}

/// Which test is kept.
#[derive(Serialize, utoipa::ToSchema)]
struct KeptTest {
    /// The test that is kept.
    test_id: TestId,
}

/// Merge a duplicate medicine into another.
///
/// The one of the address is not offered any more; the other takes over what it did not say itself, and all words
/// of allergies. Answers 409 `kept_unused` where the other is not offered either.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = MedicineId, Path, description = "The duplicate"),
        ("If-Match" = String, Header, description = "The duplicate's ETag that was read")),
    request_body = KeptMedicine,
    responses((status = 200, body = Medicine, description = "The medicine that was kept"), Problems))]
#[post("/clinic/{slug}/api/v1/catalogue/medicines/{id}/merge")]
async fn merge_medicine(
    clinic: Clinic<Write>,
    id: Id<MedicineId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let kept: MedicineId = kept(body.fields, NewMedicine::ID)?;
    let medicine = clinic
        .write(async |db| {
            let version =
                version.meant(async || Ok(super::medicine(db, id.0).await?.version)).await?;
            merge::<NewMedicine>(db, id.0.0, version, kept.0).await?;
            super::medicine(db, kept).await
        })
        .await?;
    Ok(Answer::ok(medicine.version, &medicine)?.into())
}

/// Merge a duplicate test into another.
///
/// The one of the address is not offered any more. Answers 409 `kept_unused` where the other is not offered either.
#[utoipa::path(tag = "catalogue",
    params(("slug" = String, Path, description = "The clinic"),
        ("id" = TestId, Path, description = "The duplicate"),
        ("If-Match" = String, Header, description = "The duplicate's ETag that was read")),
    request_body = KeptTest,
    responses((status = 200, body = Test, description = "The test that was kept"), Problems))]
#[post("/clinic/{slug}/api/v1/catalogue/tests/{id}/merge")]
async fn merge_test(
    clinic: Clinic<Write>,
    id: Id<TestId>,
    version: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, Error> {
    let kept: TestId = kept(body.fields, NewTest::ID)?;
    let test = clinic
        .write(async |db| {
            let version = version.meant(async || Ok(super::test(db, id.0).await?.version)).await?;
            merge::<NewTest>(db, id.0.0, version, kept.0).await?;
            super::test(db, kept).await
        })
        .await?;
    Ok(Answer::ok(test.version, &test)?.into())
}

fn kept<T: std::str::FromStr>(mut fields: Fields, name: &str) -> Result<T, Error> {
    let kept = fields.id_opt(name);
    if kept.is_none() && !fields.has(name) {
        fields.refuse(name, "required");
    }
    fields.finish()?;
    kept.ok_or_else(|| Error::field(name, "required"))
}

/// Candidates on a page.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "catalogue/merge.html")]
struct MergePage {
    chrome: Chrome,
    form: Form,
    /// `medicines` or `tests`, and the field of its id.
    kind: &'static str,
    field: &'static str,
    id: Uuid,
    version: i32,
    named: String,
    find: String,
    /// What may be kept: id and name.
    others: Vec<(Uuid, String)>,
}

/// Entries in use whose names begin as somebody typed, at first with the duplicate's own beginning.
async fn drawn<T: Entry>(
    clinic: &Clinic<Write>,
    kind: &'static str,
    id: Uuid,
    find: Option<String>,
    refused: Option<Error>,
) -> Result<HttpResponse, Error> {
    let (known, find, others): (Known<T>, _, _) = clinic
        .read(async |db| {
            let known = T::find(db, id).await?.ok_or(Error::NotFound)?;
            let own = || known.told.name_key().chars().take(3).collect();
            let find: String = find.clone().unwrap_or_else(own);
            let found = T::page(db, &find, None).await?;
            Ok((known, find, found))
        })
        .await?;
    let others = others.into_iter().filter(|other| other.id != id && other.told.active());
    let others = others.take(SHOWN).map(|other| (other.id, other.told.label())).collect();
    let chrome = Chrome::new(clinic, "catalogue")?;
    let status = refused.as_ref().map_or(200, Error::status);
    let form = match refused {
        Some(Error::Stale) => Form::new().object(chrome.t("catalogue.stale")),
        Some(error) => Form::new().refuse(error, chrome.texts())?,
        None => Form::new(),
    };
    let (field, named, version) = (T::ID, known.told.label(), known.version);
    page_with(status, &MergePage { chrome, form, kind, field, id, version, named, find, others })
}

async fn chosen<T: Entry>(
    clinic: &Clinic<Write>,
    kind: &'static str,
    id: Uuid,
    body: &FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)?;
        let kept: MedicineId = kept(fields, T::ID)?;
        clinic.write(async |db| merge::<T>(db, id, version, kept.0).await).await
    };
    match outcome.await {
        Ok(()) => {
            let show = if kind == "tests" { "show=tests&" } else { "" };
            let to = format!("/clinic/{}/catalogue?{show}done=catalogue_merged", clinic.slug());
            Ok(Answer::see_other(to).into())
        }
        Err(error @ (Error::Stale | Error::Invalid(_) | Error::Conflict { .. })) => {
            drawn::<T>(clinic, kind, id, None, Some(error)).await
        }
        Err(error) => Err(error),
    }
}

/// Which medicine this one is a duplicate of.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = MedicineId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/medicines/{id}/merge")]
async fn choose_medicine(
    clinic: Clinic<Write>,
    id: Id<MedicineId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let find = Fields::of_query(&request)?.text_opt("find", 100);
    drawn::<NewMedicine>(&clinic, "medicines", id.0.0, find, None).await
}

/// Which test this one is a duplicate of.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TestId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/tests/{id}/merge")]
async fn choose_test(
    clinic: Clinic<Write>,
    id: Id<TestId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let find = Fields::of_query(&request)?.text_opt("find", 100);
    drawn::<NewTest>(&clinic, "tests", id.0.0, find, None).await
}

/// Merges a duplicate medicine into the one that was chosen.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = MedicineId, Path,)), responses((status = 303, description = "Merged")))]
#[post("/clinic/{slug}/catalogue/medicines/{id}/merge")]
async fn medicine_chosen(
    clinic: Clinic<Write>,
    id: Id<MedicineId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    chosen::<NewMedicine>(&clinic, "medicines", id.0.0, &body).await
}

/// Merges a duplicate test into the one that was chosen.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TestId, Path,)), responses((status = 303, description = "Merged")))]
#[post("/clinic/{slug}/catalogue/tests/{id}/merge")]
async fn test_chosen(
    clinic: Clinic<Write>,
    id: Id<TestId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    chosen::<NewTest>(&clinic, "tests", id.0.0, &body).await
}
