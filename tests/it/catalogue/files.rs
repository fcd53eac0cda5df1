//! The catalogue as a file, out and in.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::amoxicillin;
use crate::world::World;

/// A file sent to the catalogue.
async fn bring(actor: &crate::world::Actor, path: &str, file: &str) -> crate::world::Reply {
    let request = actor.request("POST", &format!("catalogue/{path}"));
    actor.send(request.header("content-type", "text/csv").body(file.to_owned())).await
}

#[tokio::test]
async fn a_catalogue_goes_out_as_a_file_and_comes_in_again() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    admin.post("catalogue/starter", &json!({})).await;
    for (kind, count) in [("medicines", 18), ("tests", 16)] {
        let file = admin.get(&format!("catalogue/{kind}.csv")).await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            file.header("content-disposition"),
            format!("attachment; filename=\"{kind}-north.csv\"")
        );
        assert_eq!(file.text.lines().count(), count + 1, "{}", file.text);
        let path = format!("{kind}.csv");
        let again = bring(&admin, &path, &file.text).await;
        assert_eq!(again.status, 200, "{again:?}");
        assert_eq!(
            again.json,
            json!({"dry_run": false, "rows": count, "added": 0, "updated": 0, "unchanged": count,
                "refused": [], "unknown_columns": []})
        );
        // Another clinic begins with the same file.
        let south = world.south.admin().await;
        let tried = bring(&south, &format!("{path}?dry_run=true"), &file.text).await;
        assert_eq!((&tried.json["added"], &tried.json["dry_run"]), (&json!(count), &json!(true)));
        let all = format!("catalogue/{path}");
        assert_eq!(south.get(&all).await.text.lines().count(), 1, "only tried");
        assert_eq!(bring(&south, &path, &file.text).await.json["added"], count);
        assert_eq!(south.get(&all).await.text, file.text);
    }
    for role in ["receptionist", "nurse", "lab_tech"] {
        let somebody = world.north.actor(role).await;
        assert_eq!(bring(&somebody, "tests.csv", "name,kind\n").await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn a_row_corrects_adds_or_is_told_and_left_out() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let added = doctor.post("catalogue/medicines", &amoxicillin()).await.json;
    let file = "Name,Form,Strength,Price,default_days,active
AMOXICILLIN,capsule,500mg,12,7,
paracetamol,tablet,650 mg,1,,no
Amoxicillin,Capsule,500 mg,12,5,
x,tablet,,,,
ibuprofen,pill,400 mg,,,
aspirin,tablet
diazepam,tablet,5 mg,,999,
";
    let told = bring(&doctor, "medicines.csv", file).await;
    assert_eq!(told.status, 200, "{told:?}");
    let counts = ["rows", "added", "updated", "unchanged"].map(|name| told.json[name].clone());
    assert_eq!(counts, [json!(7), json!(1), json!(1), json!(0)]);
    assert_eq!(told.json["unknown_columns"], json!(["Price"]));
    let refused: Vec<_> = told.json["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| format!("{} {} {}: {}", r["row"], r["name"], r["field"], r["code"]))
        .collect();
    assert_eq!(
        refused,
        [
            r#"3 "Amoxicillin" "form": "unknown_value""#,
            r#"4 "x" "name": "too_short""#,
            r#"5 "ibuprofen" "form": "unknown_value""#,
            r#"6 "" "row": "field_count""#,
            r#"7 "diazepam" "default_days": "out_of_range""#,
        ]
    );
    let path = format!("catalogue/medicines/{}", added["medicine_id"].as_str().unwrap());
    let now = doctor.get(&path).await.json;
    assert_eq!((&now["default_days"], &now["version"]), (&json!(7), &json!(2)));
    assert_eq!(now["allergy_terms"], "penicillin", "a column that is not there changes nothing");
    let twice = "name,kind\nCBC,blood\nCbc,urine\n";
    let told = bring(&doctor, "tests.csv", twice).await.json;
    assert_eq!((&told["added"], &told["refused"][0]["code"]), (&json!(1), &json!("twice_in_file")));
    for (file, said) in [
        ("", "file: empty"),
        ("name\nx y\n", "header: column_missing"),
        ("name,kind,NAME\n", "header: ambiguous"),
    ] {
        assert_eq!(bring(&doctor, "tests.csv", file).await.refused(), [said]);
    }
    let long = format!("name,kind\n{}", "a,blood\n".repeat(40_000));
    assert_eq!(bring(&doctor, "tests.csv", &long).await.problem(), "413 too_large");
}

#[tokio::test]
async fn the_page_tries_a_file_and_brings_it_in() {
    let world = World::open().await;
    let doctor = world.north.doctor().await;
    let page = doctor.page("catalogue/csv?show=tests").await.text;
    assert!(page.contains("All tests as CSV") && page.contains("Columns: name, kind,"), "{page}");
    let file = b"name,kind\nCBC,blood\n<b>,blood,x\n";
    let tried = doctor.upload("catalogue/csv/tests?dry_run=true", &[], "t.csv", file).await;
    assert_eq!(tried.status, 200);
    assert!(tried.text.contains("Only tried: nothing was written"), "{}", tried.text);
    assert!(tried.text.contains("This row has 3 cells"), "{}", tried.text);
    assert!(!doctor.page("catalogue?show=tests").await.text.contains("CBC"));
    let done = doctor.upload("catalogue/csv/tests", &[], "t.csv", file).await;
    assert!(done.text.contains("The file is in"));
    assert!(doctor.page("catalogue?show=tests").await.text.contains("CBC"));
    let none = doctor.upload("catalogue/csv/tests", &[], "t.csv", b"").await;
    assert_eq!(none.status, 422);
    assert!(none.text.contains("Choose a file."), "{}", none.text);
    let forged = doctor.upload("catalogue/csv/tests", &[("csrf", "x")], "t.csv", file).await;
    assert_eq!(forged.status, 403);
    assert_eq!(world.north.nurse().await.page("catalogue/csv").await.status, 403);
}
