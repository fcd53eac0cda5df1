//! The words of the feature: an import, what it read, what it refused.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::FieldError;
use crate::patients::PatientId;
use crate::web::{Lang, id, words};

id!(
    /// An import's id.
    ImportId
);

id!(
    /// The id of a file that waits to be imported.
    FileId
);

words!(
    /// How far an import is.
    ImportStatus { Running = "running", Interrupted = "interrupted", Completed = "completed" }
);

/// What a column of the file was read as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// The column's name in the file.
    pub column: String,
    /// The field it fills; `null` for a column that was left out.
    pub field: Option<String>,
}

/// One import and its account: `created + updated + unchanged + rejected = rows_done`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Import {
    /// The import.
    pub import_id: ImportId,
    /// The file's name, where it was told.
    pub file_name: Option<String>,
    /// Hash of the whole file in hex, once it is known.
    pub file_sha256: Option<String>,
    /// Whether nothing was written but this account.
    pub dry_run: bool,
    /// How far it is.
    pub status: ImportStatus,
    /// The file's columns in order.
    pub columns: Vec<Column>,
    /// Rows read and committed, the header not counted.
    pub rows_done: i32,
    /// Patients that are new.
    pub created: i32,
    /// Patients that were there and changed.
    pub updated: i32,
    /// Patients that were there already, word for word.
    pub unchanged: i32,
    /// Rows kept aside.
    pub rejected: i32,
    /// Who started it; `null` for the platform's operator.
    pub started_by: Option<Uuid>,
    /// The kept file it reads, where it came by the page.
    pub file_id: Option<FileId>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Patients that were set aside when it was.
    pub undone: i32,
    /// Counts changes.
    pub version: i32,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it last went on.
    pub updated_at: DateTime<Utc>,
    /// Hash of the file up to the last committed row.
    #[serde(skip)]
    pub(super) done_sha256: Vec<u8>,
}

/// A row that was kept aside, as it came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reject {
    /// Counted from 1 after the header.
    pub row_number: i32,
    /// The column, or `row` where the whole row is wrong.
    pub field: String,
    /// A stable code, such as `out_of_range`.
    pub code: String,
    /// What to do, in words.
    pub message: String,
    /// The row's cells as they came.
    pub raw: Vec<String>,
}

/// A row that was refused, before anybody has put it into words.
#[derive(Debug)]
pub struct Refused {
    /// Counted from 1 after the header.
    pub row_number: i32,
    /// The first thing that is wrong; `also` names other columns.
    pub error: FieldError,
    /// The row's cells.
    pub raw: Vec<String>,
}

impl Refused {
    /// In the reader's language.
    pub fn told(self, lang: &Lang) -> Reject {
        let mut message = lang.refusal(&self.error);
        if let Some(also) = self.error.args.get("also") {
            message = format!("{message} {}", lang.tx("imports.also", also));
        }
        Reject {
            row_number: self.row_number,
            field: self.error.field,
            code: self.error.code.into_owned(),
            message,
            raw: self.raw,
        }
    }
}

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// The id to give it; the same for every try at the same request.
    pub import_id: Option<ImportId>,
    /// Continue this one.
    pub resume: Option<ImportId>,
    /// Read everything, write nothing.
    pub dry_run: bool,
    /// The kept file to read.
    pub file_id: Option<FileId>,
    /// The file's name.
    pub file_name: Option<String>,
    /// Column and field, where the names do not say it.
    pub maps: Vec<(String, String)>,
    /// The whole file's hash, where it is known beforehand.
    pub file_sha256: Option<Vec<u8>>,
}

/// A file that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The file.
    pub file_id: FileId,
    /// Its name.
    pub file_name: Option<String>,
    /// Its columns, and what they were guessed to be.
    pub columns: Vec<Column>,
    /// About how many rows it has: a cell with a line break in it makes one too many.
    pub lines: i32,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

/// A patient whom an import registered and whose record stays.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = KeptPatient)]
pub struct Kept {
    /// The patient.
    pub patient_id: PatientId,
    /// The PT number.
    pub number: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: Option<String>,
}

/// What became of an import that was undone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Undone {
    /// Its account.
    #[serde(flatten)]
    pub import: Import,
    /// The first hundred of those who were corrected or used meanwhile and stay.
    pub kept: Vec<Kept>,
}
