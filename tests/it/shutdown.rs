//! The program itself: told to stop, it finishes and says so with its exit status.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;

use crate::world::{World, cluster};

#[tokio::test]
async fn a_service_that_is_told_to_stop_ends_in_order() {
    let world = World::open().await;
    let cluster = cluster().await;
    for signal in ["-TERM", "-INT"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polyclinic"));
        command.args([
            "serve",
            "--bind",
            "127.0.0.1:0",
            "--drain-seconds",
            "0",
            "--allow-old-server",
        ]);
        for login in ["app", "auth", "platform", "worker"] {
            let name = format!("POLYCLINIC_{}_DATABASE_URL", login.to_uppercase());
            command.env(name, cluster.url(&format!("polyclinic_{login}"), &world.database));
        }
        command.env("POLYCLINIC_SECRET_KEY", "dGVzdHMgdXNlIHRoZSBzYW1lIGtleSBhbHdheXMhISE=");
        command.env_remove("RUST_LOG");
        let mut service = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(service.stderr.take().unwrap()).lines();
        for line in lines.by_ref() {
            said += &line.unwrap();
            if said.contains("Serving") {
                break;
            }
        }
        assert!(said.contains("Serving"), "{said}");
        let pid = service.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        let status = service.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{signal}: {rest:?}");
        assert!(rest.iter().any(|line| line.contains("Stopping")), "{rest:?}");
    }
}
