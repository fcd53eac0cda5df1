//! Everybody who knocks: eight roles, somebody without a session, and a super-admin; and the things
//! that they ask for.

use std::collections::HashMap;

use secrecy::ExposeSecret;
use sqlx::PgConnection;

use super::route::Route;
use crate::rows::{Catalog, ask, clinic_id, value};
use crate::world::{Actor, ROLES, World};

/// The columns of the grid.
pub const COLUMNS: [&str; 10] = [
    "admin",
    "doctor",
    "nurse",
    "receptionist",
    "lab_tech",
    "pharmacist",
    "cashier",
    "patient",
    "super_admin",
    "anonymous",
];

pub struct People {
    pub base: String,
    pub superuser: PgConnection,
    pub catalog: Catalog,
    pub north: i64,
    pub south: i64,
    /// Roles by permission.
    pub grid: HashMap<String, Vec<String>>,
    actors: HashMap<&'static str, Actor>,
    /// Things that stand for "the own record" of the patient's login.
    records: HashMap<String, String>,
}

impl People {
    pub async fn of(world: &World) -> People {
        let mut superuser = world.connect("postgres").await;
        let catalog = Catalog::read(&mut superuser).await;
        let (north, south) =
            (clinic_id(&mut superuser, "north").await, clinic_id(&mut superuser, "south").await);
        for clinic in [north, south] {
            catalog.fill(&mut superuser, clinic, 2).await;
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
        let mut actors = HashMap::new();
        actors.insert("anonymous", world.anybody());
        actors.insert("super_admin", landlord(world).await);
        let base = world.base.clone();
        People { base, superuser, catalog, north, south, grid, actors, records: HashMap::new() }
    }

    /// Whether a role holds any of these.
    pub fn holds(&self, role: &str, permissions: &[String]) -> bool {
        permissions.iter().any(|p| self.grid[p].iter().any(|r| r == role))
    }

    /// Somebody, signed in.
    pub async fn actor(&mut self, world: &World, column: &'static str, route: &Route) -> Actor {
        let ends = route.method != "GET"
            && (route.address.contains("sess")
                || route.address.contains("out")
                || route.address.contains("password"));
        // Whoever may end the own session here comes with one for this request alone.
        if ends && column != "anonymous" {
            let actor = if column == "super_admin" {
                landlord(world).await
            } else {
                world.north.actor(column).await
            };
            return actor.at(&self.base);
        }
        if !self.actors.contains_key(column) {
            let actor = world.north.actor(column).await;
            self.actors.insert(column, actor);
        }
        self.actors[column].clone().at(&self.base)
    }

    /// The id of a thing of this clinic, made for the occasion. A patient's login asks for the own record.
    pub async fn thing(&mut self, table: &str, clinic: i64, column: &str) -> String {
        let (catalog, superuser) = (&self.catalog, &mut self.superuser);
        let mut with = Vec::new();
        if column == "patient" && clinic == self.north && table != "sessions" {
            if let Some(id) = self.records.get(table) {
                return id.clone();
            }
            let own = format!(
                "select patient_id from polyclinic.users where clinic_id = {clinic} and identifier = 'patient'"
            );
            let own = value(superuser, &own).await;
            let id = if table == "patients" {
                own
            } else {
                if catalog.table(table).columns.iter().any(|c| c.name == "patient_id")
                    && table != "users"
                {
                    // Nobody waits twice, and chance may have put the patient in the queue already.
                    let seen = format!(
                        "update polyclinic.visits set status = 'completed' where clinic_id = {clinic} and patient_id = '{own}'"
                    );
                    value(superuser, &seen).await;
                    with.push(("patient_id", format!("'{own}'")));
                }
                let id = catalog.fresh(superuser, table, clinic, with).await;
                whole(superuser, table, &id).await;
                id
            };
            self.records.insert(table.to_owned(), id.clone());
            return id;
        }
        if table == "sessions" && ROLES.contains(&column) {
            let own = format!(
                "(select user_id from polyclinic.users where clinic_id = {clinic} and identifier = '{column}')"
            );
            with.push(("user_id", own));
        }
        if ["prescriptions", "prescription_templates"].contains(&table) {
            // Only the prescriber may go on with one: it is the doctor's who knocks.
            let own = format!(
                "(select p.practitioner_id from polyclinic.practitioners p
                  join polyclinic.users u on u.clinic_id = p.clinic_id and u.user_id = p.user_id
                  where p.clinic_id = {clinic} and u.identifier = 'doctor')"
            );
            with.push(("practitioner_id", own));
        }
        let id = catalog.fresh(superuser, table, clinic, with).await;
        whole(superuser, table, &id).await;
        id
    }
}

/// What a thing has besides its row: a document has its one byte.
async fn whole(superuser: &mut PgConnection, table: &str, id: &str) {
    if table == "documents" {
        let piece = format!(
            "insert into polyclinic.document_pieces (clinic_id, document_id, patient_id, number, bytes)
             select clinic_id, document_id, patient_id, 0, '\\x20' from polyclinic.documents where document_id = '{id}'"
        );
        value(superuser, &piece).await;
    }
}

/// A super-admin in the platform's own pages.
async fn landlord(world: &World) -> Actor {
    let mut platform = world.connect("polyclinic_platform").await;
    let mut auth = world.connect("polyclinic_auth").await;
    let account = uuid::Uuid::now_v7();
    let token = format!("sha256('{account}')");
    value(&mut platform, &format!(
        "select gate.create_super_admin('{account}', '{account}', '{account}@platform.example', 'Landlord', {token}, 60)")).await;
    value(&mut auth, &format!("select gate.use_password_link({token}, 'phc')")).await;
    let secret = polyclinic::auth::secret::fresh();
    let hex = hex::encode(secret.expose_secret());
    let opened = value(
        &mut auth,
        &format!("select gate.open_platform_session('{account}', sha256('\\x{hex}'), 3600)"),
    )
    .await;
    assert_eq!(opened, account.to_string());
    let mut landlord = world.anybody();
    landlord.slug = "_platform".into();
    landlord.role = "super_admin";
    landlord.secret = Some(secret.expose_secret().to_vec());
    landlord
}
