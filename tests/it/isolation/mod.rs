//! The wall, attacked: raw SQL as the service's own logins, which no handler would ever send. Whatever
//! is tried in north, nothing of south is read, counted, changed or told.

mod accounts;
mod attempt;
mod contexts;
mod doors;
mod glance;
mod guesses;
mod injection;
mod leftovers;
mod matrix;
mod probes;
mod stage;
mod tools;
