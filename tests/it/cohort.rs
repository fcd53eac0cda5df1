//! Figures over everybody with a risk profile.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::world::World;

const FILE: &str = "id,gender,age,hypertension,heart_disease,ever_married,work_type,Residence_type,avg_glucose_level,bmi,smoking_status,stroke
1,Male,70,1,0,Yes,Private,Urban,100.5,20,smokes,1
2,Female,40.5,1,1,No,Private,Rural,100.5,30,never smoked,0
3,Female,64.9,1,0,Yes,Govt_job,Urban,100.5,N/A,Unknown,0
4,Other,0.08,0,0,No,children,Urban,100.5,15.5,Unknown,0
";

fn buckets(list: &Value) -> Vec<(String, i64)> {
    let list = list.as_array().unwrap().iter();
    list.map(|b| (b["value"].as_str().unwrap_or("-").to_owned(), b["count"].as_i64().unwrap()))
        .collect()
}

#[tokio::test]
async fn the_figures_follow_the_profiles() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let empty = admin.get("cohort").await.json;
    assert_eq!(
        (&empty["total"], &empty["mean_age"], &empty["risk"]),
        (&json!(0), &json!(null), &json!([]))
    );
    assert_eq!(admin.import("", FILE).await.json["created"], 4);
    // Somebody without a profile does not count.
    world.north.patient("Asha").await;
    let cohort = world.north.doctor().await.get("cohort").await.json;
    for (name, value) in [
        ("total", json!(4)),
        ("stroke", json!(1)),
        ("high_risk", json!(2)),
        ("mean_age", json!(43.87)),
        ("mean_bmi", json!(21.8333)),
        ("bmi_known", json!(3)),
    ] {
        assert_eq!(cohort[name], value, "{name}");
    }
    let said = |pairs: &[(&str, i64)]| {
        pairs.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect::<Vec<_>>()
    };
    assert_eq!(buckets(&cohort["risk"]), said(&[("high", 2), ("moderate", 1), ("lower", 1)]));
    assert_eq!(
        buckets(&cohort["age_groups"]),
        said(&[("0-17", 1), ("35-49", 1), ("50-64", 1), ("65-79", 1)])
    );
    assert_eq!(buckets(&cohort["sex"]), said(&[("female", 2), ("male", 1), ("other", 1)]));
    assert_eq!(
        buckets(&cohort["work_type"]),
        said(&[("Private", 2), ("Govt_job", 1), ("children", 1)])
    );
    assert_eq!(buckets(&cohort["residence_type"]), said(&[("Urban", 3), ("Rural", 1)]));
    assert_eq!(cohort["smoking_status"][0], json!({"value": "Unknown", "count": 2, "stroke": 0}));
    assert_eq!(world.south.admin().await.get("cohort").await.json["total"], 0);
}

#[tokio::test]
async fn a_changed_profile_changes_the_figures_and_an_archived_record_leaves_them() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    admin.import("", FILE).await;
    let better = admin.import("", FILE.replace("1,Male,70,1,0", "1,Male,70,0,0")).await.json;
    assert_eq!((&better["updated"], &better["unchanged"]), (&json!(1), &json!(3)));
    assert_eq!(admin.get("cohort").await.json["high_risk"], 1);
    let found = admin.get("patients?q=patient 2").await.json["items"][0].clone();
    let path = format!("patients/{}", found["patient_id"].as_str().unwrap());
    let archived = admin.patch(&path, 1, &json!({"status": "archived"})).await;
    assert_eq!(archived.status, 200, "{archived:?}");
    let cohort = admin.get("cohort").await.json;
    assert_eq!((&cohort["total"], &cohort["high_risk"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn who_may_see_figures_sees_the_page_and_others_do_not() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    assert!(admin.page("cohort").await.text.contains("No risk profiles yet"));
    admin.import("", FILE).await;
    for role in ["admin", "doctor", "receptionist"] {
        let page = world.north.actor(role).await.page("cohort").await;
        assert_eq!(page.status, 200, "{role}");
        assert!(
            page.text.contains("Smoked before") || page.text.contains("Never smoked"),
            "{}",
            page.text
        );
        assert!(page.text.contains("43.9"), "{}", page.text);
    }
    for role in ["nurse", "lab_tech", "pharmacist", "cashier", "patient"] {
        let actor = world.north.actor(role).await;
        assert_eq!(actor.get("cohort").await.problem(), "403 forbidden", "{role}");
    }
}
