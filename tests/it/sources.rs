//! The source, read as text: what no type can promise is at least looked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// All files under a folder of the repository with one of these endings, and their text.
pub fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut left = vec![root.join(folder)];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
            if path.is_dir() {
                left.push(path);
            } else if endings.contains(&ending) {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder}");
    found
}

/// Rust source without its unit tests.
pub fn rust() -> Vec<(String, String)> {
    let mut files = files("src", &["rs"]);
    for (_, text) in &mut files {
        if let Some(at) = text.find("#[cfg(test)]\nmod ") {
            text.truncate(at);
        }
    }
    files
}

/// Templates without their comments.
pub fn templates() -> Vec<(String, String)> {
    let mut files = files("src", &["html"]);
    for (_, text) in &mut files {
        while let Some(at) = text.find("{#") {
            let end = text[at..].find("#}").map_or(text.len(), |n| at + n + 2);
            text.replace_range(at..end, "");
        }
    }
    files
}

/// A string literal that begins at or after the start of `text` (blanks and a type name may stand before
/// it), and where it ends.
fn literal(text: &str) -> Option<(String, usize)> {
    let quote = text.find('"')?;
    let raw = text[..quote].ends_with('#');
    let body = &text[quote + 1..];
    let end = if raw { body.find("\"#")? } else { body.find('"')? };
    Some((body[..end].to_owned(), quote + 1 + end))
}

/// A statement of the service and where it stands.
#[derive(Debug, Clone)]
pub struct Statement {
    /// File and line.
    pub place: String,
    /// Its own file, or file and function: what stays when lines move.
    pub name: String,
    pub sql: String,
}

/// Every checked statement of the service: `query!`, `query_as!`, `query_scalar!`, and the files they name.
pub fn statements() -> Vec<Statement> {
    let mut statements = Vec::new();
    for (file, text) in rust() {
        for (at, _) in text.match_indices("sqlx::query") {
            let rest = &text[at..];
            let Some(bracket) = rest.find("!(").filter(|n| *n < 40) else { continue };
            let line = text[..at].lines().count();
            let place = format!("{file}:{line}");
            let (body, _) = literal(&rest[bracket..]).expect(&place);
            let function = text[..at].rsplit("fn ").next().unwrap_or_default();
            let function = function.split(|c: char| !c.is_alphanumeric() && c != '_').next();
            let mut name = format!("{file} {}", function.unwrap_or_default());
            let sql = if rest[..bracket].contains("query_file") {
                name.clone_from(&body);
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&body);
                std::fs::read_to_string(path).expect(&place)
            } else {
                body
            };
            statements.push(Statement { place, name, sql });
        }
    }
    statements
}

/// A handler: method, address, and the permissions of which any one lets in. `None` for a handler that
/// asks for no clinic.
#[derive(Debug, Clone)]
pub struct Handler {
    pub file: String,
    pub method: String,
    pub address: String,
    pub needs: Option<Vec<String>>,
}

/// The permission types, by folder and name.
pub fn permissions() -> BTreeMap<(String, String), Vec<String>> {
    let mut found = BTreeMap::new();
    for (file, text) in rust() {
        for (at, _) in text.match_indices("permission!(") {
            if text[..at].lines().last().is_some_and(|line| line.trim().starts_with("//")) {
                continue;
            }
            let body = &text[at + "permission!(".len()..];
            let body = &body[..body.find(");").unwrap_or(0)];
            let body: Vec<_> = body.lines().filter(|l| !l.trim().starts_with("//")).collect();
            let body = body.join(" ");
            let Some((name, names)) = body.split_once('=') else { continue };
            let names = names.split('"').skip(1).step_by(2).map(str::to_owned).collect();
            found.insert((folder(&file), name.trim().to_owned()), names);
        }
    }
    found
}

/// The feature a file belongs to.
fn folder(file: &str) -> String {
    file.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs").to_owned()
}

/// Every handler in the source with what it needs.
pub fn handlers() -> Vec<Handler> {
    let permissions = permissions();
    let mut handlers = Vec::new();
    for (file, text) in rust() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let attribute = format!("#[{method}(\"");
            for (at, _) in text.match_indices(&attribute) {
                let rest = &text[at + attribute.len()..];
                let address = rest[..rest.find('"').unwrap()].to_owned();
                let signature =
                    &rest[..rest.find('{').map_or(rest.len(), |_| rest.find(") ->").unwrap_or(0))];
                let needs = signature.split("Clinic<").nth(1).map(|kind| {
                    let kind = &kind[..kind.find('>').unwrap()];
                    let mut parts = kind.rsplit("::");
                    let name = parts.next().unwrap();
                    let place = parts
                        .next()
                        .filter(|p| *p != "super")
                        .map_or_else(|| folder(&file), str::to_owned);
                    let alias = format!(" as {name}");
                    let original = text.find(&alias).map(|end| {
                        text[..end]
                            .rsplit(|c: char| !c.is_alphanumeric())
                            .next()
                            .unwrap()
                            .to_owned()
                    });
                    let name = original.unwrap_or_else(|| name.to_owned());
                    // A type of another feature comes by `use crate::other::Name`.
                    let foreign = || {
                        permissions
                            .iter()
                            .find(|((place, n), _)| {
                                *n == name && text.contains(&format!("crate::{place}"))
                            })
                            .map(|(_, v)| v)
                    };
                    permissions
                        .get(&(place, name.clone()))
                        .or_else(foreign)
                        .unwrap_or_else(|| panic!("{file}: no permission!({name} = …)"))
                        .clone()
                });
                handlers.push(Handler {
                    file: file.clone(),
                    method: method.to_uppercase(),
                    address,
                    needs,
                });
            }
        }
    }
    handlers
}

/// Every quoted text that looks like a key of the message catalogue.
pub fn keys_in(text: &str) -> BTreeSet<String> {
    let parts = text.split('"').map(str::to_owned);
    parts
        .filter(|part| {
            let shaped = part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._{}".contains(&b));
            shaped && part.contains('.') && !part.starts_with('.') && !part.ends_with('.')
        })
        .collect()
}

/// Every quoted single word.
pub fn words_in(text: &str) -> BTreeSet<String> {
    let shaped =
        |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.split('"').filter(shaped).map(str::to_owned).collect()
}
