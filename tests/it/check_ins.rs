//! Check-ins counted by day, month and year.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

use crate::world::World;

/// A past that can be counted: in north two visits on 3 March 2025, one on the 4th, one in April, one in
/// 2024; in south one on 3 March 2025.
async fn past(world: &World) {
    let past = [
        ("north", "2025-03-03", "completed", "routine"),
        ("north", "2025-03-03", "cancelled", "emergency"),
        ("north", "2025-03-04", "completed", "emergency"),
        ("north", "2025-04-01", "no_show", "routine"),
        ("north", "2024-12-31", "completed", "follow_up"),
        ("south", "2025-03-03", "completed", "routine"),
    ];
    let mut owner = world.connect("postgres").await;
    for (n, (slug, day, status, kind)) in past.into_iter().enumerate() {
        let doctor = "select practitioner_id from polyclinic.practitioners p where p.clinic_id = d.clinic_id";
        let started =
            if status == "completed" { "timestamptz '2025-01-01 10:20Z'" } else { "null" };
        // Every other completed one was seen by the doctor of the clinic.
        let by = if n % 2 == 0 { format!("({doctor} limit 1)") } else { "null".into() };
        let sql = format!(
            "insert into polyclinic.visits (clinic_id, visit_id, patient_id, practitioner_id, visit_day, token, visit_type,
               purpose, status, arrived_at, started_at)
             select d.clinic_id, gen_random_uuid(), p.patient_id, {by}, '{day}', {n} + 1, '{kind}', 'cough', '{status}',
               timestamptz '2025-01-01 10:00Z', {started}
             from platform.directory d join polyclinic.patients p using (clinic_id) where d.slug = '{slug}' limit 1"
        );
        owner.execute(AssertSqlSafe(sql)).await.unwrap();
    }
}

/// Period, check-ins, completed, cancelled, no-show, emergencies, called.
fn lines(report: &Value) -> Vec<String> {
    let of = |line: &Value| {
        let numbers = ["check_ins", "completed", "cancelled", "no_show", "emergencies", "called"]
            .map(|n| line[n].to_string());
        format!("{} {}", line["period"].as_str().unwrap(), numbers.join(" "))
    };
    report["items"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn check_ins_are_counted_by_day_month_and_year() {
    let world = World::open().await;
    past(&world).await;
    let reception = world.north.receptionist().await;
    let asked = async |query: &str| {
        let reply = reception.get(&format!("check-ins?{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {reply:?}");
        reply.json
    };
    let days = asked("from=2025-03-01&to=2025-04-30").await;
    assert_eq!(
        lines(&days),
        ["2025-04-01 1 0 0 1 0 0", "2025-03-04 1 1 0 0 1 1", "2025-03-03 2 1 1 0 1 1"]
    );
    assert_eq!(days["items"][1]["waited_minutes"], 20);
    assert_eq!(days["items"][0]["waited_minutes"], Value::Null);
    let months = asked("by=month&from=2024-12-01&to=2025-12-31").await;
    assert_eq!(
        lines(&months),
        ["2025-04 1 0 0 1 0 0", "2025-03 3 2 1 0 2 2", "2024-12 1 1 0 0 0 1"]
    );
    let years = asked("by=year&from=2024-01-01&to=2025-12-31").await;
    assert_eq!(lines(&years), ["2025 4 2 1 1 2 2", "2024 1 1 0 0 0 1"]);
    // The last day counts, the day after does not.
    assert_eq!(lines(&asked("from=2025-03-04&to=2025-03-31").await).len(), 1);
    // Nothing said: this month, in which nobody came.
    assert_eq!(asked("").await["items"], json!([]));
}

#[tokio::test]
async fn check_ins_are_counted_of_one_doctor_one_state_one_urgency() {
    let world = World::open().await;
    past(&world).await;
    let admin = world.north.admin().await;
    let year = "by=year&from=2025-01-01&to=2025-12-31";
    let mut owner = world.connect("postgres").await;
    let id: uuid::Uuid = sqlx::query_scalar(
        "select practitioner_id from polyclinic.practitioners p join platform.directory d using (clinic_id) where d.slug = 'north'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    for (filter, line) in [
        ("status=completed", "2025 2 2 0 0 1 2"),
        ("visit_type=emergency", "2025 2 1 1 0 2 1"),
        ("visit_type=emergency&status=cancelled", "2025 1 0 1 0 1 0"),
        (&format!("practitioner_id={id}"), "2025 2 2 0 0 1 2"),
    ] {
        let report = admin.get(&format!("check-ins?{year}&{filter}")).await.json;
        assert_eq!(lines(&report), [line], "{filter}");
    }
    for (query, refused) in [
        ("by=week", "by: unknown_value"),
        ("from=2025-13-01", "from: not_a_date"),
        ("from=2025-03-02&to=2025-03-01", "to: before_from"),
        ("from=2200-01-01", "from: after_to"),
        ("from=2020-01-01&to=2025-01-01", "from: too_wide"),
        ("status=gone", "status: unknown_value"),
        ("practitioner_id=7", "practitioner_id: not_an_id"),
    ] {
        let reply = admin.get(&format!("check-ins?{query}")).await;
        assert_eq!((reply.status, reply.refused()), (422, vec![refused.to_owned()]), "{query}");
        assert_eq!(admin.page(&format!("check-ins?{query}")).await.status, 422, "{query}");
        assert_eq!(admin.page(&format!("check-ins.csv?{query}")).await.status, 422, "{query}");
    }
    for role in ["lab_tech", "pharmacist", "cashier", "patient"] {
        assert_eq!(
            world.north.actor(role).await.get("check-ins").await.problem(),
            "403 forbidden",
            "{role}"
        );
    }
}

#[tokio::test]
async fn the_page_shows_the_counts_and_the_file_has_them() {
    let world = World::open().await;
    past(&world).await;
    let reception = world.north.receptionist().await;
    let query = "by=day&from=1%2F3%2F25&to=30+Apr+2025";
    let page = reception.page(&format!("check-ins?{query}")).await;
    assert_eq!(page.status, 200);
    for said in
        ["03-Mar-2025", "01-Apr-2025", "Together", "20 min", "from=2025-03-03&#38;to=2025-03-03"]
    {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    let day =
        reception.page("check-ins?from=2025-03-03&to=2025-03-03&visit_type=emergency").await.text;
    assert!(day.contains("Who came") && day.contains("OWN") || day.contains("Own"), "{day}");
    assert_eq!(day.matches("id=\"row-").count(), 1, "only the emergency: {day}");
    let file = reception.page(&format!("check-ins.csv?{query}")).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"check-ins-north-2025-03-01-2025-04-30.csv\""
    );
    assert_eq!(
        file.text,
        "period,check_ins,completed,cancelled,no_show,open,emergencies,called,waited_minutes\n\
         2025-04-01,1,0,0,1,0,0,0,\n\
         2025-03-04,1,1,0,0,0,1,1,20\n\
         2025-03-03,2,1,1,0,0,1,1,20\n"
    );
    let wrong = reception.page("check-ins?from=nonsense").await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text.contains("value=\"nonsense\"") && wrong.text.contains("Write the date like")
    );
}
