//! A month of work: patients, visits, prescriptions, and a queue for today.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::month::{self, House};
use super::plant;
use super::rows::CounterRow;
use super::{People, today};
use crate::cli::connect::DatabaseUrls;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Plants the month and today's queue, or nothing where an empty clinic was asked for.
pub async fn plant(urls: &DatabaseUrls, people: &People, empty: bool) -> Outcome<()> {
    if empty {
        return Ok(());
    }
    let mut db = PgConnection::connect(&urls.superuser).await?;
    for clinic in &people.clinics {
        let slug = &clinic.slug;
        begin(&mut db).await?;
        let (id, mut house, midnight) = house(&mut db, people, slug).await?;
        plant::enter(&mut db, id).await?;
        people_of(&mut db, id, &mut house).await?;
        plant::catalogue(&mut db, id).await?;
        plant::rows(&mut db, id, &house, &month::invent(&house)).await?;
        plant::portal(&mut db, id, &house).await?;
        todays(&mut db, id, &house, midnight).await?;
        end(&mut db).await?;
    }
    db.close().await?;
    Ok(())
}

/// On a later day's start: today's queue, where a clinic has patients and nobody came yet.
pub async fn freshen(urls: &DatabaseUrls, people: &People) -> Outcome<()> {
    let mut db = PgConnection::connect(&urls.superuser).await?;
    for clinic in &people.clinics {
        begin(&mut db).await?;
        let (id, mut house, midnight) = house(&mut db, people, &clinic.slug).await?;
        plant::enter(&mut db, id).await?;
        people_of(&mut db, id, &mut house).await?;
        todays(&mut db, id, &house, midnight).await?;
        end(&mut db).await?;
    }
    db.close().await?;
    Ok(())
}

async fn todays(
    db: &mut PgConnection,
    id: i64,
    house: &House,
    midnight: DateTime<Utc>,
) -> Outcome<()> {
    let guests = plant::guests(db, id, house).await?;
    if i64::try_from(guests.len())? < today::GUESTS {
        return Ok(());
    }
    let mut rows = today::queue(house, midnight, &guests);
    let value = i32::try_from(rows.visits.len())?;
    rows.counters.push(CounterRow { kind: "token", period: house.today.to_string(), value });
    plant::rows(db, id, house, &rows).await
}

async fn begin(db: &mut PgConnection) -> Outcome<()> {
    sqlx::query!("begin").execute(db).await?;
    Ok(())
}

async fn end(db: &mut PgConnection) -> Outcome<()> {
    sqlx::query!("commit").execute(db).await?;
    Ok(())
}

/// The clinic as the directory has it, and when its day began.
async fn house(
    db: &mut PgConnection,
    people: &People,
    slug: &str,
) -> Outcome<(i64, House, DateTime<Utc>)> {
    let row = sqlx::query!(
        r#"
        select d.clinic_id, d.clinic_number, d.zone, now() as "now!",
               (now() at time zone d.zone)::date as "today!",
               ((now() at time zone d.zone)::date)::timestamp at time zone d.zone as "midnight!"
        from platform.directory d
        where d.slug = $1
        "#,
        slug
    )
    .fetch_one(db)
    .await?;
    let clinic = people.clinics.iter().find(|clinic| clinic.slug == slug);
    let login = clinic.and_then(|c| c.users.iter().find(|u| u.identifier == "patient"));
    let name = login.map(|login| login.name.as_str()).unwrap_or_default();
    let (given, family) = name.split_once(' ').unwrap_or((name, name));
    let house = House {
        number: row.clinic_number,
        city: if slug == "apollo" { "Nagpur" } else { "Pune" },
        zone: row.zone.parse().unwrap_or(chrono_tz::UTC),
        now: row.now,
        today: row.today,
        reception: Uuid::nil(),
        nurse: Uuid::nil(),
        doctors: Vec::new(),
        portal: (given.to_owned(), family.to_owned()),
    };
    Ok((row.clinic_id, house, row.midnight))
}

/// Who did the work.
async fn people_of(db: &mut PgConnection, id: i64, house: &mut House) -> Outcome<()> {
    for (identifier, user, practitioner) in plant::staff(db, id).await? {
        match (identifier.as_str(), practitioner) {
            ("reception", _) => house.reception = user,
            ("nurse", _) => house.nurse = user,
            (_, Some(practitioner)) => house.doctors.push((user, practitioner)),
            _ => {}
        }
    }
    Ok(())
}
