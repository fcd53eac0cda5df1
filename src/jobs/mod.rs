//! Work that no request waits for. Jobs are rows: queued in the transaction that makes them necessary, leased
//! by a worker, done once or tried again. A job names a clinic, a kind and ids; never a patient's data.

mod errand;
mod store;
mod upkeep;

use std::time::Duration;

use actix_web::web::Data;
pub use errand::{JobId, enqueue, enter, finish, order};
pub use store::{Job, Lease};

use crate::app::App;
use crate::error::Error;

/// How long a worker may take before another may try.
const LEASE_SECONDS: i32 = 60;
/// How often the queue is asked when it was empty. There is nothing urgent in it.
const PAUSE: Duration = Duration::from_secs(5);
/// Upkeep of a clinic comes round in so many seconds.
const UPKEEP_SECONDS: i32 = 300;

/// Works for as long as the service lives. Stopping in the middle loses nothing: the lease runs out.
pub async fn work(app: Data<App>) {
    while !app.is_draining() {
        match turn(&app).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                tracing::warn!(code = error.code(), "The worker could not ask for work");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Takes one due job and does it. `false` when none is due; upkeep is then scheduled.
pub async fn turn(app: &App) -> Result<bool, Error> {
    let Some(job) = store::lease(&app.pools.worker, LEASE_SECONDS).await? else {
        store::schedule_upkeep(&app.pools.worker, UPKEEP_SECONDS).await?;
        return Ok(false);
    };
    let lease = match upkeep::run(app, &job).await {
        Ok(()) => Lease::Done,
        Err(error) => {
            tracing::warn!(job.id = %job.job_id, code = error.code(), "A job failed and will be tried again");
            if job.attempts >= 5 { Lease::Failed } else { Lease::Again }
        }
    };
    store::settle(&app.pools.worker, &job, lease).await?;
    Ok(true)
}
