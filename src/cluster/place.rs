//! The directory of a server: taken by one at a time, private, with a socket that clients can name.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::server::{User, plain};
use super::{ClusterError, at};

/// Longest path of a socket that every Unix accepts: Linux takes 107 bytes, the BSDs and macOS 103.
const LONGEST_SOCKET: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
const SOCKET: &str = ".s.PGSQL.5432";
pub(super) const LOG: &str = "postgres.log";

/// The server of a parent that was just killed needs a moment to write its last checkpoint.
const PATIENCE_FOR_PREDECESSOR: Duration = Duration::from_secs(3);

/// Takes the directory for us and for the server, and opens the log that is also the lock.
pub(super) fn claim(dir: &Path, user: Option<&User>) -> Result<File, ClusterError> {
    let path = dir.join(LOG);
    if !path.exists() && fs::read_dir(dir).map_err(at(dir))?.next().is_some() {
        return Err(ClusterError::NotOurs(dir.to_path_buf()));
    }
    let log = OpenOptions::new().create(true).append(true).open(&path).map_err(at(&path))?;
    let give_up = Instant::now() + PATIENCE_FOR_PREDECESSOR;
    loop {
        match log.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(ClusterError::Io(path, error)),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Err(ClusterError::InUse(dir.to_path_buf())),
        }
    }
    log.set_len(0).map_err(at(&path))?;
    make_private(dir, user).map_err(at(dir))?;
    if let Some(user) = user {
        let reach = plain("test", Some(user)).arg("-w").arg(dir).status().map_err(at(dir))?;
        if !reach.success() {
            let (dir, user) = (dir.to_path_buf(), user.name);
            return Err(ClusterError::Unreachable { dir, user });
        }
    }
    Ok(log)
}

/// Removes what a killed server left behind. We hold the lock, so none of its processes is left;
/// but its process id may have gone to a stranger, and then the next server would refuse to start.
/// Somebody who ran `pg_ctl` by hand holds no lock: the socket tells.
pub(super) fn clear_away(pid_file: &Path, socket_dir: &Path) -> Result<(), ClusterError> {
    if fs::read_to_string(pid_file).is_ok_and(|text| answers(&text)) {
        return Err(ClusterError::InUse(pid_file.to_path_buf()));
    }
    for path in [pid_file, &socket_dir.join(format!("{SOCKET}.lock"))] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(path)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// The server trusts whoever reaches its socket, so only its own user (and root) may.
fn make_private(dir: &Path, user: Option<&User>) -> io::Result<()> {
    fs::set_permissions(dir, Permissions::from_mode(0o700))?;
    user.map_or(Ok(()), |user| chown(dir, Some(user.uid), Some(user.gid)))
}

/// `dir` itself, or a short name for it where everybody may write.
pub(super) fn socket_dir(dir: &Path, user: Option<&User>) -> Result<PathBuf, ClusterError> {
    if fits(dir) {
        return Ok(dir.to_path_buf());
    }
    let short = short_name(&std::env::temp_dir(), dir);
    match DirBuilder::new().mode(0o700).create(&short) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(ClusterError::Io(short, error));
        }
        _ => {}
    }
    // Whoever else made it first, as a directory or a link, does not get our clients.
    let found = fs::symlink_metadata(&short).map_err(at(&short))?;
    let owner = fs::metadata(dir).map_err(at(dir))?.uid();
    let ours = found.is_dir() && (found.uid() == owner || user.is_some() && found.uid() == 0);
    if !ours || !fits(&short) {
        return Err(ClusterError::NoSocketDir(short));
    }
    make_private(&short, user).map_err(at(&short))?;
    Ok(short)
}

fn fits(dir: &Path) -> bool {
    dir.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET
}

/// The same for the same directory, so that restarts leave one behind, not many.
fn short_name(parent: &Path, dir: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    dir.hash(&mut hasher);
    parent.join(format!("polyclinic-{:016x}", hasher.finish()))
}

/// Whether the server of a `postmaster.pid` (line 4 port, line 5 socket directory) accepts callers.
fn answers(pid_file: &str) -> bool {
    let mut lines = pid_file.lines().skip(3);
    match (lines.next(), lines.next()) {
        (Some(port), Some(dir)) => {
            UnixStream::connect(Path::new(dir).join(format!(".s.PGSQL.{port}"))).is_ok()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_gets_a_short_and_steady_socket_directory() {
        let long = Path::new("/srv").join("a".repeat(120));
        assert!(fits(Path::new("/srv/polyclinic")) && !fits(&long));
        let short = short_name(Path::new("/tmp"), &long);
        assert!(fits(&short) && short == short_name(Path::new("/tmp"), &long));
        assert_ne!(short, short_name(Path::new("/tmp"), &long.join("b")));
    }

    #[test]
    fn a_pid_file_without_a_listening_socket_is_stale() {
        assert!(!answers("4711\n/srv/data\n1700000000\n5432\n/nowhere\n"));
        assert!(!answers(""));
    }
}
