//! A catalogue as a file: out and in with the same columns. What is known by its name is corrected, what is
//! not is added; a row that cannot be read is told and left out. Medicines and tests go the same way, by
//! [`super::entry::Entry`].

mod api;
mod file;
mod pages;

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;

use self::file::Sheet;
use super::entry::{Entry, Known, cells as cells_of};
use crate::error::{Error, FieldError};
use crate::tenant::Db;
use crate::web::{Fields, Lang, Routes};

/// Names that are looked up at once: each may have several forms.
const TOGETHER: usize = 50;

pub(super) fn routes(config: &mut Routes) {
    api::routes(config);
    pages::routes(config);
}

/// A row that was left out.
#[derive(Debug, Clone)]
pub(super) struct LeftOut {
    row: usize,
    name: String,
    error: FieldError,
}

/// What became of a file: `added + updated + unchanged + refused = rows`.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    dry_run: bool,
    rows: usize,
    added: usize,
    updated: usize,
    unchanged: usize,
    left_out: Vec<LeftOut>,
    unknown_columns: Vec<String>,
}

/// What became of a file: `added + updated + unchanged + refused = rows`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogueReport)]
pub(super) struct Report {
    /// Whether nothing was written.
    dry_run: bool,
    /// Rows read, the header not counted.
    rows: usize,
    /// Entries that were not there.
    added: usize,
    /// Entries that were there and changed.
    updated: usize,
    /// Entries that were there, word for word.
    unchanged: usize,
    /// Rows that were left out, with the first reason.
    refused: Vec<RefusedRow>,
    /// Columns that no field is called by.
    unknown_columns: Vec<String>,
}

/// A row that was left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogueRefusal)]
pub(super) struct RefusedRow {
    /// Counted from 1 after the header.
    row: usize,
    /// The row's name as it came.
    name: String,
    /// The column, or `row` where the whole row is wrong.
    field: String,
    /// A stable code, such as `unknown_value`.
    code: String,
    /// What to do, in words.
    message: String,
}

impl Outcome {
    /// In the reader's language.
    fn told(self, lang: &Lang) -> Report {
        let refused = |out: LeftOut| RefusedRow {
            row: out.row,
            name: out.name,
            message: lang.refusal(&out.error),
            field: out.error.field,
            code: out.error.code.into_owned(),
        };
        Report {
            dry_run: self.dry_run,
            rows: self.rows,
            added: self.added,
            updated: self.updated,
            unchanged: self.unchanged,
            refused: self.left_out.into_iter().map(refused).collect(),
            unknown_columns: self.unknown_columns,
        }
    }
}

/// The whole catalogue as a file, also what is not used any more.
pub(super) async fn export<T: Entry>(db: &mut Db) -> Result<Vec<u8>, Error> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = T::page(db, "", after).await?;
        after = page.last().map(|known| (known.told.name_key(), known.id));
        if page.is_empty() {
            return file::write(T::COLUMNS, &rows);
        }
        rows.extend(page.iter().map(|known| cells_of(&known.told)));
    }
}

/// Reads a file into the catalogue; a dry run does all of it but write.
pub(super) async fn import<T: Entry>(
    db: &mut Db,
    bytes: &[u8],
    dry_run: bool,
) -> Result<Outcome, Error> {
    let sheet = Sheet::read(bytes, T::COLUMNS, T::NEEDED)?;
    let mut outcome = Outcome { dry_run, rows: sheet.rows.len(), ..Outcome::default() };
    outcome.unknown_columns.clone_from(&sheet.unknown);
    let mut seen = HashSet::new();
    let mut rows: Vec<(usize, T)> = Vec::new();
    for (row, cells) in (1..).zip(&sheet.rows) {
        let read = match cells {
            Ok(cells) => first_wrong(parse::<T>(&sheet, cells, None)),
            Err(error) => Err(error.clone()),
        };
        let read = read.and_then(|told| {
            if seen.insert(told.key()) {
                Ok(told)
            } else {
                Err(FieldError::new("name", "twice_in_file"))
            }
        });
        match read {
            Ok(told) => rows.push((row, told)),
            Err(error) => outcome.refuse(&sheet, row, error),
        }
    }
    for chunk in rows.chunks(TOGETHER) {
        let names: Vec<String> = chunk.iter().map(|(_, told)| told.name_key()).collect();
        let known = T::known(db, &names).await?;
        let known: HashMap<_, _> = known.iter().map(|k| (k.told.key(), k)).collect();
        for (row, told) in chunk {
            let there = known.get(&told.key());
            if let Err(error) =
                enter(db, &sheet, (*row, told), there.copied(), &mut outcome).await?
            {
                outcome.refuse(&sheet, *row, error);
            }
        }
    }
    outcome.left_out.sort_by_key(|out| out.row);
    Ok(outcome)
}

/// Adds a row, or corrects what is there: a column that the file does not have stays as it is.
async fn enter<T: Entry>(
    db: &mut Db,
    sheet: &Sheet,
    (row, told): (usize, &T),
    there: Option<&Known<T>>,
    outcome: &mut Outcome,
) -> Result<Result<(), FieldError>, Error> {
    let Some(there) = there else {
        if !outcome.dry_run {
            told.insert(db).await?;
        }
        outcome.added += 1;
        return Ok(Ok(()));
    };
    let Some(Ok(cells)) = sheet.rows.get(row - 1) else { return Ok(Ok(())) };
    let told = match first_wrong(parse::<T>(sheet, cells, Some(&there.told))) {
        Ok(told) => told,
        Err(error) => return Ok(Err(error)),
    };
    if cells_of(&told) == cells_of(&there.told) {
        outcome.unchanged += 1;
        return Ok(Ok(()));
    }
    if !outcome.dry_run && !told.replace(db, there).await? {
        return Err(Error::Stale);
    }
    outcome.updated += 1;
    Ok(Ok(()))
}

/// A row's entry; what the file has no column for is taken from what is there.
fn parse<T: Entry>(sheet: &Sheet, cells: &[String], there: Option<&T>) -> Result<T, Error> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let old = there.map(cells_of).unwrap_or_default();
    for (at, column) in T::COLUMNS.iter().enumerate() {
        let cell = match sheet.place(column) {
            Some(place) => cells.get(place),
            None => old.get(at),
        };
        pairs.extend(cell.map(|cell| ((*column).to_owned(), file::flag(column, cell))));
    }
    Fields::from_pairs(pairs).read()
}

/// The first thing that is wrong with a row is what it is left out for.
fn first_wrong<T>(read: Result<T, Error>) -> Result<T, FieldError> {
    read.map_err(|error| match error {
        Error::Invalid(errors) => {
            errors.into_iter().next().unwrap_or_else(|| FieldError::new("row", "unreadable"))
        }
        _ => FieldError::new("row", "unreadable"),
    })
}

impl Outcome {
    fn refuse(&mut self, sheet: &Sheet, row: usize, error: FieldError) {
        self.left_out.push(LeftOut { row, name: sheet.name(row), error });
    }
}
