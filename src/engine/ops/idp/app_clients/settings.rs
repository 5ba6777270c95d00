//! The settings of an app client: what a request may ask for, and what is kept of it.

use crate::base::ids;
use crate::base::secret::Secret;
use crate::engine::auth::client::CLIENT_TOKEN;
use crate::engine::ops::idp::identity_providers::provider_exists;
use crate::engine::ops::idp::resource_servers::scope_exists;
use crate::engine::{Cx, Error, Result};
use crate::rules::attributes;
use crate::store::Reader;
use crate::store::records::user_pools::UserPool;
use crate::wire::fault::Code;
use crate::wire::idp::{
    CreateUserPoolClientRequest, ExplicitAuthFlowsType, FeatureType, OAuthFlowType,
    PreventUserExistenceErrorTypes, RefreshTokenRotationType, TimeUnitsType, TokenValidityUnitsType,
    UpdateUserPoolClientRequest, UserPoolClientType,
};

/// Splits a creation into what an update could have set, and the secret.
pub(super) fn split(
    request: CreateUserPoolClientRequest,
    cx: &Cx,
) -> Result<(UpdateUserPoolClientRequest, Option<Secret>)> {
    let CreateUserPoolClientRequest {
        user_pool_id,
        client_name,
        generate_secret,
        client_secret,
        refresh_token_validity,
        access_token_validity,
        id_token_validity,
        token_validity_units,
        read_attributes,
        write_attributes,
        explicit_auth_flows,
        supported_identity_providers,
        callback_urls,
        logout_urls,
        default_redirect_uri,
        allowed_o_auth_flows,
        allowed_o_auth_scopes,
        allowed_o_auth_flows_user_pool_client,
        analytics_configuration,
        prevent_user_existence_errors,
        enable_token_revocation,
        enable_propagate_additional_user_context_data,
        auth_session_validity,
        refresh_token_rotation,
    } = request;
    let secret = match (client_secret, generate_secret) {
        (Some(_), Some(true)) => {
            return Err(Error::invalid(
                "Only one of GenerateSecret and ClientSecret can be given.",
            ));
        }
        (Some(given), _) => Some(given),
        (None, Some(true)) => Some(Secret::new(ids::client_secret(cx.rng()))),
        (None, _) => None,
    };
    let wanted = UpdateUserPoolClientRequest {
        user_pool_id,
        client_id: String::new(),
        client_name: Some(client_name),
        refresh_token_validity,
        access_token_validity,
        id_token_validity,
        token_validity_units,
        read_attributes,
        write_attributes,
        explicit_auth_flows,
        supported_identity_providers,
        callback_urls,
        logout_urls,
        default_redirect_uri,
        allowed_o_auth_flows,
        allowed_o_auth_scopes,
        allowed_o_auth_flows_user_pool_client,
        analytics_configuration,
        prevent_user_existence_errors,
        enable_token_revocation,
        enable_propagate_additional_user_context_data,
        auth_session_validity,
        refresh_token_rotation,
    };
    Ok((wanted, secret))
}

/// Makes the settings that a request asks for: checks it and fills in defaults.
pub(super) fn settings_of(
    r: &mut Reader<'_>,
    wanted: UpdateUserPoolClientRequest,
    pool: &UserPool,
    has_secret: bool,
    name_before: Option<&str>,
) -> Result<UserPoolClientType> {
    let UpdateUserPoolClientRequest {
        user_pool_id: _,
        client_id: _,
        client_name,
        refresh_token_validity,
        access_token_validity,
        id_token_validity,
        token_validity_units,
        read_attributes,
        write_attributes,
        explicit_auth_flows,
        supported_identity_providers,
        callback_urls,
        logout_urls,
        default_redirect_uri,
        allowed_o_auth_flows,
        allowed_o_auth_scopes,
        allowed_o_auth_flows_user_pool_client,
        analytics_configuration,
        prevent_user_existence_errors,
        enable_token_revocation,
        enable_propagate_additional_user_context_data,
        auth_session_validity,
        refresh_token_rotation,
    } = wanted;
    let mut units = token_validity_units.unwrap_or_default();
    let mut refresh = refresh_token_validity.unwrap_or(0);
    if refresh == 0 {
        refresh = 30;
        units.refresh_token = units.refresh_token.map(|_| TimeUnitsType::Days);
    }
    check_lifetimes(refresh, access_token_validity, id_token_validity, &units)?;
    check_attributes(pool, read_attributes.as_deref(), write_attributes.as_deref())?;
    let rotation = refresh_token_rotation.map(|rotation| RefreshTokenRotationType {
        retry_grace_period_seconds: rotation.retry_grace_period_seconds.or(Some(0)),
        ..rotation
    });
    let rotates = rotation
        .as_ref()
        .is_some_and(|rotation| rotation.feature == FeatureType::Enabled);
    let flows = flows_of(explicit_auth_flows, rotates, has_secret)?;
    let uses_oauth = allowed_o_auth_flows_user_pool_client.unwrap_or(false);
    let oauth_flows = allowed_o_auth_flows.filter(|list| !list.is_empty());
    let scopes = allowed_o_auth_scopes.filter(|list| !list.is_empty());
    check_oauth(uses_oauth, oauth_flows.as_deref(), scopes.as_deref(), has_secret)?;
    for scope in scopes.iter().flatten() {
        if !scope_exists(r, pool, scope)? {
            return Err(Error::new(
                Code::ScopeDoesNotExistException,
                format!("Scope {scope} does not exist."),
            ));
        }
    }
    let callback_urls = callback_urls.filter(|list| !list.is_empty());
    let logout_urls = logout_urls.filter(|list| !list.is_empty());
    for url in callback_urls.iter().chain(&logout_urls).flatten() {
        if let Some(reason) = redirect_refused(url) {
            return Err(Error::invalid(format!("{url}: {reason}")));
        }
    }
    if let Some(default) = &default_redirect_uri
        && !callback_urls.iter().flatten().any(|url| url == default)
    {
        return Err(Error::invalid("DefaultRedirectURI must be one of CallbackURLs."));
    }
    let providers = supported_identity_providers.filter(|list| !list.is_empty());
    for name in providers.iter().flatten() {
        if !provider_exists(r, &pool.id, name)? {
            return Err(Error::invalid(format!(
                "The provider {name} does not exist for User Pool {}.",
                pool.id
            )));
        }
    }
    let propagates = enable_propagate_additional_user_context_data.unwrap_or(false);
    if propagates && !has_secret {
        return Err(Error::invalid(
            "EnablePropagateAdditionalUserContextData needs a client with a secret.",
        ));
    }
    Ok(UserPoolClientType {
        client_name: client_name.or_else(|| name_before.map(str::to_owned)),
        refresh_token_validity: Some(refresh),
        access_token_validity,
        id_token_validity,
        token_validity_units: Some(units),
        read_attributes,
        write_attributes,
        explicit_auth_flows: Some(flows),
        supported_identity_providers: providers,
        callback_urls,
        logout_urls,
        default_redirect_uri,
        allowed_o_auth_flows: oauth_flows,
        allowed_o_auth_scopes: scopes,
        allowed_o_auth_flows_user_pool_client: Some(uses_oauth),
        analytics_configuration,
        prevent_user_existence_errors: prevent_user_existence_errors
            .or(Some(PreventUserExistenceErrorTypes::Legacy)),
        enable_token_revocation: Some(enable_token_revocation.unwrap_or(true)),
        enable_propagate_additional_user_context_data: Some(propagates),
        auth_session_validity: auth_session_validity.or(Some(3)),
        refresh_token_rotation: rotation,
        ..UserPoolClientType::default()
    })
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn check_lifetimes(
    refresh: i32,
    access: Option<i32>,
    id: Option<i32>,
    units: &TokenValidityUnitsType,
) -> Result<()> {
    let secs = |value: i32, unit: Option<&TimeUnitsType>, usual: i64| {
        let unit = match unit {
            Some(TimeUnitsType::Seconds) => 1,
            Some(TimeUnitsType::Minutes) => 60,
            Some(TimeUnitsType::Hours) => HOUR,
            Some(TimeUnitsType::Days) => DAY,
            Some(TimeUnitsType::Unlisted(_)) | None => usual,
        };
        i64::from(value).saturating_mul(unit)
    };
    let refresh = secs(refresh, units.refresh_token.as_ref(), DAY);
    if !(HOUR..=DAY.saturating_mul(3650)).contains(&refresh) {
        return Err(Error::invalid("Invalid range for token validity."));
    }
    for (value, unit) in [
        (access, units.access_token.as_ref()),
        (id, units.id_token.as_ref()),
    ] {
        let Some(value) = value else { continue };
        let lifetime = secs(value, unit, HOUR);
        if !(300..=DAY).contains(&lifetime) {
            return Err(Error::invalid("Invalid range for token validity."));
        }
        if lifetime > refresh {
            return Err(Error::invalid(
                "Access and ID tokens cannot be valid for longer than refresh tokens.",
            ));
        }
    }
    Ok(())
}

fn check_attributes(pool: &UserPool, read: Option<&[String]>, write: Option<&[String]>) -> Result<()> {
    let schema = attributes::schema_of(&pool.settings);
    let unknown = |list: &[String]| list.iter().any(|name| attributes::find(&schema, name).is_none());
    if read.is_some_and(unknown) {
        return Err(Error::invalid(
            "Invalid read attributes specified while creating a client",
        ));
    }
    let Some(write) = write.filter(|list| !list.is_empty()) else {
        return Ok(());
    };
    let forbidden = |name: &String| {
        attributes::is_verified_flag(name)
            || name == "sub"
            || name == "identities"
            || name.starts_with("dev:")
    };
    let missing = !attributes::missing_required(&schema, |name| write.iter().any(|it| it == name)).is_empty();
    if unknown(write) || write.iter().any(forbidden) || missing {
        return Err(Error::invalid(
            "Invalid write attributes specified while creating a client",
        ));
    }
    Ok(())
}

pub(super) fn flows_of(
    given: Option<Vec<ExplicitAuthFlowsType>>,
    rotates: bool,
    has_secret: bool,
) -> Result<Vec<ExplicitAuthFlowsType>> {
    use ExplicitAuthFlowsType as Flows;
    let Some(flows) = given.filter(|list| !list.is_empty()) else {
        let mut flows = vec![Flows::AllowUserSrpAuth, Flows::AllowCustomAuth];
        if !rotates {
            flows.insert(0, Flows::AllowRefreshTokenAuth);
        }
        return Ok(flows);
    };
    let is_older = |flow: &&Flows| {
        matches!(
            flow,
            Flows::AdminNoSrpAuth | Flows::CustomAuthFlowOnly | Flows::UserPasswordAuth
        )
    };
    let older = flows.iter().filter(is_older).count();
    if older > 0 && older < flows.len() {
        return Err(Error::invalid(
            "ExplicitAuthFlows with the prefix ALLOW_ cannot be used together with ones without it.",
        ));
    }
    if rotates && flows.contains(&Flows::AllowRefreshTokenAuth) {
        return Err(Error::invalid(
            "ALLOW_REFRESH_TOKEN_AUTH cannot be used together with refresh token rotation.",
        ));
    }
    let of_machines = |flow: &Flows| *flow == Flows::Unlisted(CLIENT_TOKEN.to_owned());
    if flows.iter().any(of_machines) {
        if flows.len() > 1 {
            return Err(Error::invalid(
                "ALLOW_CLIENT_TOKEN_AUTH cannot be used together with other flows.",
            ));
        }
        if !has_secret {
            return Err(Error::invalid("ALLOW_CLIENT_TOKEN_AUTH needs a client secret."));
        }
    }
    Ok(flows)
}

fn check_oauth(
    uses_oauth: bool,
    flows: Option<&[OAuthFlowType]>,
    scopes: Option<&[String]>,
    has_secret: bool,
) -> Result<()> {
    let bad_flow = |text: &str| Error::new(Code::InvalidOAuthFlowException, text);
    if !uses_oauth {
        if flows.is_some() || scopes.is_some() {
            return Err(Error::invalid(
                "AllowedOAuthFlowsUserPoolClient must be true to use AllowedOAuthFlows or AllowedOAuthScopes.",
            ));
        }
        return Ok(());
    }
    let (Some(flows), Some(scopes)) = (flows, scopes) else {
        return Err(Error::invalid(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        ));
    };
    if flows.contains(&OAuthFlowType::ClientCredentials) {
        if flows.len() > 1 {
            return Err(bad_flow(
                "client_credentials flow can not be selected along with code flow or implicit flow.",
            ));
        }
        if !has_secret {
            return Err(bad_flow(
                "client_credentials flow can not be selected if client does not have a client secret.",
            ));
        }
    }
    let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
    if !has("openid") && (has("email") || has("phone") || has("profile")) {
        return Err(Error::invalid(
            "The scopes email, phone and profile need the scope openid.",
        ));
    }
    Ok(())
}

/// Tells why a callback or sign-out URL is refused.
///
/// Absolute, without a fragment or wildcard; `https`, or `http` on the loopback addresses, or
/// a scheme of an app of its own. Source: developer guide, "App client settings terms".
fn redirect_refused(url: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Some("The URL must be absolute.");
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !is_scheme {
        return Some("The URL must be absolute.");
    }
    if url.contains('#') {
        return Some("The URL must not have a fragment.");
    }
    if url.contains('*') {
        return Some("The URL must not have wildcards.");
    }
    let scheme = scheme.to_ascii_lowercase();
    // A script would run where the page was meant to go.
    if matches!(
        scheme.as_str(),
        "javascript" | "data" | "vbscript" | "file" | "about" | "blob"
    ) {
        return Some("The URL has a scheme that is not allowed.");
    }
    if scheme != "http" && scheme != "https" {
        return rest.is_empty().then_some("The URL must be absolute.");
    }
    let Some(rest) = rest.strip_prefix("//") else {
        return Some("The URL must be absolute.");
    };
    let authority = rest.split(['/', '?', '\\']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        return Some("The URL must name a host, and no user.");
    }
    let host = match authority.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_loopback = matches!(
        host.to_ascii_lowercase().as_str(),
        "localhost" | "127.0.0.1" | "::1"
    );
    (scheme == "http" && !is_loopback).then_some("HTTPS is required, except on localhost.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_https_loopback_or_of_an_app() {
        for good in [
            "https://example.com/back",
            "https://example.com",
            "http://localhost:3000/back",
            "http://127.0.0.1:9/",
            "http://[::1]:8080/x",
            "myapp://callback",
            "com.example.app:/back",
        ] {
            assert_eq!(redirect_refused(good), None, "{good}");
        }
        for bad in [
            "example.com",
            "/back",
            "http://example.com",
            "http://localhost.example.com/",
            "https://example.com/#part",
            "https://*.example.com/",
            "https:///path",
            "https:example.com",
            "https://user@example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:",
            "1app://x",
        ] {
            assert!(redirect_refused(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn lifetimes_keep_to_their_ranges() {
        let units = |unit: TimeUnitsType| TokenValidityUnitsType {
            access_token: Some(unit.clone()),
            id_token: Some(unit.clone()),
            refresh_token: Some(unit),
        };
        let minutes = units(TimeUnitsType::Minutes);
        assert!(check_lifetimes(60, Some(5), Some(60), &minutes).is_ok());
        assert!(check_lifetimes(60, Some(4), None, &minutes).is_err());
        assert!(check_lifetimes(59, Some(5), None, &minutes).is_err());
        assert!(check_lifetimes(60, Some(61), None, &minutes).is_err());
        let usual = TokenValidityUnitsType::default();
        assert!(check_lifetimes(3650, Some(24), Some(1), &usual).is_ok());
        assert!(check_lifetimes(3651, None, None, &usual).is_err());
        assert!(check_lifetimes(30, Some(25), None, &usual).is_err());
    }
}
