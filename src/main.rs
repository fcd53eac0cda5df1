//! The program: a command line over the library.

use clap::Parser;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    polyclinic::cli::run(polyclinic::cli::Cli::parse())
}
