//! The one error of the wire. A verb returns it, the web layer turns it into problem+json or a page.
//!
//! Absence inside the house is an `Option`; it becomes [`Error::NotFound`] where a caller named a
//! thing. What a clinic may not see and what does not exist are the same 404. A database error's
//! text never leaves: constraints have names, and a name maps once to an answer (see [`CONSTRAINTS`]).

use std::borrow::Cow;
use std::collections::BTreeMap;

/// One field that was refused, without the value that was sent. Its words are in the message catalogue, by
/// field and code (see [`crate::web::Lang::refusal`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field as the caller sent it; `lines.2.days` inside lists.
    pub field: String,
    /// A stable code, such as `required` or `out_of_range`.
    pub code: Cow<'static, str>,
    /// What fills the `{name}`s of its words. `about` names the field by which the words are found, where
    /// the caller calls it otherwise.
    pub args: BTreeMap<Cow<'static, str>, String>,
}

impl FieldError {
    /// Refuses `field` with a stable code.
    pub fn new(field: impl Into<String>, code: &'static str) -> FieldError {
        FieldError { field: field.into(), code: Cow::Borrowed(code), args: BTreeMap::new() }
    }

    /// With what fills `{name}` in the words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> FieldError {
        self.args.insert(Cow::Borrowed(name), value.to_string());
        self
    }

    /// With the name that the caller has for this field; the words stay those of its own name.
    #[must_use]
    pub fn called(mut self, field: String) -> FieldError {
        let own = std::mem::replace(&mut self.field, field);
        self.args.entry(Cow::Borrowed("about")).or_insert(own);
        self
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Error {
        Error::Invalid(vec![error])
    }
}

/// Everything that can go wrong in a request, each with its answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not yours: the caller cannot tell.
    #[error("not found")]
    NotFound,
    /// Name and password do not fit together, whichever is wrong (401).
    #[error("wrong credentials")]
    WrongCredentials,
    /// No valid session came with the request.
    #[error("sign in first")]
    SignedOut,
    /// Signed in, but the role may not do this.
    #[error("not permitted")]
    Forbidden,
    /// The request was refused before any work: CSRF, foreign origin.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// Fields that must be corrected (422).
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The body or URL could not be read at all (400).
    #[error("malformed request: {0}")]
    Malformed(&'static str),
    /// A name stands twice in an object of the body; its way in is said (400).
    #[error("a name stands twice")]
    Twice(String),
    /// Another state of the thing forbids it (409).
    #[error("conflict: {code}")]
    Conflict {
        /// Stable code; its words are in the message catalogue.
        code: &'static str,
        /// What the caller needs to decide, such as possible duplicates.
        details: Option<serde_json::Value>,
    },
    /// The thing changed since the caller read it (412).
    #[error("changed in the meantime")]
    Stale,
    /// `If-Match` is required here (428).
    #[error("If-Match is required")]
    PreconditionRequired,
    /// A body larger than the limit (413).
    #[error("body too large")]
    TooLarge,
    /// A body of a kind this endpoint does not read (415).
    #[error("unsupported media type")]
    UnsupportedMedia,
    /// Too many attempts; try again after so many seconds (429).
    #[error("too many attempts")]
    TooMany(u64),
    /// No connection or no time: try again (503 with `Retry-After`).
    #[error("busy")]
    Busy,
    /// A defect or an outage. The cause is logged, never told.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Which answer a violated constraint means: name, field, code. Names are matched by prefix, because
/// engines that shard append a number.
const CONSTRAINTS: &[(&str, &str, &str)] = &[
    ("patients_external_key", "external_id", "taken"),
    ("users_identifier_key", "identifier", "taken"),
    ("users_email_key", "email", "taken"),
    ("users_account_key", "email", "member"),
    ("memberships_pkey", "email", "member"),
    ("accounts_email_key", "email", "taken"),
    ("practitioners_licence_key", "licence_number", "taken"),
    ("medicines_name_key", "name", "taken"),
    ("tests_name_key", "name", "taken"),
    ("directory_slug_key", "slug", "taken"),
    ("prescriptions_replaces_key", "replaces_id", "taken"),
    ("prescription_templates_name_key", "name", "template_taken"),
    ("test_results_four_eyes", "", "own_result"),
    ("notes_visit_key", "", "note_exists"),
    ("visit_moves_legal", "", "illegal_move"),
    ("admission_recommendations_one_open", "", "already_recommended"),
    ("visits_one_open", "", "already_waiting"),
];

impl Error {
    /// A conflict with the state of a thing (409).
    pub fn conflict(code: &'static str) -> Error {
        Error::Conflict { code, details: None }
    }

    /// A single refused field (422).
    pub fn field(field: &str, code: &'static str) -> Error {
        FieldError::new(field, code).into()
    }

    /// The HTTP status of this answer.
    pub fn status(&self) -> u16 {
        match self {
            Error::NotFound => 404,
            Error::SignedOut | Error::WrongCredentials => 401,
            Error::Forbidden | Error::Refused(_) => 403,
            Error::Invalid(_) => 422,
            Error::Malformed(_) | Error::Twice(_) => 400,
            Error::Conflict { .. } => 409,
            Error::Stale => 412,
            Error::PreconditionRequired => 428,
            Error::TooLarge => 413,
            Error::UnsupportedMedia => 415,
            Error::TooMany(_) => 429,
            Error::Busy => 503,
            Error::Internal(_) => 500,
        }
    }

    /// The stable code of this answer, the last part of the problem's `type`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "not_found",
            Error::SignedOut => "signed_out",
            Error::WrongCredentials => "wrong_credentials",
            Error::Forbidden => "forbidden",
            Error::Refused(code) | Error::Malformed(code) | Error::Conflict { code, .. } => code,
            Error::Invalid(_) => "invalid",
            Error::Twice(_) => "duplicate_name",
            Error::Stale => "stale",
            Error::PreconditionRequired => "precondition_required",
            Error::TooLarge => "too_large",
            Error::UnsupportedMedia => "unsupported_media_type",
            Error::TooMany(_) => "too_many_attempts",
            Error::Busy => "busy",
            Error::Internal(_) => "internal",
        }
    }

    /// Whether the same work may succeed at once: another transaction was in the way.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Error::Internal(cause) if cause == SERIALIZATION)
    }
}

const SERIALIZATION: &str = "serialization failure";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => return Error::Busy,
            sqlx::Error::RowNotFound => return Error::NotFound,
            _ => {}
        }
        let Some(db) = error.as_database_error() else {
            tracing::error!(error = %error, "The database connection failed");
            return Error::Internal("database connection".into());
        };
        let code = db.code().unwrap_or_default().into_owned();
        match code.as_str() {
            "PC003" => Error::SignedOut,
            "PC007" | "57014" | "55P03" | "57P01" | "57P03" | "53300" => Error::Busy,
            "40001" | "40P01" => Error::Internal(SERIALIZATION.into()),
            "PC009" => Error::field("email", "runs_the_platform"),
            "PC021" => Error::Forbidden,
            "PC020" => Error::conflict("signed"),
            "22021" | "22P05" => Error::Malformed("text_not_storable"),
            "23505" | "23503" | "23514" => constraint(db.constraint().unwrap_or_default()),
            _ => {
                // The message may quote data; the code and the place are enough to find the defect.
                tracing::error!(db.code = %code, "The database refused a statement");
                Error::Internal(format!("database {code}"))
            }
        }
    }
}

fn constraint(name: &str) -> Error {
    if let Some((_, field, code)) = CONSTRAINTS.iter().find(|c| name.starts_with(c.0)) {
        return if field.is_empty() { Error::conflict(code) } else { Error::field(field, code) };
    }
    if name.ends_with("_fkey") {
        return Error::NotFound;
    }
    tracing::error!(db.constraint = %name, "A constraint without an answer was violated");
    Error::Internal(format!("constraint {name}"))
}
