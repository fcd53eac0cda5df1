//! Every URL of the service, by feature. The same table documents the API, drives the access matrix of
//! the tests, and answers 405 where an address exists and its method does not.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::app::App;
use crate::db::{Mode, Tx};
use crate::error::Error;
use crate::web::Routes;
use crate::web::routes::Address;
use crate::{
    admissions, auth, catalogue, chart, check_ins, clinics, cohort, consultation, control,
    documents, figures, imports, notes, paper, patients, portal, prescriptions, reception, results,
    shares, staff, styleguide, templates, tracking, visits, vitals, web as edge,
};

/// Everything that answers. Addresses of one area (`web/routes.rs`) are tried in this order.
fn all(config: &mut Routes) {
    config.service(livez).service(readyz).service(home).service(edge::assets::asset);
    patients::routes(config);
    reception::routes(config);
    visits::routes(config);
    check_ins::routes(config);
    chart::routes(config);
    imports::routes(config);
    cohort::routes(config);
    figures::routes(config);
    catalogue::routes(config);
    paper::routes(config);
    prescriptions::routes(config);
    shares::routes(config);
    templates::routes(config);
    admissions::routes(config);
    tracking::routes(config);
    staff::routes(config);
    vitals::routes(config);
    notes::routes(config);
    consultation::routes(config);
    documents::routes(config);
    results::routes(config);
    portal::routes(config);
    auth::routes(config);
    clinics::routes(config);
    control::routes(config);
    styleguide::routes(config);
}

/// Where the API's document is.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// The document as text: made when it is first asked for, once for all workers.
static PUBLISHED: LazyLock<Option<String>> = LazyLock::new(|| api_document().to_json().ok());

/// The API's document and its reader.
fn documents(config: &mut web::ServiceConfig) {
    config.route(DOCUMENT, web::get().to(published));
    config.service(SwaggerUi::new("/api/docs/{_:.*}").config(Config::from(DOCUMENT)));
}

async fn published() -> Result<HttpResponse, Error> {
    let text = PUBLISHED.as_deref().ok_or_else(|| Error::Internal("no API document".into()))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

/// All routes, pages included, as an OpenAPI document.
pub fn document() -> OpenApi {
    edge::routes::document(all)
}

/// The API alone, as published.
pub fn api_document() -> OpenApi {
    let mut document = document();
    document.info = utoipa::openapi::InfoBuilder::new()
        .title("polyclinic")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("One service, many clinics. Sign in at `POST /clinic/{slug}/api/v1/sessions`, send the access token as `Authorization: Bearer`."))
        .build();
    document.paths.paths.retain(|path, _| path.contains("/api/v1/"));
    document.paths.paths.values_mut().for_each(name_operations);
    let components = document.components.get_or_insert_with(Default::default);
    components.schemas.insert("Problem".into(), <edge::Problem as utoipa::PartialSchema>::schema());
    components
        .schemas
        .insert("FieldError".into(), <crate::web::Told as utoipa::PartialSchema>::schema());
    let bearer = utoipa::openapi::security::HttpBuilder::new()
        .scheme(utoipa::openapi::security::HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components
        .add_security_scheme("bearer", utoipa::openapi::security::SecurityScheme::Http(bearer));
    document.security =
        Some(vec![utoipa::openapi::SecurityRequirement::new::<_, [&str; 0], &str>("bearer", [])]);
    document
}

/// Handlers are named by their verb alone; whoever generates a client needs names that differ:
/// `patients_list`.
fn name_operations(item: &mut PathItem) {
    let operations =
        [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    for operation in operations.into_iter().flatten() {
        let tag = operation.tags.as_ref().and_then(|tags| tags.first());
        if let (Some(tag), Some(verb)) = (tag, &operation.operation_id) {
            operation.operation_id = Some(format!("{tag}_{verb}"));
        }
    }
}

/// The addresses of all routes, and the methods of each.
pub struct Table {
    addresses: Vec<Address>,
    methods: Vec<(ResourceDef, Vec<&'static str>)>,
}

/// See [`Table`].
pub fn table() -> Table {
    let addresses = edge::routes::addresses(all);
    let mut by_path: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
    for address in &addresses {
        by_path.entry(&address.path).or_default().extend(&address.methods);
    }
    let methods =
        by_path.into_iter().map(|(path, methods)| (ResourceDef::new(path), methods)).collect();
    Table { addresses, methods }
}

/// Lets everything answer.
pub fn serve(server: &mut web::ServiceConfig, table: &Table) {
    edge::routes::serve(server, &table.addresses, all);
    documents(server);
}

/// The page that is meant where an address has a slash too many.
fn without_slash(request: &HttpRequest, table: &Table) -> Option<String> {
    let meant = request.path().strip_suffix('/').filter(|path| !path.contains("/api/"))?;
    let page = |methods: &[&str]| request.method() == Method::GET && methods.contains(&"GET");
    table.methods.iter().find(|(address, methods)| address.is_match(meant) && page(methods))?;
    let query = request.uri().query().map(|query| format!("?{query}"));
    Some(format!("{meant}{}", query.unwrap_or_default()))
}

/// What answers where no route does: the page without the last slash, 405 if the address is one of ours, else 404.
pub async fn nowhere(request: HttpRequest, table: web::Data<Table>) -> Result<HttpResponse, Error> {
    if let Some(meant) = without_slash(&request, &table) {
        return Ok(HttpResponse::MovedPermanently().insert_header(("location", meant)).finish());
    }
    // An address may fit two patterns: `patients/new` is answered by that of a patient too.
    let here = table.methods.iter().filter(|(address, _)| address.is_match(request.path()));
    let mut methods: Vec<_> = here.flat_map(|(_, methods)| methods.iter().copied()).collect();
    methods.sort_unstable();
    methods.dedup();
    if methods.is_empty() || methods.contains(&request.method().as_str()) {
        return Err(Error::NotFound);
    }
    let allow = ("allow", methods.join(", "));
    Ok(HttpResponse::MethodNotAllowed().insert_header(allow).finish())
}

/// The process is alive.
#[utoipa::path(tag = "service", responses((status = 200, description = "Alive")))]
#[get("/livez")]
async fn livez() -> &'static str {
    "alive\n"
}

/// The service can answer: its database answers and it is not on its way out.
#[utoipa::path(tag = "service", responses((status = 200, description = "Ready"), (status = 503, description = "Not now")))]
#[get("/readyz")]
async fn readyz(app: web::Data<App>) -> Result<&'static str, Error> {
    if app.is_draining() {
        return Err(Error::Busy);
    }
    let tx = Tx::begin(&app.pools.app, Mode::Read).await.map_err(|_| Error::Busy)?;
    tx.rollback().await.map_err(|_| Error::Busy)?;
    Ok("ready\n")
}

/// The front door of the platform.
#[utoipa::path(tag = "pages", responses((status = 303, description = "To sign-in")))]
#[get("/")]
async fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("location", "/login")).finish()
}
