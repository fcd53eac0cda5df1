//! Cells of files that a spreadsheet opens: nothing in them that it would run.

use std::borrow::Cow;

/// A cell that begins so is a formula to a spreadsheet. It gets a mark in front, which is taken off again.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell as it is written into a file.
pub fn marked(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA) { format!("'{cell}").into() } else { cell.into() }
}

/// A cell of a file as it was meant, without the mark.
pub fn meant(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|plain| plain.starts_with(FORMULA)).unwrap_or(cell)
}
