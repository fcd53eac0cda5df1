//! The world of a test: two clinics, `north` and `south`, somebody of every role in each, and a
//! service of its own on a database of its own.

mod actor;
pub mod pictures;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::web::Data;
pub use actor::{Actor, Reply};
use polyclinic::app::{App, Settings};
use polyclinic::auth::keys::Keys;
use polyclinic::auth::{self, NewSession, secret, tokens};
use polyclinic::cli::migrate;
use polyclinic::cluster::{Cluster, Options};
use polyclinic::config::Serving;
use polyclinic::db::{self, Pools};
use polyclinic::telemetry::LogFormat;
use polyclinic::tenant::Slug;
use polyclinic::{serve, visits};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Roles of people who sign in to a clinic.
pub const ROLES: [&str; 8] =
    ["admin", "doctor", "nurse", "receptionist", "lab_tech", "pharmacist", "cashier", "patient"];

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

const TEMPLATE: &str = "template_world";

/// The one private server. It ends with this process.
pub async fn cluster() -> &'static Cluster {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    CLUSTER
        .get_or_init(|| async {
            let dir =
                std::env::temp_dir().join(format!("polyclinic-test-{}", Uuid::now_v7().simple()));
            let options = Options { durable: false, max_connections: 300 };
            let cluster = Cluster::start(&dir, &options).await.unwrap();
            prepare(&cluster).await;
            cluster
        })
        .await
}

/// Migrates the template and settles both clinics in it.
async fn prepare(cluster: &Cluster) {
    let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await.unwrap();
    admin.execute("create database template_world").await.unwrap();
    assert!(migrate::migrate(&cluster.url("postgres", TEMPLATE)).await.unwrap(), "hardened");
    let mut platform =
        PgConnection::connect(&cluster.url("polyclinic_platform", TEMPLATE)).await.unwrap();
    let mut auth = PgConnection::connect(&cluster.url("polyclinic_auth", TEMPLATE)).await.unwrap();
    let phc = auth::passwords::hash(&SecretString::from(PASSWORD)).unwrap();
    for slug in ["north", "south"] {
        sqlx::query("select gate.create_clinic($1, $2, 'Asia/Kolkata', 'INR', 'en-IN', null, null, null, null, null)")
            .bind(slug)
            .bind(format!("{slug} clinic"))
            .execute(&mut platform)
            .await
            .unwrap();
        for role in ROLES {
            let link = auth::links::fresh();
            sqlx::query("select gate.create_user($1, $2, $3, $4, $5, $6, $7, $8, 3600)")
                .bind(slug)
                .bind(Uuid::now_v7())
                .bind(account(slug, role))
                .bind(role)
                .bind(role)
                .bind(format!("{role}@{slug}.example"))
                .bind(format!("{role} of {slug}"))
                .bind(&link.sha256)
                .execute(&mut platform)
                .await
                .unwrap();
            sqlx::query("select gate.use_password_link($1, $2)")
                .bind(&link.sha256)
                .bind(&phc)
                .execute(&mut auth)
                .await
                .unwrap();
        }
        let mut owner = PgConnection::connect(&cluster.url("postgres", TEMPLATE)).await.unwrap();
        // The doctors practise, and the patients' logins stand for a patient.
        sqlx::query(
            "insert into polyclinic.practitioners (clinic_id, practitioner_id, user_id, name, licence_number)
             select u.clinic_id, gen_random_uuid(), u.user_id, u.name, 'L-1'
             from polyclinic.users u join platform.directory d using (clinic_id)
             where d.slug = $1 and u.role = 'doctor'",
        )
        .bind(slug)
        .execute(&mut owner)
        .await
        .unwrap();
        sqlx::query(
            "with own as (
               insert into polyclinic.patients (clinic_id, patient_id, number, given_name, family_name, birth_date, sex)
               select d.clinic_id, gen_random_uuid(), 'PT-0', 'Own', initcap($1), '1990-01-01', 'female'
               from platform.directory d where d.slug = $1
               returning clinic_id, patient_id)
             update polyclinic.users u set patient_id = own.patient_id
             from own where u.clinic_id = own.clinic_id and u.role = 'patient'",
        )
        .bind(slug)
        .execute(&mut owner)
        .await
        .unwrap();
        owner.close().await.unwrap();
    }
    for connection in [admin, platform, auth] {
        connection.close().await.unwrap();
    }
}

/// The account of a role's person, the same in every world.
fn account(slug: &str, role: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_DNS, format!("{role}.{slug}").as_bytes())
}

/// A service with two clinics.
pub struct World {
    pub app: Data<App>,
    pub base: String,
    /// Name of this world's database.
    pub database: String,
    pub north: Clinic,
    pub south: Clinic,
    client: reqwest::Client,
    stop: actix_web::dev::ServerHandle,
}

impl World {
    /// A fresh world with room enough.
    pub async fn open() -> World {
        World::with_pool(6).await
    }

    /// A fresh world whose clinic pool has so many connections.
    pub async fn with_pool(size: u32) -> World {
        World::with(size, Settings::default()).await
    }

    /// A fresh world that keeps documents in a directory.
    pub async fn keeping_documents_in(dir: &std::path::Path) -> World {
        let documents_dir = Some(dir.to_owned());
        World::with(6, Settings { documents_dir, ..Settings::default() }).await
    }

    /// A fresh world that people reach under this address.
    pub async fn reached_at(base_url: &str) -> World {
        let base_url = Some(base_url.to_owned());
        World::with(6, Settings { base_url, ..Settings::default() }).await
    }

    async fn with(size: u32, settings: Settings) -> World {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // Only one copy of a template is made at a time.
        static COPYING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let cluster = cluster().await;
        let database = format!("world_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&cluster.url("postgres", "postgres")).await.unwrap();
        let create = format!("create database {database} template {TEMPLATE}");
        {
            let _turn = COPYING.lock().await;
            admin.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
        }
        // A copy has the template's rows, not its grants: what 0010_roles.sql says of the database.
        let grants = format!(
            "revoke all on database {database} from public;
             grant connect on database {database} to polyclinic_app, polyclinic_auth, polyclinic_platform,
               polyclinic_worker, polyclinic_operator, polyclinic_migrator"
        );
        admin.execute(sqlx::AssertSqlSafe(grants)).await.unwrap();
        admin.close().await.unwrap();
        let url = |login| cluster.url(login, &database);
        let pools = Pools {
            app: db::pool(&url("polyclinic_app"), size).unwrap(),
            auth: db::pool(&url("polyclinic_auth"), 2).unwrap(),
            platform: db::pool(&url("polyclinic_platform"), 1).unwrap(),
            worker: db::pool(&url("polyclinic_worker"), 1).unwrap(),
        };
        let keys = Keys::from_base64("dGVzdHMgdXNlIHRoZSBzYW1lIGtleSBhbHdheXMhISE=").unwrap();
        let settings = Settings { https: false, styleguide: true, ..settings };
        let app = Data::new(App::new(pools, keys, settings).await.unwrap());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = Serving {
            bind: listener.local_addr().unwrap(),
            base_url: None,
            metrics_bind: None,
            behind_tls_proxy: false,
            tls_cert: None,
            tls_key: None,
            pool_size: size,
            threads: 1,
            drain_seconds: 0,
            log_format: LogFormat::Text,
        };
        let server = serve::server(&app, listener, &serving).unwrap();
        let stop = server.handle();
        tokio::spawn(server);
        tokio::spawn(visits::events::listen(app.clone(), url("polyclinic_app")));
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(2))
            .build()
            .unwrap();
        let clinic = |slug: &str| Clinic {
            slug: slug.into(),
            base: base.clone(),
            app: app.clone(),
            client: client.clone(),
        };
        World { north: clinic("north"), south: clinic("south"), app, base, database, client, stop }
    }

    /// A raw connection of a login, for SQL that no handler would send.
    pub async fn connect(&self, login: &str) -> PgConnection {
        PgConnection::connect(&cluster().await.url(login, &self.database)).await.unwrap()
    }

    /// Somebody without a session.
    pub fn anybody(&self) -> Actor {
        Actor {
            base: self.base.clone(),
            slug: "north".into(),
            role: "nobody",
            token: None,
            secret: None,
            client: self.client.clone(),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let stop = self.stop.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { stop.stop(false).await });
        }
    }
}

/// One clinic of the world.
pub struct Clinic {
    pub slug: String,
    base: String,
    app: Data<App>,
    client: reqwest::Client,
}

impl Clinic {
    /// Somebody of a role, signed in.
    pub async fn actor(&self, role: &'static str) -> Actor {
        let slug: Slug = self.slug.parse().unwrap();
        let session = NewSession {
            account_id: account(&self.slug, role),
            session_id: Uuid::now_v7(),
            kind: "browser",
            secret: secret::fresh(),
            secret_seconds: 3600,
            refresh: None,
            idle_seconds: 3600,
            life_seconds: 3600,
            user_agent: "test".into(),
        };
        let opened = auth::open(&self.app, &slug, &session).await.unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_secs()).unwrap();
        let token = tokens::sign(
            &self.app.keys,
            &slug,
            opened.user_id,
            &opened.role,
            &session.secret,
            now,
            3600,
        )
        .unwrap();
        Actor {
            base: self.base.clone(),
            slug: self.slug.clone(),
            role,
            token: Some(token),
            secret: Some(session.secret.expose_secret().to_vec()),
            client: self.client.clone(),
        }
    }

    pub async fn receptionist(&self) -> Actor {
        self.actor("receptionist").await
    }

    pub async fn doctor(&self) -> Actor {
        self.actor("doctor").await
    }

    pub async fn admin(&self) -> Actor {
        self.actor("admin").await
    }

    pub async fn nurse(&self) -> Actor {
        self.actor("nurse").await
    }

    /// A registered patient, as JSON.
    pub async fn patient(&self, given_name: &str) -> Value {
        let reply = self
            .receptionist()
            .await
            .post(
                "patients",
                &serde_json::json!({"given_name": given_name, "family_name": "Test", "birth_date": "1980-02-29",
                    "sex": "female", "duplicate_ok": true}),
            )
            .await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json
    }
}
