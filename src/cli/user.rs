//! `polyclinic user`

use clap::{Args, Subcommand};
use url::Url;

use super::Outcome;
use super::connect::{Platform, said};
use crate::auth::links;
use crate::control;
use crate::staff::Invitation;
use crate::tenant::Slug;
use crate::web::Fields;

/// Make somebody who works in a clinic.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make a person of a clinic and print the one-time link to choose a password
    Create(Box<Create>),
}

/// Make a person of a clinic.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    platform: Platform,
    /// The clinic's slug
    #[arg(long)]
    clinic: Slug,
    /// admin, doctor, nurse, receptionist, `lab_tech`, pharmacist or cashier
    #[arg(long)]
    role: String,
    /// What the person types to sign in
    #[arg(long)]
    identifier: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// Email; with the one of an account that exists, that account works here too
    #[arg(long)]
    email: Option<String>,
    /// A doctor's field of work
    #[arg(long)]
    specialization: Option<String>,
    /// A doctor's degrees
    #[arg(long)]
    qualification: Option<String>,
    /// A doctor's registration number
    #[arg(long)]
    licence: Option<String>,
    /// Where the service is reached, to print the whole link
    #[arg(long, env = "POLYCLINIC_BASE_URL")]
    base_url: Option<Url>,
}

impl User {
    pub(super) async fn run(self) -> Outcome {
        let User::Create(command) = self;
        command.run().await
    }
}

impl Create {
    async fn run(self) -> Outcome {
        let pairs = [
            ("role", Some(self.role)),
            ("identifier", Some(self.identifier)),
            ("name", Some(self.name)),
            ("email", self.email),
            ("specialization", self.specialization),
            ("qualification", self.qualification),
            ("licence_number", self.licence),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?)));
        let new: Invitation = Fields::from_pairs(pairs).read().map_err(|e| said(&e))?;
        let (slug, link) = (self.clinic, links::fresh());
        self.platform.write(async |db| control::create_user(db, &slug, &new, &link).await).await?;
        eprintln!(
            "{} is {} at {slug}. The link to choose a password is good once, for three days:",
            new.named.name, new.named.role
        );
        println!("{}", super::admin::whole(self.base_url.as_ref(), &link.path));
        Ok(())
    }
}
