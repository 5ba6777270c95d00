//! Turns the cells of a foreign file into values that the rules of rows accept.
//!
//! A step that cannot make sense of a value leaves it as it is; the check of the row then
//! says what is wrong with it.

use super::native;
use crate::rules::finding::{Finding, Place};

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Nowhere: the value is empty.
    #[default]
    Nothing,
    /// A column of the file, counted from 0.
    Column(usize),
    /// Always the same.
    Constant(String),
    /// Several columns, the empty ones left out.
    Concat { columns: Vec<usize>, separator: String },
}

/// A step on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To lower case.
    Lowercase,
    /// To E.164: without separators, a leading `00` becomes `+`, a leading `0` or none at all
    /// becomes the prefix (`+49`).
    Phone { prefix: String },
    /// To `mm/dd/yyyy`.
    Date { order: DateOrder },
    /// Yes and no in several languages to `true` and `false`.
    Boolean,
    /// A date or an instant to seconds since 1970.
    EpochSeconds,
    /// At most so many characters.
    Truncate { chars: usize },
}

/// In which order a date is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// A year of four digits first; else with points the day first; else the month first
    /// unless it can only be the day.
    #[default]
    Auto,
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

/// How one column of the template is filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// The column of the template.
    pub target: String,
    /// Where its value comes from.
    pub source: Source,
    /// What is done to it, in this order.
    pub steps: Vec<Step>,
    /// What stands in when the value is empty.
    pub default: Option<String>,
}

impl Filling {
    /// Returns the value for a row of the file.
    pub fn value<S: AsRef<str>>(&self, row: &[S]) -> String {
        let cell = |at: usize| row.get(at).map_or("", |cell| cell.as_ref().trim());
        let mut value = match &self.source {
            Source::Nothing => String::new(),
            Source::Column(at) => cell(*at).to_owned(),
            Source::Constant(text) => text.clone(),
            Source::Concat { columns, separator } => {
                let parts: Vec<&str> = columns
                    .iter()
                    .map(|at| cell(*at))
                    .filter(|part| !part.is_empty())
                    .collect();
                parts.join(separator)
            }
        };
        for step in &self.steps {
            if value.is_empty() {
                break;
            }
            if let Some(changed) = step.apply(&value) {
                value = changed;
            }
        }
        match &self.default {
            Some(default) if value.is_empty() => default.clone(),
            _ => value,
        }
    }
}

impl Step {
    /// Returns the changed value; `None` when the step makes no sense of it.
    pub fn apply(&self, value: &str) -> Option<String> {
        match self {
            Self::Lowercase => Some(value.to_lowercase()),
            Self::Phone { prefix } => phone(value, prefix),
            Self::Date { order } => date(value, *order),
            Self::Boolean => boolean(value).map(|is_true| is_true.to_string()),
            Self::EpochSeconds => epoch_seconds(value),
            Self::Truncate { chars } => Some(value.chars().take(*chars).collect()),
        }
    }

    /// Returns what a person calls the step.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Lowercase => "Lower case",
            Self::Phone { .. } => "International phone number",
            Self::Date { .. } => "Date to mm/dd/yyyy",
            Self::Boolean => "Yes and no to true and false",
            Self::EpochSeconds => "Time to epoch seconds",
            Self::Truncate { .. } => "Cut to length",
        }
    }
}

/// Returns a telephone number in the form of E.164; `None` when it has letters or no prefix helps.
pub fn phone(value: &str, prefix: &str) -> Option<String> {
    let without_trunk = value.replace("(0)", "");
    let mut digits = String::new();
    for c in without_trunk.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() => digits.push('+'),
            '-' | '.' | '/' | ' ' | '(' | ')' | '\u{a0}' | '\u{2011}' | '\u{2013}' => {}
            _ => return None,
        }
    }
    if digits.starts_with('+') {
        return Some(digits);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return Some(format!("+{rest}"));
    }
    let prefix = prefix.trim().trim_start_matches('+');
    if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let national = digits.strip_prefix('0').unwrap_or(&digits);
    (!national.is_empty()).then(|| format!("+{prefix}{national}"))
}

/// Returns a date as `mm/dd/yyyy`; `None` when it is none. A time after it is left out.
pub fn date(value: &str, order: DateOrder) -> Option<String> {
    let day_only = value
        .split(['T', ' '])
        .next()
        .unwrap_or_default()
        .trim_end_matches('.');
    let parts: Vec<&str> = day_only.split(['-', '/', '.']).collect();
    let [one, two, three] = parts.as_slice() else {
        return None;
    };
    let number = |text: &str| -> Option<u32> {
        (1..=4).contains(&text.len()).then_some(())?;
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
        text.parse().ok()
    };
    let (one_number, two_number) = (number(one)?, number(two)?);
    let order = match order {
        DateOrder::Auto if one.len() == 4 => DateOrder::YearMonthDay,
        DateOrder::Auto if day_only.contains('.') => DateOrder::DayMonthYear,
        DateOrder::Auto if one_number > 12 && two_number <= 12 => DateOrder::DayMonthYear,
        DateOrder::Auto => DateOrder::MonthDayYear,
        told => told,
    };
    let (year, month, day) = match order {
        DateOrder::YearMonthDay => (*one, *two, *three),
        DateOrder::DayMonthYear => (*three, *two, *one),
        DateOrder::MonthDayYear | DateOrder::Auto => (*three, *one, *two),
    };
    // A year of two digits could be of two centuries: a person must say.
    (year.len() == 4).then_some(())?;
    let text = format!("{:02}/{:02}/{year}", number(month)?, number(day)?);
    super::row::stored_birthdate(&text).map(|_| text)
}

/// Reads yes and no; `None` for other words.
pub fn boolean(value: &str) -> Option<bool> {
    match value.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "on" | "x" | "t" | "ja" | "j" | "wahr" | "oui" | "vrai" | "si"
        | "sí" | "verdadero" | "verified" | "confirmed" => Some(true),
        "false" | "no" | "n" | "0" | "off" | "f" | "nein" | "falsch" | "non" | "faux" | "falso"
        | "unverified" | "unconfirmed" => Some(false),
        _ => None,
    }
}

fn epoch_seconds(value: &str) -> Option<String> {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Thirteen digits are milliseconds.
        return match value.len() {
            1..=11 => Some(value.to_owned()),
            13 => value.get(..10).map(str::to_owned),
            _ => None,
        };
    }
    if let Ok(at) = value.parse::<jiff::Timestamp>() {
        return Some(at.as_second().to_string());
    }
    let at = value.parse::<jiff::civil::DateTime>().ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(at.timestamp().as_second().to_string())
}

/// Adds a row of the vendor's dialect, with its line end, to `out`.
///
/// # Errors
///
/// A finding for each value the dialect cannot say, by the names of `columns`; nothing is added then.
pub fn write_row<S: AsRef<str>>(
    out: &mut String,
    columns: &[String],
    values: &[S],
) -> Result<(), Vec<Finding>> {
    let findings = unwritable(columns, values);
    if !findings.is_empty() {
        return Err(findings);
    }
    for (at, value) in values.iter().enumerate() {
        native::push_field(out, at == 0, value.as_ref());
    }
    out.push('\n');
    Ok(())
}

/// Returns a finding for each value that the vendor's dialect cannot say.
pub fn unwritable<S: AsRef<str>>(columns: &[String], values: &[S]) -> Vec<Finding> {
    columns
        .iter()
        .zip(values)
        .filter(|(_, value)| !native::can_write(value.as_ref().trim()))
        .map(|(column, _)| {
            Finding::error(
                Place::Field(column.clone()),
                "import.control_character",
                "The value holds control characters.",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_become_international() {
        for (value, expected) in [
            ("0613 555 0100", Some("+496135550100")),
            ("0049 (0)613-5550100", Some("+496135550100")),
            ("+49 613/5550100", Some("+496135550100")),
            ("613.5550100", Some("+496135550100")),
            ("call me", None),
        ] {
            assert_eq!(phone(value, "+49").as_deref(), expected, "{value}");
        }
        assert_eq!(phone("0613", ""), None);
    }

    #[test]
    fn dates_become_the_vendors() {
        for (value, expected) in [
            ("1979-03-05", Some("03/05/1979")),
            ("1979/03/05", Some("03/05/1979")),
            ("5.3.1979", Some("03/05/1979")),
            ("03/05/1979", Some("03/05/1979")),
            ("25/03/1979", Some("03/25/1979")),
            ("1979-03-05T10:00:00Z", Some("03/05/1979")),
            ("31.02.1979", None),
            ("03/05/79", None),
            ("soon", None),
        ] {
            assert_eq!(date(value, DateOrder::Auto).as_deref(), expected, "{value}");
        }
        assert_eq!(
            date("03/05/1979", DateOrder::DayMonthYear).as_deref(),
            Some("05/03/1979")
        );
    }

    #[test]
    fn words_become_booleans_and_instants_become_seconds() {
        assert_eq!(boolean(" Ja "), Some(true));
        assert_eq!(boolean("nein"), Some(false));
        assert_eq!(boolean("perhaps"), None);
        assert_eq!(
            epoch_seconds("2026-01-01T00:00:00Z").as_deref(),
            Some("1767225600")
        );
        assert_eq!(epoch_seconds("1767225600123").as_deref(), Some("1767225600"));
        assert_eq!(
            epoch_seconds("2026-01-01 00:00:00").as_deref(),
            Some("1767225600")
        );
    }

    #[test]
    fn columns_join_and_defaults_stand_in() {
        let filling = Filling {
            target: "name".to_owned(),
            source: Source::Concat {
                columns: vec![0, 1, 2],
                separator: " ".to_owned(),
            },
            steps: vec![Step::Lowercase],
            default: Some("nobody".to_owned()),
        };
        assert_eq!(filling.value(&["Maria", "", " López"]), "maria lópez");
        assert_eq!(filling.value(&["", ""]), "nobody");
    }

    #[test]
    fn a_step_that_makes_no_sense_changes_nothing() {
        let filling = Filling {
            source: Source::Column(0),
            steps: vec![Step::Boolean],
            ..Filling::default()
        };
        assert_eq!(filling.value(&["perhaps"]), "perhaps");
    }

    #[test]
    fn a_line_break_inside_a_value_is_a_finding() {
        let mut out = String::new();
        let columns = ["address".to_owned(), "name".to_owned()];
        assert!(write_row(&mut out, &columns, &["Street 1, Town", "A"]).is_ok());
        assert_eq!(out, "Street 1\\, Town,A\n");
        assert_eq!(
            write_row(&mut out, &columns, &["Street 1\nTown", "A"])
                .unwrap_err()
                .len(),
            1
        );
    }
}
