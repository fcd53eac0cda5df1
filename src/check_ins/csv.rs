//! The report as a file for a spreadsheet: numbers and dates only, so that no cell can be a formula.

use super::{Period, Report};
use crate::error::Error;

/// The first line.
const COLUMNS: [&str; 9] = [
    "period",
    "check_ins",
    "completed",
    "cancelled",
    "no_show",
    "open",
    "emergencies",
    "called",
    "waited_minutes",
];

/// The whole file.
pub(super) fn file(report: &Report) -> Result<Vec<u8>, Error> {
    let failed = |e: &dyn std::fmt::Display| Error::Internal(format!("csv: {e}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|e| failed(&e))?;
    for period in &report.periods {
        writer.write_record(line(period)).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}

fn line(p: &Period) -> [String; 9] {
    [
        p.period.clone(),
        p.check_ins.to_string(),
        p.completed.to_string(),
        p.cancelled.to_string(),
        p.no_show.to_string(),
        p.open.to_string(),
        p.emergencies.to_string(),
        p.called.to_string(),
        p.waited_minutes.map(|n| n.to_string()).unwrap_or_default(),
    ]
}
