//! What a line never cuts: a number from its unit, a dose from its time of day, a date at its hyphens.

use std::fmt::Write;

/// A piece of a sentence.
pub struct Piece {
    /// What it says, with the spaces around it.
    pub text: String,
    /// A line never wraps inside.
    pub together: bool,
}

/// Words that follow a number and begin a time of day or a rhythm: they stay with it to the next comma.
const WHEN: [&str; 6] = ["in", "at", "every", "as", "once", "×"];

/// The most words that stay together: `1 in the morning,`.
const MOST: usize = 4;

/// Cuts a sentence so that what belongs together stays on one line.
pub fn pieces(text: &str) -> Vec<Piece> {
    let words: Vec<&str> = text.split(' ').collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut loose = String::new();
    let mut rest = words.as_slice();
    let mut first = true;
    while let Some(word) = rest.first() {
        if !std::mem::take(&mut first) {
            loose.push(' ');
        }
        let Some((held, after)) = length(rest).and_then(|long| rest.split_at_checked(long)) else {
            loose.push_str(word);
            rest = rest.get(1..).unwrap_or_default();
            continue;
        };
        if !loose.is_empty() {
            pieces.push(Piece { text: std::mem::take(&mut loose), together: false });
        }
        pieces.push(Piece { text: held.join(" "), together: true });
        rest = after;
    }
    if !loose.is_empty() {
        pieces.push(Piece { text: loose, together: false });
    }
    pieces
}

/// How many of these words stay together from the first one on.
fn length(words: &[&str]) -> Option<usize> {
    let (word, next) = (words.first()?, words.get(1));
    if is_date(word) {
        let timed = next.is_some_and(|next| is_time(next)) && word.ends_with(char::is_numeric);
        return Some(if timed { 2 } else { 1 });
    }
    let next = next.filter(|_| word.starts_with(char::is_numeric) && !word.ends_with(','))?;
    if WHEN.contains(next) {
        let ends = words.iter().take(MOST).position(|word| word.ends_with(','));
        return Some(ends.map_or_else(|| words.len().min(MOST), |at| at + 1));
    }
    next.starts_with(|c: char| c.is_alphabetic() || c == '°').then_some(2)
}

/// `03-Mar-2026`, whatever stands behind it.
fn is_date(word: &str) -> bool {
    let mut parts = word.trim_end_matches(|c: char| !c.is_alphanumeric()).splitn(3, '-');
    let digits = |part: Option<&str>, long: usize| {
        part.is_some_and(|part| part.len() == long && part.bytes().all(|b| b.is_ascii_digit()))
    };
    digits(parts.next(), 2)
        && parts.next().is_some_and(|month| month.starts_with(char::is_alphabetic))
        && digits(parts.next(), 4)
}

/// `14:05`, whatever stands behind it.
fn is_time(word: &str) -> bool {
    let shown = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    shown.len() == 5 && shown.split_once(':').is_some_and(|(h, m)| h.len() == 2 && m.len() == 2)
}

/// The sentence as HTML, escaped; what stays together is marked.
pub fn held(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    let mut html = String::with_capacity(text.len() + 64);
    for piece in pieces(text) {
        let text = askama::filters::escape(&piece.text, askama::filters::Html);
        // Writing to a string does not fail.
        let _ = match text {
            Ok(text) if piece.together => write!(html, "<span class=\"nowrap\">{text}</span>"),
            Ok(text) => write!(html, "{text}"),
            Err(never) => match never {},
        };
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    fn together(text: &str) -> Vec<String> {
        let cut = pieces(text);
        assert_eq!(cut.iter().map(|p| p.text.as_str()).collect::<String>(), text);
        cut.into_iter().filter(|p| p.together).map(|p| p.text).collect()
    }

    #[test]
    fn a_number_stays_with_its_unit_and_nothing_is_lost() {
        let text = "5 mL in the morning, 5 mL at night, after food, 5 days";
        assert_eq!(together(text), ["5 mL", "5 mL", "5 days"]);
        assert_eq!(together("fever above 39 °C, or more"), ["39 °C,"]);
        assert_eq!(together("  one,  two 3"), [""; 0]);
        assert_eq!(together(""), [""; 0]);
    }

    #[test]
    fn a_dose_stays_with_its_time_of_day() {
        let text = "1 in the morning, 1 at night, after food";
        assert_eq!(together(text), ["1 in the morning,", "1 at night,"]);
        assert_eq!(together("1 every 8 hours, 2 days"), ["1 every 8 hours,", "2 days"]);
        assert_eq!(together("1 as needed"), ["1 as needed"]);
    }

    #[test]
    fn a_date_is_whole_and_has_its_time() {
        let text = "checked in 22-Nov-2026 02:34: cough; last 118, 24-Oct-2026";
        assert_eq!(together(text), ["22-Nov-2026 02:34:", "24-Oct-2026"]);
        assert_eq!(together("22-नवं-2026 से"), ["22-नवं-2026"]);
        assert_eq!(together("RX-1-2026-00041 1-0-1 12-1-1"), [""; 0]);
    }

    #[test]
    fn as_html_it_is_escaped() {
        assert_eq!(held("<b> & 5 mg"), "&#60;b&#62; &#38; <span class=\"nowrap\">5 mg</span>");
    }
}
