//! The document of the API: checked in, whole, and what the service itself says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(polyclinic::routes::api_document()).unwrap()
}

/// Every `$ref` in a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|v| references(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_service_serves_its_document_and_a_reader_for_it() {
    let world = crate::world::World::open().await;
    let anybody = world.north.nurse().await;
    let served = anybody.get("/api/v1/openapi.json").await;
    assert_eq!((served.status, served.header("content-type")), (200, "application/json"));
    assert_eq!(served.json, document());
    assert_eq!(anybody.get("/api/docs/").await.status, 200);
    let reader = anybody.get("/api/docs/swagger-initializer.js").await;
    assert!(reader.text.contains("/api/v1/openapi.json"), "{}", reader.text);
}

#[test]
fn the_checked_in_document_is_the_services_own() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let fresh = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
    if std::env::var("UPDATE").is_ok_and(|v| v == "1") {
        std::fs::write(path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == fresh,
        "docs/openapi.json is out of date: UPDATE=1 cargo test --test it openapi, and commit it"
    );
}

#[test]
fn the_document_is_openapi_3_1_and_whole() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["info"]["title"], "polyclinic");
    let mut references_found = BTreeSet::new();
    references(&document, &mut references_found);
    assert!(references_found.len() > 5);
    for reference in references_found {
        assert!(
            document.pointer(reference.trim_start_matches('#')).is_some(),
            "{reference} leads nowhere"
        );
    }
}

#[test]
fn every_operation_is_described_for_a_stranger() {
    let document = document();
    let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, o)| o.is_object()) {
            let place = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap_or_default();
            if id.is_empty() || !names.insert(id.to_owned()) {
                wrong.push(format!("{place}: operationId '{id}' is missing or taken"));
            }
            if operation["summary"].as_str().unwrap_or_default().is_empty() {
                wrong.push(format!("{place}: no summary"));
            }
            if operation["tags"].as_array().is_none_or(Vec::is_empty) {
                wrong.push(format!("{place}: no tag"));
            }
            let told: BTreeSet<_> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "path")
                .filter_map(|p| p["name"].as_str())
                .collect();
            let asked: BTreeSet<_> =
                path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            if told != asked {
                wrong.push(format!("{place}: parameters {told:?}, the path has {asked:?}"));
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status.starts_with(['4', '5'])
                    && response["content"]["application/problem+json"].is_null()
                {
                    wrong.push(format!("{place}: {status} is no problem document"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names.len() >= 10, "{names:?}");
}

/// Of two schemas with one name the document keeps one, and says the other's values are wrong.
#[test]
fn no_two_schemas_have_one_name() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in crate::sources::rust() {
        let lines: Vec<_> = text.lines().collect();
        let derives = |line: &str| line.contains("#[derive(") && line.contains("ToSchema");
        let derived = (0..lines.len()).filter(|i| derives(lines[*i])).filter_map(|i| {
            ["schema(as = ", "struct ", "enum "].iter().find_map(|word| {
                lines[i + 1..lines.len().min(i + 4)]
                    .iter()
                    .find_map(|l| Some(l.split_once(word)?.1))
            })
        });
        let words = text.split("\nwords!(").skip(1).filter_map(|after| {
            after.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("///"))
        });
        for name in derived.chain(words) {
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned();
            places.entry(name).or_default().insert(file.clone());
        }
    }
    assert!(places.len() > 120, "{places:?}");
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}
