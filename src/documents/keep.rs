//! Where the bytes are: one trait, two ways. In the database they are pieces behind the wall; in a directory each
//! clinic has a folder of its own and every file a name that nobody guesses. Either way the document's row, which
//! the wall guards, is asked first: without it nobody knows the name.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::future::LocalBoxFuture;
use rand::Rng;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Content, Document, store};
use crate::error::Error;
use crate::tenant::Db;

/// Bytes of a piece: what one answer of a store holds.
pub const PIECE: usize = 256 * 1024;
/// Files that are received at once; each is in memory until it is kept.
const AT_ONCE: usize = 6;
/// How long somebody waits for a turn.
const TURN: Duration = Duration::from_secs(5);

type Answer<'a, T> = LocalBoxFuture<'a, Result<T, Error>>;

/// A place for bytes.
pub trait Store: Send + Sync {
    /// What can be done before there is a transaction. The name to keep with the document, where there is one.
    fn stow<'a>(&'a self, clinic: i32, content: &'a Content) -> Answer<'a, Option<String>>;

    /// What must be done in the transaction that writes the document.
    fn keep<'a>(&'a self, db: &'a mut Db, of: &'a Document, content: &'a Content)
    -> Answer<'a, ()>;

    /// The document did not come to be: what was stowed is forgotten.
    fn forget<'a>(&'a self, clinic: i32, place: &'a str) -> LocalBoxFuture<'a, ()>;

    /// A piece of a document that the wall let through, counted from 0.
    fn piece<'a>(&'a self, db: &'a mut Db, of: &'a Document, number: i32) -> Answer<'a, Bytes>;
}

/// Keeps the bytes beside the rows: one backup holds both.
struct InDatabase;

impl Store for InDatabase {
    fn stow<'a>(&'a self, _clinic: i32, _content: &'a Content) -> Answer<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    fn keep<'a>(
        &'a self,
        db: &'a mut Db,
        of: &'a Document,
        content: &'a Content,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            for (number, bytes) in (0..).zip(content.bytes.chunks(PIECE)) {
                store::insert_piece(db, of, number, bytes).await?;
            }
            Ok(())
        })
    }

    fn forget<'a>(&'a self, _clinic: i32, _place: &'a str) -> LocalBoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn piece<'a>(&'a self, db: &'a mut Db, of: &'a Document, number: i32) -> Answer<'a, Bytes> {
        Box::pin(async move {
            let bytes = store::piece(db, of.document_id, number).await?;
            bytes.map(Bytes::from).ok_or_else(|| lost("a piece is missing"))
        })
    }
}

/// Keeps the bytes in `<root>/<clinic number>/<two letters>/<name>`. A name is 256 bits of chance and only the
/// document's row has it. What a crash leaves between file and row is a file without a row: nobody finds it.
struct InDirectory {
    root: PathBuf,
}

impl InDirectory {
    fn path(&self, clinic: i32, place: &str) -> Result<PathBuf, Error> {
        let known = place.len() == 64 && place.bytes().all(|b| b.is_ascii_hexdigit());
        let folder = place.get(..2).filter(|_| known);
        let folder = folder.ok_or_else(|| lost("a file's name is none"))?;
        Ok(self.root.join(clinic.to_string()).join(folder).join(place))
    }
}

/// Written whole under another name first: whoever finds a file finds all of it, also after a crash.
async fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
    let part = path.with_extension("part");
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&part).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&part, path).await?;
    tokio::fs::File::open(folder).await?.sync_all().await
}

async fn read(path: &Path, from: u64) -> std::io::Result<Vec<u8>> {
    let mut file = tokio::fs::File::open(path).await?;
    file.seek(std::io::SeekFrom::Start(from)).await?;
    let mut bytes = Vec::with_capacity(PIECE);
    file.take(u64::try_from(PIECE).unwrap_or(0)).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

impl Store for InDirectory {
    fn stow<'a>(&'a self, clinic: i32, content: &'a Content) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            let mut name = [0_u8; 32];
            rand::rng().fill_bytes(&mut name);
            let place = hex::encode(name);
            write(&self.path(clinic, &place)?, &content.bytes).await.map_err(|e| broken(&e))?;
            Ok(Some(place))
        })
    }

    fn keep<'a>(
        &'a self,
        _db: &'a mut Db,
        _of: &'a Document,
        _content: &'a Content,
    ) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn forget<'a>(&'a self, clinic: i32, place: &'a str) -> LocalBoxFuture<'a, ()> {
        Box::pin(async move {
            if let Ok(path) = self.path(clinic, place)
                && tokio::fs::remove_file(path).await.is_err()
            {
                tracing::warn!("A file without a document could not be removed");
            }
        })
    }

    fn piece<'a>(&'a self, db: &'a mut Db, of: &'a Document, number: i32) -> Answer<'a, Bytes> {
        Box::pin(async move {
            let place = of.place.as_deref().ok_or_else(|| lost("a file has no name"))?;
            let from = u64::try_from(number).unwrap_or(0) * u64::try_from(PIECE).unwrap_or(0);
            let path = self.path(db.who().clinic_number, place)?;
            Ok(read(&path, from).await.map_err(|e| broken(&e))?.into())
        })
    }
}

fn lost(what: &str) -> Error {
    Error::Internal(format!("documents: {what}"))
}

/// The system's words name a path, and a path is a secret: its kind is enough.
fn broken(error: &std::io::Error) -> Error {
    Error::Internal(format!("documents: {}", error.kind()))
}

/// Where documents go, where they are, and how many come in at once.
pub struct Archive {
    database: InDatabase,
    directory: Option<InDirectory>,
    turns: Arc<Semaphore>,
}

impl Archive {
    /// New documents go into the directory, if there is one, else into the database.
    pub fn new(directory: Option<PathBuf>) -> Archive {
        Archive {
            database: InDatabase,
            directory: directory.map(|root| InDirectory { root }),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Where a new document goes.
    pub(super) fn chosen(&self) -> &dyn Store {
        match &self.directory {
            Some(directory) => directory,
            None => &self.database,
        }
    }

    /// Where this document is: a directory that was chosen later does not move what was kept before.
    pub(super) fn of(&self, document: &Document) -> Result<&dyn Store, Error> {
        match (&document.place, &self.directory) {
            (None, _) => Ok(&self.database),
            (Some(_), Some(directory)) => Ok(directory),
            (Some(_), None) => Err(lost("POLYCLINIC_DOCUMENTS_DIR is not set")),
        }
    }

    /// A turn to receive a file.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, Error> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await;
        turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
    }
}
