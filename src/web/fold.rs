//! Words as they are compared: `polyclinic.fold`, said in Rust.

use unicode_normalization::UnicodeNormalization;

/// Lower case, the accents of European letters off, every apostrophe the one of the keyboard.
pub fn fold(text: &str) -> String {
    let bare = |c: &char| !('\u{300}'..='\u{36f}').contains(c);
    let one = |c: char| if "’‘ʼ`´".contains(c) { '\'' } else { c };
    text.trim().nfd().filter(bare).collect::<String>().to_lowercase().nfc().map(one).collect()
}
