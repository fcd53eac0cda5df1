//! The message catalogue: every visible string, by key, in `lang/<language>/*.toml`.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use rust_embed::RustEmbed;

use crate::error::{Error, FieldError};

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

    /// The words of a refused field: `error.<field>.<code>`, else `error.<code>`, filled. Of `lines.2.days`
    /// the field is `days`.
    pub fn refusal(&self, error: &FieldError) -> String {
        let field = error.args.get("about").unwrap_or(&error.field);
        let field = field.rsplit('.').next().unwrap_or(field);
        let own = self.get(&format!("error.{field}.{}", error.code));
        let mut words = own.unwrap_or_else(|| self.objection(&error.code)).to_owned();
        for (name, value) in &error.args {
            words = words.replace(&format!("{{{name}}}"), value);
        }
        words
    }

    /// The words of a conflict: `error.<code>`.
    pub fn objection<'a>(&'a self, code: &'a str) -> &'a str {
        self.get(&format!("error.{code}")).unwrap_or(code)
    }

    /// What a form calls a field, if it has a name: `field.<field>`; `lines.2.days` is `Medicine 3, days`.
    pub fn field(&self, field: &str) -> Option<String> {
        let mut parts = field.split('.');
        let (first, row) = (parts.next()?, parts.next().and_then(|n| n.parse::<usize>().ok()));
        let name = self.get(&format!("field.{}", field.rsplit('.').next()?));
        let Some(row) = row else { return name.map(str::to_owned) };
        let row = self.tx(&format!("field.{first}.row"), &(row + 1).to_string());
        Some(name.map_or_else(|| row.clone(), |name| format!("{row}, {name}")))
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

/// The language of a request: the clinic's once its gate was passed, before that what the browser asks for.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    locale: Rc<OnceCell<String>>,
    asked: String,
}

impl Spoken {
    /// The language of this request, kept with it.
    pub fn of(request: &HttpRequest) -> Spoken {
        let mut extensions = request.extensions_mut();
        if let Some(spoken) = extensions.get::<Spoken>() {
            return spoken.clone();
        }
        let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let first = asked.unwrap_or_default().split([',', ';']).next().unwrap_or_default();
        let spoken = Spoken { locale: Rc::default(), asked: first.trim().to_owned() };
        extensions.insert(spoken.clone());
        spoken
    }

    /// Inside a clinic its locale is spoken.
    pub fn settle(&self, locale: &str) {
        let _ = self.locale.set(locale.to_owned());
    }

    /// The language itself.
    pub fn lang(&self, texts: &Texts) -> Arc<Lang> {
        texts.of(self.locale.get().unwrap_or(&self.asked))
    }
}
