//! `polyclinic admin`

use clap::{Args, Subcommand};
use url::Url;

use super::Outcome;
use super::connect::{Platform, said};
use crate::auth::links;
use crate::control;
use crate::patients;
use crate::web::Fields;

/// Make somebody who runs the platform.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make a super-admin and print the one-time link to choose a password
    Create(Create),
}

/// Make a super-admin.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    platform: Platform,
    /// Email, which is also what one signs in with
    #[arg(long)]
    email: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// Where the service is reached, to print the whole link
    #[arg(long, env = "POLYCLINIC_BASE_URL")]
    base_url: Option<Url>,
}

impl Admin {
    pub(super) async fn run(self) -> Outcome {
        let Admin::Create(command) = self;
        command.run().await
    }
}

impl Create {
    async fn run(self) -> Outcome {
        let pairs = [("email".to_owned(), self.email), ("name".to_owned(), self.name)];
        let mut fields = Fields::from_pairs(pairs);
        let (email, name) = (patients::email(&mut fields, "email"), fields.name("name", 150));
        fields.finish().map_err(|e| said(&e))?;
        let email = email.ok_or("email: Fill this in.")?;
        let link = links::fresh();
        self.platform
            .write(async |db| control::create_super_admin(db, &email, &name, &link).await)
            .await?;
        eprintln!(
            "{name} runs the platform. The link to choose a password is good once, for three days:"
        );
        println!("{}", whole(self.base_url.as_ref(), &link.path));
        Ok(())
    }
}

/// The link as it is to be passed on.
pub(super) fn whole(base_url: Option<&Url>, path: &str) -> String {
    match base_url {
        Some(base) => format!("{}{path}", base.as_str().trim_end_matches('/')),
        None => path.to_owned(),
    }
}
