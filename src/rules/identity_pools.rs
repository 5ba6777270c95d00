//! What an identity pool may be set to, and which provider a login's name means.
//!
//! Source: developer guide, "Identity pools external identity providers"; identity pools
//! API reference, `CreateIdentityPool`.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::wire::identity::{CognitoIdentityProvider, IdentityPool, RoleMapping, RoleMappingType};

/// The most user-pool providers of an identity pool. Source: developer guide, "Quotas".
pub const USER_POOL_PROVIDERS_MAX: usize = 50;
/// The most rules of one provider, as documented; the model would take 400.
pub const RULES_MAX: usize = 25;
/// The login of the token that `GetOpenIdTokenForDeveloperIdentity` gives.
pub const OWN_PROVIDER: &str = "cognito-identity.amazonaws.com";

/// A provider whose name the vendor fixed.
#[derive(Debug, PartialEq, Eq)]
pub struct PublicProvider {
    /// What the login is called.
    pub name: &'static str,
    /// The issuer of its ID tokens; `None` for a provider whose tokens are opaque.
    pub issuer: Option<&'static str>,
    /// Where its keys are, when that is not a host of the issuer.
    pub keys_host: Option<&'static str>,
}

/// Every provider whose name the vendor fixed.
pub const PUBLIC_PROVIDERS: &[PublicProvider] = &[
    PublicProvider {
        name: "accounts.google.com",
        issuer: Some("https://accounts.google.com"),
        keys_host: Some("www.googleapis.com"),
    },
    PublicProvider {
        name: "appleid.apple.com",
        issuer: Some("https://appleid.apple.com"),
        keys_host: None,
    },
    PublicProvider {
        name: "graph.facebook.com",
        // Limited Login has ID tokens; the older access tokens are opaque.
        issuer: Some("https://www.facebook.com"),
        keys_host: None,
    },
    PublicProvider {
        name: "www.amazon.com",
        issuer: None,
        keys_host: None,
    },
    PublicProvider {
        name: "api.twitter.com",
        issuer: None,
        keys_host: None,
    },
    PublicProvider {
        name: "www.digits.com",
        issuer: None,
        keys_host: None,
    },
];

/// What a login's name means in an identity pool.
#[derive(Debug, PartialEq)]
pub enum Provider<'a> {
    /// A user pool, with the app clients whose tokens count.
    UserPool {
        user_pool_id: &'a str,
        clients: Vec<&'a CognitoIdentityProvider>,
    },
    /// A public provider, with the application ids whose tokens count.
    Public {
        provider: &'static PublicProvider,
        application_ids: Vec<&'a str>,
    },
    /// An OpenID Connect provider, by the ARN the pool names it with.
    Oidc { arn: &'a str },
    /// A SAML provider.
    Saml,
    /// The developer's own back end.
    Developer,
    /// This identity pool itself: a token of the developer flow.
    Own,
}

/// Returns what a login's name means in an identity pool; `None` when the pool has no such provider.
pub fn provider_of<'a>(settings: &'a IdentityPool, name: &'a str) -> Option<Provider<'a>> {
    if name == OWN_PROVIDER {
        return settings.developer_provider_name.as_ref().map(|_| Provider::Own);
    }
    if settings.developer_provider_name.as_deref() == Some(name) {
        return Some(Provider::Developer);
    }
    let application = settings
        .supported_login_providers
        .as_ref()
        .and_then(|all| all.get(name));
    if let (Some(ids), Some(provider)) = (application, public_provider(name)) {
        return Some(Provider::Public {
            provider,
            application_ids: ids.split(';').filter(|id| !id.is_empty()).collect(),
        });
    }
    let clients: Vec<_> = settings
        .cognito_identity_providers
        .iter()
        .flatten()
        .filter(|provider| provider.provider_name.as_deref() == Some(name))
        .collect();
    if let (false, Some(user_pool_id)) = (clients.is_empty(), user_pool_of(name)) {
        return Some(Provider::UserPool {
            user_pool_id,
            clients,
        });
    }
    let mut saml = settings.saml_provider_arns.iter().flatten();
    if saml.any(|arn| arn == name) {
        return Some(Provider::Saml);
    }
    settings
        .open_id_connect_provider_arns
        .iter()
        .flatten()
        .find(|arn| oidc_provider_of(arn) == Some(name))
        .map(|arn| Provider::Oidc { arn })
}

/// Returns the public provider of a name.
pub fn public_provider(name: &str) -> Option<&'static PublicProvider> {
    PUBLIC_PROVIDERS.iter().find(|provider| provider.name == name)
}

/// Returns the user pool id in `cognito-idp.<region>.amazonaws.com/<id>`.
///
/// The host of the newer issuers, which begins with `issuer-`, is taken as well; the vendor
/// does not say which name a pool with such an issuer has here.
pub fn user_pool_of(name: &str) -> Option<&str> {
    let (host, id) = name.split_once('/')?;
    let host = host.strip_prefix("issuer-").unwrap_or(host);
    let region = host.strip_prefix("cognito-idp.")?;
    let region = region
        .strip_suffix(".amazonaws.com")
        .or_else(|| region.strip_suffix(".amazonaws.com.cn"))?;
    let (of_pool, rest) = id.rsplit_once('_')?;
    (of_pool == region && !rest.is_empty()).then_some(id)
}

/// Returns the provider's name in `arn:aws:iam::<account>:oidc-provider/<name>`: its issuer
/// without the scheme.
pub fn oidc_provider_of(arn: &str) -> Option<&str> {
    resource_of(arn)?
        .strip_prefix("oidc-provider/")
        .filter(|name| !name.is_empty())
}

/// Returns the account in the ARN of a role, and the role's name without its path.
pub fn role_of(arn: &str) -> Option<(&str, &str)> {
    let path = resource_of(arn)?.strip_prefix("role/")?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    Some((arn.split(':').nth(4)?, name))
}

/// Returns what stands after `arn:<partition>:iam::<account>:`.
fn resource_of(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let known = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some("iam")
        && parts.next() == Some("");
    let account = parts.next()?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    parts.next().filter(|_| known && is_account)
}

/// Checks what an identity pool would be set to. Numbers have findings of their own kind:
/// see [`USER_POOL_PROVIDERS_MAX`].
pub fn check_settings(settings: &IdentityPool) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in settings
        .supported_login_providers
        .iter()
        .flatten()
        .map(|(name, _)| name)
    {
        if public_provider(name).is_none() {
            found.push(Finding::field(
                "SupportedLoginProviders",
                format!("Please provide a valid public provider; {name} is none."),
            ));
        }
    }
    let mut seen = BTreeSet::new();
    for provider in settings.cognito_identity_providers.iter().flatten() {
        let name = provider.provider_name.as_deref().unwrap_or_default();
        let client = provider.client_id.as_deref().unwrap_or_default();
        if user_pool_of(name).is_none() || client.is_empty() {
            found.push(Finding::field(
                "CognitoIdentityProviders",
                format!(
                    "Invalid Cognito Identity Provider {name}: it needs a ProviderName like \
                     cognito-idp.us-east-1.amazonaws.com/us-east-1_Example and a ClientId."
                ),
            ));
        }
        if !seen.insert((name, client)) {
            found.push(Finding::field(
                "CognitoIdentityProviders",
                format!("The Cognito Identity Provider {name} with the client {client} stands twice."),
            ));
        }
    }
    for arn in settings.open_id_connect_provider_arns.iter().flatten() {
        if oidc_provider_of(arn).is_none() {
            found.push(Finding::field(
                "OpenIdConnectProviderARNs",
                format!("Invalid OpenID Connect provider ARN: {arn}"),
            ));
        }
    }
    for arn in settings.saml_provider_arns.iter().flatten() {
        if resource_of(arn).is_none_or(|resource| !resource.starts_with("saml-provider/")) {
            found.push(Finding::field(
                "SamlProviderARNs",
                format!("Invalid SAML provider ARN: {arn}"),
            ));
        }
    }
    let reserved = |name: &&String| name.as_str() == OWN_PROVIDER || public_provider(name).is_some();
    if let Some(name) = settings.developer_provider_name.as_ref().filter(reserved) {
        found.push(Finding::field(
            "DeveloperProviderName",
            format!("{name} cannot be the name of a developer provider."),
        ));
    }
    found
}

/// Checks the roles an identity pool would give.
pub fn check_roles(
    settings: &IdentityPool,
    roles: &BTreeMap<String, String>,
    mappings: &BTreeMap<String, RoleMapping>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (kind, arn) in roles {
        if !matches!(kind.as_str(), "authenticated" | "unauthenticated") {
            found.push(Finding::field("Roles", format!("Invalid role type: {kind}")));
        }
        check_role("Roles", arn, &mut found);
    }
    for (provider, mapping) in mappings {
        check_mapping(settings, provider, mapping, &mut found);
    }
    found
}

fn check_mapping(settings: &IdentityPool, provider: &str, mapping: &RoleMapping, found: &mut Vec<Finding>) {
    let place = "RoleMappings";
    if !maps_a_provider(settings, provider) {
        found.push(Finding::field(
            place,
            format!("{provider} is not an identity provider of this identity pool."),
        ));
    }
    if mapping.ambiguous_role_resolution.is_none() {
        found.push(Finding::field(
            place,
            format!("AmbiguousRoleResolution is required for the role mapping of {provider}."),
        ));
    }
    let rules = mapping.rules_configuration.as_ref().map(|it| it.rules.as_slice());
    match (&mapping.r#type, rules) {
        (RoleMappingType::Rules, None | Some([])) => found.push(Finding::field(
            place,
            format!("RulesConfiguration is required for the role mapping of {provider}."),
        )),
        (RoleMappingType::Rules, Some(rules)) => {
            if rules.len() > RULES_MAX {
                found.push(Finding::field(
                    place,
                    format!(
                        "The role mapping of {provider} has {} rules, more than {RULES_MAX}.",
                        rules.len()
                    ),
                ));
            }
            for rule in rules {
                check_role(place, &rule.role_arn, found);
            }
        }
        (RoleMappingType::Token, Some(_)) => found.push(Finding::field(
            place,
            format!("RulesConfiguration does not go with the type Token, as {provider} has it."),
        )),
        (RoleMappingType::Token | RoleMappingType::Unlisted(_), _) => {}
    }
}

/// A user pool's mapping is for one of its clients: `<provider>:<client id>`.
fn maps_a_provider(settings: &IdentityPool, name: &str) -> bool {
    let of_client = settings
        .cognito_identity_providers
        .iter()
        .flatten()
        .any(|provider| {
            let pair = name.rsplit_once(':');
            pair.is_some_and(|(pool, client)| {
                provider.provider_name.as_deref() == Some(pool)
                    && provider.client_id.as_deref() == Some(client)
            })
        });
    of_client
        || match provider_of(settings, name) {
            None | Some(Provider::UserPool { .. }) => false,
            Some(
                Provider::Public { .. }
                | Provider::Oidc { .. }
                | Provider::Saml
                | Provider::Developer
                | Provider::Own,
            ) => true,
        }
}

fn check_role(place: &str, arn: &str, found: &mut Vec<Finding>) {
    if role_of(arn).is_none() {
        found.push(Finding::field(place, format!("Invalid role ARN: {arn}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::identity::{AmbiguousRoleResolutionType, RulesConfigurationType};

    fn settings() -> IdentityPool {
        let client = |client: &str| CognitoIdentityProvider {
            provider_name: Some("cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc".to_owned()),
            client_id: Some(client.to_owned()),
            server_side_token_check: None,
        };
        IdentityPool {
            cognito_identity_providers: Some(vec![client("one"), client("two")]),
            supported_login_providers: Some(
                [("accounts.google.com".to_owned(), "g1;g2".to_owned())]
                    .into_iter()
                    .collect(),
            ),
            open_id_connect_provider_arns: Some(vec![
                "arn:aws:iam::123456789012:oidc-provider/id.example.com/realm".to_owned(),
            ]),
            saml_provider_arns: Some(vec!["arn:aws:iam::123456789012:saml-provider/corp".to_owned()]),
            developer_provider_name: Some("login.example".to_owned()),
            ..Default::default()
        }
    }

    #[test]
    fn a_login_means_the_provider_the_pool_names() {
        let settings = settings();
        let of = |name| provider_of(&settings, name);
        let Some(Provider::UserPool {
            user_pool_id,
            clients,
        }) = of("cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc")
        else {
            panic!("no user pool");
        };
        assert_eq!((user_pool_id, clients.len()), ("eu-west-1_Abc", 2));
        let Some(Provider::Public { application_ids, .. }) = of("accounts.google.com") else {
            panic!("no public provider");
        };
        assert_eq!(application_ids, ["g1", "g2"]);
        assert!(matches!(of("id.example.com/realm"), Some(Provider::Oidc { .. })));
        assert_eq!(
            of("arn:aws:iam::123456789012:saml-provider/corp"),
            Some(Provider::Saml)
        );
        assert_eq!(of("login.example"), Some(Provider::Developer));
        assert_eq!(of(OWN_PROVIDER), Some(Provider::Own));
        for unknown in [
            "appleid.apple.com",
            "id.example.com",
            "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_X",
        ] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
        assert!(check_settings(&settings).is_empty());
    }

    #[test]
    fn names_and_arns_are_read_strictly() {
        for bad in [
            "cognito-idp.eu-west-1.amazonaws.com",
            "cognito-idp.eu-west-1.amazonaws.com/us-east-1_Abc",
            "cognito-idp.eu-west-1.example.com/eu-west-1_Abc",
            "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_",
        ] {
            assert_eq!(user_pool_of(bad), None, "{bad}");
        }
        assert_eq!(
            role_of("arn:aws:iam::123456789012:role/service-role/Staff"),
            Some(("123456789012", "Staff"))
        );
        for bad in [
            "arn:aws:iam::123456789012:user/Staff",
            "arn:aws:iam::1234:role/Staff",
            "arn:aws:iam:us-east-1:123456789012:role/Staff",
            "arn:aws:iam::123456789012:role/",
            "role/Staff",
        ] {
            assert_eq!(role_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_wrong_setting_is_told() {
        let mut wrong = settings();
        wrong.developer_provider_name = Some(OWN_PROVIDER.to_owned());
        wrong.saml_provider_arns = Some(vec!["corp".to_owned()]);
        wrong.open_id_connect_provider_arns = Some(vec!["https://id.example.com".to_owned()]);
        wrong.supported_login_providers =
            Some([("example.com".to_owned(), "1".to_owned())].into_iter().collect());
        let twice = wrong.cognito_identity_providers.clone().unwrap_or_default();
        wrong
            .cognito_identity_providers
            .get_or_insert_default()
            .extend(twice);
        let places: Vec<_> = check_settings(&wrong)
            .iter()
            .map(|it| it.place.to_string())
            .collect();
        assert_eq!(
            places,
            [
                "SupportedLoginProviders",
                "CognitoIdentityProviders",
                "CognitoIdentityProviders",
                "OpenIdConnectProviderARNs",
                "SamlProviderARNs",
                "DeveloperProviderName",
            ]
        );
    }

    #[test]
    fn a_role_mapping_needs_its_parts() {
        let settings = settings();
        let check = |provider: &str, mapping: RoleMapping| {
            let mappings = [(provider.to_owned(), mapping)].into_iter().collect();
            check_roles(&settings, &BTreeMap::new(), &mappings).len()
        };
        let token = RoleMapping {
            r#type: RoleMappingType::Token,
            ambiguous_role_resolution: Some(AmbiguousRoleResolutionType::Deny),
            rules_configuration: None,
        };
        let pool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc";
        assert_eq!(check(&format!("{pool}:one"), token.clone()), 0);
        assert_eq!(check(pool, token.clone()), 1);
        assert_eq!(check(&format!("{pool}:three"), token.clone()), 1);
        assert_eq!(check("accounts.google.com", token.clone()), 0);
        let undecided = RoleMapping {
            ambiguous_role_resolution: None,
            ..token.clone()
        };
        assert_eq!(check("accounts.google.com", undecided), 1);
        let rules = RoleMapping {
            r#type: RoleMappingType::Rules,
            rules_configuration: Some(RulesConfigurationType {
                rules: vec![Default::default(); RULES_MAX + 1],
            }),
            ..token
        };
        // Too many, and none of them with a role.
        assert_eq!(check("accounts.google.com", rules), RULES_MAX + 2);
    }
}
