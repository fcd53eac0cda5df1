//! Accounts, links and sessions as ways over the wall: somebody who rules north tries to become
//! somebody in south.

use super::attempt::{attempt, send};
use super::stage::Stage;
use crate::rows::value;

const TOKEN: &str = "sha256('\\x01')";

fn id() -> String {
    format!("'{}'", uuid::Uuid::now_v7())
}

#[tokio::test]
async fn an_account_taken_before_its_owner_opens_nothing_elsewhere() {
    let mut stage = Stage::open().await;
    let account = id();
    stage.inside("admin").await;
    let invite = format!(
        "select gate.invite({}, {account}, 'doctor', 'boss', 'boss@south.example', 'Boss', null, {TOKEN}, 3600)",
        id()
    );
    assert_eq!(attempt(stage.app(), &invite).await.code(), "");
    send(stage.app(), "commit").await;
    let auth = stage.login("polyclinic_auth");
    assert_eq!(
        value(auth, &format!("select gate.use_password_link({TOKEN}, 'phc-of-the-admin')")).await,
        "t"
    );
    let platform = stage.login("polyclinic_platform");
    let create = format!(
        "select gate.create_user('south', {}, {}, 'admin', 'boss', 'boss@south.example', 'Boss', sha256('\\x02'), 3600)",
        id(),
        id()
    );
    let fresh = value(platform, &create).await;
    assert_ne!(format!("'{fresh}'"), account);
    let auth = stage.login("polyclinic_auth");
    assert_eq!(value(auth, "select password_phc from gate.candidate('south', 'boss')").await, "");
    assert_eq!(
        value(auth, "select password_phc from gate.account_candidate('boss@south.example')").await,
        ""
    );
}

#[tokio::test]
async fn a_link_kept_from_north_does_not_open_south() {
    let mut stage = Stage::open().await;
    let (user, email) = (id(), "kept@example.org");
    let create = |slug: &str, user: &str, token: &str| {
        format!(
            "select gate.create_user('{slug}', {user}, {}, 'nurse', 'kept', '{email}', 'Kept', {token}, 3600)",
            id()
        )
    };
    value(stage.login("polyclinic_platform"), &create("north", &user, "sha256('\\x03')")).await;
    stage.inside("admin").await;
    let renew = format!("select gate.renew_link({user}, {TOKEN}, 315360000)");
    assert_eq!(attempt(stage.app(), &renew).await.text(), "t");
    send(stage.app(), "commit").await;
    value(stage.login("polyclinic_platform"), &create("south", &id(), "sha256('\\x04')")).await;
    let auth = stage.login("polyclinic_auth");
    assert_eq!(value(auth, &format!("select gate.use_password_link({TOKEN}, 'old')")).await, "f");
    assert_eq!(value(auth, "select account_id from gate.candidate('south', 'kept')").await, "");
    assert_eq!(value(auth, "select gate.use_password_link(sha256('\\x04'), 'new')").await, "t");
    assert_eq!(
        value(auth, "select password_phc from gate.candidate('south', 'kept')").await,
        "new"
    );
    // Now that both share the account, its password is nobody's alone to renew.
    stage.inside("admin").await;
    assert_eq!(attempt(stage.app(), &renew).await.text(), "f");
    send(stage.app(), "rollback").await;
}

#[tokio::test]
async fn doors_inside_north_know_nobody_of_south() {
    let mut stage = Stage::open().await;
    let (south, before) = (stage.south, stage.south().await);
    let stranger = value(
        &mut stage.superuser,
        &format!(
            "select user_id from polyclinic.users where clinic_id = {south} and role = 'admin'"
        ),
    )
    .await;
    let account = value(
        &mut stage.superuser,
        &format!("select account_id from polyclinic.users where user_id = '{stranger}'"),
    )
    .await;
    let invite = |account: &str| {
        format!(
            "select gate.invite({}, {account}, 'admin', 'mallory', null, 'Mallory', null, {TOKEN}, 3600)",
            id()
        )
    };
    stage.inside("admin").await;
    assert_eq!(
        attempt(stage.app(), &format!("select gate.renew_link('{stranger}', {TOKEN}, 60)"))
            .await
            .text(),
        "f"
    );
    assert_eq!(attempt(stage.app(), &invite(&format!("'{account}'"))).await.code(), "23505");
    send(stage.app(), "commit").await;
    for role in ["doctor", "receptionist", "nurse", "patient"] {
        stage.inside(role).await;
        assert_eq!(attempt(stage.app(), &invite(&id())).await.code(), "PC003", "{role}");
        assert_eq!(
            attempt(stage.app(), &format!("select gate.renew_link('{stranger}', {TOKEN}, 60)"))
                .await
                .code(),
            "PC003",
            "{role}"
        );
        assert_eq!(
            attempt(stage.app(), &format!("select gate.enqueue({}, 'import', '{{}}')", id()))
                .await
                .code(),
            "PC003",
            "{role}"
        );
        send(stage.app(), "commit").await;
    }
    stage.inside("admin").await;
    for (kind, code) in [("seal", "PC003"), ("nonsense", "PC008"), ("import", "")] {
        assert_eq!(
            attempt(stage.app(), &format!("select gate.enqueue({}, '{kind}', '{{}}')", id()))
                .await
                .code(),
            code,
            "{kind}"
        );
    }
    send(stage.app(), "rollback").await;
    assert_eq!(stage.south().await, before);
}

#[tokio::test]
async fn an_ended_session_is_never_brought_back() {
    let mut stage = Stage::open().await;
    let enter = stage.enter("revoked");
    for role in ["admin", "doctor", "nurse"] {
        stage.inside(role).await;
        for sql in [
            "update polyclinic.sessions set revoked_at = null",
            "update polyclinic.sessions set expires_at = now() + interval '1 year'",
            "update polyclinic.sessions set secret_sha256 = sha256('x')",
        ] {
            assert_eq!(attempt(stage.app(), sql).await.code(), "42501", "{role}: {sql}");
        }
        send(stage.app(), "commit").await;
    }
    assert_eq!(send(stage.app(), &format!("begin; {enter}")).await.code(), "PC003");
    send(stage.app(), "rollback").await;
}

#[tokio::test]
async fn the_sign_in_login_keeps_no_context_and_crosses_with_nothing() {
    let mut stage = Stage::open().await;
    let before = stage.south().await;
    let secret = stage.enter("admin");
    let secret =
        secret.trim_start_matches("select gate.enter('north', ").trim_end_matches(')').to_owned();
    let refresh = format!(
        "update polyclinic.sessions set user_agent = 'x' where clinic_id = {} returning 1",
        stage.north
    );
    send(&mut stage.superuser, &refresh).await;
    let auth = stage.login("polyclinic_auth");
    for call in [
        "select gate.candidate('south', 'doctor')",
        "select gate.open_session('south', gen_random_uuid(), gen_random_uuid(), 'api', sha256('x'), 60, null, 60, 60, 'x')",
        "select gate.rotate_session('south', sha256('no such token'), sha256('a'), 60, sha256('b'))",
        "select gate.password_link(sha256('nothing'))",
    ] {
        send(auth, "begin").await;
        attempt(auth, call).await;
        assert_eq!(
            value(auth, "select coalesce(current_setting('gate.ctx', true), '')").await,
            "",
            "{call}"
        );
        // Another door opens on the same transaction: nothing was left.
        assert_ne!(
            attempt(auth, "select gate.candidate('north', 'doctor')").await.code(),
            "PC006",
            "{call}"
        );
        send(auth, "rollback").await;
    }
    for call in [
        format!("select gate.change_password('south', {secret}, 'stolen')"),
        format!("select gate.own_credentials('south', {secret})"),
    ] {
        assert_eq!(send(auth, &call).await.code(), "PC003", "{call}");
    }
    assert_eq!(stage.south().await, before);
}

#[tokio::test]
async fn jobs_and_broken_glass_need_what_was_committed() {
    let mut stage = Stage::open().await;
    let job = stage.job.clone();
    for state in
        ["state = 'queued'", "state = 'done'", "leased_until = now() - interval '1 second'"]
    {
        send(&mut stage.superuser, &format!("update platform.jobs set state = 'leased', leased_until = now() + interval '1 hour'; update platform.jobs set {state}")).await;
        let worker = stage.login("polyclinic_worker");
        assert_eq!(
            send(worker, &format!("begin; select gate.enter_job('{job}')")).await.code(),
            "PC003",
            "{state}"
        );
        send(worker, "rollback").await;
    }
    let grant = stage.grant.clone();
    send(
        &mut stage.superuser,
        "do $$ begin create role operator_otto login in role polyclinic_operator inherit;
        exception when duplicate_object or unique_violation then null; end $$",
    )
    .await;
    let mut otto = stage.world.connect("operator_otto").await;
    let enter = format!("begin; select gate.enter_broken_glass('{grant}')");
    assert_eq!(send(&mut otto, &enter).await.code(), "PC004", "another operator's grant");
    send(&mut otto, "rollback; begin").await;
    let own =
        value(&mut otto, "select gate.break_glass('south', 'reason not yet committed')").await;
    assert_eq!(
        attempt(&mut otto, &format!("select gate.enter_broken_glass('{own}')")).await.code(),
        "PC004",
        "not committed"
    );
    assert_eq!(
        attempt(&mut otto, "select gate.break_glass('south', 'short')").await.code(),
        "23514"
    );
    send(&mut otto, "rollback").await;
    send(
        &mut stage.superuser,
        "update platform.break_glass set expires_at = now() - interval '1 second'",
    )
    .await;
    let olga = stage.login("operator_olga");
    assert_eq!(send(olga, &enter).await.code(), "PC004", "expired");
    send(olga, "rollback").await;
    // North's admin sees who looked in; south's sees nothing.
    stage.inside("admin").await;
    assert!(
        attempt(stage.app(), "select gate.glass_broken()")
            .await
            .text()
            .contains("to see whether the wall holds")
    );
    send(stage.app(), "rollback").await;
    let secret = hex::encode(stage.world.south.admin().await.secret.unwrap());
    send(stage.app(), &format!("begin; select gate.enter('south', '\\x{secret}')")).await;
    assert_eq!(attempt(stage.app(), "select gate.glass_broken()").await.rows(), 0);
    send(stage.app(), "rollback").await;
}

#[tokio::test]
async fn the_control_plane_sees_no_patient_and_no_credential() {
    let mut stage = Stage::open().await;
    let platform = stage.login("polyclinic_platform");
    for sql in [
        "select password_phc from platform.accounts",
        "update platform.accounts set password_phc = 'x'",
        "update platform.jobs set state = 'leased'",
        "update platform.directory set slug = 'x'",
        "select * from platform.password_links",
        "select * from platform.super_admin_sessions",
        "delete from platform.directory",
        "select gate.enter('north', '\\x00')",
        "select gate.candidate('north', 'doctor')",
    ] {
        assert_eq!(send(platform, sql).await.code(), "42501", "{sql}");
    }
}

#[tokio::test]
async fn a_change_made_by_hand_is_on_the_trail() {
    let mut stage = Stage::open().await;
    let south = stage.south;
    send(
        &mut stage.superuser,
        &format!("update polyclinic.patients set city = 'By hand' where clinic_id = {south}"),
    )
    .await;
    let trail = value(
        &mut stage.superuser,
        &format!(
            "select login || ' ' || coalesce(user_id::text, 'nobody') from polyclinic.history
         where clinic_id = {south} and changes -> 'city' ->> 1 = 'By hand' limit 1"
        ),
    )
    .await;
    assert_eq!(trail, "postgres nobody");
}
