//! Believable clinics to look around in.

mod clinical;
mod conditions;
mod crowd;
mod dice;
mod month;
mod names;
mod people;
mod plant;
mod rows;
mod sample;
mod today;

pub use people::{People, forget, settle};
