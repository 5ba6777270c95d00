//! What a rule has to say about an input: where, how grave, and in which words.

use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Goes through; somebody should know.
    Warning,
    /// Is refused.
    Error,
}

/// One thing a rule found.
///
/// A rule gives all of them, not only the first. The caller decides what they become: a hint
/// beside a field, a line of a report, an `InvalidParameterException`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it is.
    pub place: Place,
    /// Whether the input can be used all the same.
    pub severity: Severity,
    /// A stable name of the rule, `area.thing`, for tests and filters; `None` where nothing asks
    /// which rule it was.
    pub code: Option<&'static str>,
    /// Whole sentences for people.
    pub text: String,
}

impl Finding {
    /// Makes a finding that forbids the input.
    pub fn error(place: Place, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            place,
            severity: Severity::Error,
            code: Some(code),
            text: text.into(),
        }
    }

    /// Makes a finding that forbids the value of a field: an attribute, a column, a property, by
    /// the vendor's name.
    pub fn field(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: Place::Field(name.into()),
            severity: Severity::Error,
            code: None,
            text: text.into(),
        }
    }

    /// Makes a finding that the input may have.
    pub fn warning(place: Place, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            place,
            severity: Severity::Warning,
            code: Some(code),
            text: text.into(),
        }
    }

    /// Tells whether the input is refused.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Whole => f.write_str(&self.text),
            place => write!(f, "{place}: {}", self.text),
        }
    }
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The input as a whole.
    Whole,
    /// A field by its name.
    Field(String),
    /// A stretch of text. Lines and columns count from 1, columns and length in characters.
    Text {
        line: usize,
        column: usize,
        length: usize,
    },
}

impl Place {
    /// Returns the name of the field, where it is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(name) => Some(name),
            Self::Whole | Self::Text { .. } => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("everywhere"),
            Self::Field(name) => f.write_str(name),
            Self::Text { line, column, .. } => write!(f, "line {line}, column {column}"),
        }
    }
}
