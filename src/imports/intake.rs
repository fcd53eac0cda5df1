//! From bytes to batches of rows, each ready for one transaction.

use std::collections::HashMap;

use super::Column;
use super::columns::Columns;
use super::reader::{Reader, Record};
use super::row::{self, Row};
use crate::error::{Error, FieldError};
use crate::web::cell;

/// Most characters of a cell that are kept with a reject.
const KEPT: usize = 2000;

/// A row of the file, read or refused.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) row_number: i32,
    pub(super) raw: Vec<String>,
    pub(super) outcome: Result<Row, FieldError>,
}

/// Rows for one transaction.
#[derive(Debug)]
pub struct Batch {
    /// Rows of the file before these.
    pub(super) before: i32,
    pub(super) lines: Vec<Line>,
    /// Hash of the file up to the last of these.
    pub(super) done_sha256: Vec<u8>,
}

/// Reads a file as it comes. Pull [`Intake::header`] first, then batches.
pub struct Intake {
    reader: Reader,
    columns: Option<Columns>,
    maps: Vec<(String, String)>,
    /// What the columns were chosen to be, where somebody has looked at them.
    chosen: Option<Vec<Column>>,
    size: usize,
    row: i32,
    /// Rows that are committed already, and the hash of the file up to there.
    committed: Option<(i32, Vec<u8>)>,
    /// In which row each id came first.
    seen: HashMap<Box<str>, i32>,
    lines: Vec<Line>,
}

impl Intake {
    /// For a file whose columns are mapped so, cut in batches of `size` rows.
    pub fn new(maps: Vec<(String, String)>, size: usize) -> Intake {
        Intake {
            reader: Reader::new(),
            columns: None,
            maps,
            chosen: None,
            size,
            row: 0,
            committed: None,
            seen: HashMap::new(),
            lines: Vec::new(),
        }
    }

    /// For a file whose columns somebody has looked at.
    pub fn chosen(columns: Vec<Column>, size: usize) -> Intake {
        Intake { chosen: Some(columns), ..Intake::new(Vec::new(), size) }
    }

    /// The columns of a first line.
    fn columns(&self, cells: &[Vec<u8>]) -> Result<Columns, Error> {
        let Some(chosen) = &self.chosen else { return Columns::of(cells, &self.maps) };
        let here = Columns::guess(cells)?;
        if !here.iter().map(|c| &c.column).eq(chosen.iter().map(|c| &c.column)) {
            return Err(other_file());
        }
        Columns::checked(chosen.clone())
    }

    /// More bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.reader.push(bytes);
    }

    /// The file is over.
    pub fn end(&mut self) {
        self.reader.end();
    }

    /// The file's columns, once its first line is there. A file without one is refused (422).
    pub fn header(&mut self) -> Result<Option<&Columns>, Error> {
        if self.columns.is_none() {
            match self.reader.next() {
                Some(Record::Cells(cells)) => self.columns = Some(self.columns(&cells)?),
                Some(_) => {
                    return Err(Error::field("header", "not_a_header"));
                }
                None if self.reader.is_over() => {
                    return Err(Error::field("file", "empty"));
                }
                None => {}
            }
        }
        Ok(self.columns.as_ref())
    }

    /// Rows that an earlier try has committed: they are passed over, if it is the same file.
    pub fn continue_after(&mut self, rows: i32, sha256: Vec<u8>) {
        self.committed = Some((rows, sha256));
    }

    /// Hash of the file as far as it was read.
    pub fn sha256(&self) -> Vec<u8> {
        self.reader.sha256()
    }

    /// The next full batch; at the file's end what is left; none while bytes are missing or at the end.
    pub fn batch(&mut self) -> Result<Option<Batch>, Error> {
        let Some(columns) = self.header()?.cloned() else { return Ok(None) };
        self.settle()?;
        while self.lines.len() < self.size {
            let Some(record) = self.reader.next() else { break };
            self.row = self.row.saturating_add(1);
            if self.committed.is_some() {
                self.pass(&columns, record);
                self.settle()?;
                continue;
            }
            let line = self.read(&columns, record);
            self.lines.push(line);
        }
        let over = self.reader.is_over();
        if over && self.committed.is_some() {
            return Err(other_file());
        }
        if self.lines.is_empty() || (self.lines.len() < self.size && !over) {
            return Ok(None);
        }
        let lines = std::mem::take(&mut self.lines);
        let before = lines.first().map_or(0, |line| line.row_number - 1);
        Ok(Some(Batch { before, lines, done_sha256: self.reader.sha256() }))
    }

    /// At the end of what is committed: the same bytes must have led here.
    fn settle(&mut self) -> Result<(), Error> {
        match &self.committed {
            Some((rows, sha256)) if *rows == self.row => {
                if *sha256 != self.reader.sha256() {
                    return Err(other_file());
                }
                self.committed = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A committed row: only its id is of interest.
    fn pass(&mut self, columns: &Columns, record: Record) {
        if let Record::Cells(cells) = record {
            let raw =
                cells.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>();
            self.first_row_with(columns, &raw);
        }
    }

    /// The row in which this row's id came before, if it did.
    fn first_row_with(&mut self, columns: &Columns, raw: &[String]) -> Option<i32> {
        let at = columns.list.iter().position(|c| c.field.as_deref() == Some("external_id"))?;
        let id = raw.get(at).map(|id| cell::meant(id.trim())).filter(|id| !id.is_empty())?;
        if let Some(row) = self.seen.get(id) {
            return Some(*row);
        }
        self.seen.insert(id.into(), self.row);
        None
    }

    fn read(&mut self, columns: &Columns, record: Record) -> Line {
        let row_number = self.row;
        let refused = |raw: Vec<String>, error: FieldError| Line {
            row_number,
            raw: raw.iter().map(|cell| kept(cell)).collect(),
            outcome: Err(error),
        };
        let whole = |code| FieldError::new("row", code);
        let lossy = |raw: &[u8]| vec![String::from_utf8_lossy(raw).trim_end().to_owned()];
        let cells = match record {
            Record::Cells(cells) => cells,
            Record::Unclosed(raw) => {
                let error = whole("unclosed_quote");
                return refused(lossy(&raw), error);
            }
            Record::TooLong(raw) => {
                return refused(lossy(&raw), whole("too_long"));
            }
        };
        let raw: Vec<String> =
            cells.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        let again = self.first_row_with(columns, &raw);
        let (here, expected) = (raw.len(), columns.list.len());
        if here != expected {
            let error = whole("field_count").with("here", here).with("expected", expected);
            return refused(raw, error);
        }
        // What another program could not read either counts as unreadable.
        let broken =
            |cell: &[u8]| std::str::from_utf8(cell).map_or(true, |text| text.contains('\u{fffd}'));
        if let Some((_, column)) = cells.iter().zip(&columns.list).find(|(c, _)| broken(c)) {
            let error = FieldError::new("row", "not_utf8").called(column.column.clone());
            return refused(raw, error);
        }
        if let Some(first) = again {
            let error = FieldError::new("external_id", "duplicate_in_file").with("row", first);
            return refused(raw, error.called(columns.column_of("external_id")));
        }
        match row::read(columns, &raw) {
            Ok(row) => Line { row_number, raw, outcome: Ok(row) },
            Err(error) => refused(raw, error),
        }
    }
}

fn other_file() -> Error {
    Error::conflict("other_file")
}

/// A cell as it can be stored and shown.
fn kept(cell: &str) -> String {
    let clean = cell.replace('\0', "\u{fffd}");
    match clean.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"id,name,age\n1,Asha,40\n1,Usha,41\n2,Ravi\n3,\xff,5\n4,Mira,7\n";

    fn all(intake: &mut Intake) -> Vec<Line> {
        intake.end();
        intake.header().unwrap();
        std::iter::from_fn(|| intake.batch().unwrap()).flat_map(|batch| batch.lines).collect()
    }

    #[test]
    fn every_row_is_read_or_refused() {
        let mut intake = Intake::new(Vec::new(), 2);
        intake.push(FILE);
        let lines = all(&mut intake);
        let said: Vec<_> = lines
            .iter()
            .map(|l| l.outcome.as_ref().map_or_else(|e| e.code.to_string(), |_| String::new()))
            .collect();
        assert_eq!(said, ["", "duplicate_in_file", "field_count", "not_utf8", ""]);
        assert_eq!(lines.last().unwrap().row_number, 5);
    }

    #[test]
    fn an_import_continues_with_the_same_file_only() {
        let mut first = Intake::new(Vec::new(), 2);
        first.push(FILE);
        first.end();
        first.header().unwrap();
        let batch = first.batch().unwrap().unwrap();
        let resume = |file: &[u8]| {
            let mut intake = Intake::new(Vec::new(), 2);
            intake.push(file);
            intake.end();
            intake.header().unwrap();
            intake.continue_after(2, batch.done_sha256.clone());
            intake.batch().map(|batch| batch.map(|b| (b.before, b.lines.len())))
        };
        assert_eq!(resume(FILE).unwrap(), Some((2, 2)));
        assert!(resume(b"id,name,age\n1,Asha,40\n1,Usha,42\n2,Ravi\n").is_err());
        assert!(resume(b"id,name,age\n1,Asha,40\n").is_err());
    }

    #[test]
    fn no_file_is_refused() {
        for file in [&b""[..], b"\n\n", b"\xef\xbb\xbf"] {
            let mut intake = Intake::new(Vec::new(), 2);
            intake.push(file);
            intake.end();
            assert!(matches!(intake.header(), Err(Error::Invalid(e)) if e[0].code == "empty"));
        }
    }
}
