//! The command line: one file a command.

pub mod connect;
mod demo;
mod import;
pub mod migrate;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One service, many clinics, and a wall between them that the database itself keeps.
#[derive(Debug, Parser)]
#[command(name = "polyclinic", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look around: a private PostgreSQL, two clinics with a month of work, a login for every role
    Demo(demo::Demo),
    /// Serve clinics from a database that `migrate` prepared
    Serve(Box<serve::Serve>),
    /// Bring data in from elsewhere
    Import(import::Imports),
    /// Bring a database up to date; the only command that needs the owner's login
    Migrate(migrate::Migrate),
}

/// What a command returns.
type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs a command to its end.
pub fn run(cli: Cli) -> ExitCode {
    // One cryptography for TLS, inside and out; a second installation is harmless.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let outcome = actix_web::rt::System::new().block_on(async {
        match cli.command {
            Command::Demo(command) => command.run().await,
            Command::Serve(command) => command.run().await,
            Command::Import(command) => command.run().await,
            Command::Migrate(command) => command.run().await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("polyclinic: {error}");
            ExitCode::FAILURE
        }
    }
}
