//! The two that make the load: wrk on the service, pgbench on the database. What they say is read here.

use std::fs;
use std::path::Path;
use std::process::Command;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What one run measured.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p95_ms: f64,
    pub(super) p99_ms: f64,
    /// Microseconds of CPU a request.
    pub(super) service_us: f64,
    pub(super) postgres_us: f64,
}

impl Run {
    /// The middle of several runs, figure by figure: a neighbour on the machine spoils one, not all.
    pub(super) fn median(runs: &[Run]) -> Run {
        let of = |figure: fn(&Run) -> f64| median(runs.iter().map(figure).collect());
        Run {
            per_second: of(|r| r.per_second),
            p50_ms: of(|r| r.p50_ms),
            p95_ms: of(|r| r.p95_ms),
            p99_ms: of(|r| r.p99_ms),
            service_us: of(|r| r.service_us),
            postgres_us: of(|r| r.postgres_us),
        }
    }
}

/// The middle value, or the mean of the two in the middle.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let high = values.get(half).copied().unwrap_or(0.0);
    if values.len() % 2 == 1 {
        return high;
    }
    f64::midpoint(values.get(half.saturating_sub(1)).copied().unwrap_or(0.0), high)
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

/// wrk's own version, from the first line of what it answers to `--version` (and then fails).
pub(super) fn wrk_version() -> Outcome<String> {
    let done = Command::new("wrk").arg("--version").output().map_err(|_| missing("wrk"))?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    Ok(said.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// Reads the line that `lua/wrk.lua` ends with: requests a second, three percentiles, refusals.
pub(super) fn read_wrk(text: &str) -> Outcome<Run> {
    let line = text.lines().find_map(|line| line.strip_prefix("measured "));
    let line = line.ok_or_else(|| format!("wrk said nothing to read:\n{text}"))?;
    let figures: Vec<f64> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
    let [per_second, p50_ms, p95_ms, p99_ms, refused] = figures.as_slice() else {
        return Err(format!("wrk said: {line}").into());
    };
    if *refused > 0.0 {
        return Err(format!("the service refused {refused} requests").into());
    }
    let (per_second, p50_ms, p95_ms, p99_ms) = (*per_second, *p50_ms, *p95_ms, *p99_ms);
    Ok(Run { per_second, p50_ms, p95_ms, p99_ms, ..Run::default() })
}

/// Reads pgbench's summary and its logs of single transactions, which it then removes.
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
    let (p50_ms, p95_ms, p99_ms) = (at(50), at(95), at(99));
    Ok(Run { per_second: tps.parse()?, p50_ms, p95_ms, p99_ms, ..Run::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read() {
        let run = read_wrk("Running 4s test\nmeasured 5123.45 1.42 1.9 2.5 0\n").unwrap();
        assert_eq!((run.per_second, run.p50_ms, run.p95_ms, run.p99_ms), (5123.45, 1.42, 1.9, 2.5));
        assert!(read_wrk("measured 5123.45 1.42 1.9 2.5 12\n").is_err());
        assert!(read_wrk("Running 4s test\n").is_err());
    }

    #[test]
    fn one_bad_round_does_not_move_the_middle() {
        assert!((median(vec![1.0, 900.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![1.0, 2.0]) - 1.5).abs() < f64::EPSILON);
    }
}
