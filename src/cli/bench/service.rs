//! A service of this very program, and how soon it answers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli::connect::DatabaseUrls;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The key of the measured service; nothing in it is worth hiding.
pub(super) const KEY: &str = "bWVhc3VyZWQsIG5vdCBzZWNyZXQ6IDMyIGJ5dGVzISE=";

/// A running service. Dropped, it ends.
pub(super) struct Service {
    child: Child,
    pub(super) port: u16,
    /// From its start to the first "ready".
    pub(super) ready: Duration,
    /// Resident memory when it was ready, in MiB.
    pub(super) idle_mebibytes: f64,
}

impl Service {
    /// Starts it and waits until it is ready. A log line a request is part of what a service does.
    pub(super) fn start(urls: &DatabaseUrls, log: &Path, filter: &str) -> Outcome<Service> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let file = std::fs::File::create(log)?;
        let started = Instant::now();
        let child = Command::new(std::env::current_exe()?)
            .args(["serve", "--allow-old-server", "--drain-seconds", "0"])
            .args(["--bind", &format!("127.0.0.1:{port}")])
            .env("POLYCLINIC_APP_DATABASE_URL", &urls.app)
            .env("POLYCLINIC_AUTH_DATABASE_URL", &urls.auth)
            .env("POLYCLINIC_PLATFORM_DATABASE_URL", &urls.platform)
            .env("POLYCLINIC_WORKER_DATABASE_URL", &urls.worker)
            .env("POLYCLINIC_SECRET_KEY", KEY)
            .env("RUST_LOG", filter)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        let mut service = Service { child, port, ready: Duration::ZERO, idle_mebibytes: 0.0 };
        while !service.get("/readyz", "").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            if let Some(status) = service.child.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                return Err(format!("the service ended with {status}:\n{said}").into());
            }
            if started.elapsed() > Duration::from_secs(20) {
                return Err("the service does not become ready".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        service.ready = started.elapsed();
        std::thread::sleep(Duration::from_millis(500));
        service.idle_mebibytes = super::cpu::mebibytes(service.pid(), "VmRSS");
        Ok(service)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// One request on a connection of its own; the whole answer. Each header ends with CR and LF.
    pub(super) fn get(&self, path: &str, headers: &str) -> Outcome<String> {
        let mut stream = self.ask(path, &format!("{headers}Connection: close\r\n"))?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Asks and leaves the answer to be read.
    pub(super) fn ask(&self, path: &str, headers: &str) -> Outcome<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")?;
        Ok(stream)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
