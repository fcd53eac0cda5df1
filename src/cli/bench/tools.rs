//! The two that make the load, and what the kernel says it cost.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What one run measured.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Microseconds of CPU a request.
    pub(super) service_us: f64,
    pub(super) postgres_us: f64,
}

impl Run {
    /// The mean of several runs.
    pub(super) fn mean(runs: &[Run]) -> Run {
        let count = u32::try_from(runs.len()).map_or(1.0, f64::from).max(1.0);
        let mean = |of: fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / count;
        Run {
            per_second: mean(|r| r.per_second),
            p50_ms: mean(|r| r.p50_ms),
            p99_ms: mean(|r| r.p99_ms),
            service_us: mean(|r| r.service_us),
            postgres_us: mean(|r| r.postgres_us),
        }
    }
}

/// Runs a program to its end; its output.
pub(super) fn output(command: &mut Command) -> Outcome<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(&name),
        _ => format!("{name}: {error}"),
    })?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    if done.status.success() {
        return Ok(text);
    }
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    Err(format!("{name} failed:\n{said}{text}").into())
}

fn missing(name: &str) -> String {
    format!(
        "{name} was not found. Install it:
  Debian, Ubuntu:  sudo apt-get install wrk postgresql
  Fedora, RHEL:    sudo dnf install wrk postgresql-contrib
  macOS:           brew install wrk postgresql@17"
    )
}

/// Reads what wrk prints with `--latency`: requests a second, median and 99th percentile.
pub(super) fn read_wrk(text: &str) -> Outcome<Run> {
    if let Some(line) = text.lines().find(|line| line.contains("Non-2xx")) {
        return Err(format!("the service refused requests: {}", line.trim()).into());
    }
    let after = |head: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(head));
        line.and_then(|line| line.split_whitespace().last())
            .ok_or_else(|| format!("wrk said no {head}"))
    };
    Ok(Run {
        per_second: after("Requests/sec:")?.parse()?,
        p50_ms: millis(after("50%")?)?,
        p99_ms: millis(after("99%")?)?,
        ..Run::default()
    })
}

/// `812.00us`, `1.42ms`, `1.02s`.
fn millis(text: &str) -> Outcome<f64> {
    for (unit, factor) in [("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)] {
        if let Some(number) = text.strip_suffix(unit) {
            return Ok(number.parse::<f64>()? * factor);
        }
    }
    Err(format!("no time: {text}").into())
}

/// Reads pgbench's summary and its log of single transactions, which it then removes.
pub(super) fn read_pgbench(text: &str, dir: &Path) -> Outcome<Run> {
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = line.and_then(|line| line.split_whitespace().next()).ok_or("pgbench said no tps")?;
    let mut latencies: Vec<u32> = Vec::new();
    for entry in fs::read_dir(dir)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("pgbench_log.") {
            let log = fs::read_to_string(entry.path())?;
            let third =
                |line: &str| line.split_whitespace().nth(2).and_then(|us| us.parse::<u32>().ok());
            latencies.extend(log.lines().filter_map(third));
            fs::remove_file(entry.path())?;
        }
    }
    latencies.sort_unstable();
    let at = |percent: usize| {
        let place = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
        latencies.get(place).copied().map_or(0.0, |us| f64::from(us) / 1000.0)
    };
    Ok(Run { per_second: tps.parse()?, p50_ms: at(50), p99_ms: at(99), ..Run::default() })
}

/// CPU time of a process, of those it has waited for, and of its living children.
pub(super) fn cpu(pid: u32) -> Duration {
    let mut ticks = own(pid, true).map_or(0, |(_, ticks)| ticks);
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let child = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        if let Some((parent, used)) = child.and_then(|child| own(child, false))
            && parent == pid
        {
            ticks += used;
        }
    }
    Duration::from_millis(ticks * 10)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read() {
        let text = "Running 4s test\n  Latency Distribution\n     50%    1.42ms\n     75%    1.90ms\n     99%  812.50us\n  2000 requests in 4.00s\nRequests/sec:   5123.45\n";
        let run = read_wrk(text).unwrap();
        assert_eq!((run.per_second, run.p50_ms, run.p99_ms), (5123.45, 1.42, 0.8125));
        assert!(read_wrk("  Non-2xx or 3xx responses: 12\n").is_err());
    }

    #[test]
    fn this_process_has_used_some_time() {
        assert!(own(std::process::id(), true).is_some());
    }
}
