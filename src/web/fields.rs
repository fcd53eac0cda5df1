//! Input, read field by field. A form and a JSON body are read by the same parser into the same nouns,
//! before any connection is taken; every field that is wrong is named, none of its value repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::NaiveDate;
use serde_json::Value;

use super::ages;
use super::dates::{self, Impossible};
use super::digits::{latin_digits, ungrouped};
use crate::error::{Error, FieldError};

mod invisible;
mod nested;

/// A noun that can be read from input.
pub trait Parse: Sized {
    /// Takes its fields. Wrong ones are noted in `fields`; the value is then thrown away.
    fn parse(fields: &mut Fields) -> Self;
}

/// Named values and what is wrong with them.
#[derive(Debug, Default)]
pub struct Fields {
    values: BTreeMap<String, Value>,
    /// A form sends text only, may leave fields blank and is read kindly.
    typed: bool,
    prefix: String,
    taken: BTreeSet<String>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// From the pairs of a form or query. `lines.0.days` becomes a list; blank values are absent.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Fields {
        let mut values = BTreeMap::new();
        let mut rows: BTreeMap<String, BTreeMap<usize, serde_json::Map<String, Value>>> =
            BTreeMap::new();
        for (name, text) in pairs {
            if text.trim().is_empty() {
                continue;
            }
            let mut parts = name.splitn(3, '.');
            let indexed = match (parts.next(), parts.next().map(str::parse::<usize>), parts.next())
            {
                (Some(list), Some(Ok(row)), Some(field)) if row < 200 => Some((list, row, field)),
                _ => None,
            };
            if let Some((list, row, field)) = indexed {
                let row = rows.entry(list.into()).or_default().entry(row).or_default();
                row.insert(field.into(), Value::String(text));
            } else {
                values.insert(name, Value::String(text));
            }
        }
        for (list, rows) in rows {
            let rows = rows.into_values().map(Value::Object).collect();
            values.insert(list, Value::Array(rows));
        }
        Fields { values, typed: true, ..Fields::default() }
    }

    /// From a JSON object.
    pub fn from_json(object: serde_json::Map<String, Value>) -> Fields {
        Fields { values: object.into_iter().collect(), ..Fields::default() }
    }

    /// A change laid over what is there: absent fields keep their value, `null` clears one. The same
    /// holds for the fields of a thing inside.
    #[must_use]
    pub fn over(self, current: &impl serde::Serialize) -> Fields {
        let mut values: BTreeMap<String, Value> = match serde_json::to_value(current) {
            Ok(Value::Object(map)) => map.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        for (name, change) in self.values {
            match (values.get_mut(&name), change) {
                (Some(Value::Object(there)), Value::Object(change)) => there.extend(change),
                (_, change) => {
                    values.insert(name, change);
                }
            }
        }
        Fields { values, ..self }
    }

    /// Whether the caller sent this field, even as `null`.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Whether the caller sent a value for this field.
    pub fn brings(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_null())
    }

    /// Whether something was wrong so far.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Notes that a field is wrong.
    pub fn refuse(&mut self, name: &str, code: &'static str) {
        self.wrong(FieldError::new(name, code));
    }

    /// Notes what is wrong with a field, where its words have something to fill.
    pub fn wrong(&mut self, mut error: FieldError) {
        error.field.insert_str(0, &self.prefix);
        self.errors.push(error);
    }

    fn too_long(&mut self, name: &str, max: usize) {
        self.wrong(FieldError::new(name, "too_long").with("max", max));
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.taken.insert(name.to_owned());
        self.values.remove(name).filter(|value| !value.is_null())
    }

    fn required<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.is_wrong(name) {
            self.refuse(name, "required");
        }
        value
    }

    /// Text that may be missing, trimmed. Control characters are refused, line breaks are not.
    pub fn text_opt(&mut self, name: &str, max: usize) -> Option<String> {
        let Value::String(text) = self.take(name)? else {
            self.refuse(name, "not_text");
            return None;
        };
        let text = text.trim().replace("\r\n", "\n");
        if text.is_empty() {
            return None;
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.refuse(name, "control_character");
            return None;
        }
        if text.chars().count() > max {
            self.too_long(name, max);
            return None;
        }
        Some(text)
    }

    /// Text that must be there; empty when it was refused.
    pub fn text(&mut self, name: &str, max: usize) -> String {
        let text = self.text_opt(name, max);
        self.required(name, text).unwrap_or_default()
    }

    /// A name that may be missing: text of one line in which everything is seen. What is not seen makes two names that
    /// look the same, or one that reads backwards.
    pub fn name_opt(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.text_opt(name, max)?;
        let code = if text.contains(char::is_control) {
            "control_character"
        } else if invisible::in_name(&text) {
            "invisible_character"
        } else {
            return Some(text);
        };
        self.refuse(name, code);
        None
    }

    /// A name that must be there; empty when it was refused.
    pub fn name(&mut self, name: &str, max: usize) -> String {
        let text = self.name_opt(name, max);
        self.required(name, text).unwrap_or_default()
    }

    /// A password: kept as it is, not trimmed, refused past `max` bytes.
    pub fn password(&mut self, name: &str, max: usize) -> secrecy::SecretString {
        let text = match self.take(name) {
            Some(Value::String(text)) if text.len() <= max => Some(text),
            Some(Value::String(_)) => {
                self.too_long(name, max);
                None
            }
            Some(_) => {
                self.refuse(name, "not_text");
                None
            }
            None => None,
        };
        self.required(name, text).unwrap_or_default().into()
    }

    /// One word of a closed set, if it is there.
    pub fn choice_opt<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.text_opt(name, 40)?;
        let word = text.parse().ok();
        if word.is_none() {
            self.refuse(name, "unknown_value");
        }
        word
    }

    /// One word of a closed set that must be there.
    pub fn choice<T: FromStr + Default>(&mut self, name: &str) -> T {
        let word = self.choice_opt(name);
        self.required(name, word).unwrap_or_default()
    }

    /// An id that may be missing. Whether it exists is for the verb to find out.
    pub fn id_opt<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.text_opt(name, 40)?;
        let id = text.parse().ok();
        if id.is_none() {
            self.refuse(name, "not_an_id");
        }
        id
    }

    /// An id that must be there.
    pub fn id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let id = self.id_opt(name);
        self.required(name, id)
    }

    /// A whole number within a range.
    pub fn int(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let number = match self.take(name)? {
            Value::Number(n) => n.as_i64(),
            Value::String(text) if self.typed => latin_digits(text.trim()).parse().ok(),
            _ => None,
        };
        let number = number.filter(|n| range.contains(n));
        if number.is_none() {
            let error = FieldError::new(name, "out_of_range").with("about", "whole");
            self.wrong(error.with("min", range.start()).with("max", range.end()));
        }
        number
    }

    /// A whole number for a 32-bit column.
    pub fn int32(&mut self, name: &str, range: RangeInclusive<i32>) -> Option<i32> {
        let wide = i64::from(*range.start())..=i64::from(*range.end());
        self.int(name, wide).and_then(|n| i32::try_from(n).ok())
    }

    /// How many days: in a form also `5 days`, `2 weeks`, `1 month`, which is 30 of them.
    pub fn days(&mut self, name: &str, range: RangeInclusive<i32>) -> Option<i32> {
        let told = match self.values.get(name) {
            Some(Value::String(text)) if self.typed => ages::days(text),
            _ => None,
        };
        if let Some(days) = told {
            self.values.insert(name.into(), Value::String(days.to_string()));
        }
        let before = self.errors.len();
        let days = self.int32(name, range);
        for error in self.errors.iter_mut().skip(before).filter(|_| self.typed) {
            error.args.insert("about".into(), "days_told".into());
        }
        days
    }

    /// A number within a range; a form may use a decimal comma, or set thousands apart.
    pub fn number(&mut self, name: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let number = match self.take(name)? {
            Value::Number(n) => n.as_f64(),
            Value::String(text) if self.typed => {
                let text = latin_digits(text.trim());
                ungrouped(&text).unwrap_or_else(|| text.replace(',', ".")).parse().ok()
            }
            _ => None,
        };
        let number = number.filter(|n| n.is_finite() && range.contains(n));
        if number.is_none() {
            let error = FieldError::new(name, "out_of_range");
            self.wrong(error.with("min", range.start()).with("max", range.end()));
        }
        number
    }

    /// Yes or no; a form's absent checkbox is no.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(Value::String(text)) if self.typed => {
                matches!(text.trim(), "true" | "on" | "yes" | "1")
            }
            Some(_) => {
                self.refuse(name, "not_a_flag");
                false
            }
        }
    }

    /// A date between the years 1875 and 2200: ISO in JSON, as people type it in a form.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let typed = self.typed;
        let text = self.text_opt(name, 40)?;
        let date = if typed { dates::kind(&text, 40) } else { dates::strict(&text) };
        if date.is_none() {
            let example = if typed { "3/3/1987" } else { "1987-03-03" };
            let wrong = FieldError::new(name, "not_a_date").with("example", example);
            self.wrong(match dates::impossible(&text, 40).filter(|_| typed) {
                Some(Impossible::Year { first, last }) => {
                    FieldError::new(name, "no_such_year").with("min", first).with("max", last)
                }
                Some(Impossible::Day { month, days }) => {
                    FieldError::new(name, "no_such_day").with("month", month).with("days", days)
                }
                None => wrong,
            });
        }
        date
    }

    /// In a form one box takes a birth date or an age: `39`, `6 months`, `10 दिन` move to `to`, in years.
    pub fn shift_age(&mut self, from: &str, to: &str) {
        let Some(Value::String(text)) = self.values.get(from).filter(|_| self.typed) else {
            return;
        };
        if let Some(years) = ages::years(text) {
            self.values.remove(from);
            self.values.insert(to.into(), Value::String(years.to_string()));
            if from != to && years > 150.0 {
                self.values.remove(to);
                self.refuse(from, "too_old");
            }
        }
    }

    /// Whether something was wrong with this field so far.
    pub fn is_wrong(&self, name: &str) -> bool {
        self.errors.iter().any(|e| e.field == format!("{}{name}", self.prefix))
    }

    fn refuse_unknown(&mut self) {
        if self.typed {
            return;
        }
        let unknown: Vec<String> =
            self.values.keys().filter(|k| !self.taken.contains(*k)).cloned().collect();
        for name in unknown {
            let shown: String = name.chars().take(40).collect();
            self.refuse(&shown, "unknown_field");
        }
    }

    /// The end of reading: everything that is wrong at once (422). JSON fields nobody asked for are wrong.
    pub fn finish(mut self) -> Result<(), Error> {
        self.refuse_unknown();
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(self.errors)) }
    }

    /// Reads one noun and ends.
    pub fn read<T: Parse>(mut self) -> Result<T, Error> {
        let value = T::parse(&mut self);
        self.finish()?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests;
