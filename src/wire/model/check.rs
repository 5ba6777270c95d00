//! Walking a request along the model: what is dropped, what is refused, and in which words.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::facts::{Kind, Model, Shape};
use super::printing::{lower_first, printed, shortened};
use crate::wire::Service;

/// Why a request is refused before it is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A value has the wrong JSON type (`SerializationException`).
    Serialization(String),
    /// Members break their limits (`InvalidParameterException`), in the vendor's form.
    Constraint(String),
}

/// Free-form members (`Settings`, `Credential`) may nest this deep.
const DOCUMENT_DEPTH: usize = 64;
/// Free-form members may hold this many values; the whole managed login settings document has a few hundred.
const DOCUMENT_VALUES: usize = 10_000;
/// An error text names this many violations; it counts all of them.
const NAMED_VIOLATIONS: usize = 10;

/// Checks a request and returns it without `null` and unknown members.
///
/// Whole numbers written with a fraction of zero (`5.0`) come back as whole numbers.
/// An operation the model does not know is returned as it came.
///
/// # Errors
///
/// [`Refused::Serialization`] at the first value of a wrong JSON type;
/// [`Refused::Constraint`] with every member that breaks a limit.
pub fn check(service: Service, operation: &str, body: Value) -> Result<Value, Refused> {
    let Some(model) = Model::of(service) else {
        return Ok(body);
    };
    let Some(operation) = model.operations.get(operation) else {
        return Ok(body);
    };
    let Value::Object(members) = body else {
        return Err(Refused::Serialization(
            "Start of structure or map expected where not found.".to_owned(),
        ));
    };
    let mut check = Check {
        model,
        counted: 0,
        named: Vec::new(),
    };
    let mut path = String::new();
    let checked = match operation.input.and_then(|at| model.shapes.get(at)) {
        Some(shape) => check.structure(shape, members, &mut path, false)?,
        None => Map::new(),
    };
    if check.counted == 0 {
        return Ok(Value::Object(checked));
    }
    let plural = if check.counted == 1 { "" } else { "s" };
    Err(Refused::Constraint(format!(
        "{} validation error{plural} detected: {}",
        check.counted,
        check.named.join("; ")
    )))
}

struct Check {
    model: &'static Model,
    counted: usize,
    named: Vec<String>,
}

impl Check {
    fn shape(&self, at: usize) -> Result<&'static Shape, Refused> {
        self.model
            .shapes
            .get(at)
            .ok_or_else(|| Refused::Serialization("The service model has a gap.".to_owned()))
    }

    /// Counts one violation. `shown` is the value in the vendor's print, `None` for what must not be shown.
    fn violation(&mut self, path: &str, shown: Option<&str>, constraint: &str) {
        self.counted = self.counted.saturating_add(1);
        if self.named.len() >= NAMED_VIOLATIONS {
            return;
        }
        let value = shown.map(|shown| format!("{shown} ")).unwrap_or_default();
        self.named.push(format!(
            "Value {value}at '{path}' failed to satisfy constraint: {constraint}"
        ));
    }

    fn violations(&mut self, path: &str, value: &Value, masked: bool, found: &[String]) {
        if found.is_empty() {
            return;
        }
        let shown = (!masked).then(|| format!("'{}'", printed(value)));
        for constraint in found {
            self.violation(path, shown.as_deref(), constraint);
        }
    }

    /// Checks the members of a structure. The depth of the walk is that of the model, so it needs no limit.
    fn structure(
        &mut self,
        shape: &'static Shape,
        members: Map<String, Value>,
        path: &mut String,
        masked: bool,
    ) -> Result<Map<String, Value>, Refused> {
        let mut kept = Map::new();
        for (name, value) in members {
            if value.is_null() {
                continue;
            }
            let Some(member) = shape.by_name.get(&name).and_then(|at| shape.members.get(*at)) else {
                continue;
            };
            let length = path.len();
            step(path, &lower_first(&name));
            let value = self.value(member.shape, value, path, masked)?;
            path.truncate(length);
            kept.insert(name, value);
        }
        for member in shape.members.iter().filter(|member| member.required) {
            if kept.contains_key(&member.name) {
                continue;
            }
            let length = path.len();
            step(path, &lower_first(&member.name));
            let masked = masked || self.shape(member.shape)?.sensitive;
            self.violation(path, (!masked).then_some("null"), "Member must not be null");
            path.truncate(length);
        }
        Ok(kept)
    }

    fn value(&mut self, at: usize, value: Value, path: &mut String, masked: bool) -> Result<Value, Refused> {
        let shape = self.shape(at)?;
        let masked = masked || shape.sensitive;
        let mut found = Vec::new();
        match shape.kind {
            Kind::Structure => match value {
                Value::Object(members) => Ok(Value::Object(self.structure(shape, members, path, masked)?)),
                other => Err(mistyped(&other, "Structure")),
            },
            Kind::Document => {
                let mut left = DOCUMENT_VALUES;
                document(&value, DOCUMENT_DEPTH, &mut left)?;
                Ok(value)
            }
            Kind::List => match value {
                Value::Array(elements) => self.list(shape, elements, path, masked),
                other => Err(mistyped(&other, "List")),
            },
            Kind::Map => match value {
                Value::Object(entries) => self.map(shape, entries, path, masked),
                other => Err(mistyped(&other, "Map")),
            },
            Kind::Text => match &value {
                Value::String(text) => {
                    shape.text(text, &mut found);
                    self.violations(path, &value, masked, &found);
                    Ok(value)
                }
                other => Err(mistyped(other, "String")),
            },
            Kind::Integer | Kind::Long => {
                let word = if shape.kind == Kind::Integer {
                    "Integer"
                } else {
                    "Long"
                };
                let number = whole(&value).ok_or_else(|| mistyped(&value, word))?;
                shape.number(number, &mut found);
                if found.is_empty() && shape.kind == Kind::Integer && i32::try_from(number).is_err() {
                    return Err(mistyped(&value, word));
                }
                self.violations(path, &value, masked, &found);
                Ok(Value::from(number))
            }
            Kind::Boolean => match value {
                Value::Bool(_) => Ok(value),
                other => Err(mistyped(&other, "Boolean")),
            },
            Kind::Blob => match &value {
                Value::String(text) => {
                    let bytes = STANDARD.decode(text).map_err(|_| {
                        Refused::Serialization("STRING_VALUE cannot be converted to Blob".to_owned())
                    })?;
                    shape.length(bytes.len(), &mut found);
                    let size = Value::from(format!("[{} bytes]", bytes.len()));
                    self.violations(path, &size, masked, &found);
                    Ok(value)
                }
                other => Err(mistyped(other, "Blob")),
            },
            Kind::Timestamp => match value {
                Value::Number(_) => Ok(value),
                other => Err(mistyped(&other, "Timestamp")),
            },
        }
    }

    fn list(
        &mut self,
        shape: &'static Shape,
        elements: Vec<Value>,
        path: &mut String,
        masked: bool,
    ) -> Result<Value, Refused> {
        let mut found = Vec::new();
        shape.length(elements.len(), &mut found);
        let inner = self.shape(shape.value)?;
        let masked = masked || inner.sensitive;
        // A list of texts is judged as a whole: the vendor prints the list and what its members must satisfy.
        if inner.kind == Kind::Text {
            let mut of_elements = Vec::new();
            for element in &elements {
                match element {
                    Value::String(text) if of_elements.is_empty() => inner.text(text, &mut of_elements),
                    Value::String(_) => {}
                    Value::Null if of_elements.is_empty() => {
                        of_elements.push("Member must not be null".to_owned());
                    }
                    Value::Null => {}
                    other => return Err(mistyped(other, "String")),
                }
            }
            if !of_elements.is_empty() {
                found.push(format!(
                    "Member must satisfy constraint: [{}]",
                    of_elements.join(", ")
                ));
            }
            let whole = Value::Array(elements);
            self.violations(path, &whole, masked, &found);
            return Ok(whole);
        }
        if !found.is_empty() {
            let whole = Value::Array(elements);
            self.violations(path, &whole, masked, &found);
            return Ok(whole);
        }
        let mut kept = Vec::with_capacity(elements.len());
        for (at, element) in elements.into_iter().enumerate() {
            let length = path.len();
            let _ = write!(path, ".{}.member", at.saturating_add(1));
            if element.is_null() {
                self.violation(path, (!masked).then_some("null"), "Member must not be null");
            } else {
                kept.push(self.value(shape.value, element, path, masked)?);
            }
            path.truncate(length);
        }
        Ok(Value::Array(kept))
    }

    fn map(
        &mut self,
        shape: &'static Shape,
        entries: Map<String, Value>,
        path: &mut String,
        masked: bool,
    ) -> Result<Value, Refused> {
        let mut found = Vec::new();
        shape.length(entries.len(), &mut found);
        let key_shape = self.shape(shape.key)?;
        let value_shape = self.shape(shape.value)?;
        let (mut of_keys, mut of_values) = (Vec::new(), Vec::new());
        let mut kept = Map::new();
        for (key, value) in entries {
            if value.is_null() {
                continue;
            }
            if of_keys.is_empty() {
                key_shape.text(&key, &mut of_keys);
            }
            let value = match value {
                Value::String(text) if value_shape.kind == Kind::Text => {
                    if of_values.is_empty() {
                        value_shape.text(&text, &mut of_values);
                    }
                    Value::String(text)
                }
                other => {
                    let length = path.len();
                    let _ = write!(path, ".{}.member", shortened(&key));
                    let value = self.value(shape.value, other, path, masked)?;
                    path.truncate(length);
                    value
                }
            };
            kept.insert(key, value);
        }
        if !of_keys.is_empty() {
            found.push(format!(
                "Map keys must satisfy constraint: [{}]",
                of_keys.join(", ")
            ));
        }
        if !of_values.is_empty() {
            found.push(format!(
                "Map value must satisfy constraint: [{}]",
                of_values.join(", ")
            ));
        }
        let whole = Value::Object(kept);
        self.violations(path, &whole, masked || value_shape.sensitive, &found);
        Ok(whole)
    }
}

fn step(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// Returns a whole number, also one written as `5.0`.
fn whole(value: &Value) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    // Up to 2^53 every whole number has one float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = value.as_f64()?;
    #[allow(clippy::cast_possible_truncation)]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// The refusal of a value that has the wrong JSON type. The texts are the ones the vendor's parsers give.
fn mistyped(found: &Value, wanted: &str) -> Refused {
    let kind = match found {
        Value::Array(_) => {
            return Refused::Serialization("Start of list found where not expected".to_owned());
        }
        Value::Object(_) => {
            return Refused::Serialization("Start of structure or map found where not expected.".to_owned());
        }
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
    };
    Refused::Serialization(format!("{kind} cannot be converted to {wanted}"))
}

/// Holds a free-form value to its limits of depth and size.
fn document(value: &Value, depth: usize, left: &mut usize) -> Result<(), Refused> {
    let too_much = || Refused::Serialization("The document is nested too deep or too large.".to_owned());
    *left = left.checked_sub(1).ok_or_else(too_much)?;
    let deeper = || depth.checked_sub(1).ok_or_else(too_much);
    match value {
        Value::Array(elements) => {
            let depth = deeper()?;
            elements
                .iter()
                .try_for_each(|element| document(element, depth, left))
        }
        Value::Object(entries) => {
            let depth = deeper()?;
            entries
                .values()
                .try_for_each(|entry| document(entry, depth, left))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(operation: &str, body: Value) -> String {
        match check(Service::Idp, operation, body) {
            Err(Refused::Constraint(text) | Refused::Serialization(text)) => text,
            Ok(kept) => panic!("accepted: {kept}"),
        }
    }

    #[test]
    fn unknown_and_null_members_are_dropped() {
        let kept = check(
            Service::Idp,
            "DescribeUserPool",
            json!({"UserPoolId": "us-east-1_AbC123xyZ", "Unknown": [1], "UserPoolid": 1}),
        );
        assert_eq!(kept, Ok(json!({"UserPoolId": "us-east-1_AbC123xyZ"})));
        let kept = check(
            Service::Idp,
            "ListUsers",
            json!({"UserPoolId": "us-east-1_a", "Filter": null, "Limit": 5.0}),
        );
        assert_eq!(kept, Ok(json!({"UserPoolId": "us-east-1_a", "Limit": 5})));
    }

    #[test]
    fn a_missing_member_must_not_be_null() {
        assert_eq!(
            refusal("DescribeUserPool", json!({})),
            "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn a_sensitive_value_is_not_repeated() {
        let text = refusal(
            "AdminSetUserPassword",
            json!({"UserPoolId": "us-east-1_a", "Username": "ada", "Password": "hunter2".repeat(40)}),
        );
        assert_eq!(
            text,
            "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must have length less than or equal to 256"
        );
    }

    #[test]
    fn violations_are_collected_with_their_places() {
        let text = refusal(
            "ListUsers",
            json!({"UserPoolId": "no pool", "Limit": 61, "PaginationToken": ""}),
        );
        assert!(text.starts_with("4 validation errors detected: Value 'no pool' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+; "), "{text}");
        assert!(
            text.contains("Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60"),
            "{text}"
        );
        let text = refusal(
            "AdminUpdateUserAttributes",
            json!({"UserPoolId": "us-east-1_a", "Username": "a", "UserAttributes": [{"Name": "email"}, {"Value": "x"}]}),
        );
        assert!(
            text.contains("Value null at 'userAttributes.2.member.name' failed to satisfy constraint: Member must not be null"),
            "{text}"
        );
    }

    #[test]
    fn a_list_of_values_is_judged_as_a_whole() {
        let text = refusal(
            "CreateUserPoolClient",
            json!({"UserPoolId": "us-east-1_a", "ClientName": "web", "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "NONE"]}),
        );
        assert!(
            text.starts_with("1 validation error detected: Value '[ALLOW_USER_SRP_AUTH, NONE]' at 'explicitAuthFlows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ["),
            "{text}"
        );
        let kept = check(
            Service::Idp,
            "CreateUserPoolClient",
            json!({"UserPoolId": "us-east-1_a", "ClientName": "web", "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]}),
        );
        assert!(kept.is_ok(), "{kept:?}");
    }

    #[test]
    fn wrong_json_types_are_serialization_errors() {
        let cases = [
            (
                json!({"UserPoolId": 5}),
                "NUMBER_VALUE cannot be converted to String",
            ),
            (
                json!({"UserPoolId": true}),
                "TRUE_VALUE cannot be converted to String",
            ),
            (
                json!({"UserPoolId": []}),
                "Start of list found where not expected",
            ),
            (
                json!({"UserPoolId": "a_b", "Limit": "5"}),
                "STRING_VALUE cannot be converted to Integer",
            ),
            (
                json!({"UserPoolId": "a_b", "Limit": 1.5}),
                "DECIMAL_VALUE cannot be converted to Integer",
            ),
            (
                json!({"UserPoolId": "a_b", "AttributesToGet": {}}),
                "Start of structure or map found where not expected.",
            ),
            (json!([]), "Start of structure or map expected where not found."),
        ];
        for (body, wanted) in cases {
            assert_eq!(
                check(Service::Idp, "ListUsers", body.clone()),
                Err(Refused::Serialization(wanted.to_owned())),
                "{body}"
            );
        }
    }

    #[test]
    fn numbers_beyond_their_type_are_refused() {
        let text = refusal(
            "ListUsers",
            json!({"UserPoolId": "a_b", "Limit": 2_147_483_648_i64}),
        );
        assert!(
            text.ends_with("Member must have value less than or equal to 60"),
            "{text}"
        );
        let text = refusal(
            "CreateGroup",
            json!({"UserPoolId": "a_b", "GroupName": "g", "Precedence": 2_147_483_648_i64}),
        );
        assert_eq!(text, "NUMBER_VALUE cannot be converted to Integer");
    }

    #[test]
    fn maps_are_judged_by_key_and_value() {
        let text = refusal(
            "TagResource",
            json!({"ResourceArn": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a", "Tags": {"": "x"}}),
        );
        assert_eq!(
            text,
            "1 validation error detected: Value '{=x}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length greater than or equal to 1]"
        );
    }

    #[test]
    fn a_password_may_hold_spaces_inside_only() {
        let password = |text: &str| {
            check(
                Service::Idp,
                "AdminSetUserPassword",
                json!({"UserPoolId": "a_b", "Username": "ada", "Password": text}),
            )
        };
        assert!(password("correct horse battery").is_ok());
        assert!(password("x").is_ok());
        assert!(password(" x").is_err());
        assert!(password("x ").is_err());
    }

    #[test]
    fn a_document_is_bounded() {
        let mut deep = json!(1);
        for _ in 0..70 {
            deep = json!([deep]);
        }
        let body = json!({"UserPoolId": "us-east-1_a", "Settings": {"a": deep}});
        assert!(matches!(
            check(Service::Idp, "CreateManagedLoginBranding", body),
            Err(Refused::Serialization(_))
        ));
        let wide = json!({"UserPoolId": "us-east-1_a", "Settings": vec![1; 20_000]});
        assert!(matches!(
            check(Service::Idp, "CreateManagedLoginBranding", wide),
            Err(Refused::Serialization(_))
        ));
    }

    #[test]
    fn many_violations_are_counted_but_not_all_named() {
        let attributes: Vec<Value> = (0..100).map(|_| json!({})).collect();
        let text = refusal(
            "AdminUpdateUserAttributes",
            json!({"UserPoolId": "us-east-1_a", "Username": "a", "UserAttributes": attributes}),
        );
        assert!(text.starts_with("100 validation errors detected: "));
        assert!(text.len() < 2_000);
    }
}
