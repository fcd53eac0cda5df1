//! The demo's clinics and one login for every role.

use std::path::Path;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::auth::{links, passwords};
use crate::cli::connect::DatabaseUrls;

/// Somebody who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// Role in the grid.
    pub role: String,
    /// What to type.
    pub identifier: String,
    /// What to type next.
    pub password: String,
    /// Whose it is.
    pub name: String,
}

/// A clinic of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoClinic {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// One login a role.
    pub users: Vec<Login>,
}

/// Everybody in the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct People {
    /// The clinics.
    pub clinics: Vec<DemoClinic>,
    /// The platform's administrator.
    pub super_admin: Login,
}

/// Where the logins are kept between starts.
const KEPT: &str = "people.json";

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const CLINICS: [(&str, &str, &str, &str); 2] = [
    ("santkrupa", "Santkrupa Hospital", "Pune", "MH/PUN/2019/00417"),
    ("apollo", "Apollo Clinic", "Nagpur", "MH/NAG/2021/00093"),
];

/// Role, identifier, and the person's name in each of the two clinics.
const STAFF: [(&str, &str, [&str; 2]); 9] = [
    ("admin", "admin", ["Sunita Deshpande", "Farhan Qureshi"]),
    ("doctor", "doctor", ["Dr. Anil Kulkarni", "Dr. Leela Menon"]),
    ("doctor", "doctor2", ["Dr. Meera Joshi", "Dr. Tara Bhat"]),
    ("nurse", "nurse", ["Rekha Pawar", "Grace D'Souza"]),
    ("receptionist", "reception", ["Asha Jadhav", "Nisha Rao"]),
    ("lab_tech", "lab", ["Vikram Shinde", "Imran Sheikh"]),
    ("pharmacist", "pharmacy", ["Pooja Gaikwad", "Joseph Thomas"]),
    ("cashier", "cashier", ["Ramesh Patil", "Kavita Iyer"]),
    ("patient", "patient", ["Savita More", "Arjun Nair"]),
];

/// Identifier, field of work, degrees and licence number of those who practise.
const DOCTORS: [(&str, &str, &str, &str); 2] = [
    ("doctor", "General medicine", "MBBS, MD", "MMC/2008/04417"),
    ("doctor2", "Paediatrics", "MBBS, DCH", "MMC/2014/02093"),
];

/// Makes clinics and logins at the first start; afterwards says who they are.
pub async fn settle(dir: &Path, urls: &DatabaseUrls, empty: bool) -> Outcome<People> {
    let kept = dir.join(KEPT);
    if let Ok(text) = std::fs::read_to_string(&kept) {
        let people = serde_json::from_str(&text)?;
        if !empty {
            super::sample::freshen(urls, &people).await?;
        }
        return Ok(people);
    }
    let people = invent();
    let mut platform = PgConnection::connect(&urls.platform).await?;
    let mut auth = PgConnection::connect(&urls.auth).await?;
    for (clinic, (_, _, city, registration)) in people.clinics.iter().zip(CLINICS) {
        let slug = &clinic.slug;
        sqlx::query!(
            "select gate.create_clinic($1, $2, 'Asia/Kolkata', 'INR', 'en-IN', $3, $4, $5, $6, $7)",
            slug,
            clinic.name,
            registration,
            "12 Station Road",
            city,
            "+91 20 2553 0417",
            format!("care@{slug}.example")
        )
        .fetch_one(&mut platform)
        .await?;
        for login in &clinic.users {
            let link = links::fresh();
            let user = Uuid::now_v7();
            sqlx::query!(
                "select gate.create_user($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                slug,
                user,
                Uuid::now_v7(),
                login.role,
                login.identifier,
                format!("{}@{slug}.example", login.identifier),
                login.name,
                link.sha256,
                links::LIFE_SECONDS
            )
            .fetch_one(&mut platform)
            .await?;
            use_link(&mut auth, &link.sha256, &login.password).await?;
            if let Some((_, field, degrees, licence)) =
                DOCTORS.iter().find(|(identifier, ..)| *identifier == login.identifier)
            {
                sqlx::query!(
                    "select gate.create_practitioner($1, $2, $3, $4, $5, $6)",
                    slug,
                    Uuid::now_v7(),
                    user,
                    field,
                    degrees,
                    licence
                )
                .fetch_one(&mut platform)
                .await?;
            }
        }
    }
    let admin = &people.super_admin;
    let link = links::fresh();
    sqlx::query!(
        "select gate.create_super_admin($1, $2, $3, $4, $5, $6)",
        Uuid::now_v7(),
        Uuid::now_v7(),
        admin.identifier,
        admin.name,
        link.sha256,
        links::LIFE_SECONDS
    )
    .fetch_one(&mut platform)
    .await?;
    use_link(&mut auth, &link.sha256, &admin.password).await?;
    platform.close().await?;
    auth.close().await?;
    super::sample::plant(urls, &people, empty).await?;
    std::fs::write(&kept, serde_json::to_string_pretty(&people)?)?;
    Ok(people)
}

/// Forgets the logins of an earlier demo.
pub fn forget(dir: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(dir.join(KEPT)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn use_link(auth: &mut PgConnection, sha256: &[u8], password: &str) -> Outcome<()> {
    let phc = passwords::hash(&SecretString::from(password))?;
    sqlx::query!("select gate.use_password_link($1, $2)", sha256, phc).fetch_one(auth).await?;
    Ok(())
}

fn invent() -> People {
    let clinics = CLINICS.iter().enumerate().map(|(at, (slug, name, _, _))| DemoClinic {
        slug: (*slug).into(),
        name: (*name).into(),
        users: STAFF
            .iter()
            .map(|(role, identifier, names)| Login {
                role: (*role).into(),
                identifier: (*identifier).into(),
                password: password(),
                name: names.get(at).map_or_else(String::new, ToString::to_string),
            })
            .collect(),
    });
    People {
        clinics: clinics.collect(),
        super_admin: Login {
            role: "super_admin".into(),
            identifier: "root@polyclinic.example".into(),
            password: password(),
            name: "Platform Administrator".into(),
        },
    }
}

/// Three words and a number: easy to type from a table.
fn password() -> String {
    const WORDS: [&str; 32] = [
        "amber", "banyan", "cedar", "dune", "ember", "fern", "garnet", "harbor", "indigo",
        "jasmine", "kite", "lotus", "maple", "nectar", "olive", "pebble", "quartz", "river",
        "saffron", "tamarind", "umber", "velvet", "willow", "yarrow", "zephyr", "basil", "coral",
        "delta", "echo", "fjord", "grove", "heron",
    ];
    let word = || {
        let at = usize::from(rand::random::<u8>() % 32);
        WORDS.get(at).copied().unwrap_or("amber")
    };
    format!("{}-{}-{}-{}", word(), word(), word(), 10 + rand::random::<u8>() % 90)
}

impl People {
    /// Prints where to go and with what, as a table.
    pub fn print(&self, base_url: &str, dir: &Path) {
        println!("\npolyclinic is open at {base_url}   (data: {})\n", dir.display());
        for clinic in &self.clinics {
            println!("{}   {base_url}/clinic/{}/login", clinic.name, clinic.slug);
            println!("  {:<14}{:<12}{:<28}name", "role", "identifier", "password");
            for login in &clinic.users {
                println!(
                    "  {:<14}{:<12}{:<28}{}",
                    login.role, login.identifier, login.password, login.name
                );
            }
            println!();
        }
        let admin = &self.super_admin;
        println!("Platform   {base_url}/admin/login");
        println!("  {:<14}{}   {}\n", admin.role, admin.identifier, admin.password);
        println!("Ctrl-C stops it; the data stays. demo.json there says all this to programs.");
    }
}
