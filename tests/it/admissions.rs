//! Recommending an admission, and keeping track of who stands where.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::Executor;

use crate::vitals::{check_in, set_status, visitor};
use crate::world::{Actor, Reply, World};

async fn recommend(doctor: &Actor, visit: &str) -> Reply {
    let body = json!({"reason": "Pneumonia, oxygen 88 %", "urgency": "urgent"});
    doctor.post(&format!("visits/{visit}/admission-recommendation"), &body).await
}

async fn withdraw(actor: &Actor, found: &Value, version: i64, reason: &str) -> Reply {
    let path = format!(
        "admission-recommendations/{}/withdraw",
        found["recommendation_id"].as_str().unwrap()
    );
    let request = actor.request("POST", &path).header("if-match", format!("\"v{version}\""));
    actor.send(request.json(&json!({"reason": reason}))).await
}

#[tokio::test]
async fn an_admission_is_recommended_once_and_withdrawn_with_a_reason() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let made = recommend(&doctor, &visit).await;
    assert_eq!((made.status, made.header("etag")), (201, "\"v1\""), "{made:?}");
    assert_eq!((&made.json["status"], &made.json["patient_id"]), (&json!("open"), &json!(patient)));
    assert_eq!(doctor.get(made.header("location")).await.json, made.json);
    assert_eq!(recommend(&doctor, &visit).await.problem(), "409 already_recommended");
    let open = doctor.get("admission-recommendations?status=open").await.json;
    assert_eq!(open["items"], json!([made.json]));
    let chart = doctor.get(&format!("patients/{patient}/chart?kind=admission")).await.json;
    assert_eq!(chart["timeline"]["items"][0]["reason"], "Pneumonia, oxygen 88 %");
    assert_eq!(chart["timeline"]["items"][0]["by"], "doctor of north");
    assert!(
        doctor.page(&format!("patients/{patient}")).await.text.contains("Admission recommended")
    );
    let beside = world.north.nurse().await.page(&format!("visits/{visit}/consultation")).await.text;
    assert!(beside.contains("Pneumonia, oxygen 88 %"), "{beside}");
    assert_eq!(withdraw(&doctor, &made.json, 1, "x").await.refused(), ["reason: too_short"]);
    assert_eq!(withdraw(&doctor, &made.json, 7, "better").await.problem(), "412 stale");
    let closed = withdraw(&doctor, &made.json, 1, "better after oxygen").await;
    assert_eq!((closed.status, &closed.json["status"]), (200, &json!("withdrawn")), "{closed:?}");
    assert_eq!(
        withdraw(&doctor, &made.json, 2, "again").await.problem(),
        "409 recommendation_closed"
    );
    assert_eq!(doctor.get("admission-recommendations?status=open").await.json["items"], json!([]));
    assert_eq!(recommend(&doctor, &visit).await.status, 201, "and again when it is worse");
    let both = doctor.get("admission-recommendations").await.json;
    assert_eq!(both["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn of_many_who_recommend_at_once_one_does() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let replies = futures_util::future::join_all((0..6).map(|_| recommend(&doctor, &visit))).await;
    let mut answers: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn who_may_recommend_and_who_may_see() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let made = recommend(&doctor, &visit).await.json;
    let path = format!("admission-recommendations/{}", made["recommendation_id"].as_str().unwrap());
    for (role, sees) in [
        ("admin", 200),
        ("nurse", 200),
        ("receptionist", 200),
        ("lab_tech", 403),
        ("pharmacist", 403),
        ("cashier", 403),
        ("patient", 404),
    ] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get(&path).await.status, sees, "{role}");
        let listed = if sees == 200 { 200 } else { 403 };
        assert_eq!(actor.get("admission-recommendations").await.status, listed, "{role}");
        assert_eq!(actor.page("admissions").await.status, listed, "{role}");
        assert_eq!(recommend(&actor, &visit).await.problem(), "403 forbidden", "{role}");
        assert_eq!(
            withdraw(&actor, &made, 1, "why not").await.problem(),
            "403 forbidden",
            "{role}"
        );
    }
    let south = world.south.doctor().await;
    assert_eq!(south.get(&path).await.problem(), "404 not_found");
    assert_eq!(recommend(&south, &visit).await.problem(), "404 not_found");
    assert_eq!(south.get("admission-recommendations").await.json["items"], json!([]));
    for (body, refused) in [
        (json!({"urgency": "urgent"}), "reason: required"),
        (json!({"reason": "Pneumonia"}), "urgency: required"),
        (json!({"reason": "Pneumonia", "urgency": "soon"}), "urgency: unknown_value"),
        (json!({"reason": "x".repeat(1001), "urgency": "urgent"}), "reason: too_long"),
    ] {
        let reply = doctor.post(&format!("visits/{visit}/admission-recommendation"), &body).await;
        assert_eq!(reply.refused(), [refused]);
    }
    let other =
        check_in(&world, world.north.patient("Usha").await["patient_id"].as_str().unwrap()).await;
    set_status(&world, &other, "cancelled").await;
    assert_eq!(recommend(&doctor, &other).await.problem(), "409 visit_closed");
    world
        .north
        .receptionist()
        .await
        .patch(&format!("patients/{patient}"), 1, &json!({"status": "archived"}))
        .await;
    assert_eq!(recommend(&doctor, &visit).await.problem(), "409 archived");
}

#[tokio::test]
async fn an_admission_is_recommended_and_withdrawn_without_a_script() {
    let world = World::open().await;
    let (_, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("visits/{visit}/admission");
    assert!(
        doctor
            .page(&format!("visits/{visit}/consultation"))
            .await
            .text
            .contains(&format!("/clinic/north/{path}\""))
    );
    assert!(doctor.page(&path).await.text.contains("Recommend to admit TEST, Asha"));
    let wrong = doctor.submit(&path, &[("reason", "Fever for days")]).await;
    assert!(
        wrong.status == 422
            && wrong.text.contains("Fever for days</textarea>")
            && wrong.text.contains("Say how soon."),
        "{}",
        wrong.text
    );
    let done = doctor
        .submit(&path, &[("once", "a1"), ("reason", "Fever for days"), ("urgency", "emergency")])
        .await;
    assert_eq!(
        done.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=admission_recommended")
    );
    let list = world.north.receptionist().await.page("admissions").await.text;
    assert!(list.contains("TEST, Asha") && list.contains("At once"), "{list}");
    let standing = doctor.page(&path).await.text;
    assert!(
        standing.contains("Withdraw it for TEST, Asha") && !standing.contains("Recommend to admit"),
        "{standing}"
    );
    let found = doctor.get("admission-recommendations").await.json["items"][0].clone();
    let withdraw = format!(
        "admission-recommendations/{}/withdraw",
        found["recommendation_id"].as_str().unwrap()
    );
    let blank = doctor.submit(&withdraw, &[("version", "1")]).await;
    assert!(blank.status == 422 && blank.text.contains("Withdraw it for"), "{}", blank.text);
    assert_eq!(
        doctor.submit(&withdraw, &[("version", "9"), ("reason", "better")]).await.status,
        412
    );
    let gone = doctor.submit(&withdraw, &[("version", "1"), ("reason", "better")]).await;
    assert_eq!(gone.header("location"), "/clinic/north/admissions?done=admission_withdrawn");
    assert!(!doctor.page("admissions").await.text.contains("TEST, Asha"));
    assert!(doctor.page("admissions?show=all").await.text.contains("better"));
}

#[tokio::test]
async fn patients_are_tracked_by_their_last_visit_that_took_place() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let (asha, first) = visitor(&world, "Asha").await;
    set_status(&world, &first, "completed").await;
    let (usha, second) = visitor(&world, "Usha").await;
    let (gone, third) = visitor(&world, "Gone").await;
    let mut owner = world.connect("postgres").await;
    for (visit, days) in [(&first, 40), (&second, 10), (&third, 5)] {
        let sql = format!(
            "update polyclinic.visits set arrived_at = arrived_at - interval '{days} days', visit_day = visit_day - {days} where visit_id = '{visit}'"
        );
        owner.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    // A later visit counts, one that was cancelled does not.
    let later = check_in(&world, &asha).await;
    set_status(&world, &later, "completed").await;
    let cancelled = check_in(&world, &usha).await;
    set_status(&world, &cancelled, "cancelled").await;
    world
        .north
        .receptionist()
        .await
        .patch(&format!("patients/{gone}"), 1, &json!({"status": "archived"}))
        .await;
    let names = async |query: &str| -> Vec<String> {
        let reply = doctor.get(&format!("tracking{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {reply:?}");
        let items = reply.json["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|t| format!("{} {}", t["name"].as_str().unwrap(), t["days_since"]))
            .collect()
    };
    assert_eq!(names("").await, ["TEST, Asha 0", "TEST, Usha 10"]);
    assert_eq!(names("?days=7").await, ["TEST, Usha 10"]);
    assert_eq!(names("?days=30").await, [""; 0]);
    assert_eq!(names("?status=registered").await.len(), 2);
    assert_eq!(names("?status=discharged").await, [""; 0]);
    let own: String = sqlx::query_scalar(
        "select practitioner_id::text from polyclinic.practitioners where name = 'doctor of north'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(names(&format!("?practitioner_id={own}")).await, [""; 0]);
    let sql = format!(
        "update polyclinic.visits set practitioner_id = '{own}' where visit_id = '{second}'"
    );
    owner.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    assert_eq!(names(&format!("?practitioner_id={own}")).await, ["TEST, Usha 10"]);
    let page = doctor.get("tracking?limit=1").await.json;
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(names(&format!("?cursor={cursor}")).await, ["TEST, Usha 10"]);
    assert_eq!(doctor.get("tracking?days=x").await.refused(), ["days: out_of_range"]);
    assert_eq!(doctor.get("tracking?status=gone").await.refused(), ["status: unknown_value"]);
    let drawn = doctor.page("tracking?days=7").await.text;
    assert!(
        drawn.contains("TEST, Usha")
            && !drawn.contains("TEST, Asha")
            && drawn.contains("value=\"7\""),
        "{drawn}"
    );
    assert_eq!(world.south.doctor().await.get("tracking").await.json["items"], json!([]));
    for (role, status) in [("nurse", 200), ("admin", 200), ("cashier", 403), ("patient", 403)] {
        let actor = world.north.actor(role).await;
        assert_eq!(
            (actor.get("tracking").await.status, actor.page("tracking").await.status),
            (status, status),
            "{role}"
        );
    }
}

#[tokio::test]
async fn a_doctor_says_where_a_patient_stands_and_changes_nothing_else() {
    let world = World::open().await;
    let (patient, visit) = visitor(&world, "Asha").await;
    let doctor = world.north.doctor().await;
    let path = format!("patients/{patient}/status");
    let say = async |actor: &Actor, version: i64, status: &str| {
        let request = actor.request("POST", &path).header("if-match", format!("\"v{version}\""));
        actor.send(request.json(&json!({"status": status}))).await
    };
    let said = say(&doctor, 1, "in_diagnosis").await;
    assert_eq!(
        (said.status, &said.json["status"], said.header("etag")),
        (200, &json!("in_diagnosis"), "\"v2\""),
        "{said:?}"
    );
    assert_eq!(say(&doctor, 1, "discharged").await.problem(), "412 stale");
    for status in ["archived", "deceased"] {
        assert_eq!(say(&doctor, 2, status).await.refused(), ["status: not_on_the_way"]);
    }
    let form = [("version", "2"), ("status", "treatment_started"), ("visit_id", visit.as_str())];
    let sent = doctor.submit(&path, &form).await;
    assert_eq!(
        sent.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=status_said")
    );
    let late = doctor.submit(&path, &form).await;
    assert_eq!(
        late.header("location"),
        format!("/clinic/north/visits/{visit}/consultation?done=status_stale")
    );
    assert!(
        doctor
            .page(&format!("visits/{visit}/consultation"))
            .await
            .text
            .contains("value=\"treatment_started\" selected")
    );
    assert_eq!(
        doctor
            .patch(&format!("patients/{patient}"), 3, &json!({"given_name": "X"}))
            .await
            .problem(),
        "403 forbidden"
    );
    // Nor by SQL: the wall lets through where the patient stands, and nothing beside.
    let mut db = world.connect("polyclinic_app").await;
    db.execute("begin").await.unwrap();
    sqlx::query("select gate.enter('north', $1)")
        .bind(doctor.secret.clone().unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    for (set, passes) in [
        ("given_name = 'X'", false),
        ("status = 'deceased'", false),
        ("status = 'archived'", false),
        ("phone = '1234', status = 'discharged'", false),
        ("status = 'discharged'", true),
    ] {
        db.execute("savepoint s").await.unwrap();
        let sql = format!("update polyclinic.patients set {set} where patient_id = '{patient}'");
        let outcome = db.execute(sqlx::AssertSqlSafe(sql)).await;
        db.execute("rollback to s").await.unwrap();
        match outcome {
            Ok(done) => assert!(passes && done.rows_affected() == 1, "{set}"),
            Err(error) => {
                assert!(!passes, "{set}: {error}");
                assert_eq!(error.as_database_error().unwrap().code().unwrap(), "PC021", "{set}");
            }
        }
    }
    for (role, problem) in
        [("nurse", "403 forbidden"), ("cashier", "403 forbidden"), ("patient", "403 forbidden")]
    {
        assert_eq!(
            say(&world.north.actor(role).await, 3, "registered").await.problem(),
            problem,
            "{role}"
        );
    }
    assert_eq!(say(&world.north.receptionist().await, 3, "discharged").await.status, 200);
    assert_eq!(say(&world.south.doctor().await, 4, "registered").await.problem(), "404 not_found");
    world
        .north
        .receptionist()
        .await
        .patch(&format!("patients/{patient}"), 4, &json!({"status": "deceased"}))
        .await;
    assert_eq!(say(&doctor, 5, "registered").await.problem(), "409 deceased");
}
