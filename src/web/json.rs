//! JSON of a body. A name that stands twice in an object means two things at once: another reader on the way may have
//! believed the other one (RFC 8259, section 4), so it is refused while the text is read.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::error::Error;

/// Reads a body, or says why it cannot be read.
pub fn read(body: &[u8]) -> Result<Value, Error> {
    let twice = RefCell::new(None);
    let mut text = serde_json::Deserializer::from_slice(body);
    let value = Once(&twice).deserialize(&mut text).and_then(|value| text.end().map(|()| value));
    value.map_err(|_| twice.take().map_or(Error::Malformed("json"), Error::Twice))
}

/// A value in which every name stands once; notes the one that does not, with its way in.
#[derive(Clone, Copy)]
struct Once<'a>(&'a RefCell<Option<String>>);

/// Most characters of a name that is said back.
const SAID: usize = 40;

impl Once<'_> {
    fn inside(self, name: &str) {
        if let Some(way) = self.0.borrow_mut().as_mut() {
            way.insert(0, '.');
            way.insert_str(0, &name.chars().take(SAID).collect::<String>());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, text: D) -> Result<Value, D::Error> {
        text.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            match items.next_element_seed(self) {
                Ok(Some(item)) => list.push(item),
                Ok(None) => return Ok(Value::Array(list)),
                Err(error) => {
                    self.inside(&list.len().to_string());
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            match object.entry(name) {
                Entry::Occupied(there) => {
                    let name = there.key().chars().take(SAID).collect();
                    self.0.replace(Some(name));
                    return Err(A::Error::custom("twice"));
                }
                Entry::Vacant(free) => match fields.next_value_seed(self) {
                    Ok(value) => {
                        free.insert(value);
                    }
                    Err(error) => {
                        self.inside(free.key());
                        return Err(error);
                    }
                },
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match read(text.as_bytes()) {
            Ok(_) => "read".into(),
            Err(Error::Twice(name)) => format!("twice {name}"),
            Err(error) => error.code().into(),
        }
    }

    #[test]
    fn a_name_stands_once_in_an_object_at_every_depth() {
        assert_eq!(said(r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}"#), "read");
        assert_eq!(said(r#"{"a":1,"a":1}"#), "twice a");
        assert_eq!(said(r#"{"a":1,"\u0061":2}"#), "twice a");
        assert_eq!(
            said(r#"{"lines":[{"x":1},{"days":{"n":1,"m":2,"n":3}}]}"#),
            "twice lines.1.days.n"
        );
        assert_eq!(said(r#"{"a":{"b":1"#), "json");
        assert_eq!(said(r#"{"a":1} {"#), "json");
        assert_eq!(said(&"[".repeat(500)), "json");
    }

    #[test]
    fn it_is_read_as_everybody_reads_it() {
        let text = r#"{"n":null,"t":true,"i":-7,"u":18446744073709551615,"f":1.5e3,"s":"अ\n","l":[[],{}]}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text.as_bytes()).ok(), Some(plain));
    }
}
