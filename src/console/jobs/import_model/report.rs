//! What became of an import, and the rows that did not come in, ready to be mended and sent again.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::run::End;
use super::source::Source;
use crate::rules::import::report::Outcome;
use crate::wire::idp::UserImportJobStatusType as Status;

/// The end of an import.
pub struct Report {
    end: Arc<End>,
    rows: usize,
    /// Rows that never left: bad, or left out by hand.
    kept_back: usize,
    by_row: BTreeMap<u32, Outcome>,
    /// How many rows failed for each reason, most first.
    reasons: Vec<(String, usize)>,
}

impl Report {
    /// Sums up a run.
    pub fn new(source: &Source, end: Arc<End>) -> Self {
        let by_row: BTreeMap<u32, Outcome> = end.outcomes.iter().cloned().collect();
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for outcome in by_row.values() {
            let count = counted.entry(outcome.to_string()).or_default();
            *count = count.saturating_add(1);
        }
        let mut reasons: Vec<_> = counted.into_iter().collect();
        reasons.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
        let sent = usize::try_from(end.sent).unwrap_or(usize::MAX);
        Self {
            rows: source.len(),
            kept_back: source.len().saturating_sub(sent),
            end,
            by_row,
            reasons,
        }
    }

    /// Returns the number of rows of the file.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Returns how many rows were not sent.
    pub const fn kept_back(&self) -> usize {
        self.kept_back
    }

    /// Returns how many users were imported, skipped and failed.
    pub fn counts(&self) -> (i64, i64, i64) {
        self.end.job.as_ref().map_or((0, 0, 0), |job| {
            let count = |number: Option<i64>| number.unwrap_or(0);
            (
                count(job.imported_users),
                count(job.skipped_users),
                count(job.failed_users),
            )
        })
    }

    /// Returns the rows that were sent and not come to: the job was stopped before, or failed.
    pub fn unreached(&self) -> &[u32] {
        &self.end.unreached
    }

    /// Returns why the rows of [`unreached`](Self::unreached) are among the rejects.
    pub fn why_unreached(&self) -> &'static str {
        if self.end.error.is_some() {
            "Not known to be imported: the import could not be followed to its end."
        } else {
            "Not reached: the job ended before this row."
        }
    }

    /// Returns the status of the job, once one was made.
    pub fn status(&self) -> Option<&Status> {
        self.end.job.as_ref().and_then(|job| job.status.as_ref())
    }

    /// Returns the id of the job, once one was made.
    pub fn job_id(&self) -> Option<&str> {
        self.end.job.as_ref().and_then(|job| job.job_id.as_deref())
    }

    /// Returns what the job says of its end.
    pub fn message(&self) -> Option<&str> {
        self.end
            .job
            .as_ref()
            .and_then(|job| job.completion_message.as_deref())
    }

    /// Returns what ended the run before the job did.
    pub fn error(&self) -> Option<&str> {
        self.end.error.as_deref()
    }

    /// Returns why the reasons of rows are not known, when they are not.
    pub fn log_missing(&self) -> Option<&str> {
        self.end.log_missing.as_deref()
    }

    /// Returns why rows were not imported, with their number, most first.
    pub fn reasons(&self) -> &[(String, usize)] {
        &self.reasons
    }

    /// Returns what became of a row that was sent and not imported.
    pub fn outcome(&self, row: u32) -> Option<&Outcome> {
        self.by_row.get(&row)
    }

    /// Returns the rows that were sent and not imported.
    pub fn not_imported(&self) -> impl Iterator<Item = (u32, &Outcome)> {
        self.by_row.iter().map(|(row, outcome)| (*row, outcome))
    }
}

/// Returns the rows that `why` gives a reason for, as they stand in the file, with line and
/// reason behind them. UTF-8, commas, quotes where needed (RFC 4180).
///
/// The cells are as they came: this file is to be mended and read again. A spreadsheet may take
/// a cell that begins with `=` for a formula.
pub fn rejects(source: &Source, why: impl Fn(u32) -> Option<String>) -> String {
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut write = |cells: &mut dyn Iterator<Item = &str>| {
        // Writing to memory does not fail.
        let _ = out.write_record(cells);
    };
    let columns = source.columns().iter().map(String::as_str);
    write(&mut columns.chain(["Line", "Reason"]));
    source.each(0, &mut |row, cells| {
        if let Some(reason) = why(row) {
            let line = source.line(row).to_string();
            write(
                &mut cells
                    .iter()
                    .map(AsRef::as_ref)
                    .chain([line.as_str(), reason.as_str()]),
            );
        }
        true
    });
    let bytes = out.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
