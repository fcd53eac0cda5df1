//! Visits and the queue.

pub mod events;
