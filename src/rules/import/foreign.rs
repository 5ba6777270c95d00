//! Files as people have them: which encoding, which delimiter, quotes or not, a header or not.
//!
//! Everything found is a proposal: each part of [`Reading`] can be changed and the file read
//! again. The text is kept whole and rows are slices of it, so that any row of half a million
//! is at hand without reading the others.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{Encoding as Charset, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::native;
use crate::rules::attributes;

/// How much of a file is looked at to find out how it is written.
const LOOK_AT_BYTES: usize = 64 * 1024;
/// How many rows of it.
const LOOK_AT_ROWS: usize = 200;

/// How text became bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 after a byte order mark, which is dropped.
    Utf8WithMark,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// The Western European code page of Windows; Latin-1 is read as it, too.
    Windows1252,
    /// Another one, by its standard name.
    Other(&'static str),
}

impl Encoding {
    /// The ones to choose from.
    pub const COMMON: [Self; 5] = [
        Self::Utf8,
        Self::Utf8WithMark,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Windows1252,
    ];

    /// Returns the name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8WithMark => "UTF-8 with byte order mark",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Windows1252 => "Windows-1252",
            Self::Other(name) => name,
        }
    }

    fn charset(self) -> &'static Charset {
        match self {
            Self::Utf8 | Self::Utf8WithMark => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Windows1252 => WINDOWS_1252,
            Self::Other(name) => Charset::for_label(name.as_bytes()).unwrap_or(UTF_8),
        }
    }
}

/// Finds the encoding: a byte order mark, zero bytes where UTF-16 has them, valid UTF-8, else
/// the likeliest code page.
pub fn detect_encoding(bytes: &[u8]) -> Encoding {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Encoding::Utf8WithMark;
    }
    if bytes.starts_with(b"\xff\xfe") {
        return Encoding::Utf16Le;
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Encoding::Utf16Be;
    }
    let head = bytes.get(..LOOK_AT_BYTES).unwrap_or(bytes);
    let zeros = |at: usize| head.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 8;
    if odd > many && odd > even.saturating_mul(4) {
        return Encoding::Utf16Le;
    }
    if even > many && even > odd.saturating_mul(4) {
        return Encoding::Utf16Be;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Encoding::Utf8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, true);
    let found = detector.guess(None, chardetng::Utf8Detection::Deny);
    if found == WINDOWS_1252 {
        Encoding::Windows1252
    } else {
        Encoding::Other(found.name())
    }
}

/// Turns bytes into text. Tells whether some were not of the encoding; they are then U+FFFD.
pub fn decode(bytes: &[u8], encoding: Encoding) -> (String, bool) {
    let (text, has_garbage) = encoding.charset().decode_with_bom_removal(bytes);
    (text.into_owned(), has_garbage)
}

/// How fields are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The vendor's own.
    Native,
    /// Fields between delimiters, quoted when they hold one (RFC 4180).
    Quoted {
        /// One ASCII character.
        delimiter: u8,
        /// One ASCII character; doubled inside a quoted field. `None`: no quoting.
        quote: Option<u8>,
    },
}

impl Dialect {
    /// Returns the delimiter.
    pub const fn delimiter(self) -> u8 {
        match self {
            Self::Native => b',',
            Self::Quoted { delimiter, .. } => delimiter,
        }
    }

    /// Returns the delimiter for people.
    pub fn name(self) -> String {
        match self {
            Self::Native => "Comma, \\, inside a value".to_owned(),
            Self::Quoted { delimiter, .. } => match delimiter {
                b',' => "Comma".to_owned(),
                b';' => "Semicolon".to_owned(),
                b'\t' => "Tab".to_owned(),
                b'|' => "Bar".to_owned(),
                other => char::from(other).to_string(),
            },
        }
    }
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How text became bytes.
    pub encoding: Encoding,
    /// How fields are told apart.
    pub dialect: Dialect,
    /// Whether the first row names the columns.
    pub has_header: bool,
}

/// Finds how a text is written. `template` is the header of the user pool, when known.
pub fn detect(text: &str, encoding: Encoding, template: &[String]) -> Reading {
    let dialect = detect_dialect(head(text), template);
    let mut rows = Vec::new();
    each(head(text), dialect, &mut |record| {
        rows.push(
            record
                .fields
                .iter()
                .map(std::string::ToString::to_string)
                .collect::<Vec<_>>(),
        );
        rows.len() < 20
    });
    Reading {
        encoding,
        dialect,
        has_header: looks_like_header(&rows),
    }
}

fn detect_dialect(head: &str, template: &[String]) -> Dialect {
    let first = head.lines().next().unwrap_or_default();
    let mut columns = Vec::new();
    native::split(first, &mut columns);
    // No other program names a column so.
    if columns.iter().any(|column| column.starts_with("cognito:"))
        && !first.contains('"')
        && (template.is_empty()
            || columns
                .iter()
                .all(|column| template.iter().any(|known| known == column)))
    {
        return Dialect::Native;
    }
    let mut best = (
        0.0_f64,
        Dialect::Quoted {
            delimiter: b',',
            quote: Some(b'"'),
        },
    );
    for delimiter in [b',', b';', b'\t', b'|'] {
        for quote in [b'"', b'\''] {
            let dialect = Dialect::Quoted {
                delimiter,
                quote: Some(quote),
            };
            let score = score(head, dialect);
            // Single quotes stand in names; they must earn it.
            let score = if quote == b'\'' { score * 0.9 } else { score };
            if score > best.0 {
                best = (score, dialect);
            }
        }
    }
    if best.0 == 0.0 && head.contains("\\,") {
        return Dialect::Native;
    }
    best.1
}

/// How well a dialect explains a text: many fields, the same number in every row.
#[allow(clippy::cast_precision_loss)]
fn score(head: &str, dialect: Dialect) -> f64 {
    let mut counts: Vec<usize> = Vec::new();
    each(head, dialect, &mut |record| {
        counts.push(record.fields.len());
        counts.len() < LOOK_AT_ROWS
    });
    // The last row may be cut by the end of the sample.
    if counts.len() > 2 {
        counts.pop();
    }
    let Some(first) = counts.first().copied().filter(|first| *first > 1) else {
        return 0.0;
    };
    let same = counts.iter().filter(|count| **count == first).count() as f64 / counts.len() as f64;
    same * same * (first as f64).ln_1p() * (counts.len() as f64).ln_1p()
}

/// A first row is a header when its cells are filled, distinct, and none of them is data.
fn looks_like_header(rows: &[Vec<String>]) -> bool {
    let Some((first, rest)) = rows.split_first() else {
        return false;
    };
    let filled = first.iter().filter(|cell| !cell.trim().is_empty()).count();
    if filled == 0 || filled.saturating_mul(3) < first.len().saturating_mul(2) {
        return false;
    }
    let mut names: Vec<_> = first
        .iter()
        .map(|cell| cell.trim().to_lowercase())
        .filter(|cell| !cell.is_empty())
        .collect();
    names.sort_unstable();
    let distinct = names.windows(2).all(|pair| pair.first() != pair.get(1));
    let is_data = |cell: &str| {
        let cell = cell.trim();
        attributes::is_email(cell)
            || attributes::is_phone_number(cell)
            || (!cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit() || "+-./: ()".contains(c)))
            || matches!(cell.to_ascii_lowercase().as_str(), "true" | "false")
            || uuid::Uuid::try_parse(cell).is_ok()
    };
    // A value that comes again below is a value.
    let repeats = first.iter().enumerate().any(|(at, cell)| {
        !cell.trim().is_empty() && rest.iter().filter(|row| row.get(at) == Some(cell)).count() > 1
    });
    distinct && !repeats && !first.iter().any(|cell| is_data(cell))
}

fn head(text: &str) -> &str {
    if text.len() <= LOOK_AT_BYTES {
        return text;
    }
    let mut end = LOOK_AT_BYTES;
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or(text)
}

/// A row of a foreign file.
#[derive(Debug)]
pub struct Record<'a> {
    /// Its fields, without white space around them.
    pub fields: &'a [Cow<'a, str>],
    /// Where it stands in the text.
    pub at: Range<usize>,
    /// The line it begins on, from 1.
    pub line: u64,
}

/// Reads the rows of a text and gives each to `visit`, until it returns `false`. Blank lines are no rows.
pub fn each(text: &str, dialect: Dialect, visit: &mut dyn FnMut(&Record<'_>) -> bool) {
    match dialect {
        Dialect::Native => each_native(text, visit),
        Dialect::Quoted { delimiter, quote } => each_quoted(text, delimiter, quote, visit),
    }
}

fn each_native(text: &str, visit: &mut dyn FnMut(&Record<'_>) -> bool) {
    let mut start = 0_usize;
    let mut number = 0_u64;
    let mut fields = Vec::new();
    for line in text.split_inclusive('\n') {
        let at = start..start.saturating_add(line.len());
        start = at.end;
        number = number.saturating_add(1);
        let line = line.trim_end_matches(['\n', '\r']);
        if line.trim().is_empty() {
            continue;
        }
        native::split(line, &mut fields);
        let record = Record {
            fields: &fields,
            at,
            line: number,
        };
        if !visit(&record) {
            return;
        }
    }
}

fn each_quoted(text: &str, delimiter: u8, quote: Option<u8>, visit: &mut dyn FnMut(&Record<'_>) -> bool) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(quote.is_some())
        .quote(quote.unwrap_or(b'"'))
        .buffer_capacity(text.len().clamp(64, 64 * 1024))
        .from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    loop {
        // Text is valid UTF-8 and flexible rows have no wrong length: nothing is left to fail.
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) | Err(_) => return,
        }
        let fields: Vec<Cow<'_, str>> = row.iter().map(|field| Cow::Borrowed(field.trim())).collect();
        let (start, line) = row
            .position()
            .map_or((0, 1), |position| (position.byte(), position.line()));
        let record = Record {
            fields: &fields,
            at: usize::try_from(start).unwrap_or(usize::MAX)
                ..usize::try_from(reader.position().byte()).unwrap_or(usize::MAX),
            line,
        };
        let is_blank = fields.iter().all(|field| field.is_empty()) && fields.len() <= 1;
        if !is_blank && !visit(&record) {
            return;
        }
    }
}

/// Reads the first row of `text`.
pub fn first(text: &str, dialect: Dialect) -> Vec<String> {
    let mut found = Vec::new();
    each(text, dialect, &mut |record| {
        found = record
            .fields
            .iter()
            .map(std::string::ToString::to_string)
            .collect();
        false
    });
    found
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use super::*;

    fn rows(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        each(text, dialect, &mut |record| {
            rows.push(
                record
                    .fields
                    .iter()
                    .map(std::string::ToString::to_string)
                    .collect(),
            );
            true
        });
        rows
    }

    fn quoted(delimiter: u8, quote: u8) -> Dialect {
        Dialect::Quoted {
            delimiter,
            quote: Some(quote),
        }
    }

    #[test]
    fn encodings_are_found() {
        let utf16: Vec<u8> = "e-mail;name\nmüller@example.com;Müller\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, encoding) in [
            (b"name\nM\xc3\xbcller\n".to_vec(), Encoding::Utf8),
            (b"\xef\xbb\xbfname\n".to_vec(), Encoding::Utf8WithMark),
            (utf16.clone(), Encoding::Utf16Le),
            (utf16.iter().copied().rev().collect(), Encoding::Utf16Be),
            (
                "Name;Straße\nJürgen Müller;Große Gasse\nJörg Schäfer;Weg\n"
                    .chars()
                    .map(|c| u8::try_from(u32::from(c)).unwrap())
                    .collect(),
                Encoding::Windows1252,
            ),
        ] {
            assert_eq!(detect_encoding(&bytes), encoding);
        }
        let (text, has_garbage) = decode(&utf16, Encoding::Utf16Le);
        assert!(text.contains("Müller") && !has_garbage);
        assert!(decode(b"M\xfcller", Encoding::Utf8).1);
        assert_eq!(decode(b"\xef\xbb\xbfa", Encoding::Utf8WithMark).0, "a");
    }

    #[test]
    fn dialects_are_found() {
        for (text, dialect) in [
            ("a,b,c\n1,\"2,2\",3\n4,5,6\n", quoted(b',', b'"')),
            ("a;b;c\n1;2,5;3\n4;5,5;6\n", quoted(b';', b'"')),
            ("a\tb\n1\t2\n", quoted(b'\t', b'"')),
            ("a|b|c\n1|2|3\n", quoted(b'|', b'"')),
            ("a,b\n'1,1',2\n'x,y',3\n'z,z',3\n", quoted(b',', b'\'')),
            ("name,cognito:username\nx\\,y,maria\n", Dialect::Native),
        ] {
            assert_eq!(detect(text, Encoding::Utf8, &[]).dialect, dialect, "{text}");
        }
    }

    #[test]
    fn headers_are_told_from_data() {
        let has_header = |text| detect(text, Encoding::Utf8, &[]).has_header;
        assert!(has_header("email,name\na@example.com,A\nb@example.com,B\n"));
        assert!(!has_header("a@example.com,A\nb@example.com,B\n"));
        assert!(!has_header("Anna,Berlin\nBert,Berlin\nCara,Berlin\nDora,Bonn\n"));
        assert!(!has_header(""));
    }

    #[test]
    fn rows_know_where_they_stand() {
        let text = "a,b\n\n\"x\ny\",2\nz,3";
        let mut found = Vec::new();
        each(text, quoted(b',', b'"'), &mut |record| {
            found.push((record.line, text[record.at.clone()].trim().to_owned()));
            true
        });
        assert_eq!(found.len(), 3);
        assert_eq!(found[2], (5, "z,3".to_owned()));
        assert_eq!(rows(&found[1].1, quoted(b',', b'"')), [["x\ny", "2"]]);
    }

    #[test]
    fn an_open_quote_ends_with_the_file() {
        assert_eq!(rows("a,\"b\nc,d\n", quoted(b',', b'"')).len(), 1);
    }
}
