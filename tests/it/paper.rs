//! Paper: the PDF says what the print page says, on every format, in both scripts; whoever holds a sheet learns whether
//! it stands and nothing else.

mod code;
mod room;

use std::io::Write;
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::prescriptions::{act, draft, id, line, path, sign};
use crate::world::pictures::PNG;
use crate::world::{Actor, Clinic, World};

/// A PDF as it came.
pub struct Pdf {
    pub status: u16,
    pub kind: String,
    pub bytes: Vec<u8>,
}

pub async fn fetch(request: reqwest::RequestBuilder) -> Pdf {
    let response = request.send().await.unwrap();
    let header = response.headers().get("content-type");
    let kind = header.map_or("", |v| v.to_str().unwrap()).to_owned();
    let status = response.status().as_u16();
    Pdf { status, kind, bytes: response.bytes().await.unwrap().to_vec() }
}

fn poppler(tool: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{tool}: {e}: scripts/setup --test installs it"));
    let mut input = child.stdin.take().unwrap();
    input.write_all(pdf).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{tool}: not a PDF");
    String::from_utf8(output.stdout).unwrap()
}

impl Pdf {
    /// Its words, in the order they are read, a blank between any two.
    pub fn text(&self) -> String {
        let text = poppler("pdftotext", &["-raw", "-", "-"], &self.bytes);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The words of each page.
    fn pages(&self) -> Vec<String> {
        let text = poppler("pdftotext", &["-raw", "-", "-"], &self.bytes);
        let pages = text.trim_end_matches('\u{c}').split('\u{c}');
        pages.map(|page| page.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    fn info(&self) -> String {
        poppler("pdfinfo", &["-"], &self.bytes)
    }
}

async fn pdf(actor: &Actor, rx: &Value, paper: &str) -> Pdf {
    let pdf = fetch(actor.request("GET", &format!("{}.pdf?paper={paper}", path(rx)))).await;
    assert_eq!((pdf.status, pdf.kind.as_str()), (200, "application/pdf"));
    pdf
}

/// A clinic with an address and a chemist, as Pune has them.
pub async fn furnish(clinic: &Clinic) {
    let admin = clinic.admin().await;
    let version = admin.get("clinic").await.json["version"].as_i64().unwrap();
    let profile = json!({"name": "Santkrupa Hospital", "address": "14 Laxmi Road", "city": "Pune", "postcode": "411030",
        "phone": "020 2445 1234", "registration_number": "MH/PUN/2019/114",
        "chemist_name": "संतकृपा मेडिकल", "chemist_address": "दुकान क्र. ३, लक्ष्मी रोड, पुणे", "chemist_phone": "98220 11223"});
    let reply = admin.patch("clinic", version, &profile).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

const ADVICE: &str =
    "औषधे जेवणानंतर वेळेवर घ्या.\nभरपूर पाणी प्या, दिवसाला 2 L. क्षयरोग तपासणी: ज्ञानेश्वर, दृष्टी, श्री.";

/// Every schedule that the source system knew, and what its sheet must say.
const SCHEDULES: [(&str, &str); 13] = [
    ("morning", "1 in the morning, 5 days (1-0-0)"),
    ("afternoon", "1 in the afternoon, 5 days (0-1-0)"),
    ("evening", "1 in the evening, 5 days (0-0-1-0)"),
    ("night", "1 at night, 5 days (0-0-1)"),
    ("morning_evening", "1 in the morning, 1 in the evening, 5 days (1-0-1-0)"),
    ("morning_night", "1 in the morning, 1 at night, 5 days (1-0-1)"),
    ("afternoon_night", "1 in the afternoon, 1 at night, 5 days (0-1-1)"),
    ("morning_afternoon_night", "1 in the morning, 1 in the afternoon, 1 at night, 5 days (1-1-1)"),
    ("sos", "1 as needed, 5 days"),
    ("1/2-0-1/2", "0.5 in the morning, 0.5 at night, 5 days (0.5-0-0.5)"),
    ("every 6 hours", "1 every 6 hours, 5 days"),
    ("every 2 days", "1 every 2 days, 5 days"),
    ("weekly", "1 once a week, 5 days"),
];

async fn every_schedule(world: &World) -> Value {
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let lines = SCHEDULES.iter().enumerate().map(|(n, (schedule, _))| {
        json!({"medicine": format!("medicine {}", ["alpha", "beta", "gamma", "delta"][n % 4]), "form": "tablet",
            "strength": format!("{} mg", 50 * (n + 1)), "schedule": schedule, "days": 5, "quantity": 10 + n})
    });
    let body = json!({"patient_id": id(&asha), "diagnosis": "Fever of 3 days", "advice": ADVICE,
        "lines": lines.collect::<Vec<_>>(),
        "tests": [{"name": "Complete blood count", "kind": "blood", "instructions": "fasting"}]});
    let rx = doctor.post("prescriptions", &body).await;
    assert_eq!(rx.status, 201, "{rx:?}");
    let codes: Vec<Value> =
        rx.json["warnings"].as_array().unwrap().iter().map(|w| w["code"].clone()).collect();
    let signed = act(&doctor, &rx.json, "sign", &json!({"acknowledge": codes})).await;
    assert_eq!(signed.status, 200, "{signed:?}");
    signed.json
}

#[tokio::test]
async fn every_line_and_every_dose_pattern_is_on_every_paper() {
    let world = World::open().await;
    furnish(&world.north).await;
    let rx = every_schedule(&world).await;
    let doctor = world.north.doctor().await;
    for paper in ["a4", "a5", "slip"] {
        let pdf = pdf(&doctor, &rx, paper).await;
        if let Ok(dir) = std::env::var("PAPER_DIR") {
            std::fs::write(format!("{dir}/{paper}.pdf"), &pdf.bytes).unwrap();
        }
        let text = pdf.text();
        for (n, (schedule, said)) in SCHEDULES.iter().enumerate() {
            assert!(text.contains(said), "{paper}, {schedule}: {said}\n{text}");
            let name = format!("{} mg tablet", 50 * (n + 1));
            assert!(
                text.contains(&name) && text.contains(&format!("{} tablets", 10 + n)),
                "{paper}: {name}"
            );
        }
        assert!(!text.contains("0-0-0"), "{paper}: nobody takes nothing");
        for said in ADVICE.split_whitespace().chain([
            "संतकृपा",
            "मेडिकल",
            "Santkrupa",
            "TEST,",
            "(blood):",
            "fasting",
        ]) {
            assert!(text.contains(said), "{paper}: {said}\n{text}");
        }
    }
}

/// The words of the sheet on the print page.
fn shown(page: &str) -> Vec<String> {
    let sheet = page.split("<article").nth(1).unwrap().split_once('>').unwrap().1;
    let sheet = sheet.split("</article>").next().unwrap();
    let mut text = String::new();
    for part in sheet.split('<') {
        let (_, said) = part.split_once('>').unwrap_or(("", part));
        text.push(' ');
        text.push_str(said);
    }
    let text = text.replace("&#39;", "'").replace("&amp;", "&").replace("&#38;", "&");
    text.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test]
async fn page_and_pdf_say_the_same_words() {
    let world = World::open().await;
    furnish(&world.north).await;
    let rx = every_schedule(&world).await;
    let doctor = world.north.doctor().await;
    for paper in ["a4", "slip"] {
        let place = format!("/clinic/north/{}/print?paper={paper}", path(&rx));
        let page = doctor.send(doctor.browser("GET", &place)).await;
        assert_eq!(page.status, 200);
        let mut drawn = pdf(&doctor, &rx, paper).await.text();
        // Pieces meet without a blank in one and with it in the other.
        drawn.retain(|c| !c.is_whitespace());
        let missing: Vec<_> = shown(&page.text)
            .into_iter()
            .filter(|word| !drawn.contains(word.trim_matches(['·', ','])))
            // The crest is a drawing.
            .filter(|word| word != "S")
            .collect();
        assert_eq!(missing, Vec::<String>::new(), "{paper}");
    }
}

#[tokio::test]
async fn a_sheet_is_the_same_each_time_and_says_what_it_is() {
    let world = World::open().await;
    let rx = every_schedule(&world).await;
    let doctor = world.north.doctor().await;
    let (one, two) = (pdf(&doctor, &rx, "a4").await, pdf(&doctor, &rx, "a4").await);
    assert!(one.bytes == two.bytes, "not the same bytes");
    assert!(one.bytes.len() < 80_000, "{}", one.bytes.len());
    let info = one.info();
    let number = rx["number"].as_str().unwrap();
    assert!(
        info.contains(&format!("{number} · north clinic")) && info.contains("Tagged:          yes"),
        "{info}"
    );
    assert!(info.contains("A4"), "{info}");
    let fonts = poppler("pdffonts", &["-"], &one.bytes);
    let cuts: Vec<_> = fonts.lines().skip(2).collect();
    assert_eq!(cuts.len(), 3, "{fonts}");
    // Embedded, a subset, and with the text that each glyph stands for.
    assert!(cuts.iter().all(|cut| cut.contains("yes yes yes")), "{fonts}");
    // The page says so too, under its own address.
    let place = format!("/clinic/north/{}/sheet.pdf", path(&rx));
    let page = fetch(doctor.browser("GET", &place)).await;
    assert!(page.bytes == one.bytes);
}

#[tokio::test]
async fn a_long_prescription_goes_on_under_a_head_of_its_own() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let lines: Vec<Value> = (0..50)
        .map(|n| {
            let mut line = line(&format!("medicine{}", char::from(b'a' + n % 26)));
            line["strength"] = json!(format!("{} mg", u32::from(n) + 1));
            line["instructions"] = json!("With 1 glass of water, and no milk for 2 hours");
            line
        })
        .collect();
    let rx = draft(&doctor, &id(&asha), &lines).await;
    let codes: Vec<Value> =
        rx["warnings"].as_array().unwrap().iter().map(|w| w["code"].clone()).collect();
    let rx = act(&doctor, &rx, "sign", &json!({"acknowledge": codes})).await.json;
    let number = rx["number"].as_str().unwrap();
    for (paper, least) in [("a4", 3), ("a5", 5)] {
        let pdf = pdf(&doctor, &rx, paper).await;
        let pages = pdf.pages();
        assert!(pages.len() >= least, "{paper}: {}", pages.len());
        for (n, page) in pages.iter().enumerate() {
            let foot = format!("{number} · {} of {} · TEST, Asha", n + 1, pages.len());
            assert!(page.contains(&foot), "{foot}: {page}");
            assert!(page.contains("Allergies not recorded"), "page {n}: {page}");
        }
        let text = pages.join(" ");
        for n in 1..=50 {
            assert!(text.contains(&format!("{n}. medicine")), "{n}");
        }
        // No line of a medicine is left behind on the page before.
        assert!(
            pages.iter().skip(1).all(|page| page.contains("tablet")),
            "a page with a signature alone"
        );
    }
    assert_eq!(pdf(&doctor, &rx, "slip").await.pages().len(), 1, "a roll has no pages");
}

#[tokio::test]
async fn void_and_draft_are_written_on_every_page() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = draft(&doctor, &id(&asha), &[line("paracetamol")]).await;
    let text = pdf(&doctor, &rx, "a4").await.text();
    assert!(
        text.contains("DRAFT: not signed, do not dispense") && !text.contains("Scan"),
        "{text}"
    );
    let signed = sign(&doctor, &rx).await;
    let text = pdf(&doctor, &signed, "a4").await.text();
    assert!(!text.contains("VOID") && !text.contains("DRAFT") && text.contains("Scan"), "{text}");
    let voided = act(&doctor, &signed, "void", &json!({"reason": "wrong strength"})).await.json;
    for paper in ["a4", "a5", "slip"] {
        let text = pdf(&doctor, &voided, paper).await.text();
        assert!(text.contains("VOID: do not dispense wrong strength,"), "{paper}: {text}");
    }
    let reply = doctor.get(&format!("{}.pdf?paper=a8", path(&rx))).await;
    assert_eq!(reply.refused(), ["paper: unknown_value"]);
}

#[tokio::test]
async fn a_clinic_lays_its_sheets_out_itself() {
    let world = World::open().await;
    furnish(&world.north).await;
    let (admin, doctor) = (world.north.admin().await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let rx = sign(&doctor, &draft(&doctor, &id(&asha), &[line("paracetamol")]).await).await;
    let now = admin.get("clinic/layout").await;
    assert_eq!(now.json["paper"], "a4");
    let version = now.json["version"].as_i64().unwrap();
    let wrong = json!({"paper": "a8", "margin_top_mm": 101, "margin_left_mm": null});
    let reply = admin.patch("clinic/layout", version, &wrong).await;
    assert_eq!(
        reply.refused(),
        ["paper: unknown_value", "margin_top_mm: out_of_range", "margin_left_mm: required"]
    );
    let own = json!({"paper": "a5", "letterhead": false, "margin_top_mm": 60});
    let reply = admin.patch("clinic/layout", version, &own).await;
    assert_eq!((reply.status, &reply.json["margin_right_mm"]), (200, &json!(14)), "{reply:?}");
    assert_eq!(admin.patch("clinic/layout", version, &own).await.problem(), "412 stale");
    // The clinic's own paper is what comes without asking; its head is on it already.
    let plain = fetch(doctor.request("GET", &format!("{}.pdf", path(&rx)))).await;
    assert!(plain.info().contains("419.5"), "{}", plain.info());
    assert!(!plain.text().contains("Laxmi Road"), "{}", plain.text());
    assert!(pdf(&doctor, &rx, "slip").await.text().contains("Laxmi Road"), "a roll has no head");
    let page =
        doctor.send(doctor.browser("GET", &format!("/clinic/north/{}/print", path(&rx)))).await;
    assert!(page.text.contains("data-paper=\"a5\"") && !page.text.contains("Laxmi Road"));
    let place = "/clinic/north/prescriptions/sheet.css";
    let style = doctor.send(doctor.browser("GET", place)).await.text;
    assert!(style.contains("size:A5;margin:60mm 14mm 14mm 14mm"), "{style}");
    // The same as a page, with its refusals beside the fields.
    let form = [
        ("version", "3"),
        ("paper", "a4"),
        ("letterhead", "true"),
        ("margin_top_mm", "20"),
        ("margin_right_mm", "10"),
        ("margin_bottom_mm", "4"),
        ("margin_left_mm", "10"),
    ];
    let again = admin.submit("settings/paper", &form).await;
    assert_eq!(again.status, 422);
    assert!(again.text.contains("Use a whole number from 5 to 80."), "{}", again.text);
    let mut right = form;
    right[5].1 = "12";
    right[0].1 = &reply.json["version"].to_string().leak()[..];
    let saved = admin.submit("settings/paper", &right).await;
    assert_eq!(
        (saved.status, saved.header("location")),
        (303, "/clinic/north/settings/paper?done=layout_saved")
    );
    assert!(admin.page("settings/paper?done=layout_saved").await.text.contains("Paper saved."));
    assert_eq!(admin.get("clinic/layout").await.json["margin_bottom_mm"], 12);
    // Of somebody else's clinic nothing changed.
    assert_eq!(world.south.admin().await.get("clinic/layout").await.json["margin_top_mm"], 14);
}

#[tokio::test]
async fn a_mark_that_cannot_be_read_is_left_away() {
    let world = World::open().await;
    let (admin, doctor) = (world.north.admin().await, world.north.doctor().await);
    let asha = world.north.patient("Asha").await;
    let rx = sign(&doctor, &draft(&doctor, &id(&asha), &[line("paracetamol")]).await).await;
    let request = admin.request("PUT", "clinic/logo").header("content-type", "image/png");
    assert_eq!(admin.send(request.body(PNG)).await.status, 200);
    let mut owner = world.connect("postgres").await;
    let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    huge.extend([0, 1, 0, 0, 0, 1, 0, 0, 8, 6, 0, 0, 0]);
    // No door lets these in: a row that came another way must not keep a sheet from being printed.
    for broken in
        [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR rubbish"[..], b"\xff\xd8\xff\xe0 rubbish", &huge]
    {
        let put = "update polyclinic.clinics set logo = $1 where name = 'north clinic'";
        let done = sqlx::query(put).bind(broken).execute(&mut owner).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        assert!(pdf(&doctor, &rx, "a4").await.text().contains("north clinic"));
    }
}

#[tokio::test]
async fn a_sheet_stays_in_its_clinic() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let asha = world.north.patient("Asha").await;
    let rx = sign(&doctor, &draft(&doctor, &id(&asha), &[line("paracetamol")]).await).await;
    let place = format!("{}.pdf", path(&rx));
    assert_eq!(world.south.doctor().await.get(&place).await.status, 404);
    assert_eq!(
        world.north.actor("patient").await.get(&place).await.status,
        404,
        "another patient's"
    );
    assert_eq!(world.north.nurse().await.get(&place).await.status, 403);
    assert_eq!(world.anybody().get(&place).await.status, 401);
}
