//! What the settings of an external identity provider must hold, and what is added to them.
//!
//! Source: user pools API reference, CreateIdentityProvider (keys of `ProviderDetails`);
//! developer guide, "Mapping IdP attributes to profiles and tokens".

use std::collections::BTreeMap;

use super::{Finding, attributes};
use crate::wire::idp::{IdentityProviderTypeType as Kind, SchemaAttributeType};

/// The name of the subject in links: what the provider itself calls the user.
pub const SUBJECT: &str = "Cognito_Subject";
/// The name of the users' own directory, among identity providers.
pub const NATIVE: &str = "COGNITO";

/// The settings of a provider, by key.
pub type Details = BTreeMap<String, String>;

/// The keys of one type of provider.
struct Keys {
    required: &'static [&'static str],
    optional: &'static [&'static str],
    /// Filled in by the service, returned, and taken back without effect.
    added: &'static [(&'static str, &'static str)],
}

const REQUEST_METHOD: &str = "attributes_request_method";
const ADD_ATTRIBUTES: &str = "attributes_url_add_attributes";

const OIDC: Keys = Keys {
    required: &["client_id", REQUEST_METHOD, "oidc_issuer", "authorize_scopes"],
    optional: &[
        "client_secret",
        "authorize_url",
        "token_url",
        "attributes_url",
        "jwks_uri",
    ],
    added: &[(ADD_ATTRIBUTES, "false")],
};
const SAML: Keys = Keys {
    required: &[],
    optional: &[
        "MetadataURL",
        "MetadataFile",
        "IDPSignout",
        "IDPInit",
        "EncryptedResponses",
        "RequestSigningAlgorithm",
    ],
    added: &[
        ("ActiveEncryptionCertificate", ""),
        ("SSORedirectBindingURI", ""),
        ("SLORedirectBindingURI", ""),
    ],
};
const GOOGLE: Keys = Keys {
    required: &["client_id", "client_secret", "authorize_scopes"],
    optional: &[],
    added: &[
        (
            "attributes_url",
            "https://people.googleapis.com/v1/people/me?personFields=",
        ),
        (ADD_ATTRIBUTES, "true"),
        ("authorize_url", "https://accounts.google.com/o/oauth2/v2/auth"),
        ("oidc_issuer", "https://accounts.google.com"),
        ("token_request_method", "POST"),
        ("token_url", "https://www.googleapis.com/oauth2/v4/token"),
    ],
};
const FACEBOOK: Keys = Keys {
    required: &["client_id", "client_secret", "authorize_scopes"],
    optional: &["api_version"],
    // `{}` is the version of the interface.
    added: &[
        ("attributes_url", "https://graph.facebook.com/{}/me?fields="),
        (ADD_ATTRIBUTES, "true"),
        ("authorize_url", "https://www.facebook.com/{}/dialog/oauth"),
        ("token_request_method", "GET"),
        ("token_url", "https://graph.facebook.com/{}/oauth/access_token"),
    ],
};
const AMAZON: Keys = Keys {
    required: &["client_id", "client_secret", "authorize_scopes"],
    optional: &[],
    added: &[
        ("attributes_url", "https://api.amazon.com/user/profile"),
        (ADD_ATTRIBUTES, "false"),
        ("authorize_url", "https://www.amazon.com/ap/oa"),
        ("token_request_method", "POST"),
        ("token_url", "https://api.amazon.com/auth/o2/token"),
    ],
};
const APPLE: Keys = Keys {
    required: &[
        "client_id",
        "team_id",
        "key_id",
        "private_key",
        "authorize_scopes",
    ],
    optional: &[],
    added: &[
        (ADD_ATTRIBUTES, "false"),
        ("authorize_url", "https://appleid.apple.com/auth/authorize"),
        ("oidc_issuer", "https://appleid.apple.com"),
        ("token_request_method", "POST"),
        ("token_url", "https://appleid.apple.com/auth/token"),
    ],
};

/// The version of Facebook's interface when none is asked for.
const FACEBOOK_VERSION: &str = "v17.0";

fn keys_of(kind: &Kind) -> Option<&'static Keys> {
    match kind {
        Kind::Oidc => Some(&OIDC),
        Kind::Saml => Some(&SAML),
        Kind::Google => Some(&GOOGLE),
        Kind::Facebook => Some(&FACEBOOK),
        Kind::LoginWithAmazon => Some(&AMAZON),
        Kind::SignInWithApple => Some(&APPLE),
        Kind::Unlisted(_) => None,
    }
}

/// Tells whether a provider of this type has its name from the service.
pub fn is_social(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Google | Kind::Facebook | Kind::LoginWithAmazon | Kind::SignInWithApple
    )
}

/// Says what is wrong with a provider's name: a social one is called as its type, no other is.
pub fn check_name(kind: &Kind, name: &str) -> Option<Finding> {
    let taken = name.eq_ignore_ascii_case(NATIVE)
        || Kind::ALL
            .iter()
            .any(|other| is_social(other) && other.as_str() == name);
    let text = match (is_social(kind), taken) {
        (true, _) if name == kind.as_str() => return None,
        (true, _) => format!("The provider name of type {kind} must be {kind}."),
        (false, true) => format!("The provider name {name} is reserved."),
        (false, false) => return None,
    };
    Some(Finding::field("ProviderName", text))
}

/// Checks the settings of a provider and adds what the service adds.
///
/// # Errors
///
/// A finding for each key that is missing, unknown or has a value it cannot have.
pub fn details_of(kind: &Kind, given: &Details) -> Result<Details, Vec<Finding>> {
    let Some(keys) = keys_of(kind) else {
        return Err(vec![Finding::field(
            "ProviderType",
            format!("The provider type {kind} is not supported."),
        )]);
    };
    let mut found = Vec::new();
    let value = |key: &str| given.get(key).map(String::as_str).filter(|it| !it.is_empty());
    for key in keys.required {
        if value(key).is_none() {
            found.push(refused(
                key,
                format!("{key} is required for a provider of type {kind}."),
            ));
        }
    }
    let is_added = |key: &str| keys.added.iter().any(|(added, _)| *added == key);
    for key in given.keys() {
        let is_known =
            keys.required.contains(&key.as_str()) || keys.optional.contains(&key.as_str()) || is_added(key);
        if !is_known {
            found.push(refused(
                key,
                format!("{key} is not a key of a provider of type {kind}."),
            ));
        }
    }
    let mut details: Details = given
        .iter()
        .filter(|(key, value)| !is_added(key) && !value.is_empty())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    match kind {
        Kind::Oidc => check_oidc(given, &mut found),
        Kind::Saml => check_saml(given, &mut details, &mut found),
        _ => {}
    }
    if !found.is_empty() {
        return Err(found);
    }
    let version = value("api_version").unwrap_or(FACEBOOK_VERSION);
    for (key, added) in keys.added.iter().filter(|(_, added)| !added.is_empty()) {
        details.insert((*key).to_owned(), added.replace("{}", version));
    }
    if *kind == Kind::Facebook {
        details.insert("api_version".to_owned(), version.to_owned());
    }
    Ok(details)
}

fn check_oidc(given: &Details, found: &mut Vec<Finding>) {
    if let Some(method) = given.get(REQUEST_METHOD)
        && !matches!(method.as_str(), "GET" | "POST")
    {
        found.push(refused(
            REQUEST_METHOD,
            format!("{REQUEST_METHOD} must be GET or POST."),
        ));
    }
    for key in [
        "oidc_issuer",
        "authorize_url",
        "token_url",
        "attributes_url",
        "jwks_uri",
    ] {
        if let Some(url) = given.get(key).filter(|url| !url.is_empty())
            && !is_address(url)
        {
            found.push(refused(key, format!("{key} must be an https URL.")));
        }
    }
    let scopes = given.get("authorize_scopes").map_or("", String::as_str);
    if !scopes.is_empty() && !scopes.split_whitespace().any(|scope| scope == "openid") {
        found.push(refused(
            "authorize_scopes",
            "authorize_scopes must include openid.".to_owned(),
        ));
    }
}

fn check_saml(given: &Details, details: &mut Details, found: &mut Vec<Finding>) {
    let value = |key: &str| given.get(key).map(String::as_str).filter(|it| !it.is_empty());
    match (value("MetadataURL"), value("MetadataFile")) {
        (Some(url), None) if is_address(url) => {}
        (Some(_), None) => found.push(refused(
            "MetadataURL",
            "MetadataURL must be an https URL.".to_owned(),
        )),
        (None, Some(file)) => match saml_metadata(file) {
            Ok(metadata) => {
                details.insert("SSORedirectBindingURI".to_owned(), metadata.sign_in);
                if let Some(sign_out) = metadata.sign_out {
                    details.insert("SLORedirectBindingURI".to_owned(), sign_out);
                }
            }
            Err(why) => found.push(refused("MetadataFile", format!("Invalid SAML metadata. {why}"))),
        },
        (None, None) | (Some(_), Some(_)) => found.push(refused(
            "MetadataFile",
            "Exactly one of MetadataURL and MetadataFile is required for a provider of type SAML.".to_owned(),
        )),
    }
    for key in ["IDPSignout", "IDPInit", "EncryptedResponses"] {
        if value(key).is_some_and(|flag| !matches!(flag, "true" | "false")) {
            found.push(refused(key, format!("{key} must be true or false.")));
        }
    }
    if value("RequestSigningAlgorithm").is_some_and(|it| it != "rsa-sha256") {
        found.push(refused(
            "RequestSigningAlgorithm",
            "RequestSigningAlgorithm must be rsa-sha256.".to_owned(),
        ));
    }
}

/// What a sign-in needs of a SAML provider's metadata document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlMetadata {
    /// The provider's own name.
    pub entity_id: String,
    /// Where a browser is sent to sign in.
    pub sign_in: String,
    /// Where a browser is sent to sign out, when the provider says.
    pub sign_out: Option<String>,
}

/// Reads a SAML metadata document. Documents with a DTD are refused.
///
/// # Errors
///
/// A sentence that says what is missing.
///
/// Source: SAML 2.0 Metadata §2.4.3 (`IDPSSODescriptor`); Bindings §3.4 (HTTP-Redirect).
pub fn saml_metadata(text: &str) -> Result<SamlMetadata, String> {
    const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
    const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    let document =
        roxmltree::Document::parse(text).map_err(|reason| format!("The document is not XML: {reason}."))?;
    let provider = document
        .descendants()
        .find(|node| node.has_tag_name((METADATA, "IDPSSODescriptor")))
        .ok_or("The document has no IDPSSODescriptor.")?;
    let entity_id = provider
        .parent()
        .and_then(|entity| entity.attribute("entityID"))
        .filter(|id| !id.is_empty())
        .ok_or("The document has no entityID.")?;
    let at = |service: &str| {
        provider
            .children()
            .filter(|node| node.has_tag_name((METADATA, service)))
            .find(|node| node.attribute("Binding") == Some(REDIRECT))
            .and_then(|node| node.attribute("Location"))
            .filter(|location| is_address(location))
            .map(str::to_owned)
    };
    Ok(SamlMetadata {
        entity_id: entity_id.to_owned(),
        sign_in: at("SingleSignOnService")
            .ok_or("The document has no SingleSignOnService with the HTTP-Redirect binding.")?,
        sign_out: at("SingleLogoutService"),
    })
}

/// Checks which attributes a provider fills, and adds the mapping of the username that each
/// type has and that cannot be another.
///
/// # Errors
///
/// A finding for each attribute that the user pool does not have, or that nothing can fill.
pub fn mapping_of(
    kind: &Kind,
    given: &BTreeMap<String, String>,
    schema: &[SchemaAttributeType],
) -> Result<BTreeMap<String, String>, Vec<Finding>> {
    let subject = match kind {
        Kind::Facebook => Some("id"),
        Kind::LoginWithAmazon => Some("user_id"),
        Kind::Saml | Kind::Unlisted(_) => None,
        Kind::Oidc | Kind::Google | Kind::SignInWithApple => Some("sub"),
    };
    let mut found = Vec::new();
    for (attribute, claim) in given {
        if claim.is_empty() {
            found.push(refused(
                attribute,
                format!("The attribute {attribute} is mapped to nothing."),
            ));
        }
        if attribute == "username" {
            if subject.is_some_and(|subject| subject != claim) || subject.is_none() {
                found.push(refused(
                    attribute,
                    "The mapping of username cannot be changed.".to_owned(),
                ));
            }
            continue;
        }
        let is_reserved = matches!(attribute.as_str(), "sub" | "identities");
        if is_reserved || attributes::find(schema, attribute).is_none() {
            found.push(refused(
                attribute,
                format!("The attribute {attribute} is not an attribute of the user pool that can be mapped."),
            ));
        }
    }
    if !found.is_empty() {
        return Err(found);
    }
    let mut mapping = given.clone();
    if let Some(subject) = subject {
        mapping.insert("username".to_owned(), subject.to_owned());
    }
    Ok(mapping)
}

/// Tells whether a provider may be asked at `url`: by https, or on this machine.
fn is_address(url: &str) -> bool {
    let host = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        (!authority.is_empty() && !authority.contains('@')).then(|| authority.to_owned())
    };
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    if let Some(rest) = url.strip_prefix("https://") {
        return host(rest).is_some();
    }
    let local = url.strip_prefix("http://").and_then(host);
    local.is_some_and(|authority| {
        let name = authority
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(authority.as_str(), |(name, _)| name);
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    })
}

fn refused(place: &str, text: String) -> Finding {
    Finding::field(place, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    const METADATA: &str = r#"<?xml version="1.0"?>
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">
          <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/out"/>
            <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/post"/>
            <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/in"/>
          </md:IDPSSODescriptor>
        </md:EntityDescriptor>"#;

    fn oidc() -> Details {
        map(&[
            ("client_id", "abc"),
            ("client_secret", "s"),
            ("attributes_request_method", "GET"),
            ("oidc_issuer", "https://login.example.com"),
            ("authorize_scopes", "openid email"),
        ])
    }

    fn places(outcome: Result<Details, Vec<Finding>>) -> Vec<String> {
        let found = outcome.unwrap_err();
        found.iter().map(|finding| finding.place.to_string()).collect()
    }

    #[test]
    fn an_oidc_provider_needs_its_keys_and_https() {
        let made = details_of(&Kind::Oidc, &oidc()).unwrap();
        assert_eq!(made["attributes_url_add_attributes"], "false");
        assert_eq!(
            details_of(&Kind::Oidc, &made).unwrap(),
            made,
            "what is shown may be sent back"
        );
        let mut bad = oidc();
        bad.remove("client_id");
        bad.insert("oidc_issuer".to_owned(), "http://login.example.com".to_owned());
        bad.insert("attributes_request_method".to_owned(), "PUT".to_owned());
        bad.insert("MetadataURL".to_owned(), "https://x".to_owned());
        assert_eq!(
            places(details_of(&Kind::Oidc, &bad)),
            [
                "client_id",
                "MetadataURL",
                "attributes_request_method",
                "oidc_issuer"
            ]
        );
    }

    #[test]
    fn addresses_are_https_or_of_this_machine() {
        for good in [
            "https://a",
            "http://localhost:8080/x",
            "http://127.0.0.1/",
            "http://[::1]:9",
        ] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "https://",
            "http://a",
            "http://localhost.a/",
            "https://u@a",
            "https://a b",
            "ftp://a",
            "http://127.0.0.1@a/",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_saml_document_gives_its_addresses() {
        let made = details_of(&Kind::Saml, &map(&[("MetadataFile", METADATA)])).unwrap();
        assert_eq!(made["SSORedirectBindingURI"], "https://idp.example.com/in");
        assert_eq!(made["SLORedirectBindingURI"], "https://idp.example.com/out");
        assert_eq!(
            saml_metadata(METADATA).unwrap().entity_id,
            "https://idp.example.com"
        );
        for bad in [
            "",
            "<a/>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "<EntityDescriptor entityID='x'><IDPSSODescriptor/></EntityDescriptor>",
        ] {
            assert!(saml_metadata(bad).is_err(), "{bad}");
        }
        let url = ("MetadataURL", "https://idp.example.com/meta");
        assert!(details_of(&Kind::Saml, &map(&[url])).is_ok());
        assert_eq!(places(details_of(&Kind::Saml, &map(&[]))), ["MetadataFile"]);
        assert_eq!(
            places(details_of(&Kind::Saml, &map(&[url, ("MetadataFile", METADATA)]))),
            ["MetadataFile"]
        );
        assert_eq!(
            places(details_of(
                &Kind::Saml,
                &map(&[url, ("IDPInit", "yes"), ("RequestSigningAlgorithm", "rsa-sha1")])
            )),
            ["IDPInit", "RequestSigningAlgorithm"]
        );
    }

    #[test]
    fn social_providers_get_their_addresses() {
        let given = map(&[
            ("client_id", "1"),
            ("client_secret", "2"),
            ("authorize_scopes", "public_profile,email"),
            ("api_version", "v20.0"),
        ]);
        let made = details_of(&Kind::Facebook, &given).unwrap();
        assert_eq!(
            made["authorize_url"],
            "https://www.facebook.com/v20.0/dialog/oauth"
        );
        assert_eq!(places(details_of(&Kind::Google, &given)), ["api_version"]);
        assert!(details_of(&Kind::SignInWithApple, &given).is_err());
        assert!(details_of(&Kind::Unlisted("X".to_owned()), &given).is_err());
    }

    #[test]
    fn names_of_social_providers_are_theirs() {
        assert_eq!(check_name(&Kind::Google, "Google"), None);
        assert_eq!(check_name(&Kind::Oidc, "Corp"), None);
        for (kind, name) in [
            (Kind::Google, "Corp"),
            (Kind::Oidc, "Google"),
            (Kind::Saml, "Cognito"),
        ] {
            assert!(check_name(&kind, name).is_some(), "{kind} {name}");
        }
    }

    #[test]
    fn mappings_name_attributes_of_the_pool() {
        let schema = attributes::standard_schema();
        let mapping = |kind: &Kind, pairs: &[(&str, &str)]| mapping_of(kind, &map(pairs), &schema);
        assert_eq!(
            mapping(&Kind::Google, &[("email", "email")]).unwrap(),
            map(&[("email", "email"), ("username", "sub")])
        );
        assert_eq!(mapping(&Kind::Saml, &[]).unwrap(), map(&[]));
        for (kind, pair) in [
            (Kind::Oidc, ("username", "email")),
            (Kind::Saml, ("username", "email")),
            (Kind::Oidc, ("custom:absent", "x")),
            (Kind::Oidc, ("sub", "sub")),
            (Kind::Oidc, ("email", "")),
        ] {
            assert!(mapping(&kind, &[pair]).is_err(), "{pair:?}");
        }
    }
}
