//! The printed sheet: everything that the patient and the chemist need, word for word as it was signed. The print page
//! and the PDF say what is said here.

use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::letterhead::{Letterhead, Printed, joined};
use super::signed::Kept;
use super::words::Said;
use super::{Prescription, PrescriptionId, Read, Status, store};
use crate::app::App;
use crate::error::Error;
use crate::paper::{Code, Format, check};
use crate::patients::{self, Banner, Patient};
use crate::tenant::{Clinic, Db, Entered};
use crate::web::{Chrome, Fields, Id, Piece, Routes, address, page, pieces};

pub(super) fn routes(config: &mut Routes) {
    config.service(print);
}

/// A heading and what stands under it.
pub struct Section {
    /// The heading; empty where there is none.
    pub title: String,
    /// Line by line, in pieces.
    pub lines: Vec<Vec<Piece>>,
}

/// What a sheet is made of, as it was read.
pub struct Parts {
    /// The prescription.
    pub rx: Prescription,
    /// Whom it is for, as known today.
    pub patient: Patient,
    /// Whom it is for, as the sheet says it.
    pub person: Patient,
    /// What stands around it.
    pub letter: Letterhead,
    /// The zone and the locale that it is written in, where it is signed.
    pub written: Option<(String, String)>,
}

impl Parts {
    /// The words of the sheet: the clinic's of today, or those in which it was signed.
    pub fn words(&self, app: &App, slug: &str, who: &Entered) -> Chrome {
        let mut who = who.clone();
        if let Some((zone, locale)) = &self.written {
            who.zone = zone.parse().unwrap_or(who.zone);
            who.clinic_locale.clone_from(locale);
        }
        Chrome::of_paper(app, slug, &who)
    }
}

/// Reads what a sheet is made of.
pub async fn parts(db: &mut Db, id: PrescriptionId) -> Result<Parts, Error> {
    let rx = super::present(db, id).await?;
    let patient = patients::present(db, rx.patient_id).await?;
    let (today, kept) = store::letterhead(db, &rx).await?;
    let Some(Kept { letter, person, zone, locale }) = kept else {
        let person = patient.clone();
        return Ok(Parts { rx, patient, person, letter: today, written: None });
    };
    let letter = Letterhead { logo: today.logo, layout: today.layout, ..letter };
    let (person, written) = (person.then(&patient), Some((zone, locale)));
    Ok(Parts { rx, patient, person, letter, written })
}

/// A sheet in words.
#[derive(Template)]
#[template(path = "prescriptions/sheet.html")]
pub struct Sheet {
    /// Around the sheet on the screen, in the language of who looks.
    chrome: Chrome,
    banner: Banner,
    /// The clinic's own language and its zone: the sheet is written in them.
    pub words: Chrome,
    /// The patient.
    pub person: Banner,
    patient: Patient,
    /// The prescription.
    pub rx: Prescription,
    /// What stands around it.
    pub letter: Letterhead,
    /// The medicines.
    pub lines: Vec<Said>,
    /// What it is printed on.
    pub format: Format,
    /// Where to look up whether it stands: the address in the code. A draft has none.
    pub check: Option<String>,
}

impl Sheet {
    /// The sheet, on the clinic's own paper unless another is asked for. `at` makes a whole address of a path.
    pub fn new(
        chrome: Chrome,
        words: Chrome,
        parts: Parts,
        format: Option<Format>,
        at: impl Fn(&str) -> String,
    ) -> Sheet {
        let Parts { rx, patient: today, person: patient, letter, .. } = parts;
        // How old somebody was on the day that stands on the sheet.
        let mut words = words;
        words.now = rx.signed_at.unwrap_or(words.now);
        let (banner, person) = (Banner::new(&chrome, &today), Banner::new(&words, &patient));
        let lines = rx.lines.iter().map(|line| Said::new(&words, line)).collect();
        let check = matches!(rx.status, Status::Signed | Status::Voided)
            .then(|| at(&check::path(words.clinic_number, rx.sheet_code)));
        let format = format.unwrap_or(letter.layout.paper);
        Sheet { chrome, banner, words, person, patient, rx, letter, lines, format, check }
    }

    /// The prescription's number; for a draft a word.
    pub fn heading(&self) -> String {
        self.rx.number.clone().unwrap_or_else(|| self.words.t("rx.draft").to_owned())
    }

    /// What says in frames that nothing may be dispensed, with the reason below.
    pub fn alarm(&self) -> Option<(String, String)> {
        let (key, because) = match self.rx.status {
            Status::Signed => return None,
            Status::Draft | Status::Discarded => ("rx.draft_line", String::new()),
            Status::Voided => {
                let at = self.rx.voided_at.map(|at| self.words.datetime(&at));
                ("rx.void_line", joined(&[Some(self.rx.void_said(&self.words)), at], ", "))
            }
        };
        Some((self.words.t(key).to_owned(), because))
    }

    /// Whether the clinic's head is printed: not where its paper has one. A slip has none by itself.
    pub fn has_letterhead(&self) -> bool {
        self.letter.layout.letterhead || self.format == Format::Slip
    }

    /// Where the clinic is.
    pub fn address(&self) -> String {
        joined(&self.letter.address, ", ")
    }

    /// How it is reached.
    pub fn reach(&self) -> String {
        joined(&self.letter.reach, " · ")
    }

    /// When it is open.
    pub fn hours(&self) -> String {
        self.letter.hours.line(self.words.texts())
    }

    /// Its registration.
    pub fn registration(&self) -> Option<String> {
        let number = self.letter.registration_number.as_ref()?;
        Some(self.words.tx("rx.clinic_registration", number))
    }

    fn logo(&self) -> Option<String> {
        let (kind, bytes) = self.letter.logo.as_ref()?;
        Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
    }

    /// The chemist.
    pub fn chemist(&self) -> String {
        joined(&self.letter.chemist, " · ")
    }

    /// Whether this is who prescribes.
    pub fn prescribes(&self, printed: &Printed) -> bool {
        printed.practitioner_id == self.rx.practitioner_id
    }

    /// What stands under the prescriber's name in the letterhead.
    pub fn consulting(&self, printed: &Printed) -> String {
        let consulting = self.words.t("rx.consulting");
        let about = printed.about();
        if about.is_empty() { consulting.to_owned() } else { format!("{consulting}: {about}") }
    }

    /// A colleague in one line, but for the registration.
    pub fn colleague(&self, printed: &Printed) -> String {
        let about = printed.about();
        joined(&[Some(printed.name.clone()), (!about.is_empty()).then_some(about)], ", ")
    }

    /// The registration of somebody who practises.
    pub fn licence(&self, printed: &Printed) -> Option<String> {
        let number = printed.licence_number.as_ref()?;
        Some(self.words.tx("rx.licence", number))
    }

    /// Who signed, for the line to sign on.
    pub fn prescriber(&self) -> Option<&Printed> {
        self.letter.practitioners.iter().find(|printed| self.prescribes(printed))
    }

    /// When it was signed.
    pub fn dated(&self) -> String {
        self.words.datetime(&self.rx.signed_at.unwrap_or(self.rx.created_at))
    }

    /// The number that this one corrects.
    pub fn corrects(&self) -> Option<String> {
        let old = self.rx.replaces_number.as_ref()?;
        Some(self.words.tx("rx.corrects", old))
    }

    /// The patient in one line below the name: what is measured, each whole.
    pub fn facts(&self) -> Vec<String> {
        let told = &self.patient.told;
        let weighed =
            self.letter.vitals.as_ref().and_then(super::letterhead::PrintedVitals::weight);
        let weight = weighed.or(told.weight_kg);
        let weight = weight.map(|kg| self.words.tx("rx.weight", kg.to_string()));
        let banner = &self.person;
        let all = [
            Some(banner.born_line.clone()),
            Some(banner.sex_label.clone()),
            Some(banner.number.clone()),
            weight,
        ];
        all.into_iter().flatten().collect()
    }

    /// The patient's phone.
    pub fn phone(&self) -> Option<&str> {
        self.patient.told.phone.as_deref()
    }

    /// Where the patient lives.
    pub fn home(&self) -> String {
        let told = &self.patient.told;
        let parts =
            [told.address.clone(), told.city.clone(), told.state.clone(), told.postcode.clone()];
        joined(&parts, ", ")
    }

    fn section(&self, key: &str, text: Option<&String>) -> Option<Section> {
        let lines = text?.lines().map(pieces).collect();
        Some(Section { title: self.words.t(key).to_owned(), lines })
    }

    /// What stands above the medicines.
    pub fn above(&self) -> Vec<Section> {
        let letter = &self.letter;
        let vitals = letter.vitals.as_ref().map(|vitals| vitals.said(&self.words));
        let vitals = vitals.filter(|said| !said.is_empty());
        let all = [
            self.section("rx.diagnosis", self.rx.diagnosis.as_ref().or(letter.diagnosis.as_ref())),
            self.section("rx.complaint", letter.complaint.as_ref()),
            self.section("rx.findings", letter.findings.as_ref()),
            vitals.map(|said| Section {
                title: self.words.t("rx.vitals").to_owned(),
                lines: vec![said],
            }),
        ];
        all.into_iter().flatten().collect()
    }

    /// What stands below them.
    pub fn below(&self) -> Vec<Section> {
        let letter = &self.letter;
        let tests = self.rx.tests.iter().map(|test| {
            let kind = self.words.word("kind", test.kind.as_str());
            let said = test.instructions.as_ref().map(|said| format!(": {said}"));
            pieces(&format!("{} ({kind}){}", test.name, said.unwrap_or_default()))
        });
        let tests = Section { title: self.words.t("rx.tests").to_owned(), lines: tests.collect() };
        let again = letter.follow_up_on.as_ref().map(|day| {
            let said = self.words.tx("rx.come_again", self.words.date(day));
            Section { title: String::new(), lines: vec![pieces(&said)] }
        });
        let all = [
            (!tests.lines.is_empty()).then_some(tests),
            self.section("rx.advice", self.rx.advice.as_ref().or(letter.advice.as_ref())),
            again,
        ];
        all.into_iter().flatten().collect()
    }

    /// The code of the address, as a square of its fields and their path.
    fn code(&self) -> Option<(u16, String)> {
        let code = Code::of(self.check.as_ref()?)?;
        Some((code.size, code.path()))
    }

    fn href(&self, rest: &str) -> String {
        self.chrome.path(&format!("prescriptions/{}{rest}", self.rx.prescription_id))
    }
}

/// The sheet to print, on the clinic's paper or with `?paper=` on A4, A5 or a slip of 80 mm.
#[utoipa::path(tag = "pages", params(("slug" = String, Path,), ("id" = PrescriptionId, Path,)), responses((status = 200, description = "Page")))]
#[get("/clinic/{slug}/prescriptions/{id}/print")]
async fn print(
    clinic: Clinic<Read>,
    id: Id<PrescriptionId>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let format = Fields::of_query(&request)?.choice_opt("paper");
    let parts = clinic.read(async |db| parts(db, id.0).await).await?;
    let chrome = Chrome::new(&clinic, "prescriptions")?;
    let words = parts.words(clinic.app(), clinic.slug().as_str(), clinic.who()?);
    page(&Sheet::new(chrome, words, parts, format, |path| address(&request, clinic.app(), path)))
}
