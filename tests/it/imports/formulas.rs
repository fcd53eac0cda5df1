//! What a spreadsheet would run.

use pretty_assertions::assert_eq;

use super::account;
use crate::world::World;

#[tokio::test]
async fn a_formula_comes_back_as_text_and_goes_in_as_it_was() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let file = "id,name,age,mobile\n1,\"=HYPERLINK(\"\"http://x\"\")\",300,+91 98220 01122\n2,-Asha,300,\n";
    let made = admin.import("", file).await;
    let id = made.json["import_id"].as_str().unwrap();
    let csv = admin.get(&format!("imports/{id}/rejects.csv")).await.text;
    let rows: Vec<_> =
        csv.lines().skip(1).map(|line| line.split(",300,").next().unwrap()).collect();
    assert_eq!(rows, ["1,\"'=HYPERLINK(\"\"http://x\"\")\"", "2,'-Asha"]);
    assert!(csv.contains(",'+91 98220 01122,"), "{csv}");
    let again = admin.import("", csv.replace(",300,", ",30,")).await;
    assert_eq!(account(&again.json)[0], 2, "{again:?}");
    let names = admin.get("patients?q=98220").await.json["items"][0].clone();
    assert_eq!(names["phone"], "+91 98220 01122", "{names}");
}
