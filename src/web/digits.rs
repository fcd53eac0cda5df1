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
