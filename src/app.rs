//! What lives as long as the program: pools, keys, the grid, the texts, the brakes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::auth::keys::Keys;
use crate::auth::passwords::Hasher;
use crate::auth::throttle::{Throttle, Touched};
use crate::db::Pools;
use crate::documents::Archive;
use crate::error::Error;
use crate::paper::Pace;
use crate::tenant::Grid;
use crate::visits::events::Bell;
use crate::web::text::Texts;

/// Settings that handlers need to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Cookies carry `Secure` and the `__Host-` prefix: the browser's side is https.
    pub https: bool,
    /// Scheme, host and port with which every link begins; in development, without it, those of the request.
    pub base_url: Option<String>,
    /// The peer is our own proxy: `X-Forwarded-For` names the client.
    pub behind_proxy: bool,
    /// Idle seconds after which a browser session is over.
    pub idle_seconds: i32,
    /// Seconds after which any session is over.
    pub session_seconds: i32,
    /// Seconds an API access token is good for.
    pub token_seconds: i32,
    /// Where new documents go; into the database without it.
    pub documents_dir: Option<PathBuf>,
    /// The demo shows its styleguide.
    pub styleguide: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            https: true,
            base_url: None,
            behind_proxy: false,
            idle_seconds: 2 * 3600,
            session_seconds: 12 * 3600,
            token_seconds: 15 * 60,
            documents_dir: None,
            styleguide: false,
        }
    }
}

/// The program's state, shared by all workers.
pub struct App {
    /// Pools, one a login.
    pub pools: Pools,
    /// The permission grid's bits.
    pub grid: Arc<Grid>,
    /// Keys derived from the one secret.
    pub keys: Keys,
    /// The message catalogue.
    pub texts: Texts,
    /// Password hashing off the request threads.
    pub hasher: Hasher,
    /// The brakes on sign-in.
    pub throttle: Throttle,
    /// How fast strangers may ask about sheets.
    pub pace: Pace,
    /// Sessions touched lately.
    pub touched: Touched,
    /// Rings when a clinic's queue changes.
    pub bell: Bell,
    /// Where the bytes of documents are.
    pub documents: Archive,
    /// Settings.
    pub settings: Settings,
    draining: AtomicBool,
}

impl App {
    /// Gathers the state. Reads the grid, so the database must answer.
    pub async fn new(pools: Pools, keys: Keys, settings: Settings) -> Result<App, Error> {
        let grid = Arc::new(Grid::load(&pools.app).await?);
        Ok(App {
            pools,
            grid,
            keys,
            texts: Texts::load()?,
            hasher: Hasher::new(),
            throttle: Throttle::new(),
            pace: Pace::default(),
            touched: Touched::default(),
            bell: Bell::default(),
            documents: Archive::new(settings.documents_dir.clone()),
            settings,
            draining: AtomicBool::new(false),
        })
    }

    /// From now on `/readyz` says no, so that a balancer sends nobody more, and open streams end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.bell.ring_all();
    }

    /// Whether the service is on its way out.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
