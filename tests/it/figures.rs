//! The clinic in figures: what was counted, over which days, and for whom.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use crate::prescriptions::{draft, id, line, sign};
use crate::world::World;

/// North on four days: two visits today, one of them cancelled, one yesterday that nobody ended, one 40 days ago;
/// a note and a signed prescription with a test.
async fn at_work(world: &World) -> Value {
    let (reception, doctor) = (world.north.receptionist().await, world.north.doctor().await);
    let mut visits = Vec::new();
    for name in ["Asha", "Usha", "Mira", "Ravi"] {
        let patient = world.north.patient(name).await;
        let told = json!({"patient_id": id(&patient), "purpose": "Fever"});
        let visit = reception.post("visits", &told).await;
        assert_eq!(visit.status, 201, "{visit:?}");
        visits.push((patient, visit.json));
    }
    let visit = |n: usize| visits[n].1["visit_id"].as_str().unwrap().to_owned();
    let moved = json!({"to": "cancelled", "reason": "went home"});
    let request = reception.request("POST", &format!("visits/{}/moves", visit(1)));
    let reply = reception.send(request.header("if-match", "\"v1\"").json(&moved)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let mut owner = world.connect("postgres").await;
    for (n, days) in [(2, 1), (3, 40)] {
        let sql = format!(
            "update polyclinic.visits set visit_day = visit_day - {days} where visit_id = '{}'",
            visit(n)
        );
        owner.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    let to = json!({"to": "in_consultation"});
    let request = doctor.request("POST", &format!("visits/{}/moves", visit(0)));
    let reply = doctor.send(request.header("if-match", "\"v1\"").json(&to)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let note = doctor.request("PUT", &format!("visits/{}/note", visit(0)));
    let reply = doctor.send(note.json(&json!({"diagnosis": "Dengue"}))).await;
    assert!(reply.status == 200 || reply.status == 201, "{reply:?}");
    let told = json!({"patient_id": id(&visits[0].0), "lines": [line("paracetamol")],
        "tests": [{"name": "Platelet count", "kind": "blood"}]});
    let rx = doctor.post("prescriptions", &told).await.json;
    sign(&doctor, &rx).await;
    // A draft counts nowhere until it waits for a day.
    let waits = draft(&doctor, &id(&visits[1].0), &[line("ibuprofen")]).await;
    let sql = format!(
        "update polyclinic.prescriptions set created_at = created_at - interval '30 hours' where prescription_id = '{}'",
        waits["prescription_id"].as_str().unwrap()
    );
    owner.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    visits[0].1.clone()
}

#[tokio::test]
async fn a_period_is_counted_by_day_doctor_and_name() {
    let world = World::open().await;
    let visit = at_work(&world).await;
    let admin = world.north.admin().await;
    let figures = admin.get("figures").await.json;
    let today = visit["visit_day"].as_str().unwrap();
    assert_eq!(figures["to"], today);
    assert_eq!(figures["days"].as_array().unwrap().len(), 30);
    assert_eq!(
        figures["days"][29],
        json!({"day": today, "visits": 1, "lost": 1, "new_patients": 5}),
        "the patient who signs in was registered too"
    );
    assert_eq!((&figures["days"][28]["visits"], &figures["visits"]), (&json!(1), &json!(2)));
    assert_eq!(figures["new_patients"], 5);
    assert_eq!(figures["prescriptions"], 1);
    assert_eq!(figures["now"], json!({"came": 1, "waiting": 0, "inside": 1}));
    assert_eq!(figures["diagnoses"], json!([{"name": "Dengue", "count": 1}]));
    assert_eq!(figures["tests"], json!([{"name": "Platelet count", "ordered": 1, "done": 0}]));
    let test = admin.get("ordered-tests").await.json["items"][0].clone();
    let address = format!("ordered-tests/{}/results", test["ordered_test_id"].as_str().unwrap());
    let request = admin.request("POST", &address).header("if-match", "\"v1\"");
    let found = json!({"values": [{"name": "Platelets", "value": 150, "unit": "10⁹/L"}]});
    assert_eq!(admin.send(request.json(&found)).await.status, 201);
    let figures = admin.get("figures").await.json;
    assert_eq!(figures["tests"], json!([{"name": "Platelet count", "ordered": 1, "done": 1}]));
    let doctors: Vec<_> = figures["doctors"].as_array().unwrap().iter().collect();
    let told: Vec<_> =
        doctors.iter().map(|d| (d["name"].as_str(), &d["visits"], &d["lost"])).collect();
    assert_eq!(
        told,
        [(Some("doctor of north"), &json!(1), &json!(0)), (None, &json!(1), &json!(1))]
    );
    assert_eq!(
        figures["decisions"],
        json!({"unsigned": 1, "left_open": 2, "invited": 0, "interrupted": 0})
    );
    assert_eq!(admin.get("figures?days=90").await.json["visits"], 3);
    assert_eq!(admin.get("figures?days=1").await.json["visits"], 1);
    // South has done nothing.
    let south = world.south.admin().await.get("figures?days=90").await.json;
    assert_eq!((&south["visits"], &south["diagnoses"]), (&json!(0), &json!([])));
    assert_eq!(south["decisions"]["left_open"], 0);
}

#[tokio::test]
async fn a_period_that_cannot_be_is_refused_and_the_page_shows_the_usual_one() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    for (query, said) in [
        ("days=0", "days: out_of_range"),
        ("days=367", "days: out_of_range"),
        ("from=2020-01-01", "from: longer_than_a_year"),
        ("to=2199-01-01", "to: in_the_future"),
        ("from=yesterday", "from: not_a_date"),
        ("from=2026-03-02&to=2026-03-01", "from: after_the_end"),
    ] {
        assert_eq!(admin.get(&format!("figures?{query}")).await.refused(), [said], "{query}");
    }
    let page = admin.page("figures?from=2020-01-01").await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("Choose at most 366 days."), "{}", page.text);
    assert!(page.text.contains("value=\"2020-01-01\""), "what was typed stays");
}

#[tokio::test]
async fn the_administrators_day_begins_with_the_figures() {
    let world = World::open().await;
    let visit = at_work(&world).await;
    let admin = world.north.admin().await;
    let home = admin.send(admin.browser("GET", "/clinic/north")).await;
    assert_eq!(home.header("location"), "/clinic/north/figures");
    let page = admin.page("figures").await;
    assert_eq!(page.status, 200);
    for said in [
        "The clinic in figures",
        "Needs a decision",
        "Prescriptions not signed for more than a day",
        "Visits of earlier days that nobody ended",
        "role=\"img\"",
        "As a table",
        "Dengue",
        "Platelet count",
        "No doctor named",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    // What waits for a decision is a link to where one decides.
    let left = "queue?left=yes#left-title";
    for to in ["prescriptions?status=draft", left] {
        assert!(page.text.contains(&format!("<li><a href=\"/clinic/north/{to}\">")), "{to}");
    }
    let board = admin.page("queue?left=yes").await.text;
    let left = board.split("id=\"left-title\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(left.matches("<a class=\"go\"").count(), 2, "{left}");
    assert!(!admin.page("queue").await.text.contains("left-title"));
    // A test is drawn as what is done and what is still to do, and told as what was ordered and what is done.
    let tests = page.text.split("id=\"plot-tests\"").nth(1).unwrap();
    assert!(tests.contains("Platelet count, Still to do: 1") && !tests.contains(", Ordered: "));
    let heads: Vec<&str> = tests.split("data-label=\"").skip(1).map(|t| &t[..4]).take(2).collect();
    assert_eq!(heads, ["Orde", "Done"]);
    let day = visit["visit_day"].as_str().unwrap();
    let day: chrono::NaiveDate = day.parse().unwrap();
    assert!(
        page.text.contains(&format!("{}, Visits: 1", day.format("%d-%b-%Y"))),
        "what a column says"
    );
    // Colleagues see the figures, but decide nothing here; who sees no patients sees none of it.
    let doctor = world.north.doctor().await.page("figures").await;
    assert!(doctor.status == 200 && !doctor.text.contains("Needs a decision"));
    for role in ["nurse", "lab_tech", "pharmacist", "cashier", "patient"] {
        let somebody = world.north.actor(role).await;
        assert_eq!(somebody.page("figures").await.status, 403, "{role}");
        assert_eq!(somebody.get("figures").await.problem(), "403 forbidden", "{role}");
    }
    let quiet = world.south.admin().await.page("figures").await.text;
    assert!(quiet.contains("Nothing waits for you.") && quiet.contains("Nothing in these days."));
}
