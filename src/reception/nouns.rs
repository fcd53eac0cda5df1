//! The words of the feature: somebody arrives, and perhaps stays.

use crate::patients::{NewPatient, Patient};
use crate::visits::{Told, Visit};
use crate::web::{Fields, Parse};

/// Somebody new at the counter.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Who that is.
    pub patient: NewPatient,
    /// What for, where the person is to wait at once.
    pub visit: Option<Told>,
}

impl Parse for Arrival {
    fn parse(fields: &mut Fields) -> Arrival {
        let patient = NewPatient::parse(fields);
        let visit = fields.flag("check_in").then(|| Told::parse(fields));
        Arrival { patient, visit }
    }
}

/// Who was registered, and the visit if there is one.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The new patient.
    pub patient: Patient,
    /// Waiting, with a token.
    pub visit: Option<Visit>,
}
