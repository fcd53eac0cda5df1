//! Paragraphs: spans of words, broken into lines of a width. A line breaks at blanks alone; a blank that must not
//! break (U+00A0) does not, so that a number stays with its unit. Only a word wider than the line is cut.

use super::faces::{self, Run};

/// A piece of a paragraph.
#[derive(Debug, Clone)]
pub struct Span {
    /// What it says; a line feed begins a line.
    pub text: String,
    /// Whether it is bold.
    pub bold: bool,
}

/// Plain words.
pub fn plain(text: impl Into<String>) -> Span {
    Span { text: text.into(), bold: false }
}

/// Bold words.
pub fn bold(text: impl Into<String>) -> Span {
    Span { text: text.into(), bold: true }
}

/// The text with blanks that do not break.
pub fn whole(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// A line: its runs, one behind the other.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// What is set, from the left.
    pub runs: Vec<Run>,
}

impl Line {
    /// How wide it is, in parts of the type size.
    pub fn width(&self) -> f32 {
        self.runs.iter().map(|run| run.width).sum()
    }

    fn push(&mut self, run: Run) {
        match self.runs.last_mut() {
            Some(last) if last.face == run.face => last.append(run),
            _ => self.runs.push(run),
        }
    }

    fn extend(&mut self, runs: Vec<Run>) {
        for run in runs {
            self.push(run);
        }
    }
}

/// What stands between two blanks: pieces in their weights.
#[derive(Default)]
struct Word {
    pieces: Vec<(String, bool)>,
}

impl Word {
    fn runs(&self) -> Vec<Run> {
        self.pieces.iter().flat_map(|(text, bold)| faces::runs(text, *bold)).collect()
    }
}

/// The words of each line that was written as one.
fn words(spans: &[Span]) -> Vec<Vec<Word>> {
    let mut lines = vec![vec![Word::default()]];
    for span in spans {
        for (n, line) in span.text.split('\n').enumerate() {
            if n > 0 {
                lines.push(vec![Word::default()]);
            }
            for (n, word) in line.split(' ').enumerate() {
                let Some(words) = lines.last_mut() else { continue };
                if n > 0 {
                    words.push(Word::default());
                }
                if let Some(last) = words.last_mut().filter(|_| !word.is_empty()) {
                    last.pieces.push((word.trim_end_matches('\r').to_owned(), span.bold));
                }
            }
        }
    }
    for words in &mut lines {
        words.retain(|word| !word.pieces.is_empty());
    }
    lines
}

/// Breaks a paragraph into lines of at most this width, in parts of the type size.
pub fn fill(spans: &[Span], width: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    for words in words(spans) {
        let mut line = Line::default();
        let mut filled = 0.0;
        for word in words {
            let runs = word.runs();
            let wide: f32 = runs.iter().map(|run| run.width).sum();
            let is_bold = word.pieces.first().is_some_and(|(_, bold)| *bold);
            let blank = faces::runs(" ", is_bold);
            let blank_wide: f32 = blank.iter().map(|run| run.width).sum();
            if filled > 0.0 && filled + blank_wide + wide <= width {
                line.extend(blank);
                line.extend(runs);
                filled += blank_wide + wide;
                continue;
            }
            if filled > 0.0 {
                lines.push(std::mem::take(&mut line));
            }
            let mut rest = word;
            while let Some((head, tail)) = cut(&rest, width) {
                let mut full = Line::default();
                full.extend(head.runs());
                lines.push(full);
                rest = tail;
            }
            line.extend(rest.runs());
            filled = line.width();
        }
        lines.push(line);
    }
    lines
}

/// Cuts a word that is too wide where the line is full, between two letters as they are read. Most text fits.
fn cut(word: &Word, width: f32) -> Option<(Word, Word)> {
    if word.runs().iter().map(|run| run.width).sum::<f32>() <= width {
        return None;
    }
    let mut head = Word::default();
    let mut tail = Word::default();
    let mut full = false;
    for (text, bold) in &word.pieces {
        if full {
            tail.pieces.push((text.clone(), *bold));
            continue;
        }
        let before: f32 = head.runs().iter().map(|run| run.width).sum();
        let mut end = 0;
        for (at, after) in seams(text) {
            let start = text.get(..at).unwrap_or_default();
            let wide: f32 = faces::runs(start, *bold).iter().map(|run| run.width).sum();
            if before + wide > width && (end > 0 || !head.pieces.is_empty()) {
                full = true;
                break;
            }
            end = at;
            if after {
                break;
            }
        }
        let (kept, over) = text.split_at_checked(end).unwrap_or((text, ""));
        if !kept.is_empty() {
            head.pieces.push((kept.to_owned(), *bold));
        }
        if !over.is_empty() {
            full = true;
            tail.pieces.push((over.to_owned(), *bold));
        }
    }
    (!head.pieces.is_empty() && !tail.pieces.is_empty()).then_some((head, tail))
}

/// Where a text may be cut, and whether that is its end.
fn seams(text: &str) -> impl Iterator<Item = (usize, bool)> + '_ {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let between = chars.iter().zip(chars.iter().skip(1));
    let inner: Vec<usize> = between
        .filter(|((_, before), (_, after))| {
            !faces::joins(*after) && !matches!(before, '\u{94d}' | '\u{200c}' | '\u{200d}')
        })
        .map(|(_, (at, _))| *at)
        .collect();
    inner.into_iter().map(|at| (at, false)).chain(std::iter::once((text.len(), true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(spans: &[Span], width: f32) -> Vec<String> {
        let lines = fill(spans, width);
        lines.iter().map(|l| l.runs.iter().map(|r| r.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_break_at_blanks_and_lose_no_word() {
        let text =
            "Take one in the morning and one at night, after food, with a full glass of water.";
        for width in [5.0, 8.0, 15.0, 100.0] {
            let lines = fill(&[plain(text)], width);
            assert!(lines.iter().all(|line| line.width() <= width), "{width}");
            assert_eq!(said(&[plain(text)], width).join(" "), text);
        }
    }

    #[test]
    fn a_number_never_leaves_its_unit() {
        let text = format!(
            "Take {} at {} for {} or so",
            whole("5 mL"),
            whole("100 micrograms"),
            whole("10 days")
        );
        for tenths in 80_u8..200 {
            let lines = said(&[plain(text.as_str())], f32::from(tenths) / 10.0);
            let whole = ["5 mL", "100 micrograms", "10 days"];
            assert!(whole.iter().all(|w| lines.iter().any(|l| l.contains(w))), "{lines:?}");
        }
    }

    #[test]
    fn weights_meet_inside_a_line_and_a_line_feed_breaks_it() {
        let spans = [bold("amoxicillin"), plain(" 500 mg, "), plain("(1-0-1)\nafter food")];
        assert_eq!(said(&spans, 100.0), ["amoxicillin 500 mg, (1-0-1)", "after food"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut_between_letters() {
        let lines = said(&[plain("https://example.org/a/very/long/address/of/a/page")], 6.0);
        assert!(lines.len() > 2, "{lines:?}");
        assert_eq!(lines.concat(), "https://example.org/a/very/long/address/of/a/page");
        let long = "क्षेत्रज्ञानेश्वर".repeat(3);
        let lines = said(&[plain(long.as_str())], 5.0);
        assert_eq!(lines.concat(), long);
        assert!(lines.iter().all(|l| !l.starts_with(faces::joins)), "{lines:?}");
    }
}
