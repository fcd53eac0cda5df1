//! Two people changed one thing: whoever saves second sees both versions, field by field, and decides. What
//! they typed stays in the form; what they had left as it was takes the new value.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{Chrome, Form};

/// Names that are no field of the thing.
const BESIDE: [&str; 3] = ["version", "seen", "then"];

/// What whoever saved first left behind, beside what this person sent.
pub struct Overtaken<'a> {
    /// What this person sent, read and filled into a form again: only what differs in substance is shown.
    pub sent: Form,
    /// The form as it would be drawn now.
    pub now: Form,
    /// When the other change was made, where that is known.
    pub changed_at: Option<&'a DateTime<Utc>>,
    /// By whom, where that is known.
    pub changed_by: Option<String>,
    /// The sets of words of fields that hold a stored value: `("sex", "sex")`; `"flag"` for a box to tick.
    pub words: &'a [(&'a str, &'a str)],
}

/// A field that two people left differently.
#[derive(Debug, Clone)]
pub struct Differing {
    /// The field, as the form has it.
    pub field: String,
    /// What the form calls it.
    pub label: String,
    /// What stands there now, in words.
    pub now: String,
    /// What stands there now, as the field holds it.
    pub value: String,
    /// What this person typed, in words; nothing where the field was left as it was and took the new value.
    pub typed: Option<String>,
}

/// Both versions of a thing.
#[derive(Debug, Default, Clone)]
pub struct Conflict {
    /// That somebody was faster, what now, and when it was.
    pub said: String,
    /// Every field that differs, in the order of the form.
    pub fields: Vec<Differing>,
}

fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

fn print(text: &str) -> String {
    let digest = Sha256::digest(plain(text));
    format!("{:08x}", digest.first_chunk().map_or(0, |first| u32::from_be_bytes(*first)))
}

/// What fields held when a form was drawn, short enough to travel with it.
fn prints(form: &Form) -> String {
    let fields = form.fields().into_iter().filter(|name| !BESIDE.contains(name));
    let kept: Vec<String> =
        fields.map(|name| format!("{name}:{}", print(form.value(name)))).collect();
    kept.join(" ")
}

impl Form {
    /// The form of a thing at its version. It carries along what the fields held when they were drawn.
    #[must_use]
    pub fn at(mut self, version: i32) -> Form {
        let seen = prints(&self);
        self.set("version", &version.to_string());
        self.set("seen", &seen);
        self
    }

    /// The form again, after somebody else was faster. `said` is the key of the sentence above it.
    #[must_use]
    pub fn overtaken(mut self, chrome: &Chrome, said: &str, by: &Overtaken) -> Form {
        let seen: Option<BTreeMap<String, String>> =
            Some(self.value("seen")).filter(|seen| !seen.is_empty()).map(|seen| {
                let pairs = seen.split(' ').filter_map(|pair| pair.split_once(':'));
                pairs.map(|(name, print)| (name.to_owned(), print.to_owned())).collect()
            });
        let empty = print("");
        let mut differing = Vec::new();
        for field in self.common(by) {
            let (sent, now) = (plain(by.sent.value(&field)), plain(by.now.value(&field)));
            let Some(label) = chrome.texts().field(&field).filter(|_| sent != now) else {
                continue;
            };
            let untouched = seen.as_ref().is_some_and(|seen| {
                *seen.get(&field).unwrap_or(&empty) == print(self.value(&field))
            });
            let set = by.words.iter().find(|(name, _)| field.ends_with(name)).map(|(_, set)| *set);
            let raw = plain(self.value(&field));
            let typed = if raw.is_empty() { &sent } else { &raw };
            let typed = (!untouched).then(|| in_words(chrome, set, typed));
            if untouched {
                self.set(&field, &now);
            }
            let now_said = in_words(chrome, set, &now);
            differing.push(Differing { field, label, now: now_said, value: now, typed });
        }
        for name in ["version", "seen"] {
            self.set(name, by.now.value(name));
        }
        let mut said = chrome.t(said).to_owned();
        if let Some(at) = by.changed_at {
            let at = chrome.datetime(at);
            said.push(' ');
            said.push_str(&match &by.changed_by {
                Some(name) => chrome.tx("web.conflict.whom", name).replacen("{}", &at, 1),
                None => chrome.tx("web.conflict.when", at),
            });
        }
        self.conflict = Some(Conflict { said, fields: differing });
        self
    }

    /// The fields of either version: those of the form in its order, then boxes that were left empty, and rows.
    fn common(&self, by: &Overtaken) -> Vec<String> {
        let mut known: BTreeSet<&str> = BESIDE.into_iter().collect();
        let both: BTreeSet<&str> = by.now.fields().into_iter().chain(by.sent.fields()).collect();
        let here = self.fields().into_iter().filter(|name| both.contains(name));
        let row = |name: &str| name.split('.').nth(1).is_some_and(|n| n.parse::<u8>().is_ok());
        let set = |name: &str| by.words.iter().any(|(field, _)| *field == name);
        let unsent = both.iter().copied().filter(|name| row(name) || set(name));
        let order = here.chain(unsent).filter(|name| known.insert(name));
        order.map(str::to_owned).collect()
    }

    /// The form again, with the two values of a field in other words: ids as the names they stand for.
    #[must_use]
    pub fn reworded(mut self, field: &str, words: impl Fn(&str) -> String) -> Form {
        let typed = words(self.value(field));
        if let Some(conflict) = &mut self.conflict {
            for differing in conflict.fields.iter_mut().filter(|d| d.field == field) {
                differing.now = words(&differing.value);
                differing.typed = differing.typed.take().map(|_| typed.clone());
            }
        }
        self
    }

    /// Both versions, where somebody else was faster.
    pub fn conflict(&self) -> Option<&Conflict> {
        self.conflict.as_ref()
    }

    /// What stands in a field now, where that is not what this person typed.
    pub fn theirs(&self, name: &str) -> Option<&Differing> {
        let fields = self.conflict.as_ref()?.fields.iter();
        fields.clone().find(|differing| differing.field == name && differing.typed.is_some())
    }
}

fn in_words(chrome: &Chrome, set: Option<&str>, value: &str) -> String {
    match set {
        Some("flag") if value.is_empty() => chrome.t("web.conflict.no").to_owned(),
        Some("flag") => chrome.t("web.conflict.yes").to_owned(),
        _ if value.is_empty() => chrome.t("web.conflict.nothing").to_owned(),
        Some(set) => chrome.word(set, value),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Form::typed(&pairs)
    }

    #[test]
    fn what_was_typed_stays_and_what_was_left_alone_takes_the_new_value() {
        let chrome = Chrome::plain();
        let drawn = form(&[("city", "Pune"), ("phone", "1"), ("sex", "male")]).at(1);
        let mut typed = drawn.clone();
        typed.set("city", "Nagpur");
        let by = Overtaken {
            sent: typed.clone(),
            now: form(&[("city", "Mumbai"), ("phone", "2"), ("sex", "male")]).at(2),
            changed_at: Some(&DateTime::UNIX_EPOCH),
            changed_by: None,
            words: &[("sex", "sex")],
        };
        let again = typed.overtaken(&chrome, "patients.stale", &by);
        assert_eq!((again.value("city"), again.value("phone")), ("Nagpur", "2"));
        assert_eq!(again.value("version"), "2");
        let said: Vec<_> = again.conflict().map_or_else(Vec::new, |conflict| {
            let fields = conflict.fields.iter();
            fields.map(|f| (f.field.as_str(), f.now.as_str(), f.typed.as_deref())).collect()
        });
        assert_eq!(said, [("city", "Mumbai", Some("Nagpur")), ("phone", "2", None)]);
        assert!(again.theirs("city").is_some() && again.theirs("phone").is_none());
        // Sent once more as it is, it fits what is there.
        assert_eq!(
            again.value("seen"),
            form(&[("city", "Mumbai"), ("phone", "2"), ("sex", "male")]).at(2).value("seen")
        );
    }

    #[test]
    fn a_form_that_says_not_what_it_was_drawn_with_keeps_everything_that_was_sent() {
        let typed = form(&[("city", "Pune"), ("sex", "male"), ("version", "1")]);
        let by = Overtaken {
            sent: form(&[("city", "Pune"), ("sex", "male")]),
            now: form(&[("city", "Pune"), ("sex", "female"), ("shared", "true")]).at(2),
            changed_at: Some(&DateTime::UNIX_EPOCH),
            changed_by: None,
            words: &[("sex", "sex"), ("shared", "flag")],
        };
        let again = typed.overtaken(&Chrome::plain(), "patients.stale", &by);
        assert_eq!(again.value("sex"), "male");
        let sex = again.theirs("sex").map(|f| (f.now.clone(), f.typed.clone(), f.value.clone()));
        assert_eq!(sex, Some(("Female".into(), Some("Male".into()), "female".into())));
    }
}
