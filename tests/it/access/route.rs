//! The route table, from the document that the routes make themselves.

use serde_json::{Value, json};

use crate::sources::{Handler, handlers};

/// One method of one address.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: String,
    pub address: String,
    /// Permissions of which any one lets in, from the handler's signature; `None` where no clinic is asked.
    pub needs: Option<Vec<String>>,
    /// The table whose ids the address names.
    pub thing: Option<String>,
    /// Content type and schema of a documented body.
    pub body: Option<(String, Value)>,
    /// Whether the document asks for the version that was read.
    pub if_match: bool,
}

/// Addresses that call a table by another name.
const THINGS: &[(&str, &str)] = &[
    ("staff", "users"),
    ("files", "import_files"),
    ("record", "patients"),
    ("templates", "prescription_templates"),
    ("admission-recommendations", "admission_recommendations"),
    ("lab", "ordered_tests"),
    ("ordered-tests", "ordered_tests"),
    ("unsaved-prescriptions", "visits"),
];

/// What a body needs besides the fields that its schema requires.
const BESIDES: &[(&str, &str)] = &[
    ("POST /clinic/{slug}/api/v1/patients", r#"{"age_years": 40, "duplicate_ok": true}"#),
    ("PUT /clinic/{slug}/api/v1/visits/{id}/note", r#"{"complaint": "cough"}"#),
    ("POST /clinic/{slug}/api/v1/templates", r#"{"tests": [{"name": "CBC"}]}"#),
    ("PUT /clinic/{slug}/api/v1/templates/{id}", r#"{"tests": [{"name": "CBC"}]}"#),
    ("POST /clinic/{slug}/api/v1/ordered-tests/{id}/results", r#"{"finding": "nothing new"}"#),
    ("POST /clinic/{slug}/api/v1/patients/{id}/vitals", r#"{"pulse_bpm": 72}"#),
];

/// Tables of the clinics that an address may name.
const TABLES: &[&str] = &[
    "patients",
    "visits",
    "vitals",
    "notes",
    "prescriptions",
    "prescription_templates",
    "admission_recommendations",
    "medicines",
    "tests",
    "imports",
    "import_files",
    "users",
    "sessions",
    "practitioners",
    "documents",
    "shares",
    "ordered_tests",
];

/// All routes, pages and API.
pub fn routes() -> Vec<Route> {
    let document = serde_json::to_value(polyclinic::routes::document()).unwrap();
    let handlers = handlers();
    let mut routes = Vec::new();
    for (address, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(operation) = item.get(method) else { continue };
            let method = method.to_uppercase();
            let of = |h: &&Handler| h.method == method && h.address == *address;
            let handler = handlers
                .iter()
                .find(of)
                .unwrap_or_else(|| panic!("no handler for {method} {address}"));
            let content = operation["requestBody"]["content"].as_object();
            let body = content
                .and_then(|c| c.iter().next())
                .map(|(kind, c)| (kind.clone(), resolved(&document, &c["schema"])));
            let if_match = operation["parameters"].as_array().is_some_and(|all| {
                all.iter()
                    .any(|p| p["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case("if-match")))
            });
            routes.push(Route {
                if_match,
                thing: thing(address),
                method,
                address: address.clone(),
                needs: handler.needs.clone(),
                body,
            });
        }
    }
    routes.sort_by_key(|r| (r.address.clone(), r.method.clone()));
    routes
}

/// The table that the segment before `{id}` names.
fn thing(address: &str) -> Option<String> {
    let before: Vec<_> = address.split("/{id}").next()?.split('/').collect();
    if !address.contains("{id}") {
        return None;
    }
    let named = before.last()?;
    let table = THINGS.iter().find(|(word, _)| word == named).map_or(*named, |(_, table)| table);
    assert!(TABLES.contains(&table), "{address}: say in access/route.rs whose ids these are");
    Some(table.to_owned())
}

/// A schema with its references filled in.
fn resolved(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let place = name.trim_start_matches('#');
        return resolved(
            document,
            document.pointer(place).unwrap_or_else(|| panic!("{name} leads nowhere")),
        );
    }
    match schema {
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), resolved(document, v))).collect(),
        Value::Array(items) => items.iter().map(|v| resolved(document, v)).collect(),
        plain => plain.clone(),
    }
}

impl Route {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.address)
    }

    pub fn is_api(&self) -> bool {
        self.address.contains("/api/")
    }

    /// Under `/clinic/{slug}/`, where a slug is a wall.
    pub fn in_a_clinic(&self) -> bool {
        self.address.starts_with("/clinic/{slug}")
    }

    /// The smallest body that the schema allows, with ids by the table they belong to.
    pub fn example(&self, ids: &dyn Fn(&str) -> String) -> Value {
        match &self.body {
            Some((kind, schema)) if kind.contains("json") => {
                let mut body = sample("", schema, ids);
                let besides = BESIDES.iter().find(|(name, _)| *name == self.name());
                let besides: Option<Value> =
                    besides.map(|(_, more)| serde_json::from_str(more).unwrap());
                if let (Value::Object(body), Some(Value::Object(more))) = (&mut body, besides) {
                    body.extend(more);
                }
                body
            }
            _ => json!({}),
        }
    }
}

fn sample(name: &str, schema: &Value, ids: &dyn Fn(&str) -> String) -> Value {
    if let Some(all) = schema["allOf"].as_array() {
        let mut whole = serde_json::Map::new();
        for part in all {
            if let Value::Object(map) = sample(name, part, ids) {
                whole.extend(map);
            }
        }
        return Value::Object(whole);
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(one) =
            schema[choice].as_array().and_then(|c| c.iter().find(|s| s["type"] != "null"))
        {
            return sample(name, one, ids);
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match kind.as_str().unwrap_or("object") {
        "string" => json!(text(name, schema, ids)),
        "integer" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "number" => json!(schema["minimum"].as_f64().unwrap_or(1.0).max(1.0)),
        "boolean" => json!(false),
        "array" => {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            (0..least).map(|_| sample(name, &schema["items"], ids)).collect()
        }
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let properties = required
                .iter()
                .filter_map(|n| Some((n.as_str()?, schema["properties"].get(n.as_str()?)?)));
            properties.map(|(n, s)| (n.to_owned(), sample(n, s, ids))).collect()
        }
    }
}

fn text(name: &str, schema: &Value, ids: &dyn Fn(&str) -> String) -> String {
    match schema["format"].as_str().unwrap_or_default() {
        "date" => "1990-01-01".into(),
        "date-time" => "2026-01-01T10:00:00Z".into(),
        "uuid" => ids(name),
        _ if name.contains("email") => "somebody@example.org".into(),
        _ if name.contains("phone") => "9822001122".into(),
        _ if name == "identifier" => format!("u{}", uuid::Uuid::now_v7().simple()),
        _ if name == "schedule" => "1-0-1".into(),
        _ => {
            let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap();
            let most = usize::try_from(schema["maxLength"].as_u64().unwrap_or(100)).unwrap();
            "Anything at all"
                .chars()
                .chain("x".repeat(least).chars())
                .take(most.min(least.max(15)))
                .collect()
        }
    }
}
