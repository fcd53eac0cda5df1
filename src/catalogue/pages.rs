//! The catalogues as pages: look, add, correct, take out of use.

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use super::{Medicine, MedicineId, NewMedicine, NewTest, Query, Read, Start, Test, TestId, Write};
use crate::error::Error;
use crate::tenant::{Answer, Clinic};
use crate::trail;
use crate::web::{Chrome, Fields, Form, FormBody, Id, Overtaken, Paging, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config
        .service(index)
        .service(starter)
        .service(new_medicine)
        .service(add_medicine)
        .service(edit_medicine)
        .service(amend_medicine)
        .service(use_medicine)
        .service(new_test)
        .service(add_test)
        .service(edit_test)
        .service(amend_test)
        .service(use_test);
}

/// What the list shows: one of the two catalogues.
enum Shown {
    Medicines(Vec<Medicine>),
    Tests(Vec<Test>),
}

#[derive(Template)]
#[template(path = "catalogue/list.html")]
struct ListPage {
    chrome: Chrome,
    shown: Shown,
    find: String,
    inactive: bool,
    next: Option<String>,
}

impl ListPage {
    fn tests(&self) -> bool {
        matches!(self.shown, Shown::Tests(_))
    }

    /// The address of the same list with or without those not used any more.
    fn turned(&self) -> String {
        address(&self.chrome, self.tests(), &self.find, !self.inactive, None)
    }
}

fn address(
    chrome: &Chrome,
    tests: bool,
    find: &str,
    inactive: bool,
    cursor: Option<&str>,
) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let pairs = [
        ("show", if tests { "tests" } else { "" }),
        ("find", find),
        ("inactive", if inactive { "true" } else { "" }),
        ("cursor", cursor.unwrap_or_default()),
    ];
    for (name, value) in pairs {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() {
        chrome.path("catalogue")
    } else {
        format!("{}?{query}", chrome.path("catalogue"))
    }
}

/// Medicines, or tests.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue")]
async fn index(clinic: Clinic<Read>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = 50;
    let find = fields.text_opt("find", 100).unwrap_or_default();
    let inactive = fields.flag("inactive");
    let done = fields.text_opt("done", 60);
    let tests = fields.text_opt("show", 20).as_deref() == Some("tests");
    let (app, slug) = (clinic.app(), clinic.slug());
    let (shown, cursor) = if tests {
        let list = if find.is_empty() { "tests" } else { "tests by word" };
        let after = paging.after(app, slug, list)?;
        let query = Query::new(&find, inactive, paging.limit, after);
        let rows = clinic.read(async |db| super::tests(db, &query).await).await?;
        let found = paging.page(app, slug, list, rows, |t| (t.name_key.clone(), t.test_id));
        (Shown::Tests(found.items), found.next_cursor)
    } else {
        let list = if find.is_empty() { "medicines" } else { "medicines by word" };
        let after = paging.after(app, slug, list)?;
        let query = Query::new(&find, inactive, paging.limit, after);
        let rows = clinic.read(async |db| super::medicines(db, &query).await).await?;
        let found = paging.page(app, slug, list, rows, |m| (m.name_key.clone(), m.medicine_id));
        (Shown::Medicines(found.items), found.next_cursor)
    };
    let chrome = Chrome::new(&clinic, "catalogue")?.done(done.as_deref());
    let next = cursor.map(|cursor| address(&chrome, tests, &find, inactive, Some(&cursor)));
    page(&ListPage { chrome, shown, find, inactive, next })
}

/// Fills the catalogue with common medicines and tests.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Filled")))]
#[post("/clinic/{slug}/catalogue/starter")]
async fn starter(clinic: Clinic<Start>, body: FormBody) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    clinic
        .once(&body.ticket, async |db| {
            super::starter(db).await?;
            Ok(Answer::see_other(format!("/clinic/{slug}/catalogue?done=catalogue_started")))
        })
        .await
}

#[derive(Template)]
#[template(path = "catalogue/medicine.html")]
struct MedicinePage {
    chrome: Chrome,
    form: Form,
    /// Set when correcting, unset when adding.
    medicine: Option<Medicine>,
}

impl MedicinePage {
    /// The medicine's label in the words of the page.
    fn called(&self, medicine: &Medicine) -> String {
        let form = self.chrome.word("form", medicine.told.form.as_str());
        let strength = medicine.told.strength.iter().cloned();
        let parts = std::iter::once(medicine.told.name.clone()).chain(strength);
        parts.chain(std::iter::once(form)).collect::<Vec<_>>().join(" ")
    }
}

#[derive(Template)]
#[template(path = "catalogue/test.html")]
struct TestPage {
    chrome: Chrome,
    form: Form,
    /// Set when correcting, unset when adding.
    test: Option<Test>,
}

/// The form to add a medicine.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/medicines/new")]
async fn new_medicine(clinic: Clinic<Write>) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    let chrome = Chrome::new(&clinic, "catalogue")?;
    page(&MedicinePage { chrome, form: Form::new(), medicine: None })
}

/// Adds a medicine.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Added")))]
#[post("/clinic/{slug}/catalogue/medicines")]
async fn add_medicine(clinic: Clinic<Write>, body: FormBody) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let outcome = async {
        let new: NewMedicine = body.fields().read()?;
        clinic
            .once(&body.ticket, async |db| {
                super::add_medicine(db, &new).await?;
                Ok(Answer::see_other(format!("/clinic/{slug}/catalogue?done=catalogue_added")))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            clinic.enter().await?;
            let chrome = Chrome::new(&clinic, "catalogue")?;
            let form = body.form.refuse(error, chrome.texts())?;
            page_with(422, &MedicinePage { chrome, form, medicine: None })
        }
    }
}

/// The form to correct a medicine.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = MedicineId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/medicines/{id}")]
async fn edit_medicine(clinic: Clinic<Write>, id: Id<MedicineId>) -> Result<HttpResponse, Error> {
    let medicine = clinic.read(async |db| super::medicine(db, id.0).await).await?;
    let chrome = Chrome::new(&clinic, "catalogue")?;
    let form = Form::filled(&medicine.told).at(medicine.version);
    page(&MedicinePage { chrome, form, medicine: Some(medicine) })
}

/// Corrects a medicine, unless somebody else did in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = MedicineId, Path,)), responses((status = 303, description = "Corrected")))]
#[post("/clinic/{slug}/catalogue/medicines/{id}")]
async fn amend_medicine(
    clinic: Clinic<Write>,
    id: Id<MedicineId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = version(&mut fields)?;
        let new: NewMedicine = fields.read()?;
        clinic
            .write(async |db| {
                let active = super::medicine(db, id.0).await?.told.active;
                let new = NewMedicine { active, ..new.clone() };
                super::amend_medicine(db, id.0, version, &new).await
            })
            .await
    };
    match outcome.await {
        Ok(_) => Ok(back(&clinic, "catalogue?done=catalogue_corrected")),
        Err(error) => {
            let status = error.status();
            let medicine = clinic.read(async |db| super::medicine(db, id.0).await).await?;
            let chrome = Chrome::new(&clinic, "catalogue")?;
            let form = if matches!(error, Error::Stale) {
                let by = Overtaken {
                    sent: Form::filled(&body.fields().read::<NewMedicine>()?),
                    now: Form::filled(&medicine.told).at(medicine.version),
                    changed_at: Some(&medicine.updated_at),
                    changed_by: trail::changed_by(&clinic, "medicines", id.0, medicine.updated_at)
                        .await?,
                    words: &[("form", "form"), ("default_food", "food")],
                };
                body.form.overtaken(&chrome, "catalogue.stale", &by)
            } else {
                body.form.refuse(error, chrome.texts())?
            };
            page_with(status, &MedicinePage { chrome, form, medicine: Some(medicine) })
        }
    }
}

/// Takes a medicine out of use, or brings it back.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = MedicineId, Path,)), responses((status = 303, description = "Done")))]
#[post("/clinic/{slug}/catalogue/medicines/{id}/use")]
async fn use_medicine(
    clinic: Clinic<Write>,
    id: Id<MedicineId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields();
    let version = version(&mut fields)?;
    let active = fields.flag("active");
    clinic
        .write(async |db| {
            let told = super::medicine(db, id.0).await?.told;
            super::amend_medicine(db, id.0, version, &NewMedicine { active, ..told }).await
        })
        .await?;
    Ok(back(&clinic, &format!("catalogue?done={}", used(active))))
}

/// The form to add a test.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/tests/new")]
async fn new_test(clinic: Clinic<Write>) -> Result<HttpResponse, Error> {
    clinic.enter().await?;
    let chrome = Chrome::new(&clinic, "catalogue")?;
    page(&TestPage { chrome, form: Form::new(), test: None })
}

/// Adds a test.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 303, description = "Added")))]
#[post("/clinic/{slug}/catalogue/tests")]
async fn add_test(clinic: Clinic<Write>, body: FormBody) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let outcome = async {
        let new: NewTest = body.fields().read()?;
        clinic
            .once(&body.ticket, async |db| {
                super::add_test(db, &new).await?;
                let to = format!("/clinic/{slug}/catalogue?show=tests&done=catalogue_added");
                Ok(Answer::see_other(to))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            clinic.enter().await?;
            let chrome = Chrome::new(&clinic, "catalogue")?;
            let form = body.form.refuse(error, chrome.texts())?;
            page_with(422, &TestPage { chrome, form, test: None })
        }
    }
}

/// The form to correct a test.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TestId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/catalogue/tests/{id}")]
async fn edit_test(clinic: Clinic<Write>, id: Id<TestId>) -> Result<HttpResponse, Error> {
    let test = clinic.read(async |db| super::test(db, id.0).await).await?;
    let chrome = Chrome::new(&clinic, "catalogue")?;
    let form = Form::filled(&test.told).at(test.version);
    page(&TestPage { chrome, form, test: Some(test) })
}

/// Corrects a test, unless somebody else did in the meantime.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TestId, Path,)), responses((status = 303, description = "Corrected")))]
#[post("/clinic/{slug}/catalogue/tests/{id}")]
async fn amend_test(
    clinic: Clinic<Write>,
    id: Id<TestId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = version(&mut fields)?;
        let new: NewTest = fields.read()?;
        clinic
            .write(async |db| {
                let active = super::test(db, id.0).await?.told.active;
                super::amend_test(db, id.0, version, &NewTest { active, ..new.clone() }).await
            })
            .await
    };
    match outcome.await {
        Ok(_) => Ok(back(&clinic, "catalogue?show=tests&done=catalogue_corrected")),
        Err(error) => {
            let status = error.status();
            let test = clinic.read(async |db| super::test(db, id.0).await).await?;
            let chrome = Chrome::new(&clinic, "catalogue")?;
            let form = if matches!(error, Error::Stale) {
                let by = Overtaken {
                    sent: Form::filled(&body.fields().read::<NewTest>()?),
                    now: Form::filled(&test.told).at(test.version),
                    changed_at: Some(&test.updated_at),
                    changed_by: trail::changed_by(&clinic, "tests", id.0, test.updated_at).await?,
                    words: &[("kind", "kind")],
                };
                body.form.overtaken(&chrome, "catalogue.stale", &by)
            } else {
                body.form.refuse(error, chrome.texts())?
            };
            page_with(status, &TestPage { chrome, form, test: Some(test) })
        }
    }
}

/// Takes a test out of use, or brings it back.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = TestId, Path,)), responses((status = 303, description = "Done")))]
#[post("/clinic/{slug}/catalogue/tests/{id}/use")]
async fn use_test(
    clinic: Clinic<Write>,
    id: Id<TestId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let mut fields = body.fields();
    let version = version(&mut fields)?;
    let active = fields.flag("active");
    clinic
        .write(async |db| {
            let told = super::test(db, id.0).await?.told;
            super::amend_test(db, id.0, version, &NewTest { active, ..told }).await
        })
        .await?;
    Ok(back(&clinic, &format!("catalogue?show=tests&done={}", used(active))))
}

fn version(fields: &mut Fields) -> Result<i32, Error> {
    fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)
}

fn used(active: bool) -> &'static str {
    if active { "catalogue_used" } else { "catalogue_unused" }
}

fn back(clinic: &Clinic<Write>, to: &str) -> HttpResponse {
    Answer::see_other(format!("/clinic/{}/{to}", clinic.slug())).into()
}
