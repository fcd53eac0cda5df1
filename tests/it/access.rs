//! Who gets in where: every route of the table × every role × the own clinic, another one, another's id
//! and an unknown id. The grid of the answers is `snapshots/access.snap`, one line a route; the rules
//! below hold for every line, also for routes that are not written yet.

mod judge;
pub mod people;
pub mod route;
mod visit;

use std::fmt::Write;

use judge::judge;
use people::{COLUMNS, People};
use route::{Route, routes};
use visit::{Answers, visit};

use crate::sources::handlers;
use crate::world::World;

/// What anybody may ask without a session, and gets: the doors, the files, the documents.
const PUBLIC: &[&str] = &[
    "GET /",
    "GET /admin/login",
    "GET /assets/{version}/{file}",
    "GET /clinic/{slug}/login",
    "GET /language/{language}",
    "GET /livez",
    "GET /login",
    "GET /readyz",
    "GET /styleguide",
];

#[tokio::test]
async fn every_route_lets_in_exactly_whom_the_grid_names() {
    let world = World::open().await;
    let mut people = People::of(&world).await;
    let routes = routes();
    let mut all = Vec::new();
    for route in &routes {
        all.push(visit(&world, &mut people, route).await);
    }
    let mut wrong = Vec::new();
    for (route, answers) in routes.iter().zip(&all) {
        wrong.extend(judge(route, answers, PUBLIC, &people.grid));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(routes.len() >= 25, "{}", routes.len());
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("access", drawn(&routes, &all));
    });
}

/// One line a route. A cell is the answer in the own clinic; after a slash the answer for an id that is
/// another clinic's or nobody's, where it differs.
fn drawn(routes: &[Route], all: &[Answers]) -> String {
    let mut text = String::new();
    let width = routes.iter().map(|r| r.name().len()).max().unwrap_or_default() + 1;
    write!(text, "{:width$}", "route").unwrap();
    for column in COLUMNS {
        write!(text, "{column:13}").unwrap();
    }
    text.push_str("other clinic\n");
    for (route, answers) in routes.iter().zip(all) {
        write!(text, "{:width$}", route.name()).unwrap();
        for column in COLUMNS {
            let answer = &answers[column];
            let own = answer.own.drawn();
            let cell = match &answer.unknown_id {
                Some(other) if other.drawn() != own => format!("{own}/{}", other.drawn()),
                _ => own,
            };
            write!(text, "{cell:13}").unwrap();
        }
        let mut elsewhere: Vec<_> = answers
            .values()
            .filter_map(|a| a.other_clinic.as_ref())
            .map(visit::Seen::drawn)
            .collect();
        elsewhere.sort();
        elsewhere.dedup();
        text.push_str(elsewhere.join(" ").as_str());
        while text.ends_with(' ') {
            text.pop();
        }
        text.push('\n');
    }
    text
}

#[tokio::test]
async fn with_a_whole_body_a_role_without_the_permission_gets_403() {
    let world = World::open().await;
    let mut people = People::of(&world).await;
    let (mut cases, mut wrong) = (0, Vec::new());
    for route in
        routes().iter().filter(|r| r.in_a_clinic() && r.method != "GET" && r.needs.is_some())
    {
        for role in crate::world::ROLES {
            if people.holds(role, route.needs.as_ref().unwrap()) {
                continue;
            }
            let seen = visit::whole(&world, &mut people, route, role).await;
            // A form is not documented, so it is not whole here; it may be refused for that first.
            let refused = seen.status == 403
                || !route.is_api() && [400, 409, 422, 428].contains(&seen.status);
            if !refused {
                wrong.push(format!(
                    "{} as {role} with {}: {} {}",
                    route.name(),
                    seen.sent,
                    seen.status,
                    seen.text
                ));
            }
            cases += 1;
        }
    }
    println!("access: {cases} forbidden writes");
    assert!(wrong.is_empty(), "what does access/route.rs lack in BESIDES?\n{}", wrong.join("\n"));
    assert!(cases > 20, "{cases}");
}

#[test]
fn every_route_of_the_service_is_in_the_table() {
    let table: Vec<_> = routes().iter().map(Route::name).collect();
    // The metrics are served on an address of their own, which no clinic's person reaches.
    let private = |file: &str| file == "src/prometheus.rs";
    for handler in handlers().into_iter().filter(|h| !private(&h.file)) {
        let name = format!("{} {}", handler.method, handler.address);
        assert!(
            table.contains(&name),
            "{name} of {} is in no route table: #[utoipa::path] and `routes`",
            handler.file
        );
    }
    for (file, text) in crate::sources::rust() {
        if file == "src/routes.rs" || file == "src/serve.rs" || private(&file) {
            continue;
        }
        for way in [".route(", "web::resource(", "web::scope(", "default_service("] {
            assert!(
                !text.contains(way),
                "{file} has {way}…): routes are #[get(\"…\")] handlers, so that the table knows them"
            );
        }
    }
}

#[tokio::test]
async fn the_rules_notice_a_route_without_a_guard() {
    use actix_web::{App, HttpResponse, HttpServer, web};
    let world = World::open().await;
    let mut people = People::of(&world).await;
    let server = HttpServer::new(|| {
        App::new()
            .route(
                "/clinic/{slug}/api/v1/leaks/{id}",
                web::get().to(|| async { HttpResponse::Ok().body("all of it") }),
            )
            .route(
                "/clinic/{slug}/api/v1/tells/{id}",
                web::get().to(|path: web::Path<(String, String)>| async move {
                    // Somebody without a session is sent away, but the id is looked up before the role.
                    if path.1.ends_with("00") {
                        HttpResponse::NotFound().body("no")
                    } else {
                        HttpResponse::Forbidden().body("not yours")
                    }
                }),
            )
            .route(
                "/clinic/{slug}/api/v1/breaks",
                web::get().to(|| async { HttpResponse::InternalServerError().finish() }),
            )
    })
    .workers(1)
    .disable_signals()
    .bind("127.0.0.1:0")
    .unwrap();
    people.base = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let stop = server.handle();
    tokio::spawn(server);
    for (address, complaint) in [
        ("leaks/{id}", "anonymous"),
        ("leaks/{id}", "no permission"),
        ("leaks/{id}", "other clinic"),
        ("tells/{id}", "another clinic's id"),
        ("breaks", "5xx"),
    ] {
        let route = Route {
            method: "GET".into(),
            address: format!("/clinic/{{slug}}/api/v1/{address}"),
            needs: Some(vec!["staff:write".into()]),
            thing: Some("patients".into()),
            body: None,
            if_match: false,
        };
        let answers = visit(&world, &mut people, &route).await;
        let wrong = judge(&route, &answers, PUBLIC, &people.grid);
        assert!(wrong.iter().any(|w| w.contains(complaint)), "{address}: {complaint}: {wrong:?}");
    }
    stop.stop(false).await;
}
