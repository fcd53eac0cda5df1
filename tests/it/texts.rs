//! The message catalogue: nothing shown is missing, nothing missing is kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources;

/// Keys by file of one language.
fn catalogue() -> BTreeMap<String, Vec<String>> {
    let files = sources::files("lang/en", &["toml"]).into_iter();
    files
        .map(|(file, text)| {
            let table: BTreeMap<String, String> =
                toml::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
            (file, table.into_keys().collect())
        })
        .collect()
}

/// What source and templates name: whole keys, beginnings that a variable completes, sets of words.
struct Used {
    keys: BTreeSet<String>,
    sets: BTreeSet<String>,
    beginnings: BTreeSet<String>,
    literals: BTreeSet<String>,
}

impl Used {
    fn gather() -> Used {
        let (mut keys, mut sets, mut beginnings) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut files = sources::rust();
        files.extend(sources::templates());
        files.extend(sources::files("src", &["js"]));
        for (_, text) in &files {
            keys.extend(sources::keys_in(text));
            // word("sex", …) shows "sex.<value>"; done codes show "done.<code>".
            for (at, call) in text.match_indices("word(\"") {
                sets.insert(text[at + call.len()..].split('"').next().unwrap().to_owned());
            }
            // word(words, …): the file names its sets elsewhere.
            if text.split(".word(").skip(1).any(|rest| !rest.starts_with('"')) {
                sets.extend(sources::words_in(text));
            }
            for (at, call) in text.match_indices("?done=") {
                let rest = &text[at + call.len()..];
                let code =
                    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
                if rest[code.len()..].starts_with('{') && !code.is_empty() {
                    beginnings.insert(format!("done.{code}"));
                } else if code.is_empty() {
                    sets.insert("done".into());
                } else {
                    keys.insert(format!("done.{code}"));
                }
            }
        }
        // A format string such as "done.{code}" or "status.{}" uses its whole set.
        sets.extend(
            keys.iter()
                .filter(|k| k.contains('{'))
                .map(|k| k.split(".{").next().unwrap().to_owned()),
        );
        let literals =
            files.iter().flat_map(|(_, text)| text.split('"')).map(str::to_owned).collect();
        Used { keys, sets, beginnings, literals }
    }

    fn uses(&self, key: &str) -> bool {
        // A refusal is named by its code, a field by its name.
        if let Some(rest) = key.strip_prefix("error.") {
            return self.literals.contains(rest.rsplit('.').next().unwrap());
        }
        if let Some(rest) = key.strip_prefix("field.") {
            return self.literals.contains(rest.split('.').next().unwrap());
        }
        let in_set =
            |set: &String| key.strip_prefix(set.as_str()).is_some_and(|rest| rest.starts_with('.'));
        // Of a single thing a text may be another: `counted` asks for it.
        let of_many = key.strip_suffix("_one").is_some_and(|many| self.keys.contains(many));
        of_many
            || self.keys.contains(key)
            || self.sets.iter().any(in_set)
            || self.beginnings.iter().any(|b| key.starts_with(b.as_str()))
    }
}

#[test]
fn no_two_files_define_the_same_key() {
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, keys) in catalogue() {
        for key in keys {
            homes.entry(key).or_default().push(file.clone());
        }
    }
    let twice: Vec<_> = homes.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_key_that_is_asked_for_is_there() {
    let there: BTreeSet<String> = catalogue().into_values().flatten().collect();
    let groups: BTreeSet<_> = there.iter().filter_map(|k| k.split('.').next()).collect();
    let mut missing = Vec::new();
    let mut files = sources::rust();
    files.extend(sources::templates());
    for (file, text) in files {
        for call in [".t(\"", ".tx(\"", ".counted(\""] {
            for (at, call) in text.match_indices(call) {
                let key = text[at + call.len()..].split('"').next().unwrap();
                // A key that ends in a dot is completed by a variable: some word of the set must be there.
                let known = if key.ends_with('.') {
                    there.iter().any(|k| k.starts_with(key))
                } else {
                    there.contains(key)
                };
                if !known && !key.contains('{') {
                    missing.push(format!("{file}: {key}"));
                }
            }
        }
        // A template gives keys to macros too: whatever is shaped like a key of a known group is one.
        let is_page = std::path::Path::new(&file).extension().is_some_and(|e| e == "html");
        for key in sources::keys_in(&text).iter().filter(|k| is_page && !k.contains('{')) {
            if groups.contains(key.split('.').next().unwrap()) && !there.contains(key) {
                missing.push(format!("{file}: {key}"));
            }
        }
    }
    missing.dedup();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_key_is_used() {
    let used = Used::gather();
    let idle: Vec<_> = catalogue().into_values().flatten().filter(|key| !used.uses(key)).collect();
    assert!(idle.is_empty(), "nobody shows these: {idle:#?}");
}

#[test]
fn every_message_after_a_form_has_its_text() {
    let there: BTreeSet<String> = catalogue().into_values().flatten().collect();
    let done: Vec<_> = Used::gather()
        .keys
        .into_iter()
        .filter(|k| k.starts_with("done.") && !k.contains('{'))
        .collect();
    assert!(done.len() > 3, "{done:?}");
    for key in done {
        // A page may say more than "done": queue.checked_in has the token in it.
        let code = key.trim_start_matches("done");
        assert!(there.contains(&key) || there.iter().any(|k| k.ends_with(code)), "{key}");
    }
}

/// Codes by which the source refuses something, each with the field where it is named.
fn refusals(text: &str) -> Vec<(Option<String>, String)> {
    let literal =
        |text: &str| text.strip_prefix('"').map(|t| t.split('"').next().unwrap().to_owned());
    let mut found = Vec::new();
    for (call, names_field) in [
        ("Error::field(", true),
        ("FieldError::new(", true),
        (".refuse(", true),
        ("Error::conflict(", false),
        ("Error::Conflict { code: ", false),
        ("Error::Conflict {\n            code: ", false),
        ("refused(", false),
        ("whole(", false),
    ] {
        for (at, _) in text.match_indices(call) {
            let rest = text[at + call.len()..].trim_start();
            if !names_field {
                found.extend(literal(rest).map(|code| (None, code)));
            } else if let Some((field, rest)) = rest.split_once(',') {
                found.extend(literal(rest.trim_start()).map(|code| (literal(field), code)));
            }
        }
    }
    found
}

#[test]
fn every_refusal_has_words() {
    let there: BTreeSet<String> = catalogue().into_values().flatten().collect();
    let (mut wordless, mut seen) = (Vec::new(), 0);
    for (file, text) in sources::rust() {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (field, code) in refusals(code) {
            seen += 1;
            let own = format!("error.{}.{code}", field.as_deref().unwrap_or_default());
            let known = there.contains(&own)
                || there.contains(&format!("error.{code}"))
                // A variable names the field: some field has words for this code.
                || field.is_none() && there.iter().any(|k| k.starts_with("error.") && k.ends_with(&format!(".{code}")));
            if !known {
                wordless.push(format!("{file}: {field:?} {code}"));
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert!(wordless.is_empty(), "{wordless:#?}");
}

#[test]
fn a_refusal_without_words_is_noticed() {
    let text = r#"fields.refuse("phone", "no_such_code"); Error::conflict("nor_this")"#;
    let found = refusals(text);
    assert_eq!(found[0], (Some("phone".into()), "no_such_code".into()));
    assert_eq!(found[1], (None, "nor_this".into()));
}

/// Texts of one language by key, each with the name of its file.
pub fn spoken(language: &str) -> BTreeMap<String, (String, String)> {
    let mut all = BTreeMap::new();
    for (file, text) in sources::files(&format!("lang/{language}"), &["toml"]) {
        let table: BTreeMap<String, String> =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
        let name = file.rsplit('/').next().unwrap().to_owned();
        all.extend(table.into_iter().map(|(key, text)| (key, (name.clone(), text))));
    }
    all
}

/// `{}` and `{name}` in a text.
pub fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<_> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect();
    found.sort_unstable();
    found
}

/// Whether a text has no word in it: numbers, placeholders, units, names of standards.
fn is_wordless(text: &str) -> bool {
    const UNITS: &[&str] = &["mmHg", "mg", "dL", "kg", "cm", "m²", "°C"];
    let mut rest = text.to_owned();
    for name in placeholders(text) {
        rest = rest.replacen(&format!("{{{name}}}"), " ", 1);
    }
    let mut words = rest.split(|c: char| !c.is_alphabetic() && !"²°".contains(c));
    words.all(|word| word.is_empty() || UNITS.contains(&word))
}

/// What is wrong with a language, held against English.
fn faults(
    language: &str,
    english: &BTreeMap<String, (String, String)>,
    own: &BTreeMap<String, (String, String)>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, (file, text)) in english {
        let Some((there, said)) = own.get(key) else {
            wrong.push(format!("{language}: {key} is missing: {text}"));
            continue;
        };
        if there != file {
            wrong.push(format!("{language}: {key} stands in {there}, not in {file}"));
        }
        if placeholders(said) != placeholders(text) {
            wrong.push(format!("{language}: {key} fills other places: {said}"));
        }
        if said.trim().is_empty() {
            wrong.push(format!("{language}: {key} is empty"));
        }
        if said == text && !is_wordless(text) {
            wrong.push(format!("{language}: {key} is English: {text}"));
        }
    }
    let extra = own.keys().filter(|key| !english.contains_key(*key));
    wrong.extend(extra.map(|key| format!("{language}: {key} is nobody's")));
    wrong
}

#[test]
fn every_language_says_all_that_english_says() {
    let english = spoken("en");
    let mut wrong = Vec::new();
    for language in ["hi", "mr"] {
        wrong.extend(faults(language, &english, &spoken(language)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_places_of_a_text_are_filled_in_the_same_order() {
    // `{}` and `{}` are filled one after the other: a language may not need another order.
    for (key, (_, text)) in spoken("en") {
        let open = text.matches("{}").count();
        assert!(open < 2 || ORDERED.contains(&key.as_str()), "{key}: name the places of {text}");
    }
}

/// Texts whose unnamed places were looked at in every language.
const ORDERED: &[&str] =
    &["consultation.about", "consultation.spark", "patients.banner.born", "web.conflict.whom"];

#[test]
fn a_fault_of_a_language_is_noticed() {
    let entry = |text: &str| ("a.toml".to_owned(), text.to_owned());
    let english = BTreeMap::from([
        ("a".into(), entry("Come {day}")),
        ("b".into(), entry("Go")),
        ("c".into(), entry("{} kg")),
        ("d".into(), entry("Stay")),
    ]);
    let own = BTreeMap::from([
        ("a".into(), entry("{} को आएँ")),
        ("b".into(), entry("Go")),
        ("c".into(), entry("{} kg")),
        ("e".into(), entry(" ")),
    ]);
    let found = faults("xx", &english, &own).join("\n");
    for fault in ["a fills other", "b is English", "d is missing", "e is nobody's"] {
        assert!(found.contains(fault), "{fault}: {found}");
    }
    assert!(!found.contains(" c "), "{found}");
}

/// What the list of refused fields above a form says of each is what stands at the field: nobody looks for "Purpose" on a
/// page that asks "Comes for".
#[test]
fn a_refused_field_is_called_what_its_label_says() {
    // A filter that refuses nothing, samples, and boxes that are no field to correct.
    let beside = ["tracking/list.html", "styleguide.html", "web/ui.html"];
    let boxes = ["check_in", "duplicate_ok"];
    let mut wrong = Vec::new();
    let templates: Vec<_> = sources::templates().into_iter().collect();
    for tag in ["en", "hi", "mr"] {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for (file, text) in sources::files(&format!("lang/{tag}"), &["toml"]) {
            texts.extend(
                toml::from_str::<BTreeMap<_, _>>(&text).unwrap_or_else(|e| panic!("{file}: {e}")),
            );
        }
        for (file, text) in &templates {
            if beside.iter().any(|known| file.ends_with(known)) {
                continue;
            }
            for call in text.split("ui::").skip(1) {
                let Some((head, rest)) = call.split_once("form, \"") else { continue };
                let drawn = [
                    "text(",
                    "area(",
                    "select(",
                    "date(",
                    "number(",
                    "password(",
                    "radios(",
                    "check(",
                    "file(",
                ];
                if !drawn.iter().any(|kind| head.starts_with(kind)) || head.contains('"') {
                    continue;
                }
                let mut said = rest.split('"');
                let (name, label) = (said.next().unwrap(), said.nth(1).unwrap_or_default());
                let own = text.contains(&format!("{name}={label}"));
                let same = texts.get(&format!("field.{name}")) == texts.get(label);
                if texts.contains_key(label) && !own && !same && !boxes.contains(&name) {
                    wrong.push(format!("{tag} {file}: {name} is {label}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
