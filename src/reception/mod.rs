//! Reception: what somebody at the counter does all day. One screen finds or registers and checks in; the
//! day stands in figures; who came when can be counted.

mod desk;
mod nouns;
mod today;
mod twins;

pub use nouns::{Arrival, Arrived};

use crate::error::Error;
use crate::patients;
use crate::tenant::{Db, permission};
use crate::visits::{self, NewVisit};
use crate::web::Routes;

permission!(
    /// Register somebody, and check in at once.
    Receive = "patients:register"
);
permission!(
    /// Open the day at the counter.
    Open = "visits:checkin"
);

/// Pages.
pub fn routes(config: &mut Routes) {
    today::routes(config);
    desk::routes(config);
}

/// Registers somebody new and, where it was asked, checks the person in, both or neither. Somebody alike
/// is shown first (409 `possible_duplicate`) unless the caller has looked.
pub async fn receive(db: &mut Db, arrival: &Arrival) -> Result<Arrived, Error> {
    let patient = patients::register(db, &arrival.patient).await?;
    let visit = match arrival.visit.clone() {
        None => None,
        Some(told) => {
            let new = NewVisit { patient_id: patient.patient_id, told };
            Some(visits::check_in(db, &new).await?)
        }
    };
    Ok(Arrived { patient, visit })
}
