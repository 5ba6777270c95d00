//! What a single value must look like, by its type and by its name.

use crate::wire::idp::{
    AttributeDataType, NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
};

/// The longest value, in characters, whatever the schema says.
pub const MAX_VALUE_CHARACTERS: usize = 2048;

pub(super) const BAD_EMAIL: &str = "Invalid email address format.";
pub(super) const BAD_PHONE: &str = "Invalid phone number format.";

/// Returns why `value` does not fit, or `None` when it does.
pub fn value_refused(attribute: &SchemaAttributeType, value: &str) -> Option<String> {
    let name = attribute.name.as_deref().unwrap_or_default();
    let length = value.chars().count();
    if length > MAX_VALUE_CHARACTERS {
        return Some(format!(
            "Value must not be longer than {MAX_VALUE_CHARACTERS} characters."
        ));
    }
    match name {
        "email" if !is_email(value) => return Some(BAD_EMAIL.to_owned()),
        "phone_number" if !is_phone_number(value) => return Some(BAD_PHONE.to_owned()),
        "birthdate" if !is_birthdate(value) => {
            return Some("Value must be a date in the form YYYY-MM-DD.".to_owned());
        }
        _ => {}
    }
    match attribute.attribute_data_type.as_ref()? {
        AttributeDataType::String | AttributeDataType::Unlisted(_) => {
            let StringAttributeConstraintsType {
                min_length,
                max_length,
            } = attribute.string_attribute_constraints.as_ref()?;
            let limit = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<usize>().ok());
            if let Some(min) = limit(min_length)
                && length < min
            {
                return Some(format!("String must be at least {min} characters long."));
            }
            if let Some(max) = limit(max_length)
                && length > max
            {
                return Some(format!("String must be at most {max} characters long."));
            }
            None
        }
        AttributeDataType::Number => {
            let Some(number) = Number::parse(value) else {
                return Some("Value must be a number.".to_owned());
            };
            let NumberAttributeConstraintsType { min_value, max_value } =
                attribute.number_attribute_constraints.as_ref()?;
            if let Some(min) = min_value.as_deref().and_then(Number::parse)
                && number.is_below(min)
            {
                return Some(format!(
                    "Number must be at least {}.",
                    min_value.as_deref().unwrap_or_default()
                ));
            }
            if let Some(max) = max_value.as_deref().and_then(Number::parse)
                && max.is_below(number)
            {
                return Some(format!(
                    "Number must be at most {}.",
                    max_value.as_deref().unwrap_or_default()
                ));
            }
            None
        }
        AttributeDataType::Boolean => (!value.eq_ignore_ascii_case("true")
            && !value.eq_ignore_ascii_case("false"))
        .then(|| "Value must be true or false.".to_owned()),
        AttributeDataType::DateTime => (!is_date_time(value))
            .then(|| "Value must be a date and time in the form of ISO 8601.".to_owned()),
    }
}

/// A decimal number, compared exactly as long as it is whole and fits 128 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    whole: Option<i128>,
    approximate: f64,
}

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !plain {
            return None;
        }
        let approximate: f64 = text.parse().ok()?;
        approximate.is_finite().then(|| Self {
            whole: text.parse().ok(),
            approximate,
        })
    }

    pub(super) fn is_below(self, other: Self) -> bool {
        match (self.whole, other.whole) {
            (Some(own), Some(other)) => own < other,
            _ => self.approximate < other.approximate,
        }
    }
}

/// Tells whether `text` is an e-mail address that a message can be sent to: one `@`, a local part
/// of printable characters, a domain of at least two labels. Not the whole of RFC 5322: no
/// comments, no quoted parts, no address literals.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_is_good = (1..=64).contains(&local.chars().count())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| !is_blank_or_control(c) && !"()<>[]:;@\\,\"".contains(c));
    let domain_is_good = domain.chars().count() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.chars().count())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    local_is_good && domain_is_good
}

/// Tells whether `text` is a telephone number: `+`, then 2 to 15 digits, the first not zero (ITU-T E.164).
pub fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Tells whether `text` is a day that exists, as `YYYY-MM-DD`. The year `0000` stands for "not told"
/// (OpenID Connect Core 1.0 §5.1).
pub fn is_birthdate(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return false;
    }
    // A leap year stands in for the year that is not told.
    let year = if year == "0000" { "2000" } else { year };
    format!("{year}-{month}-{day}")
        .parse::<jiff::civil::Date>()
        .is_ok()
}

/// Tells whether `text` is an instant or a day: RFC 3339, or whole seconds since the Unix epoch.
fn is_date_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || (text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn is_blank_or_control(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::idp::{AttributeDataType, NumberAttributeConstraintsType};

    fn number(name: &str, min: &str, max: &str) -> SchemaAttributeType {
        SchemaAttributeType {
            name: Some(name.to_owned()),
            attribute_data_type: Some(AttributeDataType::Number),
            number_attribute_constraints: Some(NumberAttributeConstraintsType {
                min_value: Some(min.to_owned()),
                max_value: Some(max.to_owned()),
            }),
            ..Default::default()
        }
    }

    fn fits(attribute: &SchemaAttributeType, value: &str) -> bool {
        value_refused(attribute, value).is_none()
    }

    #[test]
    fn email_addresses_have_a_local_part_and_a_domain_of_two_labels() {
        for good in [
            "a@b.co",
            "maria.o'neil+x@mail.example.com",
            "grüße@bücher.example",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a@b..co",
            "a b@c.de",
            "a@b.co\r\nBcc: x@y.z",
            "a@@b.co",
            "a@-b.co",
            ".a@b.co",
            "<a@b.co>",
            "a@b.co ",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn phone_numbers_are_a_plus_and_digits() {
        for good in ["+15555550100", "+4930123456"] {
            assert!(is_phone_number(good), "{good}");
        }
        for bad in [
            "15555550100",
            "+1 555",
            "+1-555",
            "+",
            "+0155",
            "+1234567890123456",
            "+١٢٣",
        ] {
            assert!(!is_phone_number(bad), "{bad}");
        }
    }

    #[test]
    fn a_birthdate_is_a_day_that_exists() {
        for good in ["1980-02-29", "0000-02-29", "2024-12-31"] {
            assert!(is_birthdate(good), "{good}");
        }
        for bad in [
            "1981-02-29",
            "80-02-01",
            "1980/02/01",
            "1980-2-1",
            "1980-13-01",
            "-980-01-01",
        ] {
            assert!(!is_birthdate(bad), "{bad}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value_also_beyond_64_bits() {
        let tier = number("custom:tier", "-1", "170141183460469231731687303715884105726");
        for good in ["-1", "0", "7", "2.5", "170141183460469231731687303715884105726"] {
            assert!(fits(&tier, good), "{good}");
        }
        for bad in [
            "-2",
            "170141183460469231731687303715884105727",
            "1e3",
            "seven",
            "1.",
            ".5",
            "NaN",
        ] {
            assert!(!fits(&tier, bad), "{bad}");
        }
    }
}
