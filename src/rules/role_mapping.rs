//! Which role the claims of a token choose.
//!
//! Source: developer guide, "Using role-based access control".

use serde_json::Value;

use crate::wire::identity::{
    AmbiguousRoleResolutionType, MappingRule, MappingRuleMatchType, RoleMapping, RoleMappingType,
};

/// The claim that names the roles of a user's groups.
const ROLES: &str = "cognito:roles";
/// The claim that names the role of the group that goes first.
const PREFERRED_ROLE: &str = "cognito:preferred_role";

/// What a mapping decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This role.
    Role(String),
    /// The role every authenticated identity of the pool has.
    Default,
    /// None.
    Deny,
}

/// Returns the role a mapping chooses for a token's claims. `custom` is the role the caller asks for.
///
/// By token: the custom role when the token offers it, else the preferred one, else the only
/// one. By rules: the custom role when a rule that matches gives it, else that of the first
/// rule that matches. What remains open is decided as the mapping says; without a word it is
/// denied. A custom role that is not offered is always denied.
pub fn choose(mapping: &RoleMapping, claims: &Value, custom: Option<&str>) -> Choice {
    let offered: Vec<&str> = match &mapping.r#type {
        RoleMappingType::Token => roles_of(claims),
        RoleMappingType::Rules => mapping
            .rules_configuration
            .iter()
            .flat_map(|configuration| &configuration.rules)
            .filter(|rule| matches(rule, claims))
            .map(|rule| rule.role_arn.as_str())
            .collect(),
        RoleMappingType::Unlisted(_) => Vec::new(),
    };
    if let Some(custom) = custom {
        return match offered.contains(&custom) {
            true => Choice::Role(custom.to_owned()),
            false => Choice::Deny,
        };
    }
    let chosen = match (&mapping.r#type, offered.as_slice()) {
        (RoleMappingType::Token, roles) => {
            let preferred = claims.get(PREFERRED_ROLE).and_then(Value::as_str);
            match (preferred, roles) {
                (Some(preferred), _) => Some(preferred),
                (None, [only]) => Some(*only),
                (None, _) => None,
            }
        }
        (RoleMappingType::Rules, roles) => roles.first().copied(),
        (RoleMappingType::Unlisted(_), _) => None,
    };
    match (chosen, &mapping.ambiguous_role_resolution) {
        (Some(role), _) => Choice::Role(role.to_owned()),
        (None, Some(AmbiguousRoleResolutionType::AuthenticatedRole)) => Choice::Default,
        (None, Some(AmbiguousRoleResolutionType::Deny | AmbiguousRoleResolutionType::Unlisted(_)) | None) => {
            Choice::Deny
        }
    }
}

fn roles_of(claims: &Value) -> Vec<&str> {
    match claims.get(ROLES) {
        Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(role)) => vec![role],
        _ => Vec::new(),
    }
}

/// A claim that is missing matches no rule, `NotEqual` included.
fn matches(rule: &MappingRule, claims: &Value) -> bool {
    let Some(claim) = claims.get(&rule.claim).and_then(text_of) else {
        return false;
    };
    match rule.match_type {
        MappingRuleMatchType::Equals => claim == rule.value,
        MappingRuleMatchType::NotEqual => claim != rule.value,
        MappingRuleMatchType::StartsWith => claim.starts_with(&rule.value),
        MappingRuleMatchType::Contains => claim.contains(&rule.value),
        MappingRuleMatchType::Unlisted(_) => false,
    }
}

/// Returns a claim as text: lists and objects as JSON, which is our choice where the vendor
/// does not say.
pub fn text_of(claim: &Value) -> Option<String> {
    match claim {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(claim.to_string()),
    }
}

/// The longest value of a principal tag.
const TAG_VALUE_MAX: usize = 256;

/// Returns a claim as the value of a principal tag; `None` for one that is missing, too long
/// or holds a character that session tags do not take.
///
/// Source: IAM user guide, "Rules for tagging in IAM and AWS STS".
pub fn tag_value(claim: &Value) -> Option<String> {
    let text = text_of(claim)?;
    is_tag_value(&text).then_some(text)
}

/// Tells whether session tags take a text as value.
pub fn is_tag_value(text: &str) -> bool {
    text.chars().count() <= TAG_VALUE_MAX
        && text
            .chars()
            .all(|char| char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::identity::RulesConfigurationType;
    use serde_json::json;

    fn token(resolution: AmbiguousRoleResolutionType) -> RoleMapping {
        RoleMapping {
            r#type: RoleMappingType::Token,
            ambiguous_role_resolution: Some(resolution),
            rules_configuration: None,
        }
    }

    fn rules(rules: &[(&str, MappingRuleMatchType, &str, &str)]) -> RoleMapping {
        let rules = rules.iter().map(|(claim, match_type, value, role)| MappingRule {
            claim: (*claim).to_owned(),
            match_type: match_type.clone(),
            value: (*value).to_owned(),
            role_arn: (*role).to_owned(),
        });
        RoleMapping {
            r#type: RoleMappingType::Rules,
            ambiguous_role_resolution: Some(AmbiguousRoleResolutionType::Deny),
            rules_configuration: Some(RulesConfigurationType {
                rules: rules.collect(),
            }),
        }
    }

    fn role(name: &str) -> Choice {
        Choice::Role(name.to_owned())
    }

    #[test]
    fn a_token_chooses_its_preferred_or_its_only_role() {
        let deny = token(AmbiguousRoleResolutionType::Deny);
        let both = json!({"cognito:roles": ["a", "b"], "cognito:preferred_role": "b"});
        assert_eq!(choose(&deny, &both, None), role("b"));
        assert_eq!(choose(&deny, &both, Some("a")), role("a"));
        assert_eq!(choose(&deny, &both, Some("c")), Choice::Deny);
        assert_eq!(choose(&deny, &json!({"cognito:roles": ["a"]}), None), role("a"));
        let open = json!({"cognito:roles": ["a", "b"]});
        assert_eq!(choose(&deny, &open, None), Choice::Deny);
        assert_eq!(choose(&deny, &json!({}), None), Choice::Deny);
        let usual = token(AmbiguousRoleResolutionType::AuthenticatedRole);
        assert_eq!(choose(&usual, &open, None), Choice::Default);
        assert_eq!(choose(&usual, &open, Some("c")), Choice::Deny);
        let unsaid = RoleMapping {
            ambiguous_role_resolution: None,
            ..usual
        };
        assert_eq!(choose(&unsaid, &open, None), Choice::Deny);
    }

    #[test]
    fn the_first_rule_that_matches_wins() {
        use MappingRuleMatchType::{Contains, Equals, NotEqual, StartsWith};
        let mapping = rules(&[
            ("custom:team", Equals, "red", "r1"),
            ("email", StartsWith, "admin@", "r2"),
            ("cognito:groups", Contains, "staff", "r3"),
            ("custom:team", NotEqual, "blue", "r4"),
            ("email_verified", Equals, "true", "r5"),
        ]);
        let check = |claims: Value, custom: Option<&str>| choose(&mapping, &claims, custom);
        assert_eq!(
            check(json!({"custom:team": "red", "email": "admin@x"}), None),
            role("r1")
        );
        assert_eq!(
            check(json!({"custom:team": "red", "email": "admin@x"}), Some("r2")),
            role("r2")
        );
        assert_eq!(check(json!({"custom:team": "red"}), Some("r2")), Choice::Deny);
        assert_eq!(
            check(json!({"cognito:groups": ["all", "staff"]}), None),
            role("r3")
        );
        assert_eq!(check(json!({"custom:team": "green"}), None), role("r4"));
        assert_eq!(check(json!({"custom:team": "blue"}), None), Choice::Deny);
        assert_eq!(check(json!({"email_verified": true}), None), role("r5"));
        assert_eq!(check(json!({"custom:team": null}), None), Choice::Deny);
        assert_eq!(check(json!({}), None), Choice::Deny);
    }

    #[test]
    fn tags_take_short_plain_values() {
        assert_eq!(
            tag_value(&json!("a b_c.d:e/f=g+h-i@j")).as_deref(),
            Some("a b_c.d:e/f=g+h-i@j")
        );
        assert_eq!(tag_value(&json!(7)).as_deref(), Some("7"));
        assert_eq!(tag_value(&json!("é")).as_deref(), Some("é"));
        for bad in [json!(null), json!(["a"]), json!("a;b"), json!("x".repeat(257))] {
            assert_eq!(tag_value(&bad), None, "{bad}");
        }
    }
}
