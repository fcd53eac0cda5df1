//! All SQL of the figures.

use super::{Counted, Decisions, DoctorCount, Figures, Now, TestCount};
use crate::error::Error;
use crate::practitioners::PractitionerId;
use crate::tenant::Db;

pub(super) async fn now(db: &mut Db) -> Result<(Now, Decisions), Error> {
    let (clinic, today, at) = (db.clinic(), db.today(), db.now());
    let row =
        sqlx::query_file!("src/figures/now.sql", clinic, today, at).fetch_one(db.sql()?).await?;
    let now = Now { came: row.came, waiting: row.waiting, inside: row.inside };
    let decisions = Decisions {
        unsigned: row.unsigned,
        left_open: row.left_open,
        invited: row.invited,
        interrupted: row.interrupted,
    };
    Ok((now, decisions))
}

pub(super) async fn visits(db: &mut Db, figures: &mut Figures) -> Result<(), Error> {
    let clinic = db.clinic();
    let days = figures.period().days();
    let rows =
        sqlx::query_file!("src/figures/visits.sql", clinic, &days).fetch_all(db.sql()?).await?;
    for row in rows {
        if row.of_doctor {
            let (practitioner_id, name) = (row.practitioner_id, row.name);
            let (visits, lost) = (row.visits, row.lost);
            figures.doctors.push(DoctorCount { practitioner_id, name, visits, lost });
        } else if let Some(day) = row.visit_day.and_then(|day| figures.day(day)) {
            day.visits = row.visits;
            day.lost = row.lost;
            figures.visits += row.visits;
        }
    }
    Ok(())
}

pub(super) async fn work(db: &mut Db, figures: &mut Figures) -> Result<(), Error> {
    let clinic = db.clinic();
    let zone = db.who().zone;
    let (from, until) = figures.period().instants(zone);
    let rows = sqlx::query_file!("src/figures/work.sql", clinic, from, until, zone.name())
        .fetch_all(db.sql()?)
        .await?;
    for row in rows {
        let count = row.count;
        match (row.kind.as_str(), row.day, row.name) {
            ("patients", Some(day), _) => {
                figures.new_patients += count;
                if let Some(day) = figures.day(day) {
                    day.new_patients = count;
                }
            }
            ("prescriptions", ..) => figures.prescriptions = count,
            ("diagnoses", _, Some(name)) => figures.diagnoses.push(Counted { name, count }),
            ("tests", _, Some(name)) => {
                figures.tests.push(TestCount { name, ordered: count, done: row.done });
            }
            _ => {}
        }
    }
    Ok(())
}
