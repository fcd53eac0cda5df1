//! A running import: bytes in, committed batches out.

use super::{Import, ImportId, Intake};
use crate::db::Pool;
use crate::error::Error;
use crate::jobs::{self, JobId};

/// Times that a batch is tried while others register the same ids.
const TRIES: u8 = 3;

/// An import under way, inside its job.
pub struct Run<'a> {
    worker: &'a Pool,
    job: JobId,
    import: Import,
    intake: Intake,
}

impl<'a> Run<'a> {
    /// Goes on where the import's account stands.
    pub fn new(worker: &'a Pool, job: JobId, import: Import, mut intake: Intake) -> Run<'a> {
        intake.continue_after(import.rows_done, import.done_sha256.clone());
        Run { worker, job, import, intake }
    }

    /// The account so far.
    pub fn import(&self) -> &Import {
        &self.import
    }

    /// Reads more of the file and works off every full batch. No connection is held in between.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.intake.push(bytes);
        self.work().await
    }

    /// Works off what was read already.
    pub async fn work(&mut self) -> Result<(), Error> {
        let id = self.import.import_id;
        while let Some(batch) = self.intake.batch()? {
            let mut tries = 1;
            self.import = loop {
                let done = jobs::enter(self.worker, self.job, async |db| {
                    super::apply(db, id, &batch).await
                });
                match done.await {
                    // Somebody registered one of the ids just now: now it is found.
                    Err(Error::Invalid(_)) if tries < TRIES => tries += 1,
                    outcome => break outcome?,
                }
            };
        }
        Ok(())
    }

    /// The file is over: works off the rest and closes the account and the job.
    pub async fn end(&mut self) -> Result<Import, Error> {
        self.intake.end();
        self.work().await?;
        let (id, sha256) = (self.import.import_id, self.intake.sha256());
        let complete = async |db: &mut _| super::complete(db, id, &sha256).await;
        let import = jobs::enter(self.worker, self.job, complete).await?;
        jobs::finish(self.worker, self.job, true).await?;
        Ok(import)
    }

    /// Marks it as interrupted unless [`Watch::disarm`] is called: also when the client has gone and the
    /// handler is simply dropped.
    pub fn watch(&self) -> Watch {
        Watch { left: Some((self.worker.clone(), self.job, self.import.import_id)) }
    }

    /// Stops half way; what is committed stays, and the import can be continued.
    pub async fn stop(&self) {
        stop(self.worker, self.job, self.import.import_id).await;
    }
}

async fn stop(worker: &Pool, job: JobId, id: ImportId) {
    let interrupt = async |db: &mut _| super::interrupt(db, id).await;
    if jobs::enter(worker, job, interrupt).await.is_err()
        || jobs::finish(worker, job, false).await.is_err()
    {
        tracing::warn!(import.id = %id, "An import could not be marked as interrupted");
    }
}

/// Whoever holds it is still at work.
pub struct Watch {
    left: Option<(Pool, JobId, ImportId)>,
}

impl Watch {
    /// The import came to its end.
    pub fn disarm(mut self) {
        self.left = None;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((worker, job, id)) = self.left.take() {
            actix_web::rt::spawn(async move { stop(&worker, job, id).await });
        }
    }
}
