//! The file that is imported, as it is: decoded, its rows found, never changed.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use super::Wake;
use crate::console::files::{self, Unread};
use crate::rules::import::foreign::{self, Encoding, Reading};

/// The largest file that is read. Larger than an import may be, because other formats are wordier.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Where a table comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A file.
    File(PathBuf),
    /// The clipboard.
    Text(String),
}

/// Why a file cannot be imported. The text is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The system does not give it.
    Unreadable(String),
    /// It is larger than [`MAX_BYTES`].
    TooLarge { bytes: u64 },
    /// There is no row in it.
    Empty,
    /// It is not text; the words say what it looks like.
    NotText(&'static str),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(reason) => write!(f, "The file cannot be read: {reason}."),
            Self::TooLarge { bytes } => write!(
                f,
                "The file has {} MB; at most {} MB are read. Split it into several files.",
                bytes / 1_048_576,
                MAX_BYTES / 1_048_576
            ),
            Self::Empty => f.write_str("The file has no rows."),
            Self::NotText(what) => write!(
                f,
                "The file is {what}, not a table of text. Save it as CSV and try again."
            ),
        }
    }
}

impl std::convert::From<Unread> for OpenError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Refused(reason) => Self::Unreadable(reason),
            Unread::NoFile => Self::Unreadable("it is a folder or a device, not a file".to_owned()),
            Unread::TooLarge(bytes) => Self::TooLarge { bytes },
        }
    }
}

/// A table of text.
pub struct Source {
    from: From,
    bytes: u64,
    text: String,
    reading: Reading,
    columns: Vec<String>,
    /// Where each row begins, and its line.
    rows: Vec<(u32, u32)>,
    /// Rows with another number of fields than the header.
    uneven: usize,
    has_garbage: bool,
    /// The line of the row in which a quotation mark opens and never closes.
    unclosed: Option<u32>,
}

impl Source {
    /// Reads a table: as `reading` says, or as it looks. Blocks.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn read(from: From, reading: Option<Reading>, template: &[String]) -> Result<Self, OpenError> {
        let (raw, encoding) = match &from {
            From::Text(text) => (text.as_bytes().to_vec(), Encoding::Utf8),
            From::File(path) => {
                let raw = files::read(path, MAX_BYTES)?;
                let encoding = foreign::detect_encoding(&raw);
                (raw, encoding)
            }
        };
        if let Some(what) = not_text(&raw, encoding) {
            return Err(OpenError::NotText(what));
        }
        let encoding = reading.map_or(encoding, |reading| reading.encoding);
        let (text, has_garbage) = foreign::decode(&raw, encoding);
        let bytes = raw.len() as u64;
        drop(raw);
        if u32::try_from(text.len()).is_err() {
            return Err(OpenError::TooLarge { bytes });
        }
        let reading = reading.unwrap_or_else(|| foreign::detect(&text, encoding, template));
        let mut columns = Vec::new();
        let mut rows = Vec::new();
        let mut width = None;
        let mut uneven = 0_usize;
        foreign::each(&text, reading.dialect, &mut |record| {
            let is_header = width.is_none() && reading.has_header;
            let width = *width.get_or_insert(record.fields.len());
            if is_header {
                columns = record.fields.iter().map(ToString::to_string).collect();
                return true;
            }
            if record.fields.len() != width {
                uneven = uneven.saturating_add(1);
            }
            rows.push((
                u32::try_from(record.at.start).unwrap_or(u32::MAX),
                u32::try_from(record.line).unwrap_or(u32::MAX),
            ));
            true
        });
        if !reading.has_header {
            columns = (1..=width.unwrap_or(0))
                .map(|at| format!("Column {at}"))
                .collect();
        }
        if rows.is_empty() {
            return Err(OpenError::Empty);
        }
        let mut source = Self {
            from,
            bytes,
            text,
            reading,
            columns,
            rows,
            uneven,
            has_garbage,
            unclosed: None,
        };
        source.unclosed = source.find_unclosed();
        Ok(source)
    }

    /// Returns where it comes from.
    pub const fn from(&self) -> &From {
        &self.from
    }

    /// Returns its name for people.
    pub fn name(&self) -> String {
        match &self.from {
            From::File(path) => path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            From::Text(_) => "pasted table".to_owned(),
        }
    }

    /// Returns its size in bytes.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns how it was read.
    pub const fn reading(&self) -> Reading {
        self.reading
    }

    /// Returns the names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Returns how many rows there are, the header left out.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Tells whether there is no row. (Such a file is refused, so there always is.)
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns how many rows have another number of fields than the header.
    pub const fn uneven(&self) -> usize {
        self.uneven
    }

    /// Tells whether bytes were found that are not of the encoding: another one may fit better.
    pub const fn has_garbage(&self) -> bool {
        self.has_garbage
    }

    /// Returns the line of the row in which a quotation mark opens and never closes, so that the
    /// rest of the file is one cell.
    pub const fn unclosed(&self) -> Option<u32> {
        self.unclosed
    }

    fn find_unclosed(&self) -> Option<u32> {
        let last = u32::try_from(self.rows.len()).ok()?.checked_sub(1)?;
        // Where the last row ends, another one can begin; within quotation marks it cannot.
        let more = format!("{}\nx", self.text_of(last)?);
        let mut rows = 0_u32;
        foreign::each(&more, self.reading.dialect, &mut |_| {
            rows = rows.saturating_add(1);
            rows < 2
        });
        (rows < 2).then(|| self.line(last))
    }

    /// Returns the cells of a row; none for a row that is not there.
    pub fn row(&self, at: u32) -> Vec<String> {
        self.text_of(at)
            .map(|text| foreign::first(text, self.reading.dialect))
            .unwrap_or_default()
    }

    /// Returns the line of the file that a row begins on.
    pub fn line(&self, at: u32) -> u32 {
        self.at(at).map_or(0, |(_, line)| line)
    }

    /// Returns the first rows.
    pub fn samples(&self, count: u32) -> Vec<Vec<String>> {
        let have = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        (0..count.min(have)).map(|at| self.row(at)).collect()
    }

    /// Gives each row from `first` on to `visit`, until it returns `false`. Quicker than [`Source::row`].
    pub fn each(&self, first: u32, visit: &mut dyn FnMut(u32, &[std::borrow::Cow<'_, str>]) -> bool) {
        let Some((start, _)) = self.at(first) else { return };
        let Some(text) = self.text.get(start as usize..) else {
            return;
        };
        let mut at = first;
        foreign::each(text, self.reading.dialect, &mut |record| {
            let goes_on = visit(at, record.fields);
            at = at.saturating_add(1);
            goes_on
        });
    }

    fn at(&self, at: u32) -> Option<(u32, u32)> {
        self.rows.get(at as usize).copied()
    }

    fn text_of(&self, at: u32) -> Option<&str> {
        let (start, _) = self.at(at)?;
        let end = self
            .at(at.saturating_add(1))
            .map_or(self.text.len(), |(next, _)| next as usize);
        self.text.get(start as usize..end)
    }
}

/// Returns what a file is when its first bytes say that it is no text.
fn not_text(raw: &[u8], encoding: Encoding) -> Option<&'static str> {
    for (magic, what) in [
        (b"PK\x03\x04".as_slice(), "a spreadsheet or an archive"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
        (b"\x1f\x8b", "compressed"),
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"SQLite format 3", "a database"),
    ] {
        if raw.starts_with(magic) {
            return Some(what);
        }
    }
    let is_wide = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
    let head = raw.get(..64 * 1024).unwrap_or(raw);
    (!is_wide && head.contains(&0)).then_some("binary data")
}

/// A file that is being read.
pub struct Loading(Arc<Mutex<Option<Result<Source, OpenError>>>>);

impl Loading {
    /// Begins to read.
    pub fn start(
        from: From,
        reading: Option<Reading>,
        template: Vec<String>,
        runtime: &Handle,
        wake: Wake,
    ) -> Self {
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        runtime.spawn_blocking(move || {
            let outcome = Source::read(from, reading, &template);
            *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            wake();
        });
        Self(slot)
    }

    /// Takes the outcome, once it is there.
    pub fn take(&self) -> Option<Result<Source, OpenError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
