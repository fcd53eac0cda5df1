//! How a clinic's sheets are laid out.

use serde::Serialize;
use utoipa::ToSchema;

use crate::error::FieldError;
use crate::web::{Fields, Parse, words};

words!(
    /// What a sheet is printed on; a slip is 80 mm wide and as long as what it says.
    Format { A4 = "a4", A5 = "a5", Slip = "slip" }
);

/// What a sheet needs between its margins: letterhead, patient, one medicine and the signature stand together, and a line
/// of it is read without turning the paper.
const ROOM_HIGH: i16 = 110;
const ROOM_WIDE: i16 = 80;

/// The layout of a clinic's sheets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Layout {
    /// What is printed on unless somebody asks for another.
    pub paper: Format,
    /// Whether name, address and doctors are printed: not where the paper has them already.
    pub letterhead: bool,
    /// From the top of A4 and A5 to the text.
    #[schema(minimum = 5, maximum = 100)]
    pub margin_top_mm: i16,
    /// From the text to the right edge.
    #[schema(minimum = 5, maximum = 40)]
    pub margin_right_mm: i16,
    /// From the foot to the lower edge.
    #[schema(minimum = 5, maximum = 80)]
    pub margin_bottom_mm: i16,
    /// From the left edge to the text.
    #[schema(minimum = 5, maximum = 40)]
    pub margin_left_mm: i16,
}

/// The layout and the version of the clinic's settings it stands in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SheetLayout)]
pub struct ShownLayout {
    /// What may be set.
    #[serde(flatten)]
    pub layout: Layout,
    /// Raised by every change of the clinic's settings.
    pub version: i32,
}

impl Default for Layout {
    /// As every clinic begins, and as a sheet is that goes to no paper.
    fn default() -> Layout {
        Layout {
            paper: Format::A4,
            letterhead: true,
            margin_top_mm: 14,
            margin_right_mm: 14,
            margin_bottom_mm: 14,
            margin_left_mm: 14,
        }
    }
}

impl Layout {
    /// Top, right, bottom, left in millimetres. A roll has no edges to keep away from but its own.
    pub fn margins(&self, format: Format) -> [i16; 4] {
        match format {
            Format::Slip => [5, 4, 8, 4],
            // Margins that fit the usual paper may leave nothing of another that somebody asks for once.
            Format::A4 | Format::A5 if self.no_room(format).is_some() => {
                Layout::default().margins(format)
            }
            Format::A4 | Format::A5 => [
                self.margin_top_mm,
                self.margin_right_mm,
                self.margin_bottom_mm,
                self.margin_left_mm,
            ],
        }
    }

    /// Why there is no room for the text between these margins, if there is none.
    fn no_room(&self, format: Format) -> Option<FieldError> {
        let (wide, high) = if format == Format::A5 { (148, 210) } else { (210, 297) };
        let (wide, high) = (
            wide - self.margin_left_mm - self.margin_right_mm,
            high - self.margin_top_mm - self.margin_bottom_mm,
        );
        let larger =
            |a: (&'static str, i16), b: (&'static str, i16)| if a.1 < b.1 { b.0 } else { a.0 };
        let (field, code, left, room) = if high < ROOM_HIGH {
            let top = ("margin_top_mm", self.margin_top_mm);
            let field = larger(top, ("margin_bottom_mm", self.margin_bottom_mm));
            (field, "no_room_high", high, ROOM_HIGH)
        } else if wide < ROOM_WIDE {
            let left = ("margin_left_mm", self.margin_left_mm);
            let field = larger(left, ("margin_right_mm", self.margin_right_mm));
            (field, "no_room_wide", wide, ROOM_WIDE)
        } else {
            return None;
        };
        let error = FieldError::new(field, code).with("paper", format.as_str().to_uppercase());
        Some(error.with("left", left.max(0)).with("room", room))
    }

    /// What the print page adds to the stylesheet.
    pub fn style(&self, format: Format) -> String {
        let [top, right, bottom, left] = self.margins(format);
        let (size, sheet) = match format {
            Format::A4 => ("A4", ""),
            Format::A5 => ("A5", ""),
            Format::Slip => (
                "80mm 297mm",
                ".sheet{max-width:80mm;padding:16px 4mm;font-size:9pt}\
                 .letterhead,.sheet-who,.sheet-end{display:block}\
                 .letterhead>:last-child,.sheet-who .num{text-align:left}\
                 .sign{width:auto}.sheet-end>*+*{margin-top:12px}\
                 @media print{.sheet{padding:0}}",
            ),
        };
        let margins = format!("size:{size};margin:{top}mm {right}mm {bottom}mm {left}mm");
        format!("@page{{{margins}}}@page a5{{{margins}}}{sheet}")
    }
}

fn margin(fields: &mut Fields, name: &str, most: i32) -> i16 {
    if !fields.brings(name) {
        fields.refuse(name, "required");
    }
    fields.int32(name, 5..=most).and_then(|mm| i16::try_from(mm).ok()).unwrap_or_default()
}

impl Parse for Layout {
    fn parse(fields: &mut Fields) -> Layout {
        let layout = Layout {
            paper: fields.choice("paper"),
            letterhead: fields.flag("letterhead"),
            margin_top_mm: margin(fields, "margin_top_mm", 100),
            margin_right_mm: margin(fields, "margin_right_mm", 40),
            margin_bottom_mm: margin(fields, "margin_bottom_mm", 80),
            margin_left_mm: margin(fields, "margin_left_mm", 40),
        };
        // A slip has margins of its own: these are then for the larger of the others.
        let paper = if layout.paper == Format::A5 { Format::A5 } else { Format::A4 };
        if !fields.has_errors()
            && let Some(error) = layout.no_room(paper)
        {
            fields.wrong(error);
        }
        layout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_paper_has_room_whatever_the_usual_one_has() {
        let layout = Layout { margin_top_mm: 90, margin_bottom_mm: 60, ..Layout::default() };
        assert_eq!(layout.margins(Format::A4), [90, 14, 60, 14]);
        assert_eq!(layout.margins(Format::A5), [14; 4]);
        assert_eq!(Layout { margin_bottom_mm: 10, ..layout }.margins(Format::A5), [90, 14, 10, 14]);
    }
}
