//! A job that somebody waits for: ordered inside a clinic or by the platform, leased at once by whoever ordered
//! it, who then enters the clinic with the permissions of its kind and nothing else.

use std::time::Duration;

use crate::db::{Mode, Pool, Tx};
use crate::error::Error;
use crate::tenant::{Db, Slug, enter_as_job};
use crate::web::id;

id!(
    /// A job's id.
    JobId
);

/// Times that a piece of work is tried while another transaction is in its way.
const TRIES: u32 = 6;

/// Orders a job for this clinic, in the transaction that makes it necessary. Whoever asks must hold the
/// permission that its kind needs.
pub async fn enqueue(db: &mut Db, kind: &str, args: &serde_json::Value) -> Result<JobId, Error> {
    let id = JobId::fresh();
    sqlx::query!("select gate.enqueue($1, $2, $3)", id.0, kind, args).execute(db.sql()?).await?;
    Ok(id)
}

/// Orders a job as the platform, which sees no patient; an unknown clinic is 404.
pub async fn order(platform: &Pool, slug: &Slug, kind: &str) -> Result<JobId, Error> {
    let id = JobId::fresh();
    let mut tx = Tx::begin(platform, Mode::Write).await?;
    let ordered = sqlx::query!(
        "insert into platform.jobs (job_id, clinic_id, kind)
         select $1, d.clinic_id, $3
         from platform.directory d
         where d.slug = $2 and d.status in ('active', 'trial')",
        id.0,
        slug.as_str(),
        kind
    )
    .execute(tx.connection()?)
    .await?;
    tx.commit().await?;
    if ordered.rows_affected() == 1 { Ok(id) } else { Err(Error::NotFound) }
}

/// Takes the job, or keeps it, for five minutes more.
async fn lease(worker: &Pool, id: JobId) -> Result<(), Error> {
    let mut tx = Tx::begin(worker, Mode::Write).await?;
    let leased = sqlx::query!(
        "update platform.jobs
         set state = 'leased', leased_until = clock_timestamp() + interval '5 minutes',
             attempts = attempts + case when state = 'queued' then 1 else 0 end
         where job_id = $1 and state in ('queued', 'leased')",
        id.0
    )
    .execute(tx.connection()?)
    .await?;
    tx.commit().await?;
    if leased.rows_affected() == 1 { Ok(()) } else { Err(Error::conflict("job_over")) }
}

/// One transaction inside the job's clinic, under a fresh lease. Work that met another transaction is done again.
pub async fn enter<T>(
    worker: &Pool,
    id: JobId,
    work: impl AsyncFn(&mut Db) -> Result<T, Error>,
) -> Result<T, Error> {
    for wait in 1..TRIES {
        let outcome = match lease(worker, id).await {
            Ok(()) => enter_as_job(worker, id.0, &work).await,
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if error.is_retryable() || matches!(error, Error::Busy) => {
                tokio::time::sleep(Duration::from_millis(50 * u64::from(wait))).await;
            }
            outcome => return outcome,
        }
    }
    lease(worker, id).await?;
    enter_as_job(worker, id.0, work).await
}

/// Ends the job.
pub async fn finish(worker: &Pool, id: JobId, done: bool) -> Result<(), Error> {
    let state = if done { "done" } else { "failed" };
    let mut tx = Tx::begin(worker, Mode::Write).await?;
    sqlx::query!(
        "update platform.jobs
         set state = $2, finished_at = clock_timestamp(), leased_until = null
         where job_id = $1",
        id.0,
        state
    )
    .execute(tx.connection()?)
    .await?;
    tx.commit().await
}
