//! The message catalogue: every visible string, by key, in `lang/<language>/*.toml`.

use std::collections::HashMap;
use std::sync::Arc;

use rust_embed::RustEmbed;

use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "lang"]
struct Files;

/// One language.
#[derive(Debug, Default)]
pub struct Lang {
    tag: String,
    texts: HashMap<String, String>,
}

impl Lang {
    /// The text of a key; the key itself where a text is missing, which a test forbids.
    pub fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text with its `{}` filled.
    pub fn tx(&self, key: &str, value: &str) -> String {
        self.t(key).replacen("{}", value, 1)
    }

    /// The text of a key, if there is one.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The language's tag, for `<html lang>`.
    pub fn tag(&self) -> &str {
        &self.tag
    }
}

/// All languages.
#[derive(Debug, Clone)]
pub struct Texts {
    languages: HashMap<String, Arc<Lang>>,
    english: Arc<Lang>,
}

impl Texts {
    /// Reads the catalogue that was built in.
    pub fn load() -> Result<Texts, Error> {
        let mut languages: HashMap<String, Lang> = HashMap::new();
        for path in Files::iter() {
            let Some((tag, file)) = path.split_once('/') else { continue };
            let Some(content) = Files::get(&path) else { continue };
            let bad = |e: String| Error::Internal(format!("lang/{tag}/{file}: {e}"));
            let content = std::str::from_utf8(&content.data).map_err(|e| bad(e.to_string()))?;
            let texts: HashMap<String, String> =
                toml::from_str(content).map_err(|e| bad(e.to_string()))?;
            let lang = languages.entry(tag.to_owned()).or_default();
            tag.clone_into(&mut lang.tag);
            for (key, text) in texts {
                if lang.texts.insert(key.clone(), text).is_some() {
                    return Err(bad(format!("{key} is there twice")));
                }
            }
        }
        let languages: HashMap<_, _> =
            languages.into_iter().map(|(tag, lang)| (tag, Arc::new(lang))).collect();
        let english = languages.get("en").cloned().unwrap_or_default();
        Ok(Texts { languages, english })
    }

    /// The language of a locale; English where there is no other.
    pub fn of(&self, locale: &str) -> Arc<Lang> {
        let tag = locale.split('-').next().unwrap_or("en");
        Arc::clone(self.languages.get(tag).unwrap_or(&self.english))
    }
}
