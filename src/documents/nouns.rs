//! The words of the feature: what a document is, and what its first bytes say it is.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::MAX_BYTES;
use crate::error::{Error, FieldError};
use crate::patients::PatientId;
use crate::visits::VisitId;
use crate::web::picture::{self, Bounds, Kind};
use crate::web::{Fields, Parse, id, words};

id!(
    /// A document's id.
    DocumentId
);

words!(
    /// What a document is about.
    Category {
        Other = "other", LabReport = "lab_report", BloodTest = "blood_test", Xray = "xray",
        CtScan = "ct_scan", Ultrasound = "ultrasound", Ecg = "ecg", CovidReport = "covid_report",
        DischargeSummary = "discharge_summary", Photo = "photo",
    }
);
words!(
    /// What the first bytes of a file say it is.
    ContentType { Pdf = "application/pdf", Jpeg = "image/jpeg", Png = "image/png" }
);

impl ContentType {
    /// What the bytes are. A name or a sender's claim does not count; anything else is refused with words.
    pub fn sniff(bytes: &[u8]) -> Result<ContentType, Error> {
        let refused = |code| Err(Error::field("file", code));
        match bytes {
            [] => refused("required"),
            [b'%', b'P', b'D', b'F', b'-', ..] => Ok(ContentType::Pdf),
            [0xff, 0xd8, 0xff, ..] => Ok(ContentType::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(ContentType::Png),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if is_heif(brand) => refused("heic"),
            _ => refused("no_document"),
        }
    }

    /// What a file of it is called at the end.
    pub fn extension(self) -> &'static str {
        match self {
            ContentType::Pdf => "pdf",
            ContentType::Jpeg => "jpg",
            ContentType::Png => "png",
        }
    }

    /// Whether a browser may show it in a page.
    pub fn is_picture(self) -> bool {
        self != ContentType::Pdf
    }
}

/// The brands under which phones write pictures that few programs read (ISO/IEC 23008-12).
fn is_heif(brand: &[u8]) -> bool {
    const BRANDS: [&[u8; 4]; 8] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
    BRANDS.iter().any(|known| brand.starts_with(known.as_slice()))
}

/// A phone's largest picture fits, and a sheet of A4 at 600 points an inch.
const BOUNDS: Bounds =
    Bounds { least: 1, most: 20_000, points: 50_000_000, ratio: 20_000, code: "picture_size" };

/// A file as it came, whole and known.
#[derive(Debug, Clone)]
pub struct Content {
    /// What it is.
    pub kind: ContentType,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub sha256: Vec<u8>,
}

impl Content {
    /// A file of a kind that is kept, not larger than is kept; a picture that can be shown.
    pub async fn of(bytes: Vec<u8>) -> Result<Content, Error> {
        if bytes.len() > MAX_BYTES {
            return Err(FieldError::new("file", "over_limit").with("max", 10).into());
        }
        let kind = ContentType::sniff(&bytes)?;
        let bytes = match kind {
            ContentType::Pdf => bytes,
            ContentType::Png => picture::proved(Kind::Png, bytes, BOUNDS).await?,
            ContentType::Jpeg => picture::proved(Kind::Jpeg, bytes, BOUNDS).await?,
        };
        let sha256 = Sha256::digest(&bytes).to_vec();
        Ok(Content { kind, bytes, sha256 })
    }
}

/// What somebody says of a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NewDocument {
    /// What it is about.
    pub category: Category,
    /// What it is called, 1–200 characters; the file's name where nothing is said.
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// The visit it belongs to.
    pub visit_id: Option<VisitId>,
    /// The file's name where it came from; shown, never believed.
    #[schema(max_length = 255)]
    pub file_name: Option<String>,
}

impl Parse for NewDocument {
    fn parse(fields: &mut Fields) -> NewDocument {
        NewDocument {
            category: fields.choice("category"),
            title: fields.text_opt("title", 200),
            visit_id: fields.id_opt("visit_id"),
            file_name: fields.text_opt("file_name", 255).map(|name| clean(&name)),
        }
    }
}

/// The last part of a path, without what cannot be stored.
pub(super) fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(255).collect()
}

impl NewDocument {
    /// What the document is called: what was said, or the file's name without its ending.
    pub(super) fn called(&self) -> Result<String, Error> {
        let of_file = || {
            let name = self.file_name.as_deref()?;
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            Some(stem.trim().chars().take(200).collect::<String>()).filter(|stem| !stem.is_empty())
        };
        let title = self.title.clone().or_else(of_file);
        title.ok_or_else(|| Error::field("title", "required"))
    }
}

/// A document that is set aside.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SetAside {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Uuid,
    /// Why.
    pub reason: String,
}

/// A document, without its bytes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Document {
    /// The document.
    pub document_id: DocumentId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// The visit it belongs to.
    pub visit_id: Option<VisitId>,
    /// The ordered test whose report it is.
    pub ordered_test_id: Option<Uuid>,
    /// What it is about.
    pub category: Category,
    /// What it is called.
    pub title: String,
    /// What the file was called where it came from.
    pub file_name: Option<String>,
    /// What its bytes are.
    pub content_type: ContentType,
    /// How many there are.
    pub size_bytes: i32,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// Who attached it.
    pub uploaded_by: Uuid,
    /// The name, for those who may see colleagues.
    pub uploaded_by_name: Option<String>,
    /// Set aside, where it is.
    pub archived: Option<SetAside>,
    /// The file's name in the clinic's folder, where it is in one.
    #[serde(skip)]
    pub place: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was attached.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Document {
    /// `340 KB`, `2.1 MB`: one figure that people compare.
    pub fn size(&self) -> String {
        let kilobytes = (self.size_bytes.max(0) + 1023) / 1024;
        if kilobytes < 1000 {
            return format!("{kilobytes} KB");
        }
        let tenths = (kilobytes * 10 + 512) / 1024;
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }

    /// A name for the file on somebody's disk: the title, of letters that every disk takes, and the ending
    /// that its bytes deserve.
    pub fn download_name(&self) -> (String, String) {
        let ending = self.content_type.extension();
        let kept = |c: char| !c.is_control() && !"/\\:*?\"<>|%;".contains(c);
        let whole: String = self.title.chars().filter(|c| kept(*c)).take(100).collect();
        let whole = whole.trim_matches(['.', ' ']);
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_ .".contains(c) { c } else { '_' };
        let ascii: String = whole.chars().map(plain).collect();
        let named = |stem: &str| {
            if stem.is_empty() { format!("document.{ending}") } else { format!("{stem}.{ending}") }
        };
        (named(&ascii), named(whole))
    }
}

/// Why a document is set aside.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reason {
    /// In words, 3–500 characters.
    #[schema(min_length = 3, max_length = 500)]
    pub reason: String,
}

impl Parse for Reason {
    fn parse(fields: &mut Fields) -> Reason {
        let reason = fields.text("reason", 500);
        if (1..3).contains(&reason.chars().count()) {
            fields.refuse("reason", "say_more");
        }
        Reason { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(outcome: Result<ContentType, Error>) -> String {
        match outcome {
            Ok(kind) => kind.as_str().to_owned(),
            Err(Error::Invalid(errors)) => errors[0].code.to_string(),
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn the_bytes_say_what_a_file_is() {
        let known: [(&[u8], &str); 10] = [
            (b"%PDF-1.7\n", "application/pdf"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "heic"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", "heic"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "no_document"),
            (b"<!doctype html><script>", "no_document"),
            (b"<svg xmlns=", "no_document"),
            (b"GIF89a", "no_document"),
            (b"", "required"),
        ];
        for (bytes, said) in known {
            assert_eq!(code(ContentType::sniff(bytes)), said, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_is_named_by_its_title_and_its_bytes() {
        let named = |title: &str| {
            let now = DateTime::UNIX_EPOCH;
            let document = Document {
                document_id: DocumentId::fresh(),
                patient_id: PatientId::fresh(),
                visit_id: None,
                ordered_test_id: None,
                category: Category::Other,
                title: title.into(),
                file_name: Some("x.html".into()),
                content_type: ContentType::Jpeg,
                size_bytes: 1,
                sha256: String::new(),
                uploaded_by: Uuid::nil(),
                uploaded_by_name: None,
                archived: None,
                place: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            document.download_name()
        };
        assert_eq!(named("Chest X-ray").0, "Chest X-ray.jpg");
        assert_eq!(named("../../etc/passwd").0, "etcpasswd.jpg");
        assert_eq!(named("a\"; filename=evil.exe").0, "a filename_evil.exe.jpg");
        assert_eq!(named("रक्त").1, "रक्त.jpg");
        assert_eq!(named("..").0, "document.jpg");
    }
}
