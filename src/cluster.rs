//! A database server of one's own, for `polyclinic demo` and the tests.
//!
//! It lives in one directory and answers on a unix socket, nowhere else. Two things keep it simple:
//!
//! - **It ends with its parent.** Between the two stands a shell that reads a pipe held open here.
//!   When the pipe ends, it asks the server for a fast shutdown. The kernel closes the pipe however
//!   this process ends, SIGKILL included, so stopping, dropping and dying are the same event.
//! - **One server a directory.** The server's log is its standard output and is locked. Whoever
//!   inherits it holds the lock: it is free exactly when the last process of the server has gone.

mod place;
mod server;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use place::LOG;
pub use server::is_current;
use server::{Server, User};

/// Runs the server given as arguments until it ends or the pipe on standard input does. What was not to
/// be durable goes with it.
const KEEPER: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- & server=$!
{ read -r _ <&3; kill -INT "$server"; } >/dev/null 2>&1 & watch=$!
wait "$server"; code=$?
kill "$watch" 2>/dev/null
[ "$code" != 0 ] || [ -z "$REMOVE" ] || rm -rf "$REMOVE"
exit "$code"
"#;

const PATIENCE_FOR_SERVER: Duration = Duration::from_mins(1);

/// Why there is no private server.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Nothing to start.
    #[error(
        "no PostgreSQL server, 15 or newer, was found. Install one:
  Debian, Ubuntu:  sudo apt-get install postgresql
  Fedora, RHEL:    sudo dnf install postgresql-server
  macOS:           brew install postgresql@17
or set POLYCLINIC_PG_BINDIR to the directory that holds `initdb` and `postgres`"
    )]
    NoServer,
    /// The operator's choice holds no usable server.
    #[error("POLYCLINIC_PG_BINDIR={0} holds no PostgreSQL server, 15 or newer")]
    NoServerIn(PathBuf),
    /// One server a directory.
    #[error(
        "{0} is used by a running PostgreSQL, perhaps of another `polyclinic demo`: \
         stop it or choose another directory"
    )]
    InUse(PathBuf),
    /// The directory was not made by us, and we would change its owner and mode.
    #[error("{0} holds other files: choose an empty or a new directory")]
    NotOurs(PathBuf),
    /// The server, which never runs as root, cannot get to its files.
    #[error(
        "the user {user}, as whom PostgreSQL runs when root starts it, cannot reach {dir}: \
         choose a directory whose parents all let others pass (/root does not)"
    )]
    Unreachable {
        /// The directory asked for.
        dir: PathBuf,
        /// The server's user.
        user: &'static str,
    },
    /// A data directory belongs to one major version.
    #[error(
        "{dir} was made by PostgreSQL {made_by}, but the server found is {found}: \
         set POLYCLINIC_PG_BINDIR to the older server or choose another directory"
    )]
    OtherMajor {
        /// The directory asked for.
        dir: PathBuf,
        /// What its `PG_VERSION` says.
        made_by: String,
        /// The major version of the server.
        found: u32,
    },
    /// No place for the socket.
    #[error("{0} is no private directory with a path short enough for a unix socket")]
    NoSocketDir(PathBuf),
    /// `initdb` or `postgres` ended.
    #[error("{what} failed; {log} ends with:\n{tail}")]
    Failed {
        /// Which program.
        what: &'static str,
        /// Its output.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// It runs, but accepts no connection.
    #[error("postgres accepted no connection for a minute, see {0}")]
    NotReady(PathBuf),
    /// The file system or a program said no.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] io::Error),
}

/// How a server is to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether what is committed survives a power cut, and the directory its server. Tests do without.
    pub durable: bool,
    /// How many clients there may be.
    pub max_connections: u32,
}

/// A running server. Dropped, it asks the server to stop; [`Cluster::stop`] also waits for it.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
    socket_dir: PathBuf,
    keeper: Child,
}

impl Cluster {
    /// Starts the server that lives in `dir`, making it first if there is none.
    ///
    /// # Errors
    ///
    /// Every [`ClusterError`] is for the eyes of the person who started the program.
    pub async fn start(dir: &Path, options: &Options) -> Result<Self, ClusterError> {
        let (dir, options) = (dir.to_path_buf(), *options);
        let launch = {
            let dir = dir.clone();
            move || Self::launch(&dir, options)
        };
        match tokio::task::spawn_blocking(launch).await {
            Ok(outcome) => outcome,
            Err(lost) => Err(ClusterError::Io(dir, lost.into())),
        }
    }

    fn launch(dir: &Path, options: Options) -> Result<Self, ClusterError> {
        let server = Server::find()?;
        let user = User::for_server();
        fs::create_dir_all(dir).map_err(at(dir))?;
        let dir = &dir.canonicalize().map_err(at(dir))?;
        let log = place::claim(dir, user.as_ref())?;
        let data = dir.join("data");
        server.prepare(&data, &log, options, user.as_ref())?;
        let socket_dir = place::socket_dir(dir, user.as_ref())?;
        place::clear_away(&data.join("postmaster.pid"), &socket_dir)?;

        let mut keeper = server::plain("sh", user.as_ref())
            .args(["-c", KEEPER, "keeper"])
            .env("REMOVE", if options.durable { OsStr::new("") } else { dir.as_os_str() })
            .arg(server.bin("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&socket_dir)
            .args(settings(options).iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::piped())
            .stdout(log.try_clone().map_err(at(dir))?)
            .stderr(log)
            .process_group(0) // Ctrl-C is for the service, which then stops its database last.
            .spawn()
            .map_err(at(Path::new("sh")))?;

        wait_until_ready(&mut keeper, dir)?;
        Ok(Self { server, socket_dir, keeper })
    }

    /// The address of a database for a login, as sqlx and libpq (psql, `pg_dump`) read it.
    #[must_use]
    pub fn url(&self, login: &str, database: &str) -> String {
        url(&self.socket_dir, login, database)
    }

    /// Where the socket is.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The path of a program that came with the server, such as `psql`.
    #[must_use]
    pub fn bin(&self, name: &str) -> PathBuf {
        self.server.bin(name)
    }

    /// Major and minor version of the server.
    #[must_use]
    pub fn version(&self) -> (u32, u32) {
        self.server.version
    }

    /// Whether the server has the security fixes that the wall between clinics relies on.
    #[must_use]
    pub fn is_current(&self) -> bool {
        server::is_current(self.server.version)
    }

    /// Stops the server and waits until it has gone.
    pub async fn stop(self) {
        let mut keeper = self.keeper;
        // `wait` closes the pipe first, and that is the request to stop.
        match tokio::task::spawn_blocking(move || keeper.wait()).await {
            Ok(Ok(status)) if status.success() => {}
            Ok(Ok(status)) => tracing::warn!("The private PostgreSQL ended with {status}"),
            Ok(Err(error)) => tracing::warn!("Lost sight of the private PostgreSQL: {error}"),
            Err(error) => tracing::warn!("Lost sight of the private PostgreSQL: {error}"),
        }
    }
}

fn settings(options: Options) -> Vec<String> {
    let clients = format!("max_connections={}", options.max_connections);
    let mut settings = vec!["listen_addresses=", "port=5432", "shared_buffers=128MB", &clients];
    // Errors quote the row or the value that was wrong: patients' data. So the log has the server's
    // own events only; errors go to the client, which knows what it may repeat.
    settings.extend([
        "logging_collector=off",
        "log_destination=stderr",
        "log_min_messages=log",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "log_statement=none",
        "log_parameter_max_length=0",
        "log_parameter_max_length_on_error=0",
    ]);
    if !options.durable {
        settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
    }
    settings.into_iter().map(str::to_owned).collect()
}

/// The server writes its state on the eighth line of `postmaster.pid`, where `pg_ctl` reads it too.
fn wait_until_ready(keeper: &mut Child, dir: &Path) -> Result<(), ClusterError> {
    let (pid_file, log) = (dir.join("data/postmaster.pid"), dir.join(LOG));
    let give_up = Instant::now() + PATIENCE_FOR_SERVER;
    while Instant::now() < give_up {
        let text = fs::read_to_string(&pid_file).unwrap_or_default();
        if text.lines().nth(7).is_some_and(|state| state.trim() == "ready") {
            return Ok(());
        }
        if keeper.try_wait().map_err(at(&log))?.is_some() {
            return Err(failed("postgres", log));
        }
        sleep(Duration::from_millis(5));
    }
    Err(ClusterError::NotReady(log))
}

/// Names host and port in full, so that a `PGHOST` or `PGPORT` in the environment has no say.
fn url(socket_dir: &Path, login: &str, database: &str) -> String {
    let [login, database] = [login, database].map(|name| escaped(name.as_bytes()));
    let host = escaped(socket_dir.as_os_str().as_bytes());
    format!("postgres://{login}@localhost:5432/{database}?host={host}")
}

/// Percent-encoding that leaves a usual path as it is; `+` for a blank is not libpq's dialect.
fn escaped(bytes: &[u8]) -> String {
    let keep = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    bytes
        .iter()
        .map(|byte| if keep(byte) { char::from(*byte).into() } else { format!("%{byte:02X}") })
        .collect()
}

fn failed(what: &'static str, log: PathBuf) -> ClusterError {
    let text = fs::read_to_string(&log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(5)..).unwrap_or_default().join("\n");
    ClusterError::Failed { what, log, tail }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
    let path = path.to_path_buf();
    move |error| ClusterError::Io(path, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_blanks_and_question_marks() {
        let dir = Path::new("/var/my clinic?/50%");
        assert_eq!(
            url(dir, "polyclinic_app", "north&south/1"),
            "postgres://polyclinic_app@localhost:5432/north%26south/1?host=/var/my%20clinic%3F/50%25",
        );
    }
}
