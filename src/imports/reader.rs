//! Cuts a stream of bytes into the records of a CSV file (RFC 4180, read kindly). Nothing is lost: what is
//! no record comes out as a broken one, and a quote that never closes spoils its own line only.

use csv::{ReaderBuilder, Terminator};
use sha2::{Digest, Sha256};

/// Longest record that is read as one.
const MAX_RECORD: usize = 64 * 1024;
/// Bytes kept of a line that is longer.
const KEPT: usize = 4 * 1024;

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// Its cells.
    Cells(Vec<Vec<u8>>),
    /// A line with a quote that is never closed.
    Unclosed(Vec<u8>),
    /// The beginning of a line that is too long.
    TooLong(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    QuoteSeen,
}

/// Bytes in, records out.
pub(super) struct Reader {
    buffer: Vec<u8>,
    /// Where the present record begins, and how far it was looked at.
    start: usize,
    at: usize,
    state: State,
    delimiter: Option<u8>,
    /// The rest of a line that is too long is being thrown away.
    skipping: bool,
    begun: bool,
    ended: bool,
    digest: Sha256,
}

impl Reader {
    pub(super) fn new() -> Reader {
        Reader {
            buffer: Vec::new(),
            start: 0,
            at: 0,
            state: State::FieldStart,
            delimiter: None,
            skipping: false,
            begun: false,
            ended: false,
            digest: Sha256::new(),
        }
    }

    /// More of the file.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.at -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// There is no more.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// Whether everything was read.
    pub(super) fn is_over(&self) -> bool {
        self.ended && self.start == self.buffer.len()
    }

    /// The hash of every byte up to the end of the last record.
    pub(super) fn sha256(&self) -> Vec<u8> {
        self.digest.clone().finalize().to_vec()
    }

    /// The next record that is no blank line; none while bytes are missing.
    pub(super) fn next(&mut self) -> Option<Record> {
        if !self.begun && !self.begin() {
            return None;
        }
        loop {
            if self.skipping && !self.skip() {
                return None;
            }
            let raw = match self.find()? {
                Found::Record(raw) => raw,
                Found::Broken(record) => return Some(record),
            };
            let line = raw.strip_suffix(b"\n").unwrap_or(&raw);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                return Some(Record::Cells(self.cells(line)));
            }
        }
    }

    /// Passes a byte order mark and learns the delimiter from the first line.
    fn begin(&mut self) -> bool {
        let newline = self.buffer.contains(&b'\n');
        if !newline && !self.ended && self.buffer.len() <= MAX_RECORD {
            return false;
        }
        self.begun = true;
        if self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.take(3);
        }
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let first = rest.split(|b| *b == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| first.split(|b| *b == delimiter).count();
        let most = [b',', b';', b'\t'].into_iter().rev().max_by_key(|d| count(*d));
        self.delimiter = Some(most.unwrap_or(b','));
        true
    }

    /// Takes so many bytes from the front.
    fn take(&mut self, count: usize) -> Vec<u8> {
        let end = self.start.saturating_add(count).min(self.buffer.len());
        let taken = self.buffer.get(self.start..end).unwrap_or_default().to_vec();
        self.digest.update(&taken);
        self.start = end;
        self.at = end;
        self.state = State::FieldStart;
        taken
    }

    /// Throws away up to the end of the line; false while it has not come.
    fn skip(&mut self) -> bool {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        if let Some(end) = rest.iter().position(|b| *b == b'\n') {
            self.take(end + 1);
            self.skipping = false;
        } else {
            self.take(rest.len());
        }
        !self.skipping
    }

    fn find(&mut self) -> Option<Found> {
        let delimiter = self.delimiter.unwrap_or(b',');
        while let Some(byte) = self.buffer.get(self.at).copied() {
            let ends = byte == b'\n' && self.state != State::Quoted;
            self.state = match (self.state, byte) {
                (State::Quoted, b'"') => State::QuoteSeen,
                (State::FieldStart | State::QuoteSeen, b'"') | (State::Quoted, _) => State::Quoted,
                (_, b) if b == delimiter => State::FieldStart,
                _ => State::Plain,
            };
            self.at += 1;
            if ends {
                return Some(Found::Record(self.take(self.at - self.start)));
            }
            if self.at - self.start > MAX_RECORD {
                return Some(self.broken());
            }
        }
        if !self.ended || self.start == self.buffer.len() {
            return None;
        }
        if self.state == State::Quoted {
            return Some(self.broken());
        }
        Some(Found::Record(self.take(self.buffer.len() - self.start)))
    }

    /// What goes on too long: its first line alone, if a quote hid the line's end.
    fn broken(&mut self) -> Found {
        let rest = self.buffer.get(self.start..self.at).unwrap_or_default();
        if let Some(end) = rest.iter().position(|b| *b == b'\n') {
            return Found::Broken(Record::Unclosed(self.take(end + 1)));
        }
        if self.ended && self.at == self.buffer.len() && self.at - self.start <= MAX_RECORD {
            return Found::Broken(Record::Unclosed(self.take(self.at - self.start)));
        }
        let mut kept = self.take(self.at - self.start);
        kept.truncate(KEPT);
        self.skipping = true;
        Found::Broken(Record::TooLong(kept))
    }

    fn cells(&self, line: &[u8]) -> Vec<Vec<u8>> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter.unwrap_or(b','))
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(line.len().max(16))
            .from_reader(line);
        let mut record = csv::ByteRecord::new();
        match reader.read_byte_record(&mut record) {
            Ok(true) => record.iter().map(<[u8]>::to_vec).collect(),
            _ => Vec::new(),
        }
    }
}

enum Found {
    Record(Vec<u8>),
    Broken(Record),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a file that arrives in pieces of so many bytes.
    fn read(file: &[u8], piece: usize) -> Vec<Record> {
        let mut reader = Reader::new();
        let mut records = Vec::new();
        for bytes in file.chunks(piece) {
            reader.push(bytes);
            records.extend(std::iter::from_fn(|| reader.next()));
        }
        reader.end();
        records.extend(std::iter::from_fn(|| reader.next()));
        assert!(reader.is_over());
        assert_eq!(reader.sha256(), Sha256::digest(file).to_vec(), "every byte was hashed");
        records
    }

    fn cells(cells: &[&str]) -> Record {
        Record::Cells(cells.iter().map(|c| c.as_bytes().to_vec()).collect())
    }

    #[test]
    fn records_are_the_same_however_the_bytes_arrive() {
        let file = b"\xef\xbb\xbfid,name\r\n1,\"Asha \"\"A\"\"\r\nRao\"\n\n2,\xe0\xa4\x86\xe0\xa4\xb6\xe0\xa4\xbe\n3,x";
        let expected = [
            cells(&["id", "name"]),
            cells(&["1", "Asha \"A\"\r\nRao"]),
            cells(&["2", "आशा"]),
            cells(&["3", "x"]),
        ];
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(read(file, piece), expected, "{piece}");
        }
    }

    #[test]
    fn semicolons_and_tabs_are_seen_in_the_first_line() {
        assert_eq!(read(b"id;name\n1;a,b\n", 4), [cells(&["id", "name"]), cells(&["1", "a,b"])]);
        assert_eq!(read(b"id\tname\n1\ta\n", 4), [cells(&["id", "name"]), cells(&["1", "a"])]);
    }

    #[test]
    fn a_quote_that_never_closes_spoils_one_line() {
        let file = b"id,name\n1,\"oops\n2,fine\n3,fine\n";
        for piece in [1, 5, 100] {
            let records = read(file, piece);
            assert_eq!(records[1], Record::Unclosed(b"1,\"oops\n".to_vec()));
            assert_eq!(records[2..], [cells(&["2", "fine"]), cells(&["3", "fine"])]);
        }
    }

    #[test]
    fn a_huge_line_is_one_broken_record() {
        let mut file = b"id,name\n1,".to_vec();
        file.extend(std::iter::repeat_n(b'x', 300_000));
        file.extend_from_slice(b"\n2,fine\n");
        for piece in [1000, 65_536, 1_000_000] {
            let records = read(&file, piece);
            assert!(matches!(&records[1], Record::TooLong(kept) if kept.len() == KEPT));
            assert_eq!(records[2..], [cells(&["2", "fine"])]);
        }
        // The same behind an open quote, without any line end to recover at.
        let mut file = b"id,name\n1,\"".to_vec();
        file.extend(std::iter::repeat_n(b'x', 300_000));
        assert!(matches!(read(&file, 4096)[1], Record::TooLong(_)));
    }

    #[test]
    fn an_empty_file_has_no_record() {
        assert_eq!(read(b"", 1), []);
        assert_eq!(read(b"\r\n\n", 1), []);
    }
}
