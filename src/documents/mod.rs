//! Documents of a patient: reports from elsewhere, pictures, letters. PDF, JPEG and PNG by their bytes, never
//! changed, set aside with a reason instead of deleted, and served through the wall alone.

mod api;
mod content;
mod keep;
mod nouns;
mod pages;
mod store;
mod upload;

use chrono::{DateTime, Utc};
pub use keep::{Archive, Store};
pub use nouns::{
    Category, Content, ContentType, Document, DocumentId, NewDocument, Reason, SetAside,
};
pub use upload::{Filed, Incoming, receive_body, receive_form};
use uuid::Uuid;

use crate::error::{Error, FieldError};
use crate::patients::{self, PatientId};
use crate::tenant::{Db, permission};
use crate::visits;
use crate::web::Routes;

/// Most bytes of a document.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Most bytes of a patient's picture: it stands on many pages.
const MAX_FACE: usize = 1024 * 1024;

permission!(
    /// See documents; a patient's login sees the own ones.
    Read = "documents:read", "self:read"
);
permission!(
    /// Attach a document; set the own ones aside.
    Write = "documents:write"
);

/// Pages and API.
pub fn routes(config: &mut Routes) {
    pages::routes(config);
    content::routes(config);
    api::routes(config);
}

/// Which documents of a patient, the newest first.
#[derive(Debug, Default)]
pub struct Query {
    /// Of one category, or of all.
    pub category: Option<Category>,
    /// Also those that are set aside, for those who may bring them back.
    pub archived: bool,
    /// Rows to return; one more is read to know whether there are more.
    pub limit: i64,
    /// Time and id of the last row of the page before.
    pub after: Option<(DateTime<Utc>, DocumentId)>,
}

/// The document, or 404: not there, not yours and not needed for your work look the same.
pub async fn present(db: &mut Db, id: DocumentId) -> Result<Document, Error> {
    store::find(db, id).await?.ok_or(Error::NotFound)
}

/// A page of a patient's documents. The patient was looked for before.
pub async fn of_patient(
    db: &mut Db,
    patient: PatientId,
    query: &Query,
) -> Result<Vec<Document>, Error> {
    store::of_patient(db, patient, query).await
}

/// Files a document with a patient. A picture becomes the face that is shown of the patient from now on.
pub async fn attach(
    db: &mut Db,
    patient: PatientId,
    new: &NewDocument,
    filed: &Filed<'_>,
) -> Result<Document, Error> {
    patients::active(db, patient).await?;
    if let Some(visit) = new.visit_id {
        let visit = visits::present(db, visit).await.map_err(|error| match error {
            Error::NotFound => Error::field("visit_id", "unknown"),
            other => other,
        })?;
        if visit.patient_id != patient {
            return Err(Error::field("visit_id", "other_patient"));
        }
    }
    let is_face = new.category == Category::Photo;
    if is_face {
        refuse_unlike_face(filed.content)?;
    }
    let document = keep(db, patient, None, new, filed).await?;
    if is_face && !store::face(db, patient, document.document_id, true).await? {
        // Who may not correct the record may not change its face.
        return Err(Error::Forbidden);
    }
    Ok(document)
}

/// Files the report of an ordered test, which was looked for before: whoever does the work need not be one who may
/// open the record.
pub async fn file_report(
    db: &mut Db,
    patient: PatientId,
    test: Uuid,
    new: &NewDocument,
    filed: &Filed<'_>,
) -> Result<Document, Error> {
    if new.category == Category::Photo {
        return Err(Error::field("category", "unknown_value"));
    }
    let new = NewDocument { visit_id: None, ..new.clone() };
    keep(db, patient, Some(test), &new, filed).await
}

fn refuse_unlike_face(content: &Content) -> Result<(), Error> {
    if !content.kind.is_picture() {
        return Err(Error::field("file", "not_a_face"));
    }
    if content.bytes.len() > MAX_FACE {
        return Err(FieldError::new("file", "over_limit").with("max", 1).into());
    }
    Ok(())
}

/// The row and the bytes, together or not at all.
async fn keep(
    db: &mut Db,
    patient: PatientId,
    test: Option<Uuid>,
    new: &NewDocument,
    filed: &Filed<'_>,
) -> Result<Document, Error> {
    let content = filed.content;
    let document = Document {
        document_id: DocumentId::fresh(),
        patient_id: patient,
        visit_id: new.visit_id,
        ordered_test_id: test,
        category: new.category,
        title: new.called()?,
        file_name: new.file_name.clone(),
        content_type: content.kind,
        size_bytes: i32::try_from(content.bytes.len()).unwrap_or(i32::MAX),
        sha256: hex::encode(&content.sha256),
        uploaded_by: db.user(),
        uploaded_by_name: None,
        archived: None,
        place: filed.place.clone(),
        version: 1,
        created_at: db.now(),
        updated_at: db.now(),
    };
    store::insert(db, &document).await?;
    filed.store.keep(db, &document, content).await?;
    present(db, document.document_id).await
}

/// Sets a document aside: it disappears from the lists and stays on record. Whoever filed it may do so, and
/// whoever answers for the record: a letter in the wrong chart must be gone at once.
pub async fn archive(
    db: &mut Db,
    id: DocumentId,
    version: i32,
    reason: &str,
) -> Result<Document, Error> {
    let document = as_seen(db, id, version).await?;
    if document.archived.is_some() {
        return Err(Error::conflict("set_aside"));
    }
    change(db, &document, Some(reason)).await
}

/// Brings a document back.
pub async fn restore(db: &mut Db, id: DocumentId, version: i32) -> Result<Document, Error> {
    let document = as_seen(db, id, version).await?;
    if document.archived.is_none() {
        return Err(Error::conflict("not_set_aside"));
    }
    change(db, &document, None).await
}

async fn as_seen(db: &mut Db, id: DocumentId, version: i32) -> Result<Document, Error> {
    let document = present(db, id).await?;
    if document.version == version { Ok(document) } else { Err(Error::Stale) }
}

async fn change(db: &mut Db, was: &Document, reason: Option<&str>) -> Result<Document, Error> {
    let (id, shown) = (was.document_id, reason.is_none());
    if !store::set_aside(db, id, was.version, reason).await? {
        // The version was right and held until here: the row is not this person's to change, or just was.
        let now = present(db, id).await?;
        return Err(if now.version == was.version { Error::Forbidden } else { Error::Stale });
    }
    if was.category == Category::Photo && !store::face(db, was.patient_id, id, shown).await? {
        return Err(Error::Forbidden);
    }
    present(db, id).await
}
