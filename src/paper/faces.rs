//! The faces of the sheets, Latin and Devanagari, and how a text becomes glyphs of them: cut into runs of one
//! script, then shaped, so that conjuncts and vowel signs stand where they belong.

use std::sync::LazyLock;

use harfrust::{Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};

/// Which face a run is set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    devanagari: bool,
    bold: bool,
}

/// One font file, ready for both the shaper and the writer.
struct Cut {
    font: Font,
    reader: FontRef<'static>,
    shaper: ShaperData,
}

impl Cut {
    fn new(file: &'static [u8]) -> Option<Cut> {
        let font = Font::new(file.into(), 0)?;
        let reader = FontRef::new(file).ok()?;
        let shaper = ShaperData::new(&reader);
        Some(Cut { font, reader, shaper })
    }
}

/// The files are built in: a test sees that all four can be read.
static CUTS: LazyLock<Option<[Cut; 4]>> = LazyLock::new(|| {
    Some([
        Cut::new(include_bytes!("fonts/NotoSans-Regular.ttf"))?,
        Cut::new(include_bytes!("fonts/NotoSans-Bold.ttf"))?,
        Cut::new(include_bytes!("fonts/NotoSansDevanagari-Regular.ttf"))?,
        Cut::new(include_bytes!("fonts/NotoSansDevanagari-Bold.ttf"))?,
    ])
});

impl Face {
    fn cut(self) -> Option<&'static Cut> {
        CUTS.as_ref()?.get(usize::from(self.devanagari) * 2 + usize::from(self.bold))
    }

    /// How much larger it is set than the type size says: Devanagari is drawn smaller within the same size.
    pub fn scale(self) -> f32 {
        if self.devanagari { 1.12 } else { 1.0 }
    }

    /// The font, for the writer.
    pub fn font(self) -> Option<Font> {
        self.cut().map(|cut| cut.font.clone())
    }
}

/// A stretch of text in one face.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its face.
    pub face: Face,
    /// What it says.
    pub text: String,
    /// Its glyphs, in parts of the size its face is set in; each names the text it stands for.
    pub glyphs: Vec<KrillaGlyph>,
    /// How wide it is, in parts of the type size.
    pub width: f32,
}

impl Run {
    /// Adds a run of the same face behind this one.
    pub fn append(&mut self, other: Run) {
        let offset = self.text.len();
        self.text.push_str(&other.text);
        self.glyphs.extend(other.glyphs.into_iter().map(|mut glyph| {
            glyph.text_range = glyph.text_range.start + offset..glyph.text_range.end + offset;
            glyph
        }));
        self.width += other.width;
    }
}

/// The runs of a text. A blank that must not break is drawn, and copied from the sheet, as a blank.
pub fn runs(text: &str, bold: bool) -> Vec<Run> {
    let mut runs: Vec<(bool, String)> = Vec::new();
    for c in text.chars().map(|c| if c == '\u{a0}' { ' ' } else { c }) {
        match runs.last_mut() {
            Some((script, run)) if joins(c) || *script == is_devanagari(c) => run.push(c),
            _ => runs.push((is_devanagari(c), c.to_string())),
        }
    }
    runs.into_iter().map(|(devanagari, text)| shape(Face { devanagari, bold }, text)).collect()
}

fn is_devanagari(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{97f}' | '\u{1cd0}'..='\u{1cff}' | '\u{a830}'..='\u{a839}' | '\u{a8e0}'..='\u{a8ff}')
}

/// Whether a character belongs to the one before it.
pub fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{300}'..='\u{36f}')
        || matches!(c, '\u{900}'..='\u{903}' | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}')
        || matches!(c, '\u{951}'..='\u{957}' | '\u{962}' | '\u{963}')
}

fn shape(face: Face, text: String) -> Run {
    let Some(cut) = face.cut() else { return Run { face, text, glyphs: Vec::new(), width: 0.0 } };
    let shaper = cut.shaper.shaper(&cut.reader).build();
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text);
    buffer.guess_segment_properties();
    // The files hold no script that is written from the right.
    buffer.set_direction(Direction::LeftToRight);
    let shaped = shaper.shape(buffer, ShapeOptions::new());
    let em = cut.font.units_per_em();
    let part = |units: i32| i16::try_from(units).map_or(0.0, |units| f32::from(units) / em);
    let at = |cluster: u32| usize::try_from(cluster).unwrap_or(0).min(text.len());
    let infos = shaped.glyph_infos();
    let mut glyphs = Vec::with_capacity(infos.len());
    let mut width = 0.0;
    for (n, (info, position)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
        let next = infos.iter().skip(n + 1).find(|next| next.cluster != info.cluster);
        // Signs are drawn before, below and above their letter, and who copies the text goes by places. So a
        // word of Devanagari is copied as a whole, in the order it was written.
        let stands_for = if face.devanagari {
            0..text.len()
        } else {
            at(info.cluster)..next.map_or(text.len(), |next| at(next.cluster))
        };
        let advance = part(position.x_advance);
        width += advance;
        glyphs.push(KrillaGlyph::new(
            GlyphId::new(info.glyph_id),
            advance,
            part(position.x_offset),
            part(position.y_offset),
            part(position.y_advance),
            stands_for,
            None,
        ));
    }
    Run { face, text, glyphs, width: width * face.scale() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(text: &str) -> usize {
        let runs = runs(text, false);
        runs.iter().flat_map(|run| &run.glyphs).filter(|g| g.glyph_id.to_u32() == 0).count()
    }

    #[test]
    fn every_font_can_be_read_and_has_what_a_sheet_says() {
        assert!(CUTS.is_some());
        for text in [
            "½ × 5 mL · “after food” – 37.2 °C, 98 %, ₹120, 1-0-1… Łódź naïve Ångström",
            "औषधे वेळेवर घ्या. भरपूर पाणी प्या। क्षयरोग, ज्ञानेश्वर, श्री, दृष्टी, र्‍हस्व ०१२३",
        ] {
            assert_eq!(missing(text), 0, "{text}");
        }
        assert_eq!(missing("漢"), 1, "what no font has is a box, not a crash");
    }

    #[test]
    fn a_text_is_cut_where_the_script_changes() {
        let said = |text: &str| {
            runs(text, false).into_iter().map(|r| (r.text, r.face.devanagari)).collect::<Vec<_>>()
        };
        assert_eq!(said("5 mL"), [("5 mL".to_owned(), false)]);
        assert_eq!(said("पाणी 2 L"), [("पाणी".to_owned(), true), (" 2 L".to_owned(), false)]);
        // A joiner and an accent stay with their letter.
        assert_eq!(said("र्\u{200d}य").len(), 1);
        assert_eq!(said("e\u{301}").len(), 1);
    }

    #[test]
    fn devanagari_is_shaped_and_not_spelt() {
        let glyphs = |text: &str| runs(text, false).iter().map(|r| r.glyphs.len()).sum::<usize>();
        // क + virama + ष is one conjunct; the short i is drawn before its consonant.
        assert_eq!(glyphs("क्ष"), 1);
        assert_eq!(glyphs("त्र"), 1);
        let ki = runs("कि", false).remove(0);
        let alone = runs("क", false).remove(0);
        assert_eq!(ki.glyphs.len(), 2);
        assert_eq!(ki.glyphs[1].glyph_id, alone.glyphs[0].glyph_id);
        assert!(ki.glyphs.iter().all(|g| g.text_range == (0..6)));
    }

    #[test]
    fn runs_that_are_joined_keep_the_text_of_each_glyph() {
        let mut one = runs("ab", false).remove(0);
        one.append(runs("cd", false).remove(0));
        assert_eq!(one.text, "abcd");
        let ranges: Vec<_> = one.glyphs.iter().map(|g| g.text_range.clone()).collect();
        assert_eq!(ranges, [0..1, 1..2, 2..3, 3..4]);
    }
}
