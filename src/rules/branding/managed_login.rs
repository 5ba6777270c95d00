//! The settings document of a managed login style: which keys there are, what each may hold,
//! and the values of a style that says nothing.
//!
//! `assets/hosted_ui/managed_login.json` is the whole tree of keys. A leaf says with `is`
//! what it holds. To add a key: a line there.
//!
//! Source: developer guide, "Apply branding to managed login pages"; the sample in the
//! command line reference of create-managed-login-branding.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::rules::Finding;

/// The most characters of a name in the document: a provider, a word without effect.
const NAME_MAX: usize = 40;
/// The most entries of a list in the document.
const LIST_MAX: usize = 100;
/// The largest radius, in pixels.
const RADIUS_MAX: f64 = 1000.0;

/// What is under a key.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Node {
    Leaf(Leaf),
    Branch(BTreeMap<String, Node>),
}

/// A key that holds a value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaf {
    is: Kind,
    default: Value,
    /// The words that a choice is among.
    #[serde(default)]
    of: Vec<String>,
    /// The path of the tree that each provider's own one looks like.
    #[serde(default)]
    like: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Eight hexadecimal digits, red, green, blue, opacity, without `#`.
    Color,
    /// Pixels.
    Number,
    /// `true` or `false`.
    Flag,
    /// One of some words.
    Choice,
    /// Several of some words.
    Choices,
    /// A word that is kept without effect.
    Word,
    /// Names of providers.
    Names,
    /// Rows of ways to sign in, each with `display` and `type`.
    Methods,
    /// What a user accepts at sign-up, kept without effect.
    Elements,
    /// A tree for each provider.
    ByProvider,
}

static TREE: LazyLock<Node> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/hosted_ui/managed_login.json"))
        .unwrap_or_else(|_| Node::Branch(BTreeMap::new()))
});

static DEFAULTS: LazyLock<Value> = LazyLock::new(|| defaults_of(&TREE));

/// Returns the document of a style that says nothing.
pub fn defaults() -> &'static Value {
    &DEFAULTS
}

/// Checks a document, which may hold any part of the tree.
///
/// Every key that is unknown and every value that a key cannot hold is a finding; its place
/// is the path (`components.form.borderRadius`).
pub fn check(document: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    check_node(&TREE, document, &mut String::new(), &mut found);
    found
}

/// Lays `over` onto `base`: objects key by key, anything else replaces.
pub fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

/// Returns a document with every key: its own values, else those of a style that says nothing.
pub fn merged(own: Option<&Value>) -> Value {
    let mut all = defaults().clone();
    if let Some(own) = own {
        merge(&mut all, own);
    }
    all
}

fn defaults_of(node: &Node) -> Value {
    match node {
        Node::Leaf(leaf) => leaf.default.clone(),
        Node::Branch(keys) => Value::Object(
            keys.iter()
                .map(|(key, node)| (key.clone(), defaults_of(node)))
                .collect::<Map<_, _>>(),
        ),
    }
}

fn node_at(path: &str) -> Option<&'static Node> {
    let mut node: &'static Node = &TREE;
    for key in path.split('.') {
        match node {
            Node::Branch(keys) => node = keys.get(key)?,
            Node::Leaf(_) => return None,
        }
    }
    Some(node)
}

fn check_node(node: &Node, value: &Value, path: &mut String, found: &mut Vec<Finding>) {
    let keys = match node {
        Node::Leaf(leaf) => return check_leaf(leaf, value, path, found),
        Node::Branch(keys) => keys,
    };
    let Value::Object(members) = value else {
        return refuse(found, path, "must be an object");
    };
    for (key, value) in members {
        under(path, key, |path| match keys.get(key) {
            Some(node) => check_node(node, value, path, found),
            None => refuse(found, path, "is not a known key"),
        });
    }
}

/// Runs `f` with the path of `key`.
fn under(path: &mut String, key: &str, f: impl FnOnce(&mut String)) {
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    // A key of the caller's may be of any length.
    path.extend(key.chars().take(NAME_MAX));
    f(path);
    path.truncate(length);
}

fn check_leaf(leaf: &Leaf, value: &Value, path: &mut String, found: &mut Vec<Finding>) {
    let is_among = |value: &Value| {
        value
            .as_str()
            .is_some_and(|word| leaf.of.iter().any(|it| it == word))
    };
    match leaf.is {
        Kind::Color if !value.as_str().is_some_and(is_color) => {
            refuse(
                found,
                path,
                "must be a color of eight hexadecimal digits without #",
            );
        }
        Kind::Number if !value.as_f64().is_some_and(|it| (0.0..=RADIUS_MAX).contains(&it)) => {
            refuse(found, path, "must be a number of pixels");
        }
        Kind::Flag if !value.is_boolean() => refuse(found, path, "must be true or false"),
        Kind::Choice if !is_among(value) => {
            refuse(found, path, &format!("must be one of {}", leaf.of.join(", ")));
        }
        Kind::Choices if !list(value).is_some_and(|list| list.iter().all(is_among)) => {
            refuse(found, path, &format!("must be a list of {}", leaf.of.join(", ")));
        }
        Kind::Word if !value.as_str().is_some_and(is_name) => refuse(found, path, "must be a word"),
        Kind::Names
            if !list(value).is_some_and(|list| list.iter().all(|it| it.as_str().is_some_and(is_name))) =>
        {
            refuse(found, path, "must be a list of names");
        }
        Kind::Methods if !list(value).is_some_and(|rows| rows.iter().all(is_row)) => {
            refuse(
                found,
                path,
                "must be a list of lists of ways to sign in, each with display (BUTTON or INPUT) \
                 and type (FEDERATED or USERNAME_PASSWORD)",
            );
        }
        Kind::Elements if !list(value).is_some_and(|list| list.iter().all(is_element)) => {
            refuse(
                found,
                path,
                "must be a list of elements, each with enforcement and textKey",
            );
        }
        Kind::ByProvider => check_by_provider(leaf, value, path, found),
        _ => {}
    }
}

fn check_by_provider(leaf: &Leaf, value: &Value, path: &mut String, found: &mut Vec<Finding>) {
    let Value::Object(providers) = value else {
        return refuse(found, path, "must be an object");
    };
    let like = leaf.like.as_deref().and_then(node_at);
    for (provider, value) in providers {
        under(path, provider, |path| match like {
            Some(node) if is_name(provider) => check_node(node, value, path, found),
            _ => refuse(found, path, "is not the name of a provider"),
        });
    }
}

fn list(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().filter(|list| list.len() <= LIST_MAX)
}

fn is_color(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= NAME_MAX && !text.chars().any(char::is_control)
}

fn is_row(row: &Value) -> bool {
    list(row).is_some_and(|ways| {
        ways.iter().all(|way| {
            has_exactly(
                way,
                &[
                    ("display", &["BUTTON", "INPUT"]),
                    ("type", &["FEDERATED", "USERNAME_PASSWORD"]),
                ],
            )
        })
    })
}

fn is_element(element: &Value) -> bool {
    has_exactly(element, &[("enforcement", &[]), ("textKey", &[])])
}

/// Tells whether `value` is an object of these keys, each one of some words, or any name.
fn has_exactly(value: &Value, keys: &[(&str, &[&str])]) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    members.len() == keys.len()
        && keys.iter().all(|(key, words)| {
            members
                .get(*key)
                .and_then(Value::as_str)
                .is_some_and(|word| is_name(word) && (words.is_empty() || words.contains(&word)))
        })
}

fn refuse(found: &mut Vec<Finding>, path: &str, why: &str) {
    let place = if path.is_empty() { "Settings" } else { path };
    found.push(Finding::field(place, format!("{place} {why}.")));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(document: &Value) -> Vec<String> {
        check(document)
            .iter()
            .map(|finding| finding.place.to_string())
            .collect()
    }

    fn leaves(value: &Value) -> usize {
        match value {
            Value::Object(members) if !members.is_empty() => members.values().map(leaves).sum(),
            _ => 1,
        }
    }

    #[test]
    fn the_defaults_hold_every_key_and_pass_their_own_check() {
        assert_eq!(leaves(defaults()), 169);
        assert_eq!(check(defaults()), []);
        assert_eq!(defaults()["components"]["form"]["borderRadius"], json!(8.0));
        assert_eq!(
            defaults()["components"]["primaryButton"]["darkMode"]["hover"]["backgroundColor"],
            "89bdeeff"
        );
        assert_eq!(check(&json!({})), []);
    }

    #[test]
    fn unknown_keys_and_wrong_values_are_found_where_they_are() {
        let document = json!({
            "categories": {
                "global": {"colorSchemeMode": "NIGHT", "spacingDensity": "COMPACT"},
                "form": {"displayGraphics": "yes"},
                "auth": {"authMethodOrder": [[{"display": "BUTTON"}]], "federation": {"order": ["A", 1]}},
                "signUp": {"acceptanceElements": [{"enforcement": "NONE", "textKey": "en", "x": "y"}]},
            },
            "components": {
                "form": {"borderRadius": -1, "lightMode": {"backgroundColor": "#ffffff"}},
                "favicon": {"enabledTypes": ["PNG"]},
                "idpButton": {"custom": {"Google": {"lightMode": {"hover": {"textColor": "red"}}}}},
            },
            "extra": 1,
            "componentClasses": [],
        });
        assert_eq!(
            places(&document),
            [
                "categories.global.colorSchemeMode",
                "categories.form.displayGraphics",
                "categories.auth.authMethodOrder",
                "categories.auth.federation.order",
                "categories.signUp.acceptanceElements",
                "components.form.borderRadius",
                "components.form.lightMode.backgroundColor",
                "components.favicon.enabledTypes",
                "components.idpButton.custom.Google.lightMode.hover.textColor",
                "extra",
                "componentClasses",
            ]
        );
        assert_eq!(places(&json!("text")), ["Settings"]);
    }

    #[test]
    fn a_style_of_its_own_lies_over_the_defaults() {
        let own = json!({
            "components": {"idpButton": {"custom": {"Corp": {"darkMode": {"hover": {"textColor": "00000000"}}}}}},
            "categories": {"auth": {"federation": {"order": ["Corp"]}}},
        });
        assert_eq!(check(&own), []);
        let all = merged(Some(&own));
        assert_eq!(all["categories"]["auth"]["federation"]["order"], json!(["Corp"]));
        assert_eq!(
            all["components"]["idpButton"]["custom"],
            own["components"]["idpButton"]["custom"]
        );
        assert_eq!(all["components"]["form"], defaults()["components"]["form"]);
    }
}
