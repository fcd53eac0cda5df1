//! The queue as people see it: the bell, the board, the pages.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::{check_in, id, waiting};
use crate::world::World;

/// The next thing a stream says; `None` when it has ended.
pub async fn hear(stream: &mut reqwest::Response) -> Option<String> {
    let chunk = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await;
    chunk
        .expect("the stream says something in time")
        .unwrap()
        .map(|c| String::from_utf8(c.to_vec()).unwrap())
}

#[tokio::test]
async fn every_board_of_the_clinic_hears_a_check_in() {
    let world = World::open().await;
    let asha = world.north.patient("Asha").await;
    let doctor = world.north.doctor().await;
    let by_token = doctor.request("GET", "queue/events").send();
    let by_cookie = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    let by_cookie = by_cookie
        .get(format!("{}/clinic/north/api/v1/queue/events", world.base))
        .header("cookie", doctor.cookie())
        .header("accept-encoding", "gzip, br")
        .send();
    let mut boards = [by_token.await.unwrap(), by_cookie.await.unwrap()];
    for board in &mut boards {
        assert_eq!(board.status(), 200);
        assert_eq!(board.headers()["content-type"], "text/event-stream");
        let hello = hear(board).await.unwrap();
        assert!(hello.starts_with("retry: 2000\n\n"), "{hello}");
    }
    let reception = world.north.receptionist().await;
    assert_eq!(check_in(&reception, &asha, &json!({})).await.status, 201);
    for board in &mut boards {
        assert_eq!(hear(board).await.unwrap(), "event: queue\ndata: {\"changed\":true}\n\n");
    }
    for role in ["lab_tech", "pharmacist", "cashier", "patient"] {
        let reply = world.north.actor(role).await.get("queue/events").await;
        assert_eq!(reply.problem(), "403 forbidden", "{role}");
    }
    assert_eq!(world.anybody().get("queue/events").await.problem(), "401 signed_out");
}

#[tokio::test]
async fn a_board_whose_session_was_ended_hears_nothing_more() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let mut board = doctor.request("GET", "queue/events").send().await.unwrap();
    assert!(hear(&mut board).await.is_some());
    assert_eq!(doctor.delete("sessions/current").await.status, 204);
    waiting(&world.north, "Asha").await;
    assert_eq!(hear(&mut board).await, None);
}

#[tokio::test]
async fn many_boards_of_one_session_all_hear() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let mut boards = Vec::new();
    for _ in 0..40 {
        let mut board = reception.request("GET", "queue/events").send().await.unwrap();
        assert_eq!(board.status(), 200);
        assert!(hear(&mut board).await.is_some());
        boards.push(board);
    }
    waiting(&world.north, "Asha").await;
    for board in &mut boards {
        assert_eq!(
            hear(board).await.as_deref(),
            Some("event: queue\ndata: {\"changed\":true}\n\n")
        );
    }
}

#[tokio::test]
async fn a_service_on_its_way_out_ends_the_streams() {
    let world = World::open().await;
    let mut board = world.north.doctor().await.request("GET", "queue/events").send().await.unwrap();
    assert!(hear(&mut board).await.is_some());
    world.app.drain();
    assert_eq!(hear(&mut board).await, None);
}

#[tokio::test]
async fn a_receptionist_checks_in_on_a_page_and_sees_the_token() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let asha = world.north.patient("Asha").await;
    let path = format!("patients/{}/check-in", id(&asha, "patient_id"));
    let form = reception.page(&path).await;
    assert_eq!(form.status, 200, "{form:?}");
    assert!(form.text.contains("TEST, Asha") && form.text.contains("doctor of north"));
    let empty = reception.submit(&path, &[("purpose", ""), ("notes", "wheelchair")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.text.contains("Fill this in") && empty.text.contains("wheelchair"));
    let sent = reception
        .submit(&path, &[("purpose", "<b>fever</b>"), ("visit_type", "emergency"), ("once", "k1")])
        .await;
    let to = sent.header("location").to_owned();
    assert_eq!(sent.status, 303);
    assert!(
        to.starts_with("/clinic/north/visits/") && to.ends_with("/token?done=checked_in"),
        "{to}"
    );
    let twice = reception
        .submit(&path, &[("purpose", "<b>fever</b>"), ("visit_type", "emergency"), ("once", "k1")])
        .await;
    assert_eq!((twice.status, twice.header("location")), (303, sent.header("location")));
    let again = reception.submit(&path, &[("purpose", "fever")]).await;
    assert_eq!(again.status, 409);
    assert!(again.text.contains("here already, with token 1"), "{}", again.text);
    let token = reception.page(to.trim_start_matches("/clinic/north/")).await;
    assert!(
        token.text.contains("Checked in.") && token.text.contains("<b>1</b>"),
        "{}",
        token.text
    );
    // What everybody in the room may read names nobody.
    let slip =
        token.text.split("class=\"sheet slip\"").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(slip.contains("north clinic") && slip.contains("Any doctor"), "{slip}");
    assert!(!slip.contains("Asha") && !slip.contains("PT-") && !slip.contains("fever"), "{slip}");
    let queue = reception.page("queue").await;
    assert!(queue.text.contains("TEST, Asha") && queue.text.contains("&#60;b&#62;fever"));
    assert!(queue.text.contains("Emergency") && queue.text.contains("Send in"));
    assert!(
        queue
            .text
            .contains("data-reload-on=\"queue\" data-events=\"/clinic/north/api/v1/queue/events\"")
    );
    let unknown = reception.page("patients/018f0000-0000-7000-8000-000000000000/check-in").await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_doctor_calls_the_next_from_the_board_and_finishes() {
    let world = World::open().await;
    let visit = waiting(&world.north, "Asha").await;
    let (path, doctor) = (format!("visits/{}", id(&visit, "visit_id")), world.north.doctor().await);
    let board = doctor.page("queue").await;
    assert!(
        board.text.contains("Your next patient") && board.text.contains("Call 1"),
        "{}",
        board.text
    );
    let call = [("version", "1"), ("to", "in_consultation")];
    let called = doctor.submit(&format!("{path}/move"), &call).await;
    assert_eq!(called.header("location"), format!("/clinic/north/{path}/consultation?done=called"));
    let late = doctor.submit(&format!("{path}/move"), &call).await;
    assert_eq!(late.status, 412);
    assert!(late.text.contains("in the meantime"));
    let page = doctor.page(&path).await;
    for link in ["consultation", "prescriptions/new"] {
        assert!(page.text.contains(&format!("/clinic/north/{path}/{link}\"")), "{link}");
    }
    assert!(doctor.page("queue").await.text.contains("With you now"));
    let bare =
        doctor.submit(&format!("{path}/move"), &[("version", "2"), ("to", "cancelled")]).await;
    assert_eq!(bare.status, 422);
    assert!(bare.text.contains("Say why."));
    let done =
        doctor.submit(&format!("{path}/move"), &[("version", "2"), ("to", "completed")]).await;
    assert_eq!(done.header("location"), "/clinic/north/queue?done=visit_completed");
    let board = doctor.page("queue?done=visit_completed").await;
    assert!(board.text.contains("Visit finished.") && board.text.contains("Nobody is waiting"));
}

#[tokio::test]
async fn a_visit_is_changed_on_its_page_and_the_board_can_show_one_doctor() {
    let world = World::open().await;
    let reception = world.north.receptionist().await;
    let visit = waiting(&world.north, "Asha").await;
    let path = format!("visits/{}", id(&visit, "visit_id"));
    let form = reception.page(&format!("{path}/edit")).await;
    let (_, rest) = form.text.split_once("<option value=\"").unwrap();
    let doctor = rest.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [
        ("version", "1"),
        ("purpose", "cough"),
        ("visit_type", "routine"),
        ("practitioner_id", doctor),
    ];
    let sent = reception.submit(&format!("{path}/edit"), &fields).await;
    assert_eq!(
        sent.header("location"),
        format!("/clinic/north/{path}?done=visit_changed"),
        "{sent:?}"
    );
    assert_eq!(reception.submit(&format!("{path}/edit"), &fields).await.status, 412);
    let own = reception.page(&format!("queue?practitioner_id={doctor}")).await;
    assert!(own.text.contains("TEST, Asha") && own.text.contains("cough"));
    let nobody = "018f0000-0000-7000-8000-000000000000";
    let other = reception.page(&format!("queue?practitioner_id={nobody}")).await;
    assert!(!other.text.contains("TEST, Asha") && other.text.contains("Nobody is waiting"));
}

#[tokio::test]
async fn each_role_comes_home_to_its_own_page() {
    let world = World::open().await;
    for (role, to) in [
        ("admin", "figures"),
        ("receptionist", "today"),
        ("doctor", "queue"),
        ("nurse", "vitals"),
        ("lab_tech", "lab"),
        ("pharmacist", "me"),
        ("cashier", "me"),
        ("patient", "record"),
    ] {
        let actor = world.north.actor(role).await;
        let home = actor.send(actor.request("GET", "/clinic/north")).await;
        assert_eq!(
            (home.status, home.header("location")),
            (303, format!("/clinic/north/{to}").as_str()),
            "{role}"
        );
        assert_eq!(actor.page(to).await.status, 200, "{role}");
        let sees = if ["queue", "today", "figures", "vitals"].contains(&to) { 200 } else { 403 };
        assert_eq!(actor.page("queue").await.status, sees, "{role}");
    }
    let nobody = world.anybody();
    let away = nobody.send(nobody.request("GET", "/clinic/north")).await;
    assert_eq!(
        (away.status, away.header("location")),
        (303, "/clinic/north/login?next=%2Fclinic%2Fnorth")
    );
}

#[tokio::test]
async fn the_wall_shows_tokens_and_doctors_and_names_no_patient() {
    let world = World::open().await;
    let asha = waiting(&world.north, "Asha").await;
    waiting(&world.north, "Ravi").await;
    let doctor = world.north.doctor().await;
    assert_eq!(super::step(&doctor, &asha, "in_consultation").await.status, 200);
    let wall = world.north.nurse().await.page("board/display").await;
    assert_eq!(wall.status, 200);
    let [now, next] = [1, 2].map(|n| wall.text.split("class=\"wall ").nth(n).unwrap().to_owned());
    assert!(now.contains("<b>1</b> <span>doctor of north"), "{now}");
    assert!(next.contains("<b>2</b>") && !next.contains("<b>1</b>"), "{next}");
    for hidden in ["Asha", "Ravi", "TEST", "fever", "PT-", asha["patient_id"].as_str().unwrap()] {
        assert!(!wall.text.contains(hidden), "{hidden}: {}", wall.text);
    }
    assert!(wall.text.contains("data-events=\"/clinic/north/api/v1/queue/events\""));
    // Elsewhere hangs another wall, and not everybody may hang one.
    let south = world.south.nurse().await.page("board/display").await.text;
    assert!(south.contains("Nobody is called") && !south.contains("<b>1</b>"), "{south}");
    assert_eq!(world.north.actor("lab_tech").await.page("board/display").await.status, 403);
}

#[tokio::test]
async fn what_does_not_fit_is_counted_and_a_link_away() {
    let world = World::open().await;
    let (reception, doctor) = (world.north.receptionist().await, world.north.doctor().await);
    for _ in 0..14 {
        let visit = waiting(&world.north, "Asha").await;
        assert_eq!(super::step(&doctor, &visit, "in_consultation").await.status, 200);
    }
    for _ in 0..10 {
        waiting(&world.north, "Asha").await;
    }
    // The wall: whoever was called last stands first, and the others are counted.
    let wall = reception.page("board/display").await.text;
    let tokens: Vec<&str> =
        wall.split("<b>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    let called = ["14", "13", "12", "11", "10", "9", "8", "7", "6", "5", "4", "3"];
    let next = ["15", "16", "17", "18", "19", "20", "21", "22"];
    assert_eq!(tokens, [&called[..], &next].concat());
    assert!(wall.contains("and 2 more called") && wall.contains("and 2 more waiting"), "{wall}");
    assert!(wall.contains("/display.css"), "{wall}");

    // The board: the last who were called are a link away, for a browser without scripts too.
    let cards = |text: &str| text.matches("class=\"turn\"").count();
    let board = reception.page("queue").await.text;
    assert_eq!(cards(&board), 20);
    assert!(board.contains("And 4 more."), "{board}");
    let link = "<a href=\"/clinic/north/queue?all=yes#in-title\" data-all>Show all 14</a>";
    assert!(board.contains(link) && !board.contains("id=\"card-14\""), "{board}");
    let whole = reception.page("queue?all=yes").await.text;
    assert_eq!(cards(&whole), 24);
    assert!(whole.contains("id=\"card-14\"") && !whole.contains("data-all"), "{whole}");
    assert!(whole.contains("<a href=\"/clinic/north/queue\">Show fewer</a>"), "{whole}");
    // Whoever moves a card there comes back there.
    assert!(whole.contains("<input type=\"hidden\" name=\"all\" value=\"yes\">"), "{whole}");
    let waits = reception.get("visits?status=waiting&limit=1").await.json["items"][0].clone();
    let moved = reception
        .submit(
            &format!("visits/{}/move", id(&waits, "visit_id")),
            &[("version", "1"), ("to", "in_consultation"), ("all", "yes")],
        )
        .await;
    assert_eq!(moved.header("location"), "/clinic/north/queue?all=yes&done=visit_in_consultation");
}
