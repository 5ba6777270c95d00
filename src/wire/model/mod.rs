//! The service model, read once, and the generic check of any request against it.
//!
//! The facts lie in `assets/api/*.json`, written by `assets/api/derive.py`. [`check()`]
//! runs before a request is decoded, for every operation alike; [`limits`] gives a form
//! the same facts for one of its fields. Where the model is known to contradict the
//! service, `LENIENT` in `facts.rs` says what is done instead; add such a case there.

use self::facts::{Kind, Model, Shape};
use crate::wire::Service;

mod check;
mod facts;
mod printing;

pub use check::{Refused, check};

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

#[cfg(test)]
mod tests {
    use super::*;

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
