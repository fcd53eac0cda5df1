//! An import that comes by HTTP: read as it arrives, never whole.

use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use super::{Import, ImportId, ImportStatus, Intake, JOB, Order, Run, Write};
use crate::error::Error;
use crate::jobs;
use crate::tenant::Clinic;

/// Most bytes of a file.
pub(super) const LIMIT: usize = 64 * 1024 * 1024;
/// Rows of a transaction.
const ROWS: usize = 500;
/// How long a client may take for the next piece.
const PATIENCE: Duration = Duration::from_secs(15);

/// A body with its limit.
pub(super) struct Body<S> {
    pub(super) stream: S,
    pub(super) left: usize,
}

impl<S: Stream<Item = Result<Bytes, Error>> + Unpin> Body<S> {
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
        let Some(bytes) = next.map_err(|_| Error::Malformed("timeout"))?.transpose()? else {
            return Ok(None);
        };
        self.left = self.left.checked_sub(bytes.len()).ok_or(Error::TooLarge)?;
        Ok(Some(bytes))
    }
}

/// Reads the file into the clinic. `key` makes a request that is sent twice one import; the flag says
/// that this one was complete already.
pub(super) async fn receive(
    clinic: &Clinic<Write>,
    order: Order,
    key: Option<&str>,
    stream: impl Stream<Item = Result<Bytes, Error>> + Unpin,
) -> Result<(Import, bool), Error> {
    clinic.enter().await?;
    let mut body = Body { stream, left: LIMIT };
    let mut intake = Intake::new(order.maps.clone(), ROWS);
    let columns = loop {
        if let Some(columns) = intake.header()? {
            break columns.clone();
        }
        match body.next().await? {
            Some(bytes) => intake.push(&bytes),
            None => intake.end(),
        }
    };
    let header_sha256 = intake.sha256();
    let opened = clinic.write(async |db| {
        let mut order = order.clone();
        order.import_id = key.map(|key| ImportId(Uuid::new_v5(&db.user(), key.as_bytes())));
        let import = super::open(db, &order, &columns, &header_sha256).await?;
        let args = serde_json::json!({ "import_id": import.import_id });
        if import.status == ImportStatus::Completed {
            return Ok((import, None));
        }
        if key.is_some() && import.dry_run != order.dry_run {
            return Err(reused());
        }
        Ok((import, Some(jobs::enqueue(db, JOB, &args).await?)))
    });
    let (import, job) = match opened.await {
        Err(Error::Conflict { code: "other_file", .. })
            if key.is_some() && order.resume.is_none() =>
        {
            return Err(reused());
        }
        opened => opened?,
    };
    let Some(job) = job else {
        return replay(import, intake, body).await.map(|import| (import, true));
    };
    let mut run = Run::new(&clinic.app().pools.worker, job, import, intake);
    let watch = run.watch();
    run.work().await?;
    while let Some(bytes) = body.next().await? {
        run.push(&bytes).await?;
    }
    let import = run.end().await?;
    watch.disarm();
    Ok((import, false))
}

/// The same request again, after its import was complete: the same file gets the same answer.
async fn replay<S: Stream<Item = Result<Bytes, Error>> + Unpin>(
    import: Import,
    mut intake: Intake,
    mut body: Body<S>,
) -> Result<Import, Error> {
    loop {
        while intake.batch()?.is_some() {}
        match body.next().await? {
            Some(bytes) => intake.push(&bytes),
            None => break,
        }
    }
    intake.end();
    while intake.batch()?.is_some() {}
    if import.file_sha256 == Some(hex::encode(intake.sha256())) {
        return Ok(import);
    }
    Err(reused())
}

fn reused() -> Error {
    Error::field("Idempotency-Key", "reused")
}
