//! What the kernel says a process cost, and on what machine.

use std::fs;
use std::time::Duration;

/// CPU time of a process, of those it has waited for, and of its living children.
pub(super) fn cpu(pid: u32) -> Duration {
    let mut ticks = own(pid, true).map_or(0, |(_, ticks)| ticks);
    ticks += children(pid).map(|(_, ticks)| ticks).sum::<u64>();
    Duration::from_millis(ticks * 10)
}

/// CPU time of the living backends of one login: without what the server does for itself.
pub(super) fn backends(postgres: u32, login: &str) -> Duration {
    let title = format!("postgres: {login} ");
    let is_one = |pid: u32| {
        let text = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        text.starts_with(title.as_bytes())
    };
    let ticks =
        children(postgres).filter(|(pid, _)| is_one(*pid)).map(|(_, ticks)| ticks).sum::<u64>();
    Duration::from_millis(ticks * 10)
}

/// The living children of a process, with their ticks.
fn children(of: u32) -> impl Iterator<Item = (u32, u64)> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(move |pid| {
        let (parent, ticks) = own(pid, false)?;
        (parent == of).then_some((pid, ticks))
    })
}

/// Parent and ticks (hundredths of a second on Linux) of a process.
fn own(pid: u32, waited: bool) -> Option<(u32, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold blanks and brackets; what follows does not.
    let rest: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| rest.get(at).and_then(|n| n.parse::<u64>().ok());
    let parent = u32::try_from(number(1)?).ok()?;
    let living = number(11)? + number(12)?;
    let gone = if waited { number(13)? + number(14)? } else { 0 };
    Some((parent, living + gone))
}

/// Resident memory of a process in MiB, now (`VmRSS`) or at its height (`VmHWM`).
pub(super) fn mebibytes(pid: u32, field: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) / 1024.0
}

/// Cores, memory, processor and kernel in one line.
pub(super) fn machine() -> String {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = field("/proc/meminfo", "MemTotal");
    let memory: f64 =
        memory.trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / (1024.0 * 1024.0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let model = field("/proc/cpuinfo", "model name");
    let model = if model.is_empty() { std::env::consts::ARCH.to_owned() } else { model };
    format!("{cores} cores, {memory:.0} GiB, {model}, Linux {}", kernel.trim())
}

/// How many others wanted a core in the last minute.
pub(super) fn neighbours() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_time_and_memory() {
        assert!(own(std::process::id(), true).is_some());
        assert!(mebibytes(std::process::id(), "VmHWM") > 1.0);
    }
}
