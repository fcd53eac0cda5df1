//! [`Routes`]: where a feature puts its handlers.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::ServiceConfig;
use utoipa::openapi::path::Paths;
use utoipa::openapi::{Components, OpenApi};
use utoipa_actix_web::OpenApiFactory;

/// The handlers of one worker, in the order in which their addresses are tried. What they say about themselves is
/// gathered only when somebody asks: a worker that answers keeps none of it.
pub struct Routes<'a> {
    server: &'a mut ServiceConfig,
    told: Told<'a>,
}

/// How much is asked.
enum Told<'a> {
    Nothing,
    Addresses(&'a mut Paths),
    Everything(&'a mut OpenApi),
}

impl<'a> Routes<'a> {
    /// For a server that answers.
    pub fn serving(server: &'a mut ServiceConfig) -> Routes<'a> {
        Routes { server, told: Told::Nothing }
    }

    /// One handler more.
    pub fn service(
        &mut self,
        handler: impl HttpServiceFactory + OpenApiFactory + 'static,
    ) -> &mut Self {
        match &mut self.told {
            Told::Nothing => {}
            Told::Addresses(paths) => paths.merge(handler.paths()),
            Told::Everything(document) => {
                document.paths.merge(handler.paths());
                let mut schemas = Vec::new();
                handler.schemas(&mut schemas);
                document.components.get_or_insert_with(Components::new).schemas.extend(schemas);
            }
        }
        self.server.service(handler);
        self
    }
}

/// The addresses of what `all` puts there, with their methods.
pub fn addresses(all: impl FnOnce(&mut Routes)) -> Paths {
    let mut paths = Paths::new();
    aside(|server| all(&mut Routes { server, told: Told::Addresses(&mut paths) }));
    paths
}

/// The OpenAPI document of what `all` puts there.
pub fn document(all: impl FnOnce(&mut Routes)) -> OpenApi {
    let mut document = OpenApi::default();
    aside(|server| all(&mut Routes { server, told: Told::Everything(&mut document) }));
    document
}

/// A server that is only told its handlers.
fn aside(tell: impl FnOnce(&mut ServiceConfig)) {
    drop(actix_web::App::new().configure(tell));
}
