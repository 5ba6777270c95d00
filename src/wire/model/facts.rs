//! The facts of the service model as they are read, and what a single value breaks.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::wire::Service;

/// What is done where the model contradicts the service, by shape.
enum Lenient {
    /// Match this pattern instead.
    Pattern(&'static str),
    /// Accept these values too.
    Values(&'static [&'static str]),
}

const LENIENT: &[(&str, Lenient)] = &[
    // The service accepts spaces inside a password; the model's `[\S]+` does not.
    // User pools developer guide, "Adding user pool password requirements".
    ("PasswordType", Lenient::Pattern(r"[\S]+(.*[\S]+)?")),
    // A host of the customer's own has dots, which the model's pattern for a prefix has not.
    // User pools developer guide, "Using your own domain".
    (
        "DomainType",
        Lenient::Pattern(r"[a-z0-9]([a-z0-9\-\.]{0,61}[a-z0-9])?"),
    ),
    // The look-behind of `(?<!\.)$` said without one.
    (
        "S3BucketType",
        Lenient::Pattern(r"([0-9A-Za-z\.\-_]*[0-9A-Za-z\-_])?"),
    ),
    // Named by the API reference of GetClientToken, missing in the model's list.
    (
        "ExplicitAuthFlowsType",
        Lenient::Values(&["ALLOW_CLIENT_TOKEN_AUTH"]),
    ),
    // The developer guide says EMAIL_MFA where the model says EMAIL_OTP.
    ("ChallengeNameType", Lenient::Values(&["EMAIL_MFA"])),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Structure,
    Document,
    List,
    Map,
    Text,
    Integer,
    Long,
    Boolean,
    Blob,
    Timestamp,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) shape: usize,
    pub(super) required: bool,
}

#[derive(Debug)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) members: Vec<Member>,
    /// Where a member of a name stands in `members`.
    pub(super) by_name: HashMap<String, usize>,
    /// The element of a list, the value of a map.
    pub(super) value: usize,
    /// The key of a map.
    pub(super) key: usize,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) pattern: Option<String>,
    matched: Option<String>,
    compiled: OnceLock<Option<Regex>>,
    pub(super) values: Vec<String>,
    extra_values: &'static [&'static str],
    pub(super) sensitive: bool,
}

pub(super) struct Operation {
    pub(super) input: Option<usize>,
}

pub(super) struct Model {
    pub(super) operations: HashMap<String, Operation>,
    pub(super) names: HashMap<String, usize>,
    pub(super) shapes: Vec<Shape>,
}

/// The JSON as it is written.
#[derive(Deserialize)]
struct RawModel {
    operations: HashMap<String, RawOperation>,
    shapes: HashMap<String, RawShape>,
}

#[derive(Deserialize)]
struct RawOperation {
    input: Option<String>,
}

#[derive(Deserialize)]
struct RawShape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    members: Map<String, Value>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    document: bool,
    member: Option<String>,
    key: Option<String>,
    value: Option<String>,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<String>,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
    #[serde(default)]
    sensitive: bool,
}

pub(super) static IDP: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_str!("../../../assets/api/cognito-idp.json")));
pub(super) static IDENTITY: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_str!("../../../assets/api/cognito-identity.json")));

impl Model {
    pub(super) fn of(service: Service) -> Option<&'static Self> {
        match service {
            Service::Idp => Some(&IDP),
            Service::Identity => Some(&IDENTITY),
            // The extension's own types are the whole of its model.
            Service::Engine => None,
        }
    }

    /// Reads a model. Text of ours that does not read is an empty model, which the parity test reports.
    fn read(text: &str) -> Self {
        let Ok(raw) = serde_json::from_str::<RawModel>(text) else {
            return Self {
                operations: HashMap::new(),
                names: HashMap::new(),
                shapes: Vec::new(),
            };
        };
        let names: HashMap<String, usize> = raw
            .shapes
            .keys()
            .enumerate()
            .map(|(at, name)| (name.clone(), at))
            .collect();
        let find = |name: &Option<String>| {
            name.as_ref()
                .and_then(|name| names.get(name))
                .copied()
                .unwrap_or(usize::MAX)
        };
        let shapes = raw
            .shapes
            .iter()
            .map(|(name, shape)| {
                let lenient = LENIENT
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, how)| how);
                let members: Vec<Member> = shape
                    .members
                    .iter()
                    .map(|(member, target)| Member {
                        name: member.clone(),
                        shape: find(&target.as_str().map(str::to_owned)),
                        required: shape.required.contains(member),
                    })
                    .collect();
                Shape {
                    kind: match shape.kind.as_str() {
                        "structure" if shape.document => Kind::Document,
                        "structure" => Kind::Structure,
                        "list" => Kind::List,
                        "map" => Kind::Map,
                        "integer" => Kind::Integer,
                        "long" => Kind::Long,
                        "boolean" => Kind::Boolean,
                        "blob" => Kind::Blob,
                        "timestamp" => Kind::Timestamp,
                        _ => Kind::Text,
                    },
                    by_name: members
                        .iter()
                        .enumerate()
                        .map(|(at, member)| (member.name.clone(), at))
                        .collect(),
                    members,
                    value: find(if shape.kind == "list" {
                        &shape.member
                    } else {
                        &shape.value
                    }),
                    key: find(&shape.key),
                    min: shape.min,
                    max: shape.max,
                    matched: match lenient {
                        Some(Lenient::Pattern(other)) => Some((*other).to_owned()),
                        _ => shape.pattern.clone(),
                    },
                    pattern: shape.pattern.clone(),
                    compiled: OnceLock::new(),
                    values: shape.values.clone(),
                    extra_values: match lenient {
                        Some(Lenient::Values(extra)) => extra,
                        _ => &[],
                    },
                    sensitive: shape.sensitive,
                }
            })
            .collect();
        Self {
            operations: raw
                .operations
                .into_iter()
                .map(|(name, operation)| {
                    let input = operation.input.and_then(|shape| names.get(&shape).copied());
                    (name, Operation { input })
                })
                .collect(),
            names,
            shapes,
        }
    }
}

impl Shape {
    /// Adds what a text breaks, pattern first: the vendor names it before the length.
    pub(super) fn text(&self, text: &str, found: &mut Vec<String>) {
        let compiled = self
            .compiled
            .get_or_init(|| self.matched.as_deref().and_then(compile));
        if let Some(pattern) = compiled
            && !pattern.is_match(text)
        {
            found.push(format!(
                "Member must satisfy regular expression pattern: {}",
                self.pattern.as_deref().unwrap_or_default()
            ));
        }
        self.length(text.chars().count(), found);
        if !self.values.is_empty()
            && !self.values.iter().any(|known| known == text)
            && !self.extra_values.contains(&text)
        {
            found.push(format!(
                "Member must satisfy enum value set: [{}]",
                self.values.join(", ")
            ));
        }
    }

    pub(super) fn length(&self, length: usize, found: &mut Vec<String>) {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        if let Some(max) = self.max
            && length > max
        {
            found.push(format!("Member must have length less than or equal to {max}"));
        }
        if let Some(min) = self.min
            && length < min
        {
            found.push(format!("Member must have length greater than or equal to {min}"));
        }
    }

    pub(super) fn number(&self, number: i64, found: &mut Vec<String>) {
        if let Some(max) = self.max
            && number > max
        {
            found.push(format!("Member must have value less than or equal to {max}"));
        }
        if let Some(min) = self.min
            && number < min
        {
            found.push(format!("Member must have value greater than or equal to {min}"));
        }
    }
}

/// Compiles a pattern of the model; it must match the whole text.
///
/// In Java, which the patterns are written for, `\w`, `\d` and `\s` mean ASCII alone.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    let mut out = String::with_capacity(pattern.len().saturating_add(16));
    out.push_str(r"\A(?:");
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('d') => out.push_str("[0-9]"),
            Some('s') => out.push_str(r"[ \t\n\x0B\f\r]"),
            Some('S') => out.push_str(r"[^ \t\n\x0B\f\r]"),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => {}
        }
    }
    out.push_str(r")\z");
    Regex::new(&out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_the_model_compiles() {
        for model in [&*IDP, &*IDENTITY] {
            assert!(!model.shapes.is_empty());
            for shape in &model.shapes {
                if let Some(pattern) = &shape.matched {
                    assert!(compile(pattern).is_some(), "{pattern}");
                }
            }
        }
    }
}
