//! What became of each row, in the words of the vendor's log.
//!
//! Source: developer guide, "Viewing the user pool import results".

use std::fmt;

/// What became of a row. No row has two outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The user was added.
    Succeeded,
    /// A user of that name is there already.
    Skipped,
    /// The row is not good; the text says why, without the user's data.
    Failed(String),
}

const SUCCEEDED: &str = "The import succeeded.";
const SKIPPED: &str = "The user already exists.";

/// Returns the log line of a row. Lines are numbered from 1, the header.
pub fn line(number: u64, outcome: &Outcome) -> String {
    format!("[{}] Line Number {number} - {outcome}", outcome.word())
}

/// Reads a log line; `None` when it is not one.
pub fn parse(line: &str) -> Option<(u64, Outcome)> {
    let (word, rest) = line.strip_prefix('[')?.split_once("] Line Number ")?;
    let (number, text) = rest.split_once(" - ")?;
    let outcome = match word {
        "SUCCEEDED" => Outcome::Succeeded,
        "SKIPPED" => Outcome::Skipped,
        "FAILED" => Outcome::Failed(text.to_owned()),
        _ => return None,
    };
    Some((number.parse().ok()?, outcome))
}

impl Outcome {
    const fn word(&self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Skipped => "SKIPPED",
            Self::Failed(_) => "FAILED",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Succeeded => SUCCEEDED,
            Self::Skipped => SKIPPED,
            Self::Failed(why) => why,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_as_the_vendor_writes_them() {
        assert_eq!(
            line(5956, &Outcome::Succeeded),
            "[SUCCEEDED] Line Number 5956 - The import succeeded."
        );
        assert_eq!(
            line(5956, &Outcome::Skipped),
            "[SKIPPED] Line Number 5956 - The user already exists."
        );
    }

    #[test]
    fn a_line_is_read_back() {
        for outcome in [
            Outcome::Succeeded,
            Outcome::Skipped,
            Outcome::Failed("No - not so.".to_owned()),
        ] {
            assert_eq!(parse(&line(7, &outcome)), Some((7, outcome)));
        }
        assert_eq!(parse("[FAILED] nothing"), None);
    }
}
