//! Finds the installed programs and makes a data directory with them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::place::LOG;
use super::{ClusterError, Options, at, failed};

/// The oldest minor of each major without a known hole in row-level security; released together.
const SAFE: [(u32, u32); 4] = [(15, 20), (16, 16), (17, 12), (18, 6)];

/// Where packages put servers, as (parent, prefix of a directory that ends in the major version).
const HOMES: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@"),
];

/// macOS has no `C.UTF-8`.
const LOCALE: &str = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };

/// The installed programs.
#[derive(Debug)]
pub(super) struct Server {
    bindir: PathBuf,
    pub(super) version: (u32, u32),
}

impl Server {
    pub(super) fn find() -> Result<Self, ClusterError> {
        if let Some(chosen) = std::env::var_os("POLYCLINIC_PG_BINDIR").map(PathBuf::from) {
            return Self::in_dir(&chosen).ok_or(ClusterError::NoServerIn(chosen));
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .chain(HOMES.iter().flat_map(|(parent, prefix)| newest_first(parent, prefix)))
            .find_map(|dir| Self::in_dir(&dir))
            .ok_or(ClusterError::NoServer)
    }

    /// Looks behind symbolic links, because `postgres` finds its own files beside itself.
    fn in_dir(dir: &Path) -> Option<Self> {
        let bindir = dir.join("initdb").canonicalize().ok()?.parent()?.to_path_buf();
        let answer = Command::new(bindir.join("postgres")).arg("--version").output().ok()?;
        let version = version(&String::from_utf8_lossy(&answer.stdout))?;
        (version.0 >= 15).then_some(Self { bindir, version })
    }

    pub(super) fn bin(&self, name: &str) -> PathBuf {
        self.bindir.join(name)
    }

    /// Makes `data` what this server can start on.
    pub(super) fn prepare(
        &self,
        data: &Path,
        log: &File,
        options: Options,
        user: Option<&User>,
    ) -> Result<(), ClusterError> {
        if !data.exists() {
            return self.init(data, log, options, user);
        }
        let made_by = fs::read_to_string(data.join("PG_VERSION")).map_err(at(data))?;
        if made_by.trim() != self.version.0.to_string() {
            let (dir, made_by) = (data.to_path_buf(), made_by.trim().to_owned());
            return Err(ClusterError::OtherMajor { dir, made_by, found: self.version.0 });
        }
        Ok(())
    }

    /// The data directory gets its name last, so one that exists is complete.
    fn init(
        &self,
        data: &Path,
        log: &File,
        options: Options,
        user: Option<&User>,
    ) -> Result<(), ClusterError> {
        let unfinished = data.with_extension("unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(at(&unfinished))?;
        }
        let initdb = self.bin("initdb");
        let output = || log.try_clone().map_err(at(data));
        let status = plain(&initdb, user)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", LOCALE])
            .args((!options.durable).then_some("--no-sync"))
            .arg("-D")
            .arg(&unfinished)
            .stdout(output()?)
            .stderr(output()?)
            .status()
            .map_err(at(&initdb))?;
        if !status.success() {
            return Err(failed("initdb", data.with_file_name(LOG)));
        }
        fs::rename(&unfinished, data).map_err(at(data))
    }
}

/// Whom the server runs as when we are root, since it refuses root.
#[derive(Debug)]
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl User {
    /// Nobody in particular unless we are root.
    pub(super) fn for_server() -> Option<Self> {
        if id("-u", None)? != 0 {
            return None;
        }
        ["postgres", "nobody"].into_iter().find_map(|name| {
            Some(Self { name, uid: id("-u", Some(name))?, gid: id("-g", Some(name))? })
        })
    }
}

/// Asks `id`, which knows users from wherever the system keeps them.
fn id(flag: &str, name: Option<&str>) -> Option<u32> {
    let answer = Command::new("id").arg(flag).args(name).output().ok()?;
    String::from_utf8(answer.stdout).ok()?.trim().parse().ok()
}

/// A program run as `user`, unmoved by our terminal, locale and working directory.
pub(super) fn plain(program: impl AsRef<OsStr>, user: Option<&User>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).current_dir("/").env("LC_ALL", LOCALE).env_remove("PGDATA");
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid); // root's other groups go too
    }
    command
}

/// `<parent>/<prefix><major>/bin`, the newest major first.
fn newest_first(parent: &str, prefix: &str) -> impl Iterator<Item = PathBuf> + use<> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, bindir)| bindir)
}

/// Reads `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`; a beta counts as minor 0.
fn version(answer: &str) -> Option<(u32, u32)> {
    let number = answer.strip_prefix("postgres (PostgreSQL) ")?.split_whitespace().next()?;
    match number.split_once('.') {
        Some((major, minor)) => Some((major.parse().ok()?, minor.parse().ok()?)),
        None => Some((number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?, 0)),
    }
}

/// Whether a server of this major and minor version has the security fixes that the wall between clinics
/// relies on. A major newer than we know of was branched after the fixes.
pub fn is_current((major, minor): (u32, u32)) -> bool {
    let newest_known = SAFE.iter().map(|(known, _)| *known).max();
    match SAFE.iter().find(|(known, _)| *known == major) {
        Some((_, safe)) => minor >= *safe,
        None => Some(major) > newest_known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_releases_and_betas_are_read() {
        assert_eq!(
            version("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"),
            Some((15, 20))
        );
        assert_eq!(version("postgres (PostgreSQL) 18.6\n"), Some((18, 6)));
        assert_eq!(version("postgres (PostgreSQL) 19beta2"), Some((19, 0)));
        assert_eq!(version("mysqld  Ver 8.0"), None);
    }

    #[test]
    fn only_servers_with_the_security_fixes_are_current() {
        assert!(is_current((15, 20)) && is_current((17, 13)) && is_current((19, 0)));
        assert!(!is_current((15, 19)) && !is_current((16, 15)) && !is_current((14, 99)));
    }
}
