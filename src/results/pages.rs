//! The laboratory as pages: the work list, and one test from sample to verified result.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use super::shown::{self, Shown};
use super::{
    List, NewResult, OrderedTest, OrderedTestId, Query, Read, Step, TestStatus, Verify, Whole,
    Write,
};
use crate::catalogue::TestKind;
use crate::documents::{self, Category, NewDocument};
use crate::error::Error;
use crate::patients::{self, Banner, Label, PatientId};
use crate::tenant::{Answer, Clinic, Permission};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Paging, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(index).service(show).service(move_on).service(enter).service(verify);
    config.service(attach);
}

#[derive(Template)]
#[template(path = "results/list.html")]
struct ListPage {
    chrome: Chrome,
    form: Form,
    status: TestStatus,
    tests: Vec<OrderedTest>,
    next: Option<String>,
}

impl ListPage {
    /// The stages of the work, in its order.
    const STAGES: [TestStatus; 5] = [
        TestStatus::Waiting,
        TestStatus::Sampled,
        TestStatus::Resulted,
        TestStatus::Verified,
        TestStatus::NotDone,
    ];

    fn flag(test: &OrderedTest) -> &'static str {
        shown::notable(test.flag)
    }

    /// The same list at another stage; kind and day stay.
    fn at(&self, status: TestStatus) -> String {
        address(&self.chrome, &self.form, status, None)
    }
}

fn address(chrome: &Chrome, form: &Form, status: TestStatus, cursor: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("status", status.as_str());
    for name in ["kind", "day"] {
        if !form.value(name).is_empty() {
            query.append_pair(name, form.value(name));
        }
    }
    if let Some(cursor) = cursor {
        query.append_pair("cursor", cursor);
    }
    format!("{}?{}", chrome.path("lab"), query.finish())
}

/// The work list: what waits, what is at work, what is to be verified, what is over.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/lab")]
async fn index(clinic: Clinic<List>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut fields = Fields::of_query(&request)?;
    let mut paging = Paging::parse(&mut fields);
    paging.limit = 50;
    let done = fields.text_opt("done", 60);
    let mut form = Form::new();
    for (name, text) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        form.set(&name, &text);
    }
    let status: TestStatus = fields.choice_opt("status").unwrap_or_default();
    let (kind, day) = (fields.choice_opt::<TestKind>("kind"), fields.date("day"));
    let wrong = fields.finish().err();
    let name = format!("lab {status}");
    let after = paging.after(clinic.app(), clinic.slug(), &name)?;
    let query = Query { status, kind, day, limit: paging.limit, after };
    let rows = clinic.read(async |db| super::work(db, &query).await).await?;
    let found = paging.page(clinic.app(), clinic.slug(), &name, rows, |row| {
        (row.ordered_at, row.ordered_test_id)
    });
    let chrome = Chrome::new(&clinic, "lab")?.done(done.as_deref());
    let next = found.next_cursor.map(|cursor| address(&chrome, &form, status, Some(&cursor)));
    let code = if wrong.is_some() { 422 } else { 200 };
    if let Some(error) = wrong {
        form = form.refuse(error, chrome.texts())?;
    }
    page_with(code, &ListPage { chrome, form, status, tests: found.items, next })
}

#[derive(Template)]
#[template(path = "results/test.html")]
struct TestPage {
    chrome: Chrome,
    banner: Option<Banner>,
    form: Form,
    whole: Whole,
    current: Option<Shown>,
    corrected: Vec<Shown>,
    rows: Vec<usize>,
    /// The reader entered the result that counts: somebody else verifies it.
    own: bool,
}

impl TestPage {
    fn is(&self, status: &str) -> bool {
        self.whole.test.status.as_str() == status
    }

    fn here(&self, rest: &str) -> String {
        self.chrome.path(&format!("lab/{}/{rest}", self.whole.test.ordered_test_id))
    }

    fn has_result(&self) -> bool {
        self.is("resulted") || self.is("verified")
    }

    fn is_open(&self) -> bool {
        self.is("waiting") || self.is("sampled")
    }

    fn writes(&self) -> bool {
        self.chrome.may("results:write") && (self.is_open() || self.has_result())
    }

    fn files(&self) -> bool {
        self.chrome.may("documents:write")
            && self.chrome.may("results:write")
            && (self.is_open() || self.has_result())
    }

    fn categories() -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(|c| {
            !matches!(c, Category::Photo | Category::DischargeSummary | Category::Other)
        })
    }

    fn back(&self) -> String {
        if self.chrome.may("self:read") {
            return self.chrome.path("record/results");
        }
        format!("{}?status={}", self.chrome.path("lab"), self.whole.test.status)
    }
}

async fn drawn<P: Permission>(
    clinic: &Clinic<P>,
    id: OrderedTestId,
    form: Option<Form>,
) -> Result<TestPage, Error> {
    let (whole, own_record) = clinic
        .read(async |db| {
            let whole = super::present(db, id).await?;
            // A patient's login reads no labels, but the own record.
            let own = match db.who().patient_id {
                Some(own) => Some(patients::present(db, PatientId(own)).await?),
                None => None,
            };
            Ok((whole, own.as_ref().map(Label::from)))
        })
        .await?;
    let patient = own_record.is_some();
    let chrome = Chrome::new(clinic, if patient { "results" } else { "lab" })?;
    let banner = own_record.as_ref().or(whole.test.patient.as_ref()).map(|label| {
        let mut banner = Banner::labelled(&chrome, label);
        if patient {
            banner.href = chrome.path("record");
        } else if !chrome.may("patients:read") {
            banner.href = chrome.path(&format!("lab/{id}"));
        }
        banner
    });
    let me = clinic.who()?.user_id;
    let current = whole.current();
    let own = current.is_some_and(|result| result.entered_by == me);
    let form = form.unwrap_or_else(|| shown::filled(&whole));
    let corrected = whole.results.iter().filter(|result| result.revision != whole.test.revision);
    Ok(TestPage {
        rows: (0..shown::rows(&form)).collect(),
        current: current.map(|result| shown::result(&chrome, result)),
        corrected: corrected.map(|result| shown::result(&chrome, result)).collect(),
        chrome,
        banner,
        form,
        whole,
        own,
    })
}

/// One test: whose, where it stands, what was found.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = OrderedTestId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/lab/{id}")]
async fn show(
    clinic: Clinic<Read>,
    id: Id<OrderedTestId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let done = Fields::of_query(&request)?.text_opt("done", 60);
    let mut drawn = drawn(&clinic, id.0, None).await?;
    drawn.chrome = drawn.chrome.done(done.as_deref());
    page(&drawn)
}

/// The page again with everything typed and what must be corrected.
async fn again<P: Permission>(
    clinic: &Clinic<P>,
    id: OrderedTestId,
    typed: Form,
    error: Error,
) -> Result<HttpResponse, Error> {
    let status = error.status();
    let typed_lines = typed.value("finding").is_empty() && typed.value("values.0.name").is_empty();
    let keep = (!typed_lines).then(|| typed.clone());
    let mut drawn = drawn(clinic, id, keep).await?;
    if typed_lines {
        for name in ["reason", "to", "category", "title"] {
            drawn.form.set(name, typed.value(name));
        }
    }
    drawn.form = match error {
        Error::Stale => drawn.form.object(drawn.chrome.t("results.stale")),
        error @ (Error::Invalid(_) | Error::Conflict { .. }) => {
            drawn.form.refuse(error, drawn.chrome.texts())?
        }
        other => return Err(other),
    };
    page_with(status, &drawn)
}

fn version(fields: &mut Fields) -> Result<i32, Error> {
    fields.int32("version", 1..=i32::MAX).ok_or(Error::PreconditionRequired)
}

fn there<P: Permission>(clinic: &Clinic<P>, id: OrderedTestId, done: &str) -> HttpResponse {
    Answer::see_other(format!("/clinic/{}/lab/{id}?done={done}", clinic.slug())).into()
}

/// The sample is taken, or was not after all, or the test is not done. From the list one goes on with the list.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = OrderedTestId, Path,)), responses((status = 303, description = "Done")))]
#[post("/clinic/{slug}/lab/{id}/step")]
async fn move_on(
    clinic: Clinic<Write>,
    id: Id<OrderedTestId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let mut fields = body.fields();
        let version = version(&mut fields)?;
        let step: Step = fields.read()?;
        clinic.write(async |db| super::step(db, id.0, version, &step).await).await?;
        Ok::<_, Error>(step.to)
    };
    match outcome.await {
        Ok(to) if body.form.is("from", "list") => {
            let to = format!("/clinic/{}/lab?done=test_{to}", clinic.slug());
            Ok(Answer::see_other(to).into())
        }
        Ok(to) => Ok(there(&clinic, id.0, &format!("test_{to}"))),
        Err(error) => again(&clinic, id.0, body.form, error).await,
    }
}

/// Enters a result, or corrects one.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = OrderedTestId, Path,)), responses((status = 303, description = "Entered")))]
#[post("/clinic/{slug}/lab/{id}/result")]
async fn enter(
    clinic: Clinic<Write>,
    id: Id<OrderedTestId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let slug = clinic.slug();
    let outcome = async {
        let mut fields = body.fields();
        let version = version(&mut fields)?;
        let new: NewResult = fields.read()?;
        clinic
            .once(&body.ticket, async |db| {
                super::enter(db, id.0, version, &new).await?;
                Ok(Answer::see_other(format!("/clinic/{slug}/lab/{}?done=result_entered", id.0)))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            clinic.enter().await?;
            again(&clinic, id.0, body.form, error).await
        }
    }
}

/// Verifies the result that counts.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = OrderedTestId, Path,)), responses((status = 303, description = "Verified")))]
#[post("/clinic/{slug}/lab/{id}/verify")]
async fn verify(
    clinic: Clinic<Verify>,
    id: Id<OrderedTestId>,
    body: FormBody,
) -> Result<HttpResponse, Error> {
    let outcome = async {
        let version = version(&mut body.fields())?;
        clinic.write(async |db| super::verify(db, id.0, version).await).await
    };
    match outcome.await {
        Ok(_) => Ok(there(&clinic, id.0, "result_verified")),
        Err(error) => again(&clinic, id.0, body.form, error).await,
    }
}

/// Files a report with the test.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = OrderedTestId, Path,)), responses((status = 303, description = "Filed")))]
#[post("/clinic/{slug}/lab/{id}/report")]
async fn attach(
    clinic: Clinic<Write>,
    id: Id<OrderedTestId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let mut form = Form::new();
    let slug = clinic.slug();
    let outcome = async {
        let incoming = documents::receive_form(&clinic, &request, payload, &mut form).await?;
        let new: NewDocument = incoming.fields().read()?;
        incoming
            .file(&clinic, async |db, filed| {
                super::report(db, id.0, &new, filed).await?;
                Ok(Answer::see_other(format!("/clinic/{slug}/lab/{}?done=attached", id.0)))
            })
            .await
    };
    match outcome.await {
        Ok(answer) => Ok(answer),
        Err(error) => again(&clinic, id.0, form, error).await,
    }
}
