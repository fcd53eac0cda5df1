//! The command line: one file a command.

mod admin;
mod bench;
mod clinic;
pub mod connect;
mod demo;
mod doctor;
mod import;
pub mod migrate;
mod serve;
mod user;

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
    /// Measure the service against the bare database: a private server, wrk and pgbench in turns
    Bench(bench::Bench),
    /// Bring data in from elsewhere
    Import(import::Imports),
    /// Bring a database up to date; the only command that needs the owner's login
    Migrate(migrate::Migrate),
    /// Ask the database about every rule of the house, and print the configuration without its secrets
    Doctor(Box<doctor::Doctor>),
    /// Open and list clinics
    #[command(subcommand)]
    Clinic(clinic::Clinic),
    /// Make somebody who runs the platform
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Make somebody who works in a clinic
    #[command(subcommand)]
    User(user::User),
}

/// What a command returns.
type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Writes an answer to standard output. Whoever closed it, such as `head`, has read enough.
fn show(text: &str) -> Outcome {
    use std::io::{ErrorKind, Write};
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Runs a command to its end.
pub fn run(cli: Cli) -> ExitCode {
    // One cryptography for TLS, inside and out; a second installation is harmless.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let outcome = actix_web::rt::System::new().block_on(async {
        match cli.command {
            Command::Demo(command) => command.run().await,
            Command::Serve(command) => command.run().await,
            Command::Bench(command) => command.run().await,
            Command::Import(command) => command.run().await,
            Command::Migrate(command) => command.run().await,
            Command::Doctor(command) => command.run().await,
            Command::Clinic(command) => command.run().await,
            Command::Admin(command) => command.run().await,
            Command::User(command) => command.run().await,
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
