//! Believable clinics to look around in.

mod people;
mod sample;

pub use people::{People, forget, settle};
