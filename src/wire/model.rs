//! The service model, read once, and the generic check of any request against it.
//!
//! The facts lie in `assets/api/*.json`, written by `assets/api/derive.py`. [`check`]
//! runs before a request is decoded, for every operation alike; [`limits`] gives a form
//! the same facts for one of its fields. Where the model is known to contradict the
//! service, [`LENIENT`] says what is done instead; add such a case there.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Service;

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
/// An error text repeats this many characters of a value.
const SHOWN_CHARS: usize = 256;

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

/// What the model allows for one member.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The least length (characters, elements, bytes) or value.
    pub min: Option<i64>,
    /// The greatest length (characters, elements, bytes) or value.
    pub max: Option<i64>,
    /// A regular expression that the whole text must match, as the model writes it.
    pub pattern: Option<&'static str>,
    /// The values an enumeration knows, in the model's order; empty for anything else.
    pub enum_values: &'static [String],
    /// Whether the member must be given.
    pub required: bool,
    /// Whether the value must not be shown.
    pub sensitive: bool,
    shape: &'static Shape,
}

impl Limits {
    /// Returns what `text` breaks, in the words of an error (`Member must …`); empty when nothing.
    ///
    /// An empty text counts as given: whether an empty field is sent at all is the form's decision.
    pub fn broken_by(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        match self.shape.kind {
            Kind::Integer | Kind::Long => match text.trim().parse::<i64>() {
                Ok(number) => self.shape.number(number, &mut found),
                Err(_) => found.push("Member must be a whole number".to_owned()),
            },
            _ => self.shape.text(text, &mut found),
        }
        found
    }
}

/// Returns what the model allows for `member` of `shape`, which is a shape's name
/// (`GroupType`) or an operation's (`CreateGroup`, meaning its request).
pub fn limits(service: Service, shape: &str, member: &str) -> Option<Limits> {
    let model = Model::of(service)?;
    let at = match model.operations.get(shape) {
        Some(operation) => operation.input?,
        None => *model.names.get(shape)?,
    };
    let owner = model.shapes.get(at)?;
    let found = owner.members.iter().find(|known| known.name == member)?;
    let shape = model.shapes.get(found.shape)?;
    Some(Limits {
        min: shape.min,
        max: shape.max,
        pattern: shape.pattern.as_deref(),
        enum_values: &shape.values,
        required: found.required,
        sensitive: shape.sensitive,
        shape,
    })
}

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
enum Kind {
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
struct Member {
    name: String,
    shape: usize,
    required: bool,
}

#[derive(Debug)]
struct Shape {
    kind: Kind,
    members: Vec<Member>,
    /// Where a member of a name stands in `members`.
    by_name: HashMap<String, usize>,
    /// The element of a list, the value of a map.
    value: usize,
    /// The key of a map.
    key: usize,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<String>,
    matched: Option<String>,
    compiled: OnceLock<Option<Regex>>,
    values: Vec<String>,
    extra_values: &'static [&'static str],
    sensitive: bool,
}

struct Operation {
    input: Option<usize>,
}

struct Model {
    operations: HashMap<String, Operation>,
    names: HashMap<String, usize>,
    shapes: Vec<Shape>,
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

static IDP: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_str!("../../assets/api/cognito-idp.json")));
static IDENTITY: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_str!("../../assets/api/cognito-identity.json")));

impl Model {
    fn of(service: Service) -> Option<&'static Self> {
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
    fn text(&self, text: &str, found: &mut Vec<String>) {
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

    fn length(&self, length: usize, found: &mut Vec<String>) {
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

    fn number(&self, number: i64, found: &mut Vec<String>) {
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

/// Returns `UserPoolId` as `userPoolId`.
fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(chars)
        .collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Prints a value as the vendor does: `a`, `[a, b]`, `{k=v}`.
fn printed(value: &Value) -> String {
    fn print(value: &Value, out: &mut String) {
        // Enough for the cut below, so that a large value costs no more than a small one.
        if out.len() > SHOWN_CHARS.saturating_mul(4) {
            return;
        }
        match value {
            Value::String(text) => out.push_str(&shortened(text)),
            Value::Array(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate().take(SHOWN_CHARS) {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    print(element, out);
                }
                out.push(']');
            }
            Value::Object(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate().take(SHOWN_CHARS) {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    out.push_str(&shortened(key));
                    out.push('=');
                    print(value, out);
                }
                out.push('}');
            }
            other => out.push_str(&other.to_string()),
        }
    }
    let mut out = String::new();
    print(value, &mut out);
    shortened(&out)
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

/// Compiles a pattern of the model; it must match the whole text.
///
/// In Java, which the patterns are written for, `\w`, `\d` and `\s` mean ASCII alone.
fn compile(pattern: &str) -> Option<Regex> {
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
    use serde_json::json;

    fn refusal(operation: &str, body: Value) -> String {
        match check(Service::Idp, operation, body) {
            Err(Refused::Constraint(text) | Refused::Serialization(text)) => text,
            Ok(kept) => panic!("accepted: {kept}"),
        }
    }

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

    #[test]
    fn limits_are_those_of_the_model() {
        let limit = limits(Service::Idp, "CreateGroup", "GroupName").unwrap();
        assert_eq!((limit.min, limit.max, limit.required), (Some(1), Some(128), true));
        assert!(limit.broken_by("admins").is_empty());
        assert_eq!(limit.broken_by("").len(), 2);
        let limit = limits(Service::Idp, "CreateGroup", "Precedence").unwrap();
        assert_eq!(
            limit.broken_by("-1"),
            ["Member must have value greater than or equal to 0"]
        );
        assert_eq!(limit.broken_by("x"), ["Member must be a whole number"]);
        assert!(limits(Service::Idp, "GroupType", "RoleArn").is_some());
        assert!(limits(Service::Idp, "GroupType", "Nothing").is_none());
    }
}
