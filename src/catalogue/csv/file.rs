//! Rows and cells: what a spreadsheet program saves, and nothing that it would run.

use crate::error::{Error, FieldError};
use crate::web::cell;

/// Most rows of a file.
const MOST: usize = 5000;

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Which column of the file has which name.
    places: Vec<(String, usize)>,
    /// Columns whose names nobody knows.
    pub(super) unknown: Vec<String>,
    /// The cells of each row, or what is wrong with it.
    pub(super) rows: Vec<Result<Vec<String>, FieldError>>,
    name: usize,
}

impl Sheet {
    /// Reads the whole file; the first line names the columns, in any order.
    pub(super) fn read(bytes: &[u8], columns: &[&str], needed: &[&str]) -> Result<Sheet, Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
        // Where the comma belongs to numbers, spreadsheets put a semicolon between cells.
        let between = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(between)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let mut records = reader.byte_records();
        let head = match records.next() {
            Some(Ok(head)) => text(&head).map_err(|_| Error::field("header", "not_utf8"))?,
            _ => return Err(Error::field("file", "empty")),
        };
        let mut sheet = Sheet::of_head(&head, columns, needed)?;
        for record in records {
            if sheet.rows.len() == MOST {
                return Err(FieldError::new("file", "too_many_rows").with("max", MOST).into());
            }
            let row = record.map_err(|_| FieldError::new("row", "unreadable"));
            let row = row.and_then(|record| text(&record));
            sheet.rows.push(row.and_then(|cells| {
                let (here, expected) = (cells.len(), head.len());
                let error = FieldError::new("row", "field_count");
                if here == expected {
                    return Ok(cells);
                }
                Err(error.with("here", here).with("expected", expected))
            }));
        }
        Ok(sheet)
    }

    fn of_head(head: &[String], columns: &[&str], needed: &[&str]) -> Result<Sheet, Error> {
        let (mut places, mut unknown) = (Vec::new(), Vec::new());
        for (place, said) in head.iter().enumerate() {
            let name = said.to_lowercase().replace([' ', '-'], "_");
            if places.iter().any(|(there, _)| *there == name) {
                return Err(FieldError::new("header", "ambiguous").with("name", name).into());
            }
            if columns.contains(&name.as_str()) {
                places.push((name, place));
            } else {
                unknown.push(said.clone());
            }
        }
        let place = |name: &str| places.iter().find(|(there, _)| there == name).map(|(_, at)| *at);
        if let Some(missing) = needed.iter().find(|name| place(name).is_none()) {
            return Err(FieldError::new("header", "column_missing").with("name", missing).into());
        }
        let name = columns.first().and_then(|name| place(name)).unwrap_or(0);
        Ok(Sheet { places, unknown, rows: Vec::new(), name })
    }

    /// Where the file has a column.
    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.places.iter().find(|(name, _)| name == column).map(|(_, place)| *place)
    }

    /// What a row is called, as it came.
    pub(super) fn name(&self, row: usize) -> String {
        let cells = self.rows.get(row - 1).and_then(|row| row.as_ref().ok());
        let name = cells.and_then(|cells| cells.get(self.name)).map_or("", String::as_str);
        name.chars().take(100).collect()
    }
}

fn text(record: &csv::ByteRecord) -> Result<Vec<String>, FieldError> {
    let cell = |cell: &[u8]| {
        let text = std::str::from_utf8(cell).map_err(|_| FieldError::new("row", "not_utf8"))?;
        Ok(cell::meant(text).to_owned())
    };
    record.iter().map(cell).collect()
}

/// `no` in a column of yes and no is an answer; a blank cell in it is the usual one.
pub(super) fn flag(column: &str, cell: &str) -> String {
    match (column, cell.to_lowercase().as_str()) {
        ("active", "true" | "yes" | "y" | "1") => "true".into(),
        ("active", "false" | "no" | "n" | "0") => "false".into(),
        _ => cell.to_owned(),
    }
}

/// The file with these columns and rows.
pub(super) fn write(columns: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let failed = |e: &dyn std::fmt::Display| Error::Internal(format!("csv: {e}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).map_err(|e| failed(&e))?;
    for row in rows {
        let safe = row.iter().map(|text| cell::marked(text).into_owned());
        writer.write_record(safe).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[&str] = &["name", "form", "active"];

    fn read(bytes: &[u8]) -> Result<Sheet, String> {
        Sheet::read(bytes, COLUMNS, &["name"]).map_err(|error| match error {
            Error::Invalid(errors) => errors[0].code.to_string(),
            other => other.to_string(),
        })
    }

    #[test]
    fn what_was_written_is_read_again() {
        let rows = vec![
            vec!["=1+1".into(), "tab\"let, small".into(), "true".into()],
            vec!["'quoted'".into(), "-".into(), "false".into()],
        ];
        let bytes = write(COLUMNS, &rows).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("\n=1"), "no spreadsheet runs it");
        let sheet = read(&bytes).unwrap();
        let again: Vec<_> = sheet.rows.into_iter().map(Result::unwrap).collect();
        assert_eq!(again, rows);
    }

    #[test]
    fn columns_come_in_any_order_and_unknown_ones_are_told() {
        let sheet = read("\u{feff}Form;Price;NAME\ntablet;3,50;x\n".as_bytes()).unwrap();
        assert_eq!(
            (sheet.place("name"), sheet.place("form"), sheet.place("active")),
            (Some(2), Some(0), None)
        );
        assert_eq!((sheet.unknown[0].as_str(), sheet.name(1).as_str()), ("Price", "x"));
        assert_eq!(read(b"").unwrap_err(), "empty");
        assert_eq!(read(b"form\ntablet\n").unwrap_err(), "column_missing");
        assert_eq!(read(b"name,Name\n").unwrap_err(), "ambiguous");
        assert_eq!(read(b"na\xffme\n").unwrap_err(), "not_utf8");
        let sheet = read(b"name,form\na\nb,\xff\nc,tablet\n").unwrap();
        let codes: Vec<_> = sheet
            .rows
            .iter()
            .map(|row| row.as_ref().map_or_else(|e| e.code.to_string(), |_| String::new()))
            .collect();
        assert_eq!(codes, ["field_count", "not_utf8", ""]);
    }
}
