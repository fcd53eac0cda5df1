//! Numbers as people type them: an Indian keyboard may write its own digits.

/// A digit of Devanagari as the one that is stored; any other character as it is.
pub fn latin(c: char) -> char {
    match u32::from(c).checked_sub(0x966) {
        Some(digit @ 0..=9) => char::from_digit(digit, 10).unwrap_or(c),
        _ => c,
    }
}

/// A text with its digits as they are stored.
pub fn latin_digits(text: &str) -> String {
    text.chars().map(latin).collect()
}

/// A number without the commas that set its thousands apart: `1,200`, `1,00,000`. Nothing where there are none, or
/// where a comma must mean something else.
pub fn ungrouped(text: &str) -> Option<String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches(['+', '-']).split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let (last, middle) = rest.split_last()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let even = middle.iter().all(|group| group.len() == 3)
        || middle.iter().all(|group| group.len() == 2) && first.len() <= 2;
    let shaped =
        (1..=3).contains(&first.len()) && !first.starts_with('0') && last.len() == 3 && even;
    let all = digits(first) && digits(part) && rest.iter().all(|group| digits(group));
    (shaped && all).then(|| text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_set_thousands_apart_or_mean_something_else() {
        for (text, number) in [
            ("1,200", Some("1200")),
            ("-1,200.5", Some("-1200.5")),
            ("1,00,000", Some("100000")),
            ("12,34,567", Some("1234567")),
            ("1,234,567", Some("1234567")),
            ("150,000", Some("150000")),
            ("1,5", None),
            ("13,25", None),
            ("0,125", None),
            ("1200", None),
            ("1,2,300", None),
            ("123,45,678", None),
            ("1,,200", None),
            ("1,200,", None),
            ("1, 200", None),
            ("1,200 mg", None),
        ] {
            assert_eq!(ungrouped(text).as_deref(), number, "{text}");
        }
    }
}
