//! From a kept file to a running import, on the page: what each column is read as, tried first, then for good.

use std::cell::RefCell;

use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::{
    Columns, FileId, Import, ImportId, ImportStatus, JOB, Order, Undone, Waiting, Write, columns,
    files, store, undo,
};
use crate::error::Error;
use crate::jobs::{self, JobId};
use crate::tenant::{Answer, Clinic, Db};
use crate::web::{Chrome, Fields, Form, FormBody, Id, Problems, Routes, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(choose).service(run).service(go_on).service(undo_it).service(undo_api);
}

/// Kept patients that are named.
pub(super) const NAMED: i64 = 100;

/// A column of the file and its first cells.
struct Shown {
    field: String,
    name: String,
    samples: String,
}

#[derive(Template)]
#[template(path = "imports/mapping.html")]
struct MappingPage {
    chrome: Chrome,
    form: Form,
    file: Waiting,
    columns: Vec<Shown>,
    fields: Vec<&'static str>,
}

impl MappingPage {
    fn new(chrome: Chrome, form: Form, (file, rows): (Waiting, Vec<Vec<String>>)) -> MappingPage {
        let shown = |(at, column): (usize, &super::Column)| Shown {
            field: format!("c{at}"),
            name: column.column.clone(),
            samples: rows
                .iter()
                .filter_map(|row| row.get(at))
                .filter(|cell| !cell.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" · "),
        };
        let columns = file.columns.iter().enumerate().map(shown).collect();
        MappingPage { chrome, form, file, columns, fields: columns::fields().collect() }
    }

    fn title(&self) -> &str {
        self.file.file_name.as_deref().unwrap_or(self.chrome.t("imports.unnamed"))
    }

    fn go(&self) -> String {
        let words = self.chrome.counted("imports.go", self.file.lines);
        words.replacen("{}", &self.chrome.count(self.file.lines), 1)
    }

    fn is_left_out(&self, column: &Shown) -> bool {
        self.form.value(&column.field).is_empty()
    }
}

fn filled(columns: &[super::Column]) -> Form {
    let mut form = Form::new();
    for (at, column) in columns.iter().enumerate() {
        form.set(&format!("c{at}"), column.field.as_deref().unwrap_or_default());
    }
    form
}

/// What each column of a kept file is read as; as in another import of it, where one is named.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = FileId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/imports/files/{id}")]
async fn choose(
    clinic: Clinic<Write>,
    id: Id<FileId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let like: Option<ImportId> = Fields::of_query(&request)?.id_opt("like");
    let (found, columns) = clinic
        .read(async |db| {
            let found = files::shown(db, id.0).await?;
            let like = match like {
                Some(like) => store::find(db, like).await?.filter(|i| i.file_id == Some(id.0)),
                None => None,
            };
            let columns = like.map_or_else(|| found.0.columns.clone(), |import| import.columns);
            Ok((found, columns))
        })
        .await?;
    let chrome = Chrome::new(&clinic, "imports")?;
    page_with(200, &MappingPage::new(chrome, filled(&columns), found))
}

/// Begins an import, or a try of one, and shows how far it is.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = FileId, Path,)), responses((status = 303, description = "Begun")))]
#[post("/clinic/{slug}/imports/files/{id}/run")]
async fn run(clinic: Clinic<Write>, id: Id<FileId>, body: FormBody) -> Result<HttpResponse, Error> {
    let begun: RefCell<Option<(Import, JobId)>> = RefCell::default();
    let slug = clinic.slug();
    let outcome = clinic
        .once(&body.ticket, async |db| {
            let (file, _) = files::shown(db, id.0).await?;
            let mut fields = body.fields();
            let told = (0..file.columns.len()).map(|at| fields.text_opt(&format!("c{at}"), 40));
            let columns = files::chosen(&file, &known(told.collect())?)?;
            let order = Order {
                dry_run: fields.flag("dry_run"),
                file_id: Some(file.file_id),
                file_name: file.file_name,
                ..Order::default()
            };
            let begin = begin(db, &order, &columns).await?;
            let to = format!("/clinic/{slug}/imports/{}", begin.0.import_id);
            begun.replace(Some(begin));
            Ok(Answer::see_other(to))
        })
        .await;
    match outcome {
        Ok(answer) => {
            if let Some((import, job)) = begun.take() {
                files::carry_out(clinic.app().pools.worker.clone(), job, import);
            }
            Ok(answer)
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict { .. })) => {
            let status = error.status();
            let found = clinic.read(async |db| files::shown(db, id.0).await).await?;
            let chrome = Chrome::new(&clinic, "imports")?;
            let form = body.form.refuse(error, chrome.texts())?;
            page_with(status, &MappingPage::new(chrome, form, found))
        }
        Err(error) => Err(error),
    }
}

/// The fields that were chosen; only those that there are.
fn known(told: Vec<Option<String>>) -> Result<Vec<Option<String>>, Error> {
    let there = |field: &String| columns::fields().any(|known| known == field);
    if told.iter().flatten().all(there) {
        Ok(told)
    } else {
        Err(Error::field("map", "unknown_field"))
    }
}

/// The account of a new import and the job that carries it out.
async fn begin(db: &mut Db, order: &Order, columns: &Columns) -> Result<(Import, JobId), Error> {
    // Nothing is committed yet: the hash of nothing.
    let header = files::header_sha256(db, order.file_id).await?;
    let import = super::open(db, order, columns, &header).await?;
    let args = serde_json::json!({ "import_id": import.import_id });
    Ok((import, jobs::enqueue(db, JOB, &args).await?))
}

/// Goes on with an import that stopped half way, with the file that is still here.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = ImportId, Path,)), responses((status = 303, description = "Going on")))]
#[post("/clinic/{slug}/imports/{id}/continue")]
async fn go_on(
    clinic: Clinic<Write>,
    id: Id<ImportId>,
    _body: FormBody,
) -> Result<HttpResponse, Error> {
    let (import, job) = clinic
        .write(async |db| {
            let import = super::present(db, id.0).await?;
            if import.status == ImportStatus::Completed {
                return Err(Error::conflict("completed"));
            }
            let file = import.file_id.ok_or_else(|| Error::conflict("file_forgotten"))?;
            files::shown(db, file).await?;
            let args = serde_json::json!({ "import_id": import.import_id });
            Ok((import, jobs::enqueue(db, JOB, &args).await?))
        })
        .await?;
    files::carry_out(clinic.app().pools.worker.clone(), job, import);
    Ok(back(&clinic, id.0.0, "import_goes_on"))
}

fn back(clinic: &Clinic<Write>, id: Uuid, done: &str) -> HttpResponse {
    Answer::see_other(format!("/clinic/{}/imports/{id}?done={done}", clinic.slug())).into()
}

/// Undoes an import.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = ImportId, Path,)), responses((status = 303, description = "Undone")))]
#[post("/clinic/{slug}/imports/{id}/undo")]
async fn undo_it(
    clinic: Clinic<Write>,
    id: Id<ImportId>,
    _body: FormBody,
) -> Result<HttpResponse, Error> {
    undo::undo(&clinic, id.0).await?;
    Ok(back(&clinic, id.0.0, "import_undone"))
}

/// Undo an import: patients whom it registered and nobody has touched since are set aside.
///
/// Who was corrected, came for a visit, or has vitals, a prescription, a document or a login stays and is named. What
/// the import corrected in older records stays corrected. Answers 409 `still_running` or, for a try,
/// `nothing_to_undo`.
#[utoipa::path(tag = "imports",
    params(("slug" = String, Path, description = "The clinic"), ("id" = ImportId, Path, description = "The import")),
    responses((status = 200, body = Undone, description = "What became of it"), Problems))]
#[post("/clinic/{slug}/api/v1/imports/{id}/undo")]
async fn undo_api(clinic: Clinic<Write>, id: Id<ImportId>) -> Result<HttpResponse, Error> {
    let import = undo::undo(&clinic, id.0).await?;
    let kept = clinic.read(async |db| store::undo::kept(db, id.0, NAMED).await).await?;
    Ok(HttpResponse::Ok().json(Undone { import, kept }))
}
