//! Signing in costs what the password hash costs, and whoever works meanwhile hardly notices.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::drive::{self, Run};
use super::house::{House, Load};
use super::load::PASSWORD;
use super::report::{Report, Target};
use super::tasks::{Mix, Task, shared};
use super::{Outcome, Pace};
use crate::auth::passwords;

pub(super) fn measure(house: &House, pace: Pace, report: &mut Report) -> Outcome {
    let site = &house.many;
    let (first, last) = (site.extent.first, site.extent.last);
    let script = include_str!("lua/sign_in.lua");
    let sign_in = Task {
        name: "sign-in",
        lua: format!(
            "first_clinic, last_clinic, password = {first}, {last}, '{PASSWORD}'\n{script}"
        ),
        sql: String::new(),
        clinics: Mix::only(1),
        share: 0.0,
    };
    let list = shared().into_iter().next().ok_or("no list")?;
    let load = |connections, seconds| Load { connections, seconds, round: 0, rounds: 1 };
    house.wrk(site, &sign_in, load(4, 1), true)?;
    let (mut ours, mut shares, mut idle, mut busy) = (vec![], vec![], vec![], vec![]);
    for _ in 0..pace.rounds * 2 {
        let run = || house.wrk(site, &sign_in, load(4, pace.seconds), false);
        let run = house.cost(site, pace.seconds, run)?;
        shares.push(run.per_second / hashes_a_second(pace.seconds)?.max(0.001));
        ours.push(run);
    }
    for _ in 0..pace.rounds {
        idle.push(house.wrk(site, &list, load(2, pace.seconds), false)?);
        // The hashing begins before the list and ends after it.
        let both = std::thread::scope(|scope| {
            let signing = scope.spawn(|| {
                let run = house.wrk(site, &sign_in, load(4, pace.seconds + 2), false);
                run.map_err(|error| error.to_string())
            });
            std::thread::sleep(Duration::from_secs(1));
            let run = house.wrk(site, &list, load(2, pace.seconds), false);
            match signing.join() {
                Ok(Ok(_)) => run,
                Ok(Err(error)) => Err(error.into()),
                Err(_) => Err("signing in ended early".into()),
            }
        });
        busy.push(both?);
    }
    let ours = Run::median(&ours);
    report.run("sign-in", "polyclinic", &ours);
    let name = "sign-in: share of what argon2id alone reaches";
    report.ratio(name, drive::median(shares), Target::AtLeast(0.85));
    let (idle, busy) = (Run::median(&idle), Run::median(&busy));
    report.run("patient list, nobody signs in, 2 connections", "polyclinic", &idle);
    report.run("patient list, people sign in, 2 connections", "polyclinic", &busy);
    let name = "patient list while people sign in: p99 to its idle p99";
    report.ratio(name, busy.p99_ms / idle.p99_ms.max(0.001), Target::AtMost(3.0));
    Ok(())
}

/// argon2id on as many threads as the service permits itself.
fn hashes_a_second(seconds: u32) -> Outcome<f64> {
    let (count, started) = (AtomicU32::new(0), Instant::now());
    let end = started + Duration::from_secs(seconds.into());
    std::thread::scope(|scope| {
        let hashing: Vec<_> = (0..passwords::turns())
            .map(|_| {
                scope.spawn(|| {
                    while Instant::now() < end {
                        passwords::hash(&SecretString::from(PASSWORD))
                            .map_err(|error| error.to_string())?;
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<_, String>(())
                })
            })
            .collect();
        for thread in hashing {
            thread.join().map_err(|_| "hashing ended early")??;
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    Ok(f64::from(count.into_inner()) / started.elapsed().as_secs_f64())
}
