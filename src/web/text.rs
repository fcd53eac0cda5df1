//! The message catalogue: every visible string, by key, in `lang/<language>/*.toml`.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use actix_web::cookie::{Cookie, SameSite};
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
    /// The text of a key; English where this language lacks it, the key itself where that does too. A test
    /// forbids both.
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
            // A month comes as its first day.
            let month = value.parse().ok().filter(|_| name == "month").map(|day| self.date(day));
            let said = month.as_deref().and_then(|date| date.split_once('-')).map(|(_, rest)| rest);
            words = words.replace(&format!("{{{name}}}"), said.unwrap_or(value));
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

    /// What the language calls itself.
    pub fn name(&self) -> &str {
        self.t("web.language.name")
    }
}

/// All languages.
#[derive(Debug, Clone)]
pub struct Texts {
    languages: BTreeMap<String, Arc<Lang>>,
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
        let english = Arc::new(languages.remove("en").unwrap_or_default());
        let mut all = BTreeMap::from([("en".to_owned(), Arc::clone(&english))]);
        for (tag, mut lang) in languages {
            for (key, text) in &english.texts {
                if !lang.texts.contains_key(key) {
                    lang.texts.insert(key.clone(), text.clone());
                }
            }
            all.insert(tag, Arc::new(lang));
        }
        Ok(Texts { languages: all, english })
    }

    /// The language of a locale; English where there is no other.
    pub fn of(&self, locale: &str) -> Arc<Lang> {
        let tag = locale.split('-').next().unwrap_or("en");
        Arc::clone(self.languages.get(tag).unwrap_or(&self.english))
    }

    /// Whether this is the tag of one of them.
    pub fn speaks(&self, tag: &str) -> bool {
        self.languages.contains_key(tag)
    }

    /// All of them, by their tags.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Lang>> {
        self.languages.values()
    }
}

/// Whether this is the tag of a language that was built in.
pub fn is_spoken(tag: &str) -> bool {
    static TAGS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let tags = Files::iter().filter_map(|path| Some(path.split_once('/')?.0.to_owned()));
        tags.collect()
    });
    TAGS.contains(tag)
}

/// A language in the region of a locale: Hindi in `en-IN` is `hi-IN`.
pub fn in_region(language: &str, locale: &str) -> String {
    match locale.split_once('-') {
        Some((_, region)) => format!("{language}-{region}"),
        None => language.to_owned(),
    }
}

/// The language of a request: inside a clinic the person's, else the one chosen at the door, else the
/// clinic's; where no clinic is known the one the browser asks for.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    locale: Rc<OnceCell<String>>,
    chosen: Option<Rc<str>>,
    asked: Rc<str>,
}

/// The cookie that remembers a language chosen at the door.
const COOKIE: &str = "__Host-language";

impl Spoken {
    /// The language of this request, kept with it.
    pub fn of(request: &HttpRequest) -> Spoken {
        if let Some(spoken) = request.extensions().get::<Spoken>() {
            return spoken.clone();
        }
        let chosen = [true, false].into_iter().find_map(|https| request.cookie(cookie_name(https)));
        let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let first = asked.unwrap_or_default().split([',', ';']).next().unwrap_or_default();
        let spoken = Spoken {
            locale: Rc::default(),
            chosen: chosen.map(|cookie| cookie.value().into()),
            asked: first.trim().into(),
        };
        request.extensions_mut().insert(spoken.clone());
        spoken
    }

    /// The language that was chosen at the door of this browser, if it is one of ours.
    pub fn chosen(&self, texts: &Texts) -> Option<&str> {
        self.chosen.as_deref().filter(|tag| texts.speaks(tag))
    }

    /// Inside a clinic this locale is spoken.
    pub fn settle(&self, locale: &str) {
        let _ = self.locale.set(locale.to_owned());
    }

    /// The language itself.
    pub fn lang(&self, texts: &Texts) -> Arc<Lang> {
        let settled = self.locale.get().map(String::as_str);
        texts.of(settled.or_else(|| self.chosen(texts)).unwrap_or(&self.asked))
    }

    /// Remembers a language for this browser; `None` forgets it.
    pub fn cookie(https: bool, tag: Option<&str>) -> Cookie<'static> {
        let mut cookie = Cookie::build(cookie_name(https), tag.unwrap_or_default().to_owned())
            .path("/")
            .http_only(true)
            .secure(https)
            .same_site(SameSite::Lax)
            .permanent()
            .finish();
        if tag.is_none() {
            cookie.make_removal();
        }
        cookie
    }
}

/// Over plain http on loopback a browser refuses the prefix.
fn cookie_name(https: bool) -> &'static str {
    if https { COOKIE } else { COOKIE.trim_start_matches("__Host-") }
}
