//! How a clinic's sheets are laid out.

use serde::Serialize;
use utoipa::ToSchema;

use crate::web::{Fields, Parse, words};

words!(
    /// What a sheet is printed on; a slip is 80 mm wide and as long as what it says.
    Format { A4 = "a4", A5 = "a5", Slip = "slip" }
);

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
            Format::A4 | Format::A5 => [
                self.margin_top_mm,
                self.margin_right_mm,
                self.margin_bottom_mm,
                self.margin_left_mm,
            ],
        }
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
        Layout {
            paper: fields.choice("paper"),
            letterhead: fields.flag("letterhead"),
            margin_top_mm: margin(fields, "margin_top_mm", 100),
            margin_right_mm: margin(fields, "margin_right_mm", 40),
            margin_bottom_mm: margin(fields, "margin_bottom_mm", 80),
            margin_left_mm: margin(fields, "margin_left_mm", 40),
        }
    }
}
