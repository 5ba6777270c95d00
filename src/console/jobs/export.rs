//! Users as a file: CSV or JSON of what the table shows.

use std::io::{Error, ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use super::user_index::UserRow;
use crate::console::files::{self, Present};

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma separated, quoted where needed (RFC 4180), a header row.
    Csv,
    /// One array of objects.
    Json,
}

impl Format {
    /// Returns the file name ending.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// An export at work. Goes on when every handle is dropped.
#[derive(Clone)]
pub struct ExportJob(Arc<State>);

struct State {
    all: usize,
    written: AtomicUsize,
    cancelled: AtomicBool,
    end: Mutex<Option<Result<String, String>>>,
}

impl ExportJob {
    /// Begins to write `all` rows, which `rows` clones off the drawing thread, to `path`.
    /// `wake` is called at the end.
    pub fn start(
        format: Format,
        path: String,
        present: Present,
        all: usize,
        rows: impl FnOnce() -> Vec<UserRow> + Send + 'static,
        runtime: &Handle,
        wake: impl FnOnce() + Send + 'static,
    ) -> Self {
        let state = Arc::new(State {
            all,
            written: AtomicUsize::new(0),
            cancelled: AtomicBool::new(false),
            end: Mutex::default(),
        });
        let told = Arc::clone(&state);
        runtime.spawn(async move {
            let state = Arc::clone(&told);
            let written = tokio::task::spawn_blocking(move || {
                write_file(format, Path::new(&path), present, &rows(), &state).map(|()| path)
            })
            .await;
            let outcome = written.unwrap_or_else(|_| Err("Writing ended early.".to_owned()));
            *told.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            wake();
        });
        Self(state)
    }

    /// Returns how many rows are written and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.0.written.load(Ordering::Relaxed), self.0.all)
    }

    /// Stops it; no file is left.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Tells whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// Returns the path of the file or why there is none, once it has ended.
    pub fn end(&self) -> Option<Result<String, String>> {
        self.0.end.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn write_file(
    format: Format,
    goal: &Path,
    present: Present,
    rows: &[UserRow],
    state: &State,
) -> Result<(), String> {
    let mut count = || {
        state.written.fetch_add(1, Ordering::Relaxed);
        if state.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Interrupted, "it was cancelled"));
        }
        Ok(())
    };
    let written = files::write(goal, present, |file| {
        let mut out = std::io::BufWriter::new(file);
        write(format, rows, &mut out, &mut count)?;
        out.flush()
    });
    written.map_err(|reason| format!("The file could not be written: {reason}"))
}

const FIXED: [&str; 5] = ["username", "status", "enabled", "created", "modified"];

/// Writes `rows` to `out`. Columns: username, status, enabled, created and modified
/// (RFC 3339, UTC), then every attribute that any of the rows has, in alphabetical order.
///
/// A CSV cell that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`,
/// a tab or a carriage return) gets an apostrophe in front, except a phone number or a
/// plain number. Source: OWASP, "CSV Injection".
///
/// # Errors
///
/// What writing reports, and what `each` does, which is called after each row.
pub fn write(
    format: Format,
    rows: &[UserRow],
    out: impl Write,
    each: &mut dyn FnMut() -> std::io::Result<()>,
) -> std::io::Result<()> {
    match format {
        Format::Csv => write_csv(rows, out, each),
        Format::Json => write_json(rows, out, each),
    }
}

fn attribute_names(rows: &[UserRow]) -> Vec<&str> {
    let mut names: Vec<&str> = rows
        .iter()
        .flat_map(|row| row.attributes.iter().map(|(name, _)| &**name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn write_csv(
    rows: &[UserRow],
    out: impl Write,
    each: &mut dyn FnMut() -> std::io::Result<()>,
) -> std::io::Result<()> {
    let names = attribute_names(rows);
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(FIXED.iter().chain(&names))?;
    for row in rows {
        let fixed = [
            harmless(&row.username),
            row.status.to_string(),
            row.enabled.to_string(),
            instant(row.created),
            instant(row.modified),
        ];
        let rest = names.iter().map(|name| {
            let value = row.attributes.iter().find(|(key, _)| &**key == *name);
            harmless(value.map_or("", |(_, value)| value))
        });
        writer.write_record(fixed.into_iter().chain(rest))?;
        each()?;
    }
    writer.flush()
}

fn write_json(
    rows: &[UserRow],
    mut out: impl Write,
    each: &mut dyn FnMut() -> std::io::Result<()>,
) -> std::io::Result<()> {
    out.write_all(b"[")?;
    for (at, row) in rows.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        let attributes: serde_json::Map<String, serde_json::Value> = row
            .attributes
            .iter()
            .map(|(name, value)| (name.to_string(), (**value).into()))
            .collect();
        let user = serde_json::json!({
            "Username": &*row.username,
            "UserStatus": row.status.as_str(),
            "Enabled": row.enabled,
            "UserCreateDate": instant(row.created),
            "UserLastModifiedDate": instant(row.modified),
            "Attributes": attributes,
        });
        serde_json::to_writer(&mut out, &user)?;
        each()?;
    }
    out.write_all(b"\n]\n")
}

/// Returns an instant in RFC 3339, UTC, whole seconds.
#[allow(clippy::cast_possible_truncation)]
pub fn instant(secs: f64) -> String {
    jiff::Timestamp::from_second(secs as i64).map_or_else(|_| String::new(), |at| at.to_string())
}

fn harmless(value: &str) -> String {
    let risky = value
        .trim_start_matches([' ', '"', '\''])
        .starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = value.trim_start_matches(['+', '-']);
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if risky && !plain {
        format!("'{value}")
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<UserRow> {
        vec![UserRow {
            username: "ann".into(),
            enabled: true,
            created: 1_700_000_000.0,
            attributes: [
                ("phone_number".into(), "+15550100".into()),
                ("name".into(), "=1+1, \"x\"".into()),
            ]
            .into(),
            ..UserRow::default()
        }]
    }

    #[test]
    fn csv_quotes_values_and_disarms_formulas() {
        let mut out = Vec::new();
        write(Format::Csv, &rows(), &mut out, &mut || Ok(())).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "username,status,enabled,created,modified,name,phone_number\n\
             ann,,true,2023-11-14T22:13:20Z,1970-01-01T00:00:00Z,\"'=1+1, \"\"x\"\"\",+15550100\n"
        );
    }

    #[test]
    fn json_keeps_values_as_they_are() {
        let mut out = Vec::new();
        write(Format::Json, &rows(), &mut out, &mut || Ok(())).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value[0]["Attributes"]["name"], "=1+1, \"x\"");
    }
}
