//! Knocks at one route as everybody.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::people::{COLUMNS, People};
use super::route::Route;
use crate::world::pictures::PNG;
use crate::world::{Actor, World};

/// What came back, without what differs each time.
#[derive(Debug, Clone)]
pub struct Seen {
    pub status: u16,
    pub location: String,
    pub text: String,
    /// What was sent, for the reader of a failure.
    pub sent: String,
}

impl Seen {
    /// As the grid shows it: a redirect to a sign-in page is `login`.
    pub fn drawn(&self) -> String {
        if self.to_the_door() { "login".into() } else { self.status.to_string() }
    }

    pub fn to_the_door(&self) -> bool {
        self.status == 303 && self.location.split('?').next().is_some_and(|l| l.ends_with("/login"))
    }

    /// Whether somebody was let in.
    pub fn let_in(&self) -> bool {
        self.status < 400 && !self.to_the_door()
    }
}

/// What somebody got at one route.
#[derive(Debug, Clone)]
pub struct Answer {
    pub own: Seen,
    pub other_clinic: Option<Seen>,
    pub unknown_clinic: Option<Seen>,
    pub foreign_id: Option<Seen>,
    pub unknown_id: Option<Seen>,
}

/// By column of the grid.
pub type Answers = BTreeMap<&'static str, Answer>;

/// Everybody, everywhere.
pub async fn visit(world: &World, people: &mut People, route: &Route) -> Answers {
    let mut answers = Answers::new();
    let (north, south) = (people.north, people.south);
    for column in COLUMNS {
        let thing = route.thing.clone();
        let (mut own, mut foreign) = (String::new(), String::new());
        if let Some(table) = &thing {
            own = people.thing(table, north, column).await;
            foreign = people.thing(table, south, "").await;
        }
        let unknown = uuid::Uuid::now_v7().to_string();
        // The id of nobody ends in zeros, so that the test of the rules can tell it.
        let unknown = format!("{}00", &unknown[..34]);
        let empty = json!({});
        let mut seen = Vec::new();
        for (slug, id) in [
            ("north", &own),
            ("south", &own),
            ("nowhere", &own),
            ("north", &foreign),
            ("north", &unknown),
        ] {
            let actor = people.actor(world, column, route).await;
            seen.push(knock(&actor, route, slug, id, &empty).await);
        }
        let [own, other, nowhere, foreign, unknown] = <[Seen; 5]>::try_from(seen).unwrap();
        let clinic = route.in_a_clinic();
        answers.insert(
            column,
            Answer {
                own,
                other_clinic: clinic.then_some(other),
                unknown_clinic: clinic.then_some(nowhere),
                foreign_id: thing.is_some().then_some(foreign),
                unknown_id: thing.is_some().then_some(unknown),
            },
        );
    }
    answers
}

/// A whole, valid request to the own clinic.
pub async fn whole(world: &World, people: &mut People, route: &Route, role: &'static str) -> Seen {
    let mut things: BTreeMap<String, String> = BTreeMap::new();
    let tables: Vec<_> =
        people.catalog.tables.iter().map(|t| (t.columns[1].name.clone(), t.name.clone())).collect();
    let wanted = std::cell::RefCell::new(Vec::new());
    // First what ids are wanted, then made, then the body.
    route.example(&|name| {
        wanted.borrow_mut().push(name.to_owned());
        String::new()
    });
    for name in wanted.into_inner() {
        let table = tables.iter().find(|(key, _)| *key == name).map(|(_, table)| table.clone());
        let id = match table {
            Some(table) => people.thing(&table, people.north, "").await,
            None => uuid::Uuid::now_v7().to_string(),
        };
        things.insert(name, id);
    }
    let body = route.example(&|name| things[name].clone());
    let id = match &route.thing {
        Some(table) => people.thing(table, people.north, "").await,
        None => String::new(),
    };
    let actor = people.actor(world, role, route).await;
    knock(&actor, route, "north", &id, &body).await
}

async fn knock(actor: &Actor, route: &Route, slug: &str, id: &str, body: &Value) -> Seen {
    let path = route
        .address
        .replace("{slug}", slug)
        .replace("{id}", id)
        .replace("{token}", "no-such-token");
    let path =
        path.replace("{version}", "0").replace("{file}", "app.css").replace("{language}", "hi");
    assert!(!path.contains('{'), "{}: what is filled in here? (access/visit.rs)", route.name());
    let mut request = if route.is_api() || actor.token.is_none() {
        actor.request(&route.method, &path)
    } else {
        actor.browser(&route.method, &path)
    };
    if actor.role == "super_admin" {
        request = actor.browser(&route.method, &path).header("x-csrf-token", actor.csrf());
    }
    let mut sent = String::new();
    if route.method != "GET" && route.method != "DELETE" {
        let kind = route.body.as_ref().map_or("application/json", |(kind, _)| kind);
        request = if !route.is_api() {
            request.form(&[("csrf", actor.csrf()), ("version", "1".into())])
        } else if kind.contains("json") {
            sent = body.to_string();
            request.json(body)
        } else {
            let body =
                if kind.starts_with("image/") { PNG } else { b"given_name,sex\nAsha,female\n" };
            request.header("content-type", kind).body(body)
        };
    }
    if route.if_match {
        request = request.header("if-match", "\"v1\"");
    }
    let mut response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let header =
        |name: &str| response.headers().get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
    let (location, kind) = (header("location"), header("content-type"));
    let mut bytes = Vec::new();
    // A stream of events has no end to wait for.
    while !kind.starts_with("text/event-stream")
        && let Some(chunk) = response.chunk().await.unwrap()
    {
        bytes.extend_from_slice(&chunk);
    }
    Seen { status, location, text: plain(&String::from_utf8_lossy(&bytes)), sent }
}

/// The text without the id of its request.
fn plain(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(mut json) if json.get("request_id").is_some() => {
            json["request_id"] = Value::Null;
            json.to_string()
        }
        _ => text.to_owned(),
    }
}
