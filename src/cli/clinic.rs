//! `polyclinic clinic`

use clap::{Args, Subcommand};

use super::connect::{Platform, said};
use super::{Outcome, show};
use crate::control::{self, NewClinic, Query};
use crate::tenant::Slug;
use crate::web::Fields;

/// Open and list clinics.
#[derive(Debug, Subcommand)]
pub enum Clinic {
    /// Open a clinic; its people come with `user create`
    Create(Box<Create>),
    /// List the clinics
    List(List),
}

/// Open a clinic.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    platform: Platform,
    /// Its name in addresses: 3 to 40 characters, a-z, 0-9 and single dashes inside
    #[arg(long)]
    slug: Slug,
    /// Its name, as on the sign at the door
    #[arg(long)]
    name: String,
    /// IANA time zone
    #[arg(long, default_value = "Asia/Kolkata")]
    zone: String,
    /// ISO 4217 currency
    #[arg(long, default_value = "INR")]
    currency: String,
    /// Language and country
    #[arg(long, default_value = "en-IN")]
    locale: String,
    /// Registration number of the establishment
    #[arg(long)]
    registration: Option<String>,
    /// Street and house
    #[arg(long)]
    address: Option<String>,
    /// Town
    #[arg(long)]
    city: Option<String>,
    /// Phone
    #[arg(long)]
    phone: Option<String>,
    /// Email
    #[arg(long)]
    email: Option<String>,
}

/// List the clinics.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    platform: Platform,
}

impl Clinic {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Clinic::Create(command) => command.run().await,
            Clinic::List(command) => command.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> Outcome {
        let pairs = [
            ("slug", Some(self.slug.to_string())),
            ("name", Some(self.name)),
            ("zone", Some(self.zone)),
            ("currency", Some(self.currency)),
            ("locale", Some(self.locale)),
            ("registration_number", self.registration),
            ("address", self.address),
            ("city", self.city),
            ("phone", self.phone),
            ("email", self.email),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?)));
        let new: NewClinic = Fields::from_pairs(pairs).read().map_err(|e| said(&e))?;
        let opened = self.platform.write(async |db| control::create_clinic(db, &new).await).await?;
        println!(
            "{} is open as number {}: /clinic/{}/login",
            opened.name, opened.clinic_number, opened.slug
        );
        Ok(())
    }
}

impl List {
    async fn run(self) -> Outcome {
        show(&format!(
            "{:>6}  {:<40}  {:<10}  {:<10}  name\n",
            "number", "slug", "status", "since"
        ))?;
        let mut after = 0;
        loop {
            let query = Query { limit: 200, after };
            let mut page =
                self.platform.write(async |db| control::clinics(db, &query).await).await?;
            let more = page.len() > 200;
            page.truncate(200);
            for clinic in &page {
                let since = clinic.created_at.format("%Y-%m-%d").to_string();
                show(&format!(
                    "{:>6}  {:<40}  {:<10}  {since:<10}  {}\n",
                    clinic.clinic_number,
                    clinic.slug,
                    clinic.status.as_str(),
                    clinic.name
                ))?;
                after = clinic.clinic_number;
            }
            if !more {
                return Ok(());
            }
        }
    }
}
