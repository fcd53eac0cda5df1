//! Characters that nobody sees.

/// Whether a name holds a character that is not seen. The joiners of Indic scripts are letters' business: between two
/// letters of such a script they decide how both are drawn, and stay.
pub(super) fn in_name(text: &str) -> bool {
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = matches!(c, '\u{200c}' | '\u{200d}');
        let inside = before.is_some_and(is_indic) && rest.peek().copied().is_some_and(is_indic);
        if is_invisible(c) && !(joins && inside) {
            return true;
        }
        before = Some(c);
    }
    false
}

/// Soft hyphens, marks of direction, joiners, blanks of no width, fillers, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Devanagari to Sinhala: the scripts of India in one row.
fn is_indic(c: char) -> bool {
    ('\u{900}'..='\u{dff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::in_name;

    #[test]
    fn what_is_not_seen_is_found_and_what_joins_letters_stays() {
        for name in [
            "Asha Rao",
            "आशा",
            "O’Neil-Rao",
            "क्\u{200d}ष",
            "श्री\u{200c}मान",
            "José",
            "محمد",
            "Dr. Rao, M.D.",
        ] {
            assert!(!in_name(name), "{name:?}");
        }
        for name in [
            "As\u{200b}ha",
            "Asha\u{feff}",
            "\u{202e}ahsA",
            "As\u{ad}ha",
            "A\u{200d}sha",
            "आशा\u{200d}",
            "\u{200c}आशा",
            "आ\u{200d}\u{200d}शा",
            "आ\u{200b}शा",
            "Asha\u{2066}Rao\u{2069}",
            "As\u{2060}ha",
            "A\u{e0041}sha",
        ] {
            assert!(in_name(name), "{name:?}");
        }
    }
}
