//! All SQL about the queue, as the worker's login.

use uuid::Uuid;

use crate::db::{Mode, Pool, Tx};
use crate::error::Error;

/// A leased job.
#[derive(Debug)]
pub struct Job {
    /// Its id, which opens its clinic.
    pub job_id: Uuid,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// How a lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Done.
    Done,
    /// To be tried again, later each time.
    Again,
    /// Given up.
    Failed,
}

/// The next due job of the kinds this worker knows. Two workers never get the same.
pub(super) async fn lease(pool: &Pool, seconds: i32) -> Result<Option<Job>, Error> {
    let mut tx = Tx::begin(pool, Mode::Write).await?;
    let job = sqlx::query_as!(
        Job,
        r#"
        update platform.jobs j
        set state = 'leased', attempts = j.attempts + 1,
            leased_until = clock_timestamp() + make_interval(secs => $1)
        where j.job_id = (
          select due.job_id
          from platform.jobs due
          where due.state in ('queued', 'leased')
            and due.kind = 'seal'
            and due.run_at <= clock_timestamp()
            and (due.state = 'queued' or due.leased_until < clock_timestamp())
          order by due.run_at
          limit 1
          for update skip locked)
        returning j.job_id, j.attempts
        "#,
        f64::from(seconds)
    )
    .fetch_optional(tx.connection()?)
    .await?;
    tx.commit().await?;
    Ok(job)
}

pub(super) async fn settle(pool: &Pool, job: &Job, lease: Lease) -> Result<(), Error> {
    let state = match lease {
        Lease::Done => "done",
        Lease::Again => "queued",
        Lease::Failed => "failed",
    };
    let mut tx = Tx::begin(pool, Mode::Write).await?;
    sqlx::query!(
        "update platform.jobs
         set state = $2, leased_until = null,
             run_at = case when $2 = 'queued' then clock_timestamp() + make_interval(secs => power(4, attempts)) else run_at end,
             finished_at = case when $2 = 'queued' then null else clock_timestamp() end
         where job_id = $1 and state = 'leased' and attempts = $3",
        job.job_id,
        state,
        job.attempts
    )
    .execute(tx.connection()?)
    .await?;
    tx.commit().await
}

pub(super) async fn schedule_upkeep(pool: &Pool, seconds: i32) -> Result<(), Error> {
    let mut tx = Tx::begin(pool, Mode::Write).await?;
    sqlx::query_scalar!("select gate.schedule_upkeep($1)", seconds)
        .fetch_one(tx.connection()?)
        .await?;
    sqlx::query_scalar!("select gate.bury_imports()").fetch_one(tx.connection()?).await?;
    tx.commit().await
}
