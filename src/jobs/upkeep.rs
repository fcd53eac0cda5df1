//! The upkeep of one clinic: seal what its trail has gained, forget old answers.

use super::Job;
use crate::app::App;
use crate::error::Error;
use crate::tenant::enter_as_job;

pub(super) async fn run(app: &App, job: &Job) -> Result<(), Error> {
    enter_as_job(&app.pools.worker, job.job_id, async |db| {
        let sealed = sqlx::query_scalar!(r#"select polyclinic.seal_history() as "sealed!""#)
            .fetch_one(db.sql()?)
            .await?;
        let swept = sqlx::query_scalar!(r#"select polyclinic.sweep() as "swept!""#)
            .fetch_one(db.sql()?)
            .await?;
        let files = sqlx::query_scalar!(r#"select polyclinic.sweep_files() as "files!""#)
            .fetch_one(db.sql()?)
            .await?;
        if sealed + swept + files > 0 {
            tracing::debug!(sealed, swept, "Upkeep done");
        }
        Ok(())
    })
    .await
}
