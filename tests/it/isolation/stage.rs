//! Where the attacks happen: two full clinics, somebody of every role in north, and every login.

use std::collections::{BTreeMap, HashMap};

use sqlx::PgConnection;

use super::attempt::{Outcome, send};
use crate::rows::{Catalog, ask, clinic_id, value};
use crate::world::{ROLES, World};

/// The logins of the service and a human who may break the glass.
pub const LOGINS: [&str; 5] = [
    "polyclinic_app",
    "polyclinic_auth",
    "polyclinic_platform",
    "polyclinic_worker",
    "operator_olga",
];

pub struct Stage {
    pub world: World,
    pub catalog: Catalog,
    pub north: i64,
    pub south: i64,
    pub superuser: PgConnection,
    /// The attacker's connections, by login.
    pub logins: HashMap<&'static str, PgConnection>,
    /// A second connection of the clinic login.
    pub other: PgConnection,
    /// Session secrets in north by role, as SQL literals; `expired` and `revoked` too.
    secrets: HashMap<&'static str, String>,
    /// Who each role's person is: user and patient.
    people: HashMap<&'static str, (String, String)>,
    /// A job of north under lease, and a committed grant.
    pub job: String,
    pub grant: String,
    /// What the policies' comments say: table and command to permissions.
    says: BTreeMap<(String, String), Vec<String>>,
    /// Roles by permission.
    grid: HashMap<String, Vec<String>>,
}

impl Stage {
    pub async fn open() -> Stage {
        let world = World::with_pool(2).await;
        let mut superuser = world.connect("postgres").await;
        send(
            &mut superuser,
            "do $$ begin create role operator_olga login in role polyclinic_operator inherit;
              exception when duplicate_object or unique_violation then null; end $$",
        )
        .await;
        let catalog = Catalog::read(&mut superuser).await;
        let (north, south) =
            (clinic_id(&mut superuser, "north").await, clinic_id(&mut superuser, "south").await);
        for clinic in [north, south] {
            catalog.fill(&mut superuser, clinic, 3).await;
        }
        let (mut secrets, mut people) = (HashMap::new(), HashMap::new());
        for role in ROLES.into_iter().chain(["expired", "revoked"]) {
            let person = if ROLES.contains(&role) { role } else { "doctor" };
            let actor = world.north.actor(person).await;
            secrets.insert(role, format!("'\\x{}'", hex::encode(actor.secret.unwrap())));
            let who = ask(
                &mut superuser,
                &format!(
                    "select user_id, coalesce(patient_id::text, '') from polyclinic.users
                 where clinic_id = {north} and identifier = '{person}'"
                ),
            )
            .await;
            let [user, patient] = <[_; 2]>::try_from(who[0].clone()).unwrap().map(Option::unwrap);
            people.insert(role, (user, patient));
        }
        for (role, end) in [("expired", "expires_at"), ("revoked", "revoked_at")] {
            let sql = format!(
                "update polyclinic.sessions set {end} = now() - interval '1 second'
                 where clinic_id = {north} and secret_sha256 = sha256({}) returning 1",
                secrets[role]
            );
            assert_eq!(value(&mut superuser, &sql).await, "1");
        }
        let job = format!(
            "insert into platform.jobs (job_id, clinic_id, kind, state, leased_until)
             values (gen_random_uuid(), {north}, 'import', 'leased', now() + interval '1 hour') returning job_id");
        let job = value(&mut superuser, &job).await;
        let mut logins = HashMap::new();
        for login in LOGINS {
            logins.insert(login, world.connect(login).await);
        }
        let olga = logins.get_mut("operator_olga").unwrap();
        let grant =
            value(olga, "select gate.break_glass('north', 'to see whether the wall holds')").await;
        let mut says = BTreeMap::new();
        for row in ask(
            &mut superuser,
            "select c.relname, p.polcmd, obj_description(p.oid, 'pg_policy')
             from pg_policy p join pg_class c on c.oid = p.polrelid
             where p.polpermissive and obj_description(p.oid, 'pg_policy') is not null",
        )
        .await
        {
            let [table, command, comment] = <[_; 3]>::try_from(row).unwrap().map(Option::unwrap);
            let words = comment.split([' ', ',']).filter(|word| word.contains(':'));
            says.insert((table, command), words.map(str::to_owned).collect());
        }
        let mut grid = HashMap::new();
        for row in ask(
            &mut superuser,
            "select permission, array_to_string(roles, ',') from gate.permissions",
        )
        .await
        {
            let [permission, roles] =
                <[_; 2]>::try_from(row).unwrap().map(Option::unwrap_or_default);
            grid.insert(permission, roles.split(',').map(str::to_owned).collect());
        }
        let other = world.connect("polyclinic_app").await;
        Stage {
            world,
            catalog,
            north,
            south,
            superuser,
            logins,
            other,
            secrets,
            people,
            job,
            grant,
            says,
            grid,
        }
    }

    pub fn login(&mut self, login: &str) -> &mut PgConnection {
        self.logins.get_mut(login).unwrap()
    }

    pub fn app(&mut self) -> &mut PgConnection {
        self.login("polyclinic_app")
    }

    /// `select gate.enter('north', …)` as somebody.
    pub fn enter(&self, role: &str) -> String {
        format!("select gate.enter('north', {})", self.secrets[role])
    }

    /// Begins on the clinic login's connection and enters north as somebody.
    pub async fn inside(&mut self, role: &str) {
        let enter = self.enter(role);
        let entered = send(self.app(), &format!("begin; {enter}")).await;
        assert!(matches!(entered, Outcome::Done { .. }), "{role}: {entered:?}");
    }

    /// The context of an open transaction of the clinic login, as text.
    pub async fn captured(&mut self) -> String {
        value(self.app(), "select current_setting('gate.ctx')").await
    }

    /// Whether a role of the grid holds any of what the policy on this command asks for.
    pub fn holds(&self, role: &str, table: &str, command: &str) -> bool {
        let Some(asked) = self.says.get(&(table.to_owned(), command.to_owned())) else {
            return false;
        };
        asked.iter().any(|permission| self.grid[permission].iter().any(|r| r == role))
    }

    /// How many rows of north a role sees of a table; `None` where no policy's comment tells.
    pub async fn visible(&mut self, role: &'static str, table: &str) -> Option<String> {
        let asked = self.says.get(&(table.to_owned(), "r".to_owned()))?.clone();
        let has = |permission: &String| self.grid[permission].iter().any(|r| r == role);
        let (north, found) = (self.north, asked.iter().position(has));
        let own = match found {
            None => return Some("0".into()),
            Some(0) => String::new(),
            Some(_) => {
                let (user, patient) = &self.people[role];
                let has =
                    |name: &str| self.catalog.table(table).columns.iter().any(|c| c.name == name);
                if role == "patient" && has("patient_id") && !has("account_id") {
                    format!("and patient_id = '{patient}'")
                } else {
                    format!("and user_id = '{user}'")
                }
            }
        };
        let user = self.people.get(role).map(|(user, _)| user.clone()).unwrap_or_default();
        let own_templates = format!(
            "(shared or practitioner_id in (select p.practitioner_id from polyclinic.practitioners p
              where p.clinic_id = {north} and p.user_id = '{user}'))"
        );
        // What a doctor has written for the own use, or not yet saved, is seen by nobody else.
        let kept = match table {
            "prescription_templates" => format!("and {own_templates}"),
            "template_lines" | "template_tests" => format!(
                "and template_id in (select t.template_id from polyclinic.prescription_templates t
                      where t.clinic_id = {north} and {own_templates})"
            ),
            "note_drafts" | "unsaved_prescriptions" => format!("and user_id = '{user}'"),
            _ => String::new(),
        };
        // A patient is told what was signed, never what a doctor is still writing.
        let signed = match (role, table) {
            ("patient", "prescriptions") => "and signed_at is not null",
            ("patient", "prescription_lines" | "prescription_tests") => {
                "and (prescription_id, revision) in (select p.prescription_id, p.revision
                      from polyclinic.prescriptions p where p.signed_at is not null)"
            }
            _ => "",
        };
        let sql = format!(
            "select count(*) from polyclinic.{table} where clinic_id = {north} {own} {signed} {kept}"
        );
        Some(value(&mut self.superuser, &sql).await)
    }

    /// Count and content of south's part of a table.
    pub async fn checksum(&mut self, table: &str) -> String {
        let sql =
            format!(
            "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '')
             from polyclinic.{table} t where clinic_id = {}", self.south);
        value(&mut self.superuser, &sql).await
    }

    /// The checksums of all of south, the landlord's books included.
    pub async fn south(&mut self) -> BTreeMap<String, String> {
        let tables: Vec<_> = self.catalog.tables.iter().map(|t| t.name.clone()).collect();
        let mut sums = BTreeMap::new();
        for table in tables {
            let sum = self.checksum(&table).await;
            sums.insert(table, sum);
        }
        for (name, sql) in [
            (
                "directory",
                "select md5(string_agg(d::text, '' order by d::text)) from platform.directory d where slug = 'south'",
            ),
            (
                "memberships",
                "select md5(string_agg(m::text, '' order by m::text)) from platform.memberships m join platform.directory d using (clinic_id) where slug = 'south'",
            ),
        ] {
            sums.insert(format!("platform.{name}"), value(&mut self.superuser, sql).await);
        }
        sums
    }
}
