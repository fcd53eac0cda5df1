//! Passwords that anybody at the reception could guess.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_password_is_not_made_of_names_that_everybody_knows() {
    let world = World::open().await;
    let admin = world.north.admin().await;
    let body = json!({"name": "Nina Bhosale", "identifier": "nurse.nina", "email": "nbhosale@mail.example", "role": "nurse"});
    let invited = admin.post("users", &body).await;
    let link = invited.json["set_password_path"].as_str().unwrap();
    let anybody = world.anybody();
    let choose = async |password: &str| {
        let fields = [("password", password), ("again", password)];
        anybody.send(anybody.request("POST", link).form(&fields)).await
    };
    for password in
        ["Bhosale@2026", "nbhosale12345", "North2026!!", "NorthClinic#1", "ninabhosale99"]
    {
        let reply = choose(password).await;
        assert_eq!(
            (reply.status, reply.text.contains("id=\"e-password\"")),
            (422, true),
            "{password}"
        );
    }
    assert_eq!(choose("a whole new sentence").await.status, 303);
    let nurse = world.north.nurse().await;
    for password in ["North2026!!", "nurse-of-north-1"] {
        let fields = [
            ("current_password", crate::world::PASSWORD),
            ("new_password", password),
            ("again", password),
        ];
        let reply = nurse.submit("me/password", &fields).await;
        assert_eq!(
            (reply.status, reply.text.contains("id=\"e-new_password\"")),
            (422, true),
            "{password}"
        );
    }
}
