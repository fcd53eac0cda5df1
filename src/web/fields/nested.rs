//! Things within things: lists of lines, parts of a form, lists of words. Each names its fields by their
//! way in: `lines.2.days`.

use serde_json::Value;

use super::{Fields, Parse};
use crate::error::FieldError;

impl Fields {
    /// A list of at most `max` things, each with its own fields; a field inside is named `lines.2.days`.
    pub fn list<T: Parse>(&mut self, name: &str, max: usize) -> Vec<T> {
        let rows = match self.take(name) {
            None => return Vec::new(),
            Some(Value::Array(rows)) => rows,
            Some(_) => {
                self.refuse(name, "not_a_list");
                return Vec::new();
            }
        };
        if rows.len() > max {
            self.wrong(FieldError::new(name, "too_many").with("max", max));
            return Vec::new();
        }
        let mut things = Vec::new();
        for (i, row) in rows.into_iter().enumerate() {
            let Value::Object(row) = row else {
                self.refuse(&format!("{name}.{i}"), "not_an_object");
                continue;
            };
            let mut inner = Fields {
                values: row.into_iter().collect(),
                typed: self.typed,
                prefix: format!("{}{name}.{i}.", self.prefix),
                ..Fields::default()
            };
            things.push(T::parse(&mut inner));
            inner.refuse_unknown();
            self.errors.append(&mut inner.errors);
        }
        things
    }

    /// A thing inside this one: in JSON an object, whose fields are named `practitioner.licence_number`. A form
    /// is flat and names them plainly.
    pub fn part<T: Parse>(&mut self, name: &str) -> Option<T> {
        if self.typed {
            return Some(T::parse(self));
        }
        let Value::Object(part) = self.take(name)? else {
            self.refuse(name, "not_an_object");
            return None;
        };
        let prefix = format!("{}{name}.", self.prefix);
        let mut inner = Fields { values: part.into_iter().collect(), prefix, ..Fields::default() };
        let thing = T::parse(&mut inner);
        inner.refuse_unknown();
        self.errors.append(&mut inner.errors);
        Some(thing)
    }

    /// A list of short texts.
    pub fn texts(&mut self, name: &str, max: usize, max_chars: usize) -> Vec<String> {
        let items = match self.take(name) {
            None => return Vec::new(),
            Some(Value::Array(items)) if items.len() <= max => items,
            Some(Value::String(text)) if self.typed => {
                text.split(',').map(|t| Value::String(t.trim().into())).collect()
            }
            Some(_) => {
                self.wrong(FieldError::new(name, "not_a_list").with("max", max));
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for item in items {
            match item {
                Value::String(text) if text.chars().count() <= max_chars => texts.push(text),
                Value::String(_) => self.too_long(name, max_chars),
                _ => self.refuse(name, "not_text"),
            }
        }
        texts
    }
}
