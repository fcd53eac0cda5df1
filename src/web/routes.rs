//! [`Routes`]: where a feature puts its handlers.

use actix_web::dev::HttpServiceFactory;
use actix_web::guard::GuardContext;
use actix_web::web::{ServiceConfig, scope};
use actix_web::{Scope, guard};
use percent_encoding::percent_decode_str;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::{Components, OpenApi};
use utoipa_actix_web::OpenApiFactory;

/// The handlers of one worker, in the order in which the addresses of an area are tried. What they say about themselves
/// is gathered only when somebody asks: a worker that answers keeps none of it.
pub struct Routes<'a>(Told<'a>);

/// What is done with the handlers.
enum Told<'a> {
    /// They answer, each in its area; their addresses in their order.
    Served(std::slice::Iter<'a, Address>, &'a mut Vec<(Area, Scope)>),
    /// Only their addresses are wanted.
    Listed(&'a mut Vec<Address>),
    /// All that they say is wanted.
    Documented(&'a mut OpenApi),
}

/// Where one handler answers.
#[derive(Default)]
pub struct Address {
    /// With names in braces: `/clinic/{slug}/queue`.
    pub path: String,
    /// Whoever answers GET answers HEAD.
    pub methods: Vec<&'static str>,
}

impl Address {
    fn new((path, item): (String, PathItem)) -> Address {
        let methods = [
            ("GET", item.get.is_some()),
            ("HEAD", item.get.is_some()),
            ("POST", item.post.is_some()),
            ("PUT", item.put.is_some()),
            ("PATCH", item.patch.is_some()),
            ("DELETE", item.delete.is_some()),
        ];
        let methods = methods.into_iter().filter_map(|(name, there)| there.then_some(name));
        Address { path, methods: methods.collect() }
    }
}

impl Routes<'_> {
    /// One handler more.
    pub fn service(
        &mut self,
        handler: impl HttpServiceFactory + OpenApiFactory + 'static,
    ) -> &mut Self {
        match &mut self.0 {
            Told::Served(addresses, areas) => {
                let area = addresses.next().map(|address| Area::of(&address.path));
                place(areas, area.unwrap_or_default(), handler);
            }
            Told::Listed(addresses) => {
                let said = handler.paths().paths.into_iter().next();
                addresses.push(said.map(Address::new).unwrap_or_default());
            }
            Told::Documented(document) => {
                document.paths.merge(handler.paths());
                let mut schemas = Vec::new();
                handler.schemas(&mut schemas);
                document.components.get_or_insert_with(Components::new).schemas.extend(schemas);
            }
        }
        self
    }
}

fn place(areas: &mut Vec<(Area, Scope)>, area: Area, handler: impl HttpServiceFactory + 'static) {
    let at = areas.iter().position(|(other, _)| *other == area).unwrap_or_else(|| {
        let gate = area.clone();
        let inside = move |request: &GuardContext| gate.holds(request.head().uri.path());
        areas.push((area, scope("").guard(guard::fn_guard(inside))));
        areas.len() - 1
    });
    if let Some((_, here)) = areas.get_mut(at) {
        *here = std::mem::replace(here, scope("")).service(handler);
    }
}

/// What the addresses of one kind of thing have in common: an address is first sought by it, because each that is tried
/// costs a regular expression, and there are hundreds.
#[derive(Clone, PartialEq, Eq, Default)]
struct Area {
    api: bool,
    /// `patients` of `/clinic/{slug}/api/v1/patients/{id}`, `login` of `/login`. In braces it is any word.
    word: String,
}

impl Area {
    fn of(path: &str) -> Area {
        let (api, word) = area(path);
        Area { api, word: word.to_owned() }
    }

    /// Whether a request for this path belongs here; `%71ueue` is `queue` (RFC 3986, 6.2.2.2).
    fn holds(&self, path: &str) -> bool {
        let path = percent_decode_str(path).decode_utf8_lossy();
        let (api, word) = area(&path);
        self.api == api && (self.word == word || self.word.starts_with('{'))
    }
}

fn area(path: &str) -> (bool, &str) {
    let mut words = path.split('/').skip(1);
    let mut word = words.next().unwrap_or_default();
    if word == "clinic" {
        word = words.nth(1).unwrap_or_default();
    }
    if word == "api" { (true, words.nth(1).unwrap_or_default()) } else { (false, word) }
}

/// Lets what `all` puts there answer. `addresses` are those of the same.
pub fn serve(server: &mut ServiceConfig, addresses: &[Address], all: impl FnOnce(&mut Routes)) {
    let mut areas = Vec::new();
    all(&mut Routes(Told::Served(addresses.iter(), &mut areas)));
    for (_, area) in areas {
        server.service(area);
    }
}

/// The addresses of what `all` puts there, one a handler, in their order.
pub fn addresses(all: impl FnOnce(&mut Routes)) -> Vec<Address> {
    let mut addresses = Vec::new();
    all(&mut Routes(Told::Listed(&mut addresses)));
    addresses
}

/// The OpenAPI document of what `all` puts there.
pub fn document(all: impl FnOnce(&mut Routes)) -> OpenApi {
    let mut document = OpenApi::default();
    all(&mut Routes(Told::Documented(&mut document)));
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_its_area_alone() {
        let list = Area::of("/clinic/{slug}/api/v1/patients");
        assert!(list.holds("/clinic/north/api/v1/patients"));
        assert!(list.holds("/clinic/north/api/v1/patients/7/chart"));
        assert!(!list.holds("/clinic/north/patients"));
        assert!(!list.holds("/clinic/north/api/v1/visits"));
        let page = Area::of("/clinic/{slug}/queue");
        assert!(page.holds("/clinic/north/queue") && !page.holds("/clinic/north/patients"));
        assert!(page.holds("/clinic/north/%71ueue/7"));
        assert!(!Area::of("/api/v1/clinics").holds("/api/v1/openapi.json"));
        assert!(Area::of("/").holds("/") && Area::of("/clinic/{slug}").holds("/clinic/north"));
        assert!(Area::of("/{word}").holds("/anything"));
    }
}
