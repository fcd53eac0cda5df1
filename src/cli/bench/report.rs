//! What was measured, against what was promised.

use std::fmt::Write;
use std::path::Path;

use super::drive::Run;

/// How far a ratio may fall behind its promise before the bench fails.
const SLACK: f64 = 1.2;
const BEGIN: &str = "<!-- make bench writes from here -->";
const END: &str = "<!-- to here -->";

/// Everything that a bench says.
#[derive(Default)]
pub(super) struct Report {
    about: Vec<String>,
    runs: Vec<String>,
    promises: Vec<Promise>,
}

struct Promise {
    work: String,
    measured: String,
    target: String,
    kept: bool,
    /// A ratio, and it is behind its promise by more than the slack.
    broken: bool,
}

/// Whether a figure is better when it is large.
#[derive(Clone, Copy)]
pub(super) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn kept(self, value: f64) -> bool {
        match self {
            Target::AtLeast(least) => value >= least,
            Target::AtMost(most) => value <= most,
        }
    }

    fn broken(self, value: f64) -> bool {
        match self {
            Target::AtLeast(least) => value < least / SLACK,
            Target::AtMost(most) => value > most * SLACK,
        }
    }

    fn words(self, unit: &str) -> String {
        match self {
            Target::AtLeast(least) => format!("≥ {}{unit}", short(least)),
            Target::AtMost(most) => format!("≤ {}{unit}", short(most)),
        }
    }
}

impl Report {
    /// Where and with what.
    pub(super) fn about(&mut self, line: String) {
        eprintln!("{line}");
        self.about.push(line);
    }

    /// A line of the table of runs.
    pub(super) fn run(&mut self, work: &str, who: &str, run: &Run) {
        let cpu = |us: f64| if us > 0.0 { format!("{us:.0}") } else { "–".to_owned() };
        let service = if who == "pgbench" { "–".to_owned() } else { cpu(run.service_us) };
        let line = format!(
            "| {work} | {who} | {:.0} | {:.2} | {:.2} | {:.2} | {service} | {} |",
            run.per_second,
            run.p50_ms,
            run.p95_ms,
            run.p99_ms,
            cpu(run.postgres_us)
        );
        eprintln!("{line}");
        self.runs.push(line);
    }

    /// A promise about a ratio: the bench fails when it is far behind.
    pub(super) fn ratio(&mut self, work: &str, value: f64, target: Target) {
        self.promise(work, value, target, "", target.broken(value));
    }

    /// A promise about a figure of this machine.
    pub(super) fn figure(&mut self, work: &str, value: f64, target: Target, unit: &str) {
        self.promise(work, value, target, unit, false);
    }

    fn promise(&mut self, work: &str, value: f64, target: Target, unit: &str, broken: bool) {
        let measured = format!("{}{unit}", short(value));
        let (target, kept) = (target.words(unit), target.kept(value));
        eprintln!("{work}: {measured} ({target}){}", if kept { "" } else { " MISSED" });
        self.promises.push(Promise { work: work.to_owned(), measured, target, kept, broken });
    }

    /// The ratios that are too far behind.
    pub(super) fn broken(&self) -> Vec<&str> {
        self.promises.iter().filter(|p| p.broken).map(|p| p.work.as_str()).collect()
    }

    /// All of it, as Markdown that is also read easily as it is.
    pub(super) fn markdown(&self) -> String {
        let mut text = self.about.join("\n\n");
        text.push_str("\n\n| promise | measured | target | |\n|---|---|---|---|\n");
        for p in &self.promises {
            let kept = if p.kept { "kept" } else { "**missed**" };
            let _ = writeln!(text, "| {} | {} | {} | {kept} |", p.work, p.measured, p.target);
        }
        text.push_str("\n| work | who | req/s | p50 ms | p95 ms | p99 ms | service CPU µs | PostgreSQL CPU µs |\n");
        text.push_str("|---|---|---|---|---|---|---|---|\n");
        for line in &self.runs {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// Puts it into a document, between two marks.
    pub(super) fn write(&self, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let text = std::fs::read_to_string(path)?;
        let (before, rest) =
            text.split_once(BEGIN).ok_or("the document has no mark to begin at")?;
        let (_, after) = rest.split_once(END).ok_or("the document has no mark to end at")?;
        let table = self.markdown();
        std::fs::write(path, format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))?;
        Ok(())
    }
}

/// As many digits as mean something.
fn short(value: f64) -> String {
    if value >= 100.0 {
        return format!("{value:.0}");
    }
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_breaks_only_when_it_is_far_behind() {
        let mut report = Report::default();
        report.ratio("near", 0.35, Target::AtLeast(0.4));
        report.ratio("far", 0.3, Target::AtLeast(0.4));
        report.ratio("heavy", 2.0, Target::AtMost(1.6));
        report.figure("slow machine", 900.0, Target::AtMost(200.0), " µs");
        assert_eq!(report.broken(), ["far", "heavy"]);
        let text = report.markdown();
        assert!(text.contains("| near | 0.35 | ≥ 0.4 | **missed** |"), "{text}");
        assert!(text.contains("| slow machine | 900 µs | ≤ 200 µs | **missed** |"), "{text}");
    }
}
