use super::*;

fn json(text: &str) -> Fields {
    match serde_json::from_str(text).unwrap() {
        Value::Object(map) => Fields::from_json(map),
        _ => panic!("not an object"),
    }
}

fn codes(outcome: Result<(), Error>) -> Vec<(String, String)> {
    match outcome {
        Err(Error::Invalid(errors)) => {
            errors.into_iter().map(|e| (e.field, e.code.into_owned())).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn json_is_strict_and_names_every_field() {
    let mut fields = json(r#"{"age": "7", "name": 1, "days": 3.5, "extra": 1, "nul": "a\u0000b"}"#);
    fields.int("age", 0..=150);
    fields.text("name", 10);
    fields.int("days", 1..=9);
    fields.text_opt("nul", 10);
    let said = codes(fields.finish());
    let expected = [
        ("age", "out_of_range"),
        ("name", "not_text"),
        ("days", "out_of_range"),
        ("nul", "control_character"),
        ("extra", "unknown_field"),
    ];
    assert_eq!(said, expected.map(|(f, c)| (f.to_owned(), c.to_owned())));
}

#[test]
fn a_form_is_kind() {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let pairs = [pair("age", " 7 "), pair("kg", "61,5"), pair("note", "  "), pair("ok", "on")];
    let mut fields = Fields::from_pairs(pairs);
    assert_eq!(fields.int("age", 0..=150), Some(7));
    assert_eq!(fields.number("kg", 1.0..=700.0), Some(61.5));
    assert_eq!(fields.text_opt("note", 10), None);
    assert!(fields.flag("ok"));
    assert!(fields.finish().is_ok());
}
