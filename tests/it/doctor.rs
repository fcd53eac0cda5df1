//! Whether the service looks before it opens its doors: rules, logins, TLS, metrics; and the commands.

mod listening;

use std::process::{Command, Output};

use polyclinic::checks::{self, Standing};
use polyclinic::db;
use pretty_assertions::assert_eq;
use sqlx::Executor;

use crate::world::{World, cluster};

const KEY: &str = "dGVzdHMgdXNlIHRoZSBzYW1lIGtleSBhbHdheXMhISE=";

/// The program with the four logins of a world's database, nothing else in its environment.
async fn program(world: &World, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyclinic"));
    command.env_clear().args(args);
    for login in ["app", "auth", "platform", "worker"] {
        let url = cluster().await.url(&format!("polyclinic_{login}"), &world.database);
        command.env(format!("POLYCLINIC_{}_DATABASE_URL", login.to_uppercase()), url);
    }
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn a_fresh_database_keeps_every_rule() {
    let world = World::open().await;
    let owner = cluster().await.url("postgres", &world.database);
    let findings = checks::all(&world.app.pools, Some(&owner), false).await.unwrap();
    assert!(findings.len() > 30, "{}", findings.len());
    for finding in &findings {
        assert_eq!(finding.standing, Standing::Kept, "{finding}");
        assert!(finding.says.ends_with('.') && finding.says.len() > 20, "{finding}");
    }
    let said = program(&world, &["doctor"]).await;
    let out = text(&said.stdout);
    assert!(said.status.success(), "{out}{}", text(&said.stderr));
    assert!(
        out.contains("ok        wall ") && out.contains("Every rule that was asked about is kept."),
        "{out}"
    );
}

#[tokio::test]
async fn a_hole_in_the_wall_is_found_and_the_service_does_not_open() {
    let world = World::open().await;
    let mut owner = world.connect("postgres").await;
    owner.execute("alter table polyclinic.patients no force row level security").await.unwrap();
    let said = program(&world, &["doctor"]).await;
    let out = text(&said.stdout);
    assert_eq!(said.status.code(), Some(1), "{out}");
    assert!(out.contains("VIOLATED  rls_forced") && out.contains("polyclinic.patients"), "{out}");
    let served = program(&world, &["serve", "--bind", "127.0.0.1:0", "--secret-key", KEY]).await;
    let err = text(&served.stderr);
    assert_eq!(served.status.code(), Some(1), "{err}");
    assert!(err.contains("rls_forced") && err.contains("polyclinic.patients"), "{err}");
    assert!(!err.contains(KEY));
}

#[tokio::test]
async fn a_login_that_passes_the_wall_is_found() {
    let world = World::open().await;
    let mut pools = world.app.pools.clone();
    pools.app = db::pool(&cluster().await.url("postgres", &world.database), 1).unwrap();
    let findings = checks::all(&pools, None, false).await.unwrap();
    let logins = findings.iter().find(|f| f.rule == "logins").unwrap();
    let Standing::Violated(problems) = &logins.standing else { panic!("{logins}") };
    let said = problems.join("\n");
    assert!(
        said.contains("is used where polyclinic_app belongs") && said.contains("is a superuser"),
        "{said}"
    );
    assert!(checks::refuse(&pools, false).await.is_err());
}

#[tokio::test]
async fn a_database_behind_the_program_is_refused_and_one_ahead_is_advice() {
    let world = World::open().await;
    let mut owner = world.connect("postgres").await;
    let found = async || {
        let findings = checks::all(&world.app.pools, None, false).await.unwrap();
        findings.into_iter().find(|f| f.rule == "migrations").unwrap().standing
    };
    owner.execute("insert into public._sqlx_migrations select 99999999, 'of tomorrow', now(), true, '\\x00', 0").await.unwrap();
    assert!(matches!(found().await, Standing::Advice(_)));
    owner
        .execute("update public._sqlx_migrations set checksum = '\\x00' where version = 10")
        .await
        .unwrap();
    let Standing::Violated(problems) = found().await else { panic!("an altered migration") };
    assert!(problems[0].contains("10 roles was another text"), "{problems:?}");
    owner.execute("delete from public._sqlx_migrations where version = 10").await.unwrap();
    let Standing::Violated(problems) = found().await else { panic!("a missing migration") };
    assert!(problems[0].contains("10 roles is not applied"), "{problems:?}");
}

#[tokio::test]
async fn what_is_not_hardened_is_advice_and_no_obstacle() {
    let world = World::open().await;
    let mut owner = world.connect("postgres").await;
    owner
        .execute("grant execute on function pg_catalog.pg_sleep(double precision) to public")
        .await
        .unwrap();
    let findings = checks::all(&world.app.pools, None, false).await.unwrap();
    let hardening = findings.iter().find(|f| f.rule == "hardening").unwrap();
    let Standing::Advice(open) = &hardening.standing else { panic!("{hardening}") };
    assert!(open.len() == 1 && open[0].contains("pg_sleep"), "{open:?}");
    checks::refuse(&world.app.pools, false).await.unwrap();
}

#[tokio::test]
async fn clinics_and_people_are_made_from_the_command_line() {
    let world = World::open().await;
    let made = program(
        &world,
        &[
            "clinic",
            "create",
            "--slug",
            "west",
            "--name",
            "West Clinic",
            "--zone",
            "Asia/Dubai",
            "--currency",
            "AED",
            "--locale",
            "en-AE",
            "--registration",
            "R-9",
            "--city",
            "Dubai",
            "--phone",
            "04 123 4567",
            "--email",
            "care@west.example",
        ],
    )
    .await;
    assert!(made.status.success(), "{}", text(&made.stderr));
    let listed = text(&program(&world, &["clinic", "list"]).await.stdout);
    assert!(
        listed.contains("west") && listed.contains("West Clinic") && listed.contains("north"),
        "{listed}"
    );
    let doctor = program(
        &world,
        &[
            "user",
            "create",
            "--clinic",
            "west",
            "--role",
            "doctor",
            "--identifier",
            "meera",
            "--name",
            "Dr. Meera",
            "--licence",
            "D-1",
            "--base-url",
            "https://clinics.example/",
        ],
    )
    .await;
    assert!(doctor.status.success(), "{}", text(&doctor.stderr));
    let link = text(&doctor.stdout);
    let path = link.trim().strip_prefix("https://clinics.example").unwrap().to_owned();
    let anybody = world.anybody();
    let password = "a whole new sentence";
    let fields = [("password", password), ("again", password)];
    let set = anybody.send(anybody.request("POST", &path).form(&fields)).await;
    assert_eq!(set.header("location"), "/clinic/west/login", "{set:?}");
    let body = serde_json::json!({"identifier": "meera", "password": password});
    let opened = anybody.post("/clinic/west/api/v1/sessions", &body).await;
    assert_eq!(opened.status, 201, "{opened:?}");
    let mut owner = world.connect("postgres").await;
    let licence: String = sqlx::query_scalar(
        "select licence_number from polyclinic.practitioners where name = 'Dr. Meera'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(licence, "D-1");
    let admin =
        program(&world, &["admin", "create", "--email", "Root@platform.example", "--name", "Root"])
            .await;
    assert!(text(&admin.stdout).starts_with("/password/"), "{}", text(&admin.stderr));
    for (args, said) in [
        (&["clinic", "create", "--slug", "west", "--name", "Again"][..], "This address is taken."),
        (&["clinic", "create", "--slug", "admin", "--name", "Reserved"], "not a reserved word"),
        (&["clinic", "create", "--slug", "West!", "--name", "Shape"], "3 to 40 characters"),
        (
            &["clinic", "create", "--slug", "east", "--name", "East", "--zone", "Asia/Nowhere"],
            "zone: Choose a time zone",
        ),
        (
            &[
                "user",
                "create",
                "--clinic",
                "nowhere",
                "--role",
                "nurse",
                "--identifier",
                "n1",
                "--name",
                "N",
            ],
            "no such clinic",
        ),
        (
            &[
                "user",
                "create",
                "--clinic",
                "west",
                "--role",
                "patient",
                "--identifier",
                "p1",
                "--name",
                "P",
            ],
            "role: A patient’s login",
        ),
        (
            &[
                "user",
                "create",
                "--clinic",
                "west",
                "--role",
                "nurse",
                "--identifier",
                "meera",
                "--name",
                "M",
            ],
            "identifier: Another person",
        ),
        (
            &[
                "user",
                "create",
                "--clinic",
                "west",
                "--role",
                "admin",
                "--identifier",
                "root",
                "--name",
                "R",
                "--email",
                "root@platform.example",
            ],
            "runs the platform",
        ),
        (
            &["admin", "create", "--email", "root@platform.example", "--name", "Twice"],
            "Another person has this email.",
        ),
    ] {
        let refused = program(&world, args).await;
        let err = text(&refused.stderr);
        assert!(!refused.status.success() && err.contains(said), "{args:?}: {err}");
    }
}

#[tokio::test]
async fn a_command_without_a_database_says_what_to_do_and_tells_no_secret() {
    let said = |args: &'static [&'static str], env: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polyclinic"));
        command
            .env_clear()
            .env("POLYCLINIC_DEMO_DIR", "/nonexistent")
            .envs(env.iter().copied())
            .args(args);
        let output = command.output().unwrap();
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    };
    let (ok, none) = said(&["clinic", "list"], &[]);
    assert!(
        !ok && none.contains("--platform-database-url") && none.contains("polyclinic demo"),
        "{none}"
    );
    let secret = [(
        "POLYCLINIC_PLATFORM_DATABASE_URL",
        "postgres://polyclinic_platform:hunter2@127.0.0.1:1/polyclinic",
    )];
    let (ok, dead) = said(&["clinic", "list"], &secret);
    assert!(!ok && dead.contains("does not answer") && !dead.contains("hunter2"), "{dead}");
    let (ok, some) = said(&["doctor"], &secret);
    assert!(!ok && some.contains("all four") && !some.contains("hunter2"), "{some}");
    for command in [
        &["--help"][..],
        &["doctor", "--help"],
        &["clinic", "create", "--help"],
        &["user", "create", "--help"],
    ] {
        let mut help = Command::new(env!("CARGO_BIN_EXE_polyclinic"));
        let out = help.env_clear().envs(secret).args(command).output().unwrap();
        let shown = text(&out.stdout);
        assert!(
            out.status.success() && shown.contains("Usage") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
