//! The square code on a sheet: where to look up whether it still stands.

use fast_qr::{ECL, QRBuilder};

/// A code: which of its fields are dark.
pub struct Code {
    /// Fields a side.
    pub size: u16,
    dark: Vec<(u16, u16)>,
}

impl Code {
    /// The code of an address. A fifth of it may be soiled and it is still read.
    pub fn of(address: &str) -> Option<Code> {
        let drawn = QRBuilder::new(address).ecl(ECL::M).build().ok()?;
        let size = u16::try_from(drawn.size).ok()?;
        let mut dark = Vec::new();
        for row in 0..size {
            for column in 0..size {
                let at = usize::from(row) * drawn.size + usize::from(column);
                if drawn.data.get(at).is_some_and(|field| field.value()) {
                    dark.push((column, row));
                }
            }
        }
        Some(Code { size, dark })
    }

    /// Dark fields in a row are one bar: column, row, length.
    pub fn bars(&self) -> Vec<(u16, u16, u16)> {
        let mut bars: Vec<(u16, u16, u16)> = Vec::new();
        for &(column, row) in &self.dark {
            match bars.last_mut() {
                Some(bar) if bar.1 == row && bar.0 + bar.2 == column => bar.2 += 1,
                _ => bars.push((column, row, 1)),
            }
        }
        bars
    }

    /// The code as the path of an SVG, a unit a field.
    pub fn path(&self) -> String {
        use std::fmt::Write;
        self.bars().iter().fold(String::new(), |mut path, (x, y, length)| {
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            path
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_eyes_and_every_dark_field_once() {
        let code = Code::of("https://polyclinic.example.org/rx/1-AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert!((29..=41).contains(&code.size), "{}", code.size);
        for (column, row) in [(0, 0), (code.size - 7, 0), (0, code.size - 7)] {
            assert!(code.bars().contains(&(column, row, 7)), "{column} {row}");
        }
        let fields: u16 = code.bars().iter().map(|bar| bar.2).sum();
        assert_eq!(usize::from(fields), code.dark.len());
        assert!(code.path().starts_with("M0 0h7v1h-7z"));
    }
}
