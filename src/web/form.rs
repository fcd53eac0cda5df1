//! A form as a page draws it: what was typed, and what is wrong with it. Nothing typed is ever lost.

use std::collections::HashMap;

use super::problem::WRONG_CREDENTIALS;
use crate::error::{Error, FieldError};

/// Raw values and messages by field.
#[derive(Debug, Default, Clone)]
pub struct Form {
    values: HashMap<String, String>,
    errors: Vec<(String, String)>,
}

impl Form {
    /// An empty form.
    pub fn new() -> Form {
        Form::default()
    }

    /// A form with what was typed.
    pub fn typed(pairs: &[(String, String)]) -> Form {
        Form { values: pairs.iter().cloned().collect(), errors: Vec::new() }
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
        self.values.insert(name.into(), value.into());
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
        self.errors.iter().find(|(field, _)| field == name).map(|(_, message)| message.as_str())
    }

    /// Everything that is wrong, in order.
    pub fn errors(&self) -> &[(String, String)] {
        &self.errors
    }

    /// The form again with what must be corrected. Errors that are no field's own pass through.
    pub fn refuse(mut self, error: Error) -> Result<Form, Error> {
        match error {
            Error::Invalid(errors) => {
                let said = |e: FieldError| (e.field, e.message);
                self.errors.extend(errors.into_iter().map(said));
                Ok(self)
            }
            Error::Conflict { message, .. } => {
                self.errors.push((String::new(), message));
                Ok(self)
            }
            Error::WrongCredentials => {
                self.errors.push(("password".into(), WRONG_CREDENTIALS.into()));
                Ok(self)
            }
            other => Err(other),
        }
    }
}
