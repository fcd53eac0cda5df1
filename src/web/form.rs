//! A form as a page draws it: what was typed, and what is wrong with it. Nothing typed is ever lost.

use std::collections::HashMap;

use super::conflict::Conflict;
use super::text::Lang;
use crate::error::Error;

/// What is wrong with a field, or with the whole where the field has no name.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The field, as the form has it.
    pub field: String,
    /// What the form calls it, if it has a name.
    pub label: Option<String>,
    /// What to do, in words.
    pub message: String,
}

impl Refused {
    /// The key of what a page calls this field, where it has words of its own: `name=staff.full_name day=results.day`.
    pub fn own<'a>(&self, own: &'a str) -> Option<&'a str> {
        let mut pairs = own.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.find(|(field, _)| *field == self.field).map(|(_, key)| key)
    }
}

/// Raw values and messages by field.
#[derive(Debug, Default, Clone)]
pub struct Form {
    values: HashMap<String, String>,
    /// The fields as they came.
    order: Vec<String>,
    errors: Vec<Refused>,
    pub(super) conflict: Option<Conflict>,
}

impl Form {
    /// An empty form.
    pub fn new() -> Form {
        Form::default()
    }

    /// A form with what was typed.
    pub fn typed(pairs: &[(String, String)]) -> Form {
        Form {
            values: pairs.iter().cloned().collect(),
            order: pairs.iter().map(|(name, _)| name.clone()).collect(),
            ..Form::default()
        }
    }

    /// A form filled from a thing, by the names its JSON has.
    pub fn filled(thing: &impl serde::Serialize) -> Form {
        let mut form = Form::new();
        if let Ok(serde_json::Value::Object(map)) = serde_json::to_value(thing) {
            for (name, value) in map {
                form.fill(&name, &value);
            }
        }
        form
    }

    fn fill(&mut self, name: &str, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.set(name, text),
            serde_json::Value::Number(n) => self.set(name, &n.to_string()),
            serde_json::Value::Bool(true) => self.set(name, "true"),
            serde_json::Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.fill(&format!("{name}.{i}"), item);
                }
            }
            serde_json::Value::Object(map) => {
                for (key, item) in map {
                    self.fill(&format!("{name}.{key}"), item);
                }
            }
            _ => {}
        }
    }

    /// Fills one field.
    pub fn set(&mut self, name: &str, value: &str) {
        if self.values.insert(name.into(), value.into()).is_none() {
            self.order.push(name.into());
        }
    }

    /// The names of the fields, as they came.
    pub fn fields(&self) -> Vec<&str> {
        self.order.iter().map(String::as_str).collect()
    }

    /// The text in a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether a field holds this value.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|e| e.field == name).map(|e| e.message.as_str())
    }

    /// Everything that is wrong, in order.
    pub fn errors(&self) -> &[Refused] {
        &self.errors
    }

    /// The form again with words about the whole of it.
    #[must_use]
    pub fn object(mut self, words: impl Into<String>) -> Form {
        self.errors.push(Refused { field: String::new(), label: None, message: words.into() });
        self
    }

    /// The form again with what must be corrected. Errors that are no field's own pass through.
    pub fn refuse(mut self, error: Error, lang: &Lang) -> Result<Form, Error> {
        match error {
            Error::Invalid(errors) => {
                self.errors.extend(errors.iter().map(|error| Refused {
                    field: error.field.clone(),
                    label: lang.field(&error.field),
                    message: lang.refusal(error),
                }));
                Ok(self)
            }
            Error::Conflict { code, .. } => Ok(self.object(lang.objection(code))),
            Error::WrongCredentials => {
                self.refuse(Error::field("password", "wrong_credentials"), lang)
            }
            other => Err(other),
        }
    }
}
