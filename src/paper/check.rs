//! The page behind the code of a sheet: whose it is, of which day, and whether it still stands. Anybody may ask who
//! holds the paper; nobody learns more than these.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::auth::{Front, pages::address};
use crate::error::Error;
use crate::web::{Door, Routes, page, page_with};

pub(super) fn routes(config: &mut Routes) {
    config.service(check);
}

/// Questions an address may ask a minute; as many at once. A counter with many sheets stays below.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// How fast strangers may ask, by address.
pub struct Pace {
    asked: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Pace {
    /// Nobody has asked yet.
    pub fn new() -> Pace {
        let asked = DefaultKeyedRateLimiter::keyed(Quota::per_minute(PER_MINUTE));
        Pace { asked, clock: DefaultClock::default() }
    }

    /// Counts a question; 429 with the seconds to wait for one too many.
    pub fn take(&self, address: IpAddr) -> Result<(), Error> {
        if self.asked.len() > 100_000 {
            self.asked.retain_recent();
        }
        self.asked.check_key(&address).map_err(|not_until| {
            Error::TooMany(not_until.wait_time_from(self.clock.now()).as_secs() + 1)
        })
    }
}

impl Default for Pace {
    fn default() -> Pace {
        Pace::new()
    }
}

/// Where the code of a sheet leads: the clinic's number, which stands on the sheet anyway, and 122 random bits.
pub fn path(clinic_number: i32, code: Uuid) -> String {
    format!("/rx/{clinic_number}-{}", URL_SAFE_NO_PAD.encode(code.as_bytes()))
}

fn read(token: &str) -> Option<(i32, Uuid)> {
    let (number, code) = token.split_once('-')?;
    let number = number.parse().ok()?;
    let code = Uuid::from_slice(&URL_SAFE_NO_PAD.decode(code).ok()?).ok()?;
    // One sheet has one address.
    (path(number, code) == format!("/rx/{token}")).then_some((number, code))
}

#[derive(Template)]
#[template(path = "paper/check.html")]
struct CheckPage {
    door: Door,
    clinic: String,
    signed_on: String,
    word: String,
}

impl CheckPage {
    fn heading(&self) -> &str {
        self.door.texts().get(&format!("check.{}", self.word)).unwrap_or(&self.word)
    }

    fn advice(&self) -> &str {
        self.door.texts().get(&format!("check.{}_help", self.word)).unwrap_or_default()
    }
}

/// Whether a printed sheet still stands.
#[utoipa::path(tag = "pages", params(("token" = String, Path,)), responses((status = 200, description = "Page"), (status = 404, description = "No such sheet")))]
#[get("/rx/{token}")]
async fn check(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, Error> {
    let from = address(&request, &app);
    let unknown = || {
        let door = Door::new(&request, &app, None);
        let (clinic, signed_on) = (String::new(), String::new());
        page_with(404, &CheckPage { door, clinic, signed_on, word: "unknown".into() })
    };
    // What has not even the form is no guess, and asks nobody.
    let Some((number, code)) = read(request.match_info().query("token")) else {
        return unknown();
    };
    app.throttle.check(from)?;
    app.pace.take(from)?;
    let Some(found) = store::standing(&app, number, code).await? else {
        app.throttle.failed(from);
        return unknown();
    };
    let front = Front { name: found.clinic.clone(), locale: found.locale };
    let mut door = Door::new(&request, &app, Some(("", &front)));
    door.slug = None;
    let signed_on = door.texts().date(found.signed_on);
    page(&CheckPage { door, clinic: found.clinic, signed_on, word: found.word })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_was_made_and_no_other_way() {
        let code = Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef);
        let made = path(17, code);
        let token = made.trim_start_matches("/rx/");
        assert_eq!(read(token), Some((17, code)));
        assert!(made.len() <= 32, "short enough for a small code: {made}");
        let padded = format!("{token}==");
        let zero = format!("0{token}");
        for bad in [
            "",
            "17",
            "17-",
            "-",
            "x-AAAA",
            padded.as_str(),
            zero.as_str(),
            &token[..token.len() - 1],
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
