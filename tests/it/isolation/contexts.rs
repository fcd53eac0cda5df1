//! What an attacker may hold when a hostile statement is sent: nothing, something forged, something
//! stolen, something that was ended, or a real place in north.

use super::attempt::{attempt, send};
use super::stage::Stage;
use crate::rows::value;
use crate::world::ROLES;

/// A situation on one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// No valid context: nothing at all may be seen.
    Outside(&'static str),
    /// A session of this role in north, after hostile preparations.
    Inside(&'static str, &'static str),
    /// Another login without a context.
    Login(&'static str),
    /// A leased job of north.
    Job,
    /// An operator who broke north's glass.
    BrokenGlass,
}

/// Everything that is no context.
const OUTSIDE: [&str; 21] = [
    "none",
    "empty",
    "junk",
    "too short",
    "not hex",
    "random MAC",
    "tampered clinic",
    "tampered user",
    "tampered patient",
    "tampered mask",
    "tampered role",
    "lengthened",
    "replayed in the next transaction",
    "replayed on another backend",
    "set for the session",
    "after reset all",
    "expired session",
    "revoked session",
    "inactive person",
    "disabled account",
    "suspended clinic",
];

/// Preparations that change nothing for somebody inside.
const PREPARED: [(&str, &str); 6] = [
    ("after set role", "set role polyclinic_owner; set role postgres"),
    ("after set session authorization", "set session authorization polyclinic_gate"),
    ("after row_security off", "set local row_security = off"),
    ("with a search path", "set local search_path = polyclinic, gate, platform"),
    (
        "with other formats",
        "set local TimeZone = 'Pacific/Kiritimati'; set local DateStyle = 'German'; set local bytea_output = 'escape'",
    ),
    (
        "with a twisted planner",
        "set local enable_indexscan = off; set local enable_bitmapscan = off; set local cpu_operator_cost = 0",
    ),
];

impl Context {
    /// Every one.
    pub fn all() -> Vec<Context> {
        let mut all: Vec<_> = OUTSIDE.into_iter().map(Context::Outside).collect();
        all.extend(ROLES.into_iter().map(|role| Context::Inside(role, "")));
        all.extend(PREPARED.into_iter().map(|(name, _)| Context::Inside("admin", name)));
        all.extend(
            ["polyclinic_auth", "polyclinic_platform", "polyclinic_worker", "operator_olga"]
                .map(Context::Login),
        );
        all.extend([Context::Job, Context::BrokenGlass]);
        all
    }

    /// The login it is about.
    pub fn login(self) -> &'static str {
        match self {
            Context::Outside(_) | Context::Inside(..) => "polyclinic_app",
            Context::Login(login) => login,
            Context::Job => "polyclinic_worker",
            Context::BrokenGlass => "operator_olga",
        }
    }

    /// The role of the grid, for somebody inside.
    pub fn role(self) -> Option<&'static str> {
        match self {
            Context::Outside(_) | Context::Login(_) => None,
            Context::Inside(role, _) => Some(role),
            Context::Job => Some("job:import"),
            Context::BrokenGlass => Some("operator"),
        }
    }

    /// What the superuser does to the world before, and how it is undone.
    pub fn ending(self, stage: &Stage) -> Option<(String, String)> {
        let north = stage.north;
        let toggle = |table: &str, who: String, to: &str| {
            let set = |to: &str| format!("update {table} set status = '{to}' where {who}");
            Some((set(to), set("active")))
        };
        let nurse = format!("clinic_id = {north} and identifier = 'nurse'");
        match self {
            Context::Outside("inactive person") => toggle("polyclinic.users", nurse, "inactive"),
            Context::Outside("disabled account") => {
                let account =
                    format!("account_id = (select account_id from polyclinic.users where {nurse})");
                toggle("platform.accounts", account, "disabled")
            }
            Context::Outside("suspended clinic") => {
                toggle("platform.directory", format!("clinic_id = {north}"), "suspended")
            }
            _ => None,
        }
    }

    /// Begins a transaction and brings it about. The transaction is open afterwards.
    pub async fn arrange(self, stage: &mut Stage) {
        match self {
            Context::Outside(name) => outside(stage, name).await,
            Context::Inside(role, preparation) => {
                stage.inside(role).await;
                if let Some((_, sql)) = PREPARED.iter().find(|(name, _)| *name == preparation) {
                    for one in sql.split("; ") {
                        attempt(stage.app(), one).await;
                    }
                }
            }
            Context::Login(login) => {
                send(stage.login(login), "begin").await;
            }
            Context::Job => {
                let enter = format!("begin; select gate.enter_job('{}')", stage.job);
                assert_eq!(send(stage.login("polyclinic_worker"), &enter).await.code(), "");
            }
            Context::BrokenGlass => {
                let enter = format!("begin; select gate.enter_broken_glass('{}')", stage.grant);
                assert_eq!(send(stage.login("operator_olga"), &enter).await.code(), "");
            }
        }
    }
}

/// The context with hex digits from `at` replaced.
fn bent(context: &str, at: usize, by: &str) -> String {
    let mut bent = context.to_owned();
    bent.replace_range(at..at + by.len(), by);
    assert_ne!(bent, context);
    bent
}

async fn outside(stage: &mut Stage, name: &str) {
    let south = format!("{:016x}", stage.south);
    let forged = match name {
        "none" => return begin(stage, None).await,
        "empty" => String::new(),
        "junk" => "z".repeat(196),
        "too short" => "0".repeat(195),
        "not hex" => format!("{}zz", "0".repeat(194)),
        "random MAC" => {
            let clinic = stage.north;
            format!("{clinic:016x}{}7fffffffffffffff0002{}", "11".repeat(48), "5a".repeat(32))
        }
        "expired session" => return refused(stage, "expired").await,
        "revoked session" => return refused(stage, "revoked").await,
        "inactive person" | "disabled account" => return refused(stage, "nurse").await,
        "suspended clinic" => return refused(stage, "admin").await,
        "after reset all" => {
            stage.inside("admin").await;
            send(stage.app(), "reset all").await;
            return;
        }
        _ => {
            // All others begin with a real context of the admin.
            stage.inside("admin").await;
            let real = stage.captured().await;
            let bent = match name {
                "tampered clinic" => bent(&real, 0, &south),
                "tampered user" => bent(&real, 16, &"ab".repeat(16)),
                "tampered patient" => bent(&real, 80, &"ab".repeat(16)),
                "tampered mask" => bent(&real, 112, "7fffffffffffffff"),
                "tampered role" => bent(&real, 128, "0009"),
                // As SHA-256 would go on: its padding, then another whole payload (ADR 9).
                "lengthened" => format!("{real}80{}0470{south}{}", "00".repeat(47), &real[16..]),
                "replayed in the next transaction" => {
                    send(stage.app(), "commit").await;
                    return begin(stage, Some(&real)).await;
                }
                "set for the session" => {
                    send(stage.app(), "commit").await;
                    send(stage.app(), &format!("set gate.ctx = '{real}'")).await;
                    send(stage.app(), "begin").await;
                    return;
                }
                "replayed on another backend" => {
                    // The thief's transaction begins while the owner's is open.
                    let Stage { logins, other, .. } = stage;
                    std::mem::swap(logins.get_mut("polyclinic_app").unwrap(), other);
                    begin(stage, Some(&real)).await;
                    send(&mut stage.other, "rollback").await;
                    return;
                }
                name => panic!("nobody knows how to arrange {name}"),
            };
            send(stage.app(), &format!("set local gate.ctx = '{bent}'")).await;
            assert_eq!(value(stage.app(), "select current_setting('gate.ctx')").await, bent);
            return;
        }
    };
    begin(stage, Some(&forged)).await;
}

/// Begins on a clean session, with this context or none.
async fn begin(stage: &mut Stage, context: Option<&str>) {
    send(stage.app(), "begin").await;
    if let Some(context) = context {
        send(stage.app(), &format!("set local gate.ctx = '{context}'")).await;
    }
}

/// The door says no, and the attacker goes on in the same transaction.
async fn refused(stage: &mut Stage, session: &str) {
    let enter = stage.enter(session);
    send(stage.app(), "begin").await;
    assert_eq!(attempt(stage.app(), &enter).await.code(), "PC003", "{session}");
}
