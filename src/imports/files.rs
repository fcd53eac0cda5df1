//! A file from the page: kept first, then its columns are looked at, tried and brought in. What happens after
//! that happens beside the request: whoever closes the page stops nothing.

use actix_web::web::Bytes;
use futures_util::Stream;
use sha2::{Digest, Sha256};

use super::reader::{Reader, Record};
use super::upload::{Body, LIMIT};
use super::{Column, Columns, FileId, Import, Intake, Run, Waiting, Write, store};
use crate::db::Pool;
use crate::error::Error;
use crate::jobs::{self, JobId};
use crate::tenant::{Clinic, Db};

/// Bytes of a piece.
const PIECE: usize = 256 * 1024;
/// Rows of a transaction.
const ROWS: usize = 500;
/// Rows that show what a column holds.
pub(super) const SAMPLES: usize = 3;

/// The file, once all of it has come; else 404. Its bytes are forgotten after a week (409).
pub(super) async fn present(db: &mut Db, id: FileId) -> Result<Waiting, Error> {
    store::files::find(db, id).await?.ok_or(Error::NotFound)
}

/// The file and its first rows.
pub(super) async fn shown(db: &mut Db, id: FileId) -> Result<(Waiting, Vec<Vec<String>>), Error> {
    let file = present(db, id).await?;
    let first = store::files::piece(db, id.0, 0).await?;
    let first = first.ok_or_else(|| Error::conflict("file_forgotten"))?;
    let mut reader = Reader::new();
    reader.push(&first);
    if first.len() < PIECE {
        reader.end();
    }
    let mut samples = Vec::new();
    let _header = reader.next();
    while samples.len() < SAMPLES {
        match reader.next() {
            Some(Record::Cells(cells)) => {
                let text =
                    |cell: &Vec<u8>| String::from_utf8_lossy(cell).chars().take(40).collect();
                samples.push(cells.iter().map(text).collect());
            }
            Some(_) => {}
            None => break,
        }
    }
    Ok((file, samples))
}

/// The hash of a kept file's first line: what of it is committed before any row is.
pub(super) async fn header_sha256(db: &mut Db, id: Option<FileId>) -> Result<Vec<u8>, Error> {
    let id = id.ok_or(Error::NotFound)?;
    let first = store::files::piece(db, id.0, 0).await?;
    let mut reader = Reader::new();
    reader.push(&first.ok_or_else(|| Error::conflict("file_forgotten"))?);
    // A first line alone has no end of line.
    if reader.next().is_none() {
        reader.end();
        reader.next();
    }
    Ok(reader.sha256())
}

/// Keeps a file that arrives, piece by piece; no connection is held in between. What has no first line is refused.
pub(super) async fn keep(
    clinic: &Clinic<Write>,
    name: &str,
    stream: impl Stream<Item = Result<Bytes, Error>> + Unpin,
) -> Result<FileId, Error> {
    let id = FileId::fresh();
    let mut body = Body { stream, left: LIMIT };
    let mut reader = Reader::new();
    let mut kept = Keeping {
        id,
        number: 0,
        waits: Vec::new(),
        digest: Sha256::new(),
        size: 0,
        lines: Lines::default(),
    };
    let columns = loop {
        match reader.next() {
            Some(Record::Cells(cells)) => break Columns::guess(&cells)?,
            Some(_) => return Err(Error::field("header", "not_a_header")),
            None if reader.is_over() => return Err(Error::field("file", "empty")),
            None => match body.next().await? {
                Some(bytes) => {
                    reader.push(&bytes);
                    kept.take(&bytes);
                }
                None => reader.end(),
            },
        }
    };
    if columns.iter().all(|column| column.column.is_empty()) {
        return Err(Error::field("header", "not_a_header"));
    }
    clinic.write(async |db| store::files::begin(db, id, name, &columns).await).await?;
    kept.flush(clinic, false).await?;
    while let Some(bytes) = body.next().await? {
        kept.take(&bytes);
        kept.flush(clinic, false).await?;
    }
    kept.flush(clinic, true).await?;
    let (sha256, size, lines) = (kept.digest.finalize().to_vec(), kept.size, kept.lines.rows());
    clinic.write(async |db| store::files::whole(db, id, &sha256, size, lines).await).await?;
    Ok(id)
}

/// What was received and not yet written.
struct Keeping {
    id: FileId,
    number: i32,
    waits: Vec<u8>,
    digest: Sha256,
    size: i64,
    lines: Lines,
}

/// Lines with something in them, counted as they come.
#[derive(Default)]
struct Lines {
    full: i32,
    begun: bool,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => self.end(),
                b'\r' => {}
                _ => self.begun = true,
            }
        }
    }

    fn end(&mut self) {
        self.full = self.full.saturating_add(i32::from(self.begun));
        self.begun = false;
    }

    /// All but the first, which names the columns. The last one may lack its end.
    fn rows(mut self) -> i32 {
        self.end();
        (self.full - 1).max(0)
    }
}

impl Keeping {
    fn take(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.size += i64::try_from(bytes.len()).unwrap_or(0);
        self.lines.take(bytes);
        self.waits.extend_from_slice(bytes);
    }

    /// Writes every full piece, at the end also what is left.
    async fn flush(&mut self, clinic: &Clinic<Write>, end: bool) -> Result<(), Error> {
        while self.waits.len() >= PIECE || end && !self.waits.is_empty() {
            let rest = self.waits.split_off(PIECE.min(self.waits.len()));
            let piece = std::mem::replace(&mut self.waits, rest);
            let (id, number) = (self.id, self.number);
            clinic.write(async |db| store::files::add_piece(db, id, number, &piece).await).await?;
            self.number += 1;
        }
        Ok(())
    }
}

/// The columns as somebody chose them.
pub(super) fn chosen(file: &Waiting, fields: &[Option<String>]) -> Result<Columns, Error> {
    let list = file.columns.iter().zip(fields.iter().cloned().chain(std::iter::repeat(None)));
    let list = list.map(|(c, field)| Column { column: c.column.clone(), field }).collect();
    Columns::checked(list)
}

/// Brings a kept file in, beside the request, and closes the account and the job.
pub(super) fn carry_out(worker: Pool, job: JobId, import: Import) {
    actix_web::rt::spawn(async move {
        let id = import.import_id;
        let Some(file) = import.file_id else { return };
        let intake = Intake::chosen(import.columns.clone(), ROWS);
        let mut run = Run::new(&worker, job, import, intake);
        let watch = run.watch();
        let outcome = async {
            for number in 0.. {
                let piece = async |db: &mut Db| store::files::piece(db, file.0, number).await;
                match jobs::enter(&worker, job, piece).await? {
                    Some(bytes) => run.push(&bytes).await?,
                    None if number == 0 => return Err(Error::conflict("file_forgotten")),
                    None => break,
                }
            }
            run.end().await
        };
        match outcome.await {
            Ok(_) => watch.disarm(),
            // The watch says that it stopped.
            Err(error) => {
                tracing::warn!(import.id = %id, code = error.code(), "An import stopped half way");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn the_line_that_names_the_columns_is_no_row() {
        for (file, rows) in [
            ("id,name\n1,Asha\n2,Usha\n", 2),
            ("id,name\r\n1,Asha\r\n\r\n2,Usha", 2),
            ("id,name\n", 0),
            ("id,name", 0),
            ("", 0),
        ] {
            for size in [1, 3, 100] {
                let mut lines = Lines::default();
                file.as_bytes().chunks(size).for_each(|bytes| lines.take(bytes));
                assert_eq!(lines.rows(), rows, "{file}");
            }
        }
    }
}
