//! The vendor's dialect: fields between commas, `\,` for a comma inside a field, no quoting,
//! a line feed (or carriage return and line feed) after each row.
//!
//! White space around a field does not belong to it. A backslash before anything but a comma
//! is a backslash.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use super::MAX_ROW_CHARS;

/// A line is read up to so many bytes; the rest of a longer one is passed over, so that no
/// file can fill the memory. More than the longest legal row (four bytes a character).
const MAX_LINE_BYTES: u64 = 4 * MAX_ROW_CHARS as u64 + 16;

/// Reads a file line by line and knows where it is, so that reading can go on there later.
pub struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    next_byte: u64,
    next_line: u64,
}

/// One line of a file.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Counts from 1, the header.
    pub number: u64,
    /// The line without its end.
    pub bytes: &'a [u8],
    /// Whether more of the line was passed over: it is longer than any legal row.
    pub is_cut: bool,
    /// The byte after the line and its end.
    pub next_byte: u64,
}

impl<R: BufRead> Lines<R> {
    /// Begins at the byte `next_byte` of the file, where `input` must stand, with the line
    /// number `next_line`.
    pub fn new(input: R, next_byte: u64, next_line: u64) -> Self {
        Self {
            input,
            buffer: Vec::with_capacity(1024),
            next_byte,
            next_line,
        }
    }

    /// Reads the next line; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let mut read = (&mut self.input)
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        let mut is_cut = false;
        if self.buffer.last() != Some(&b'\n') && read as u64 == MAX_LINE_BYTES {
            let mut passed_over = Vec::new();
            loop {
                passed_over.clear();
                let more = (&mut self.input)
                    .take(MAX_LINE_BYTES)
                    .read_until(b'\n', &mut passed_over)?;
                read = read.saturating_add(more);
                is_cut |= more > 0 && passed_over != b"\n";
                if more == 0 || passed_over.last() == Some(&b'\n') {
                    break;
                }
            }
        }
        let number = self.next_line;
        self.next_line = self.next_line.saturating_add(1);
        self.next_byte = self.next_byte.saturating_add(read as u64);
        let bytes = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        Ok(Some(Line {
            number,
            bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes),
            is_cut,
            next_byte: self.next_byte,
        }))
    }
}

/// Splits a line into its fields, which replace what `fields` held.
pub fn split<'a>(line: &'a str, fields: &mut Vec<Cow<'a, str>>) {
    fields.clear();
    let bytes = line.as_bytes();
    let (mut start, mut at, mut has_escape) = (0, 0, false);
    let mut push = |start: usize, end: usize, has_escape: bool| {
        // Commas are ASCII: both ends are character boundaries.
        let field = line.get(start..end).unwrap_or_default().trim();
        fields.push(if has_escape {
            Cow::Owned(field.replace("\\,", ","))
        } else {
            Cow::Borrowed(field)
        });
    };
    while let Some(byte) = bytes.get(at) {
        if *byte == b',' {
            push(start, at, has_escape);
            start = at.saturating_add(1);
            has_escape = false;
        } else if *byte == b'\\' && bytes.get(at.saturating_add(1)) == Some(&b',') {
            has_escape = true;
            at = at.saturating_add(1);
        }
        at = at.saturating_add(1);
    }
    push(start, bytes.len(), has_escape);
}

/// Tells whether the dialect can say `value` at all: line ends and control characters it cannot.
pub fn can_write(value: &str) -> bool {
    !value.chars().any(char::is_control)
}

/// Adds a field to a line. What is written is what [`split`] gives back, without the white
/// space around it; control characters become spaces.
pub fn push_field(line: &mut String, is_first: bool, value: &str) {
    if !is_first {
        line.push(',');
    }
    let value = value.trim();
    for c in value.chars() {
        match c {
            ',' => line.push_str("\\,"),
            c if c.is_control() => line.push(' '),
            c => line.push(c),
        }
    }
    // Otherwise the backslash would hide the comma that follows.
    if value.ends_with('\\') {
        line.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(line: &str) -> Vec<String> {
        let mut out = Vec::new();
        split(line, &mut out);
        out.into_iter().map(Cow::into_owned).collect()
    }

    fn lines(text: &[u8]) -> Vec<(u64, Vec<u8>, bool, u64)> {
        let mut lines = Lines::new(text, 0, 1);
        let mut out = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            out.push((line.number, line.bytes.to_vec(), line.is_cut, line.next_byte));
        }
        out
    }

    #[test]
    fn an_escaped_comma_belongs_to_its_field() {
        assert_eq!(fields("a,b\\,c,d"), ["a", "b,c", "d"]);
        assert_eq!(fields(" a , b\tc ,"), ["a", "b\tc", ""]);
        assert_eq!(fields(""), [""]);
        assert_eq!(fields("a\\b,\\"), ["a\\b", "\\"]);
        assert_eq!(fields("\\\\,x,y"), ["\\,x", "y"]);
    }

    #[test]
    fn lines_know_where_they_end() {
        assert_eq!(
            lines(b"ab\r\nc\n\nd"),
            [
                (1, b"ab".to_vec(), false, 4),
                (2, b"c".to_vec(), false, 6),
                (3, b"".to_vec(), false, 7),
                (4, b"d".to_vec(), false, 8),
            ]
        );
    }

    #[test]
    fn a_line_of_ten_megabytes_is_cut_and_the_next_one_is_read() {
        let mut text = vec![b'x'; 10 * 1024 * 1024];
        text.extend_from_slice(b"\nnext");
        let found = lines(&text);
        assert_eq!(found.len(), 2);
        assert!(found[0].2 && (found[0].1.len() as u64) <= MAX_LINE_BYTES);
        assert_eq!(
            (found[1].0, found[1].1.as_slice(), found[1].3),
            (2, b"next".as_slice(), text.len() as u64)
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(values in proptest::collection::vec("\\PC*", 1..6)) {
            let mut line = String::new();
            for (at, value) in values.iter().enumerate() {
                push_field(&mut line, at == 0, value);
            }
            let trimmed: Vec<_> = values.iter().map(|value| value.trim().to_owned()).collect();
            prop_assert_eq!(fields(&line), trimmed);
        }

        #[test]
        fn any_bytes_are_read_to_their_end(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            let found = lines(&text);
            prop_assert_eq!(found.last().map_or(0, |last| last.3), text.len() as u64);
        }
    }
}
