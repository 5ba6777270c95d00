//! Threat protection: how risky a sign-in is and what follows from it, leaked passwords, and
//! the history of what users did.
//!
//! The sign-in asks [`assess`] once a user has shown a first proof, and tells [`events`] how
//! it ended. Whoever takes a new password asks [`refuse_leaked`]. A user pool in audit mode
//! has everything written down and nothing refused.
//!
//! Source: developer guide, "Advanced security with threat protection".

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::base::secret::Secret;
use crate::engine::messages::next_id;
use crate::engine::{Cx, Engine, Error, Result};
use crate::rules::mfa::Demand;
use crate::rules::risk::{self as rules, Level, Origin};
use crate::store::Reader;
use crate::store::records::app_clients::AppClient;
use crate::store::records::auth_events;
use crate::store::records::risk::{self as configurations, RiskConfiguration};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AccountTakeoverActionType, AccountTakeoverEventActionType as Action, AdvancedSecurityEnabledModeType,
    AdvancedSecurityModeType, AuthFlowType, CompromisedCredentialsEventActionType, ContextDataType,
    EventFilterType, UserContextDataType,
};

pub mod events;
pub mod leaked;
pub mod notices;
pub mod places;

/// What a user pool does about risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Off,
    /// Writes down what it would do.
    Audit,
    /// Does it.
    Enforced,
}

impl Mode {
    /// Returns the mode of a user pool.
    pub fn of(pool: &UserPool) -> Self {
        let add_ons = pool.settings.user_pool_add_ons.as_ref();
        match add_ons.map(|it| &it.advanced_security_mode) {
            Some(AdvancedSecurityModeType::Audit) => Self::Audit,
            Some(AdvancedSecurityModeType::Enforced) => Self::Enforced,
            Some(AdvancedSecurityModeType::Off | AdvancedSecurityModeType::Unlisted(_)) | None => Self::Off,
        }
    }

    /// Returns the mode for a flow: custom ones have a setting of their own, else are watched.
    fn of_flow(pool: &UserPool, flow: &AuthFlowType) -> Self {
        let mode = Self::of(pool);
        if mode == Self::Off || *flow != AuthFlowType::CustomAuth {
            return mode;
        }
        let add_ons = pool.settings.user_pool_add_ons.as_ref();
        let custom = add_ons
            .and_then(|it| it.advanced_security_additional_flows.as_ref())
            .and_then(|it| it.custom_auth_mode.as_ref());
        match custom {
            Some(AdvancedSecurityEnabledModeType::Enforced) => Self::Enforced,
            Some(AdvancedSecurityEnabledModeType::Audit) => Self::Audit,
            Some(AdvancedSecurityEnabledModeType::Unlisted(_)) | None => Self::Off,
        }
    }
}

/// Where a call says it comes from.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The address the connection has.
    source: Option<IpAddr>,
    /// The address that the caller names.
    named: Option<IpAddr>,
    /// Whether an admin names it, who is believed.
    is_admin: bool,
    device: Option<String>,
    device_name: Option<String>,
    /// Whether the caller sent anything of the kind.
    pub has_data: bool,
}

impl Context {
    /// Reads what comes with a public call.
    pub fn of_user(cx: &Cx, data: Option<&UserContextDataType>) -> Self {
        Self {
            source: cx.source.map(|address| address.to_canonical()),
            named: data
                .and_then(|data| data.ip_address.as_deref())
                .and_then(|text| text.parse::<IpAddr>().ok())
                .map(|address| address.to_canonical()),
            is_admin: false,
            device: data.and_then(|data| data.encoded_data.clone()),
            device_name: None,
            has_data: data.is_some(),
        }
    }

    /// Reads what comes with an admin's call on behalf of a user.
    ///
    /// # Errors
    ///
    /// `InvalidParameterException` for an address that is none: no list would hold it.
    pub fn of_admin(data: Option<&ContextDataType>) -> Result<Self> {
        let named = data
            .map(|data| data.ip_address.parse::<IpAddr>())
            .transpose()
            .map_err(|_| Error::invalid("ContextData: IpAddress is not an IP address."))?
            .map(|address| address.to_canonical());
        let agent = data
            .into_iter()
            .flat_map(|data| &data.http_headers)
            .find(|header| {
                header
                    .header_name
                    .as_deref()
                    .is_some_and(|name| name.eq_ignore_ascii_case("user-agent"))
            })
            .and_then(|header| header.header_value.clone())
            .filter(|agent| !agent.is_empty());
        Ok(Self {
            // The connection is that of the admin's own server.
            source: None,
            named,
            is_admin: true,
            device: data
                .and_then(|data| data.encoded_data.clone())
                .or_else(|| agent.clone()),
            device_name: agent,
            has_data: data.is_some(),
        })
    }

    /// Returns the address that counts. One that a public call names counts only for a client
    /// that may pass it on, which has a secret.
    pub fn address(&self, client: &AppClient) -> Option<IpAddr> {
        let passes_on = client.settings.enable_propagate_additional_user_context_data == Some(true)
            && !client.secrets.is_empty();
        self.named.filter(|_| self.is_admin || passes_on).or(self.source)
    }

    /// Returns from where and with what the call comes. Reads a file: off the async threads.
    pub fn origin(&self, engine: &Engine, client: &AppClient) -> Origin {
        let address = self.address(client);
        Origin {
            device: self.device.as_deref().map(fingerprint),
            address,
            place: address.and_then(|address| engine.places.of(&engine.data_dir, address)),
        }
    }

    /// Returns the device as people name it.
    pub fn device_name(&self) -> Option<String> {
        self.device_name
            .as_ref()
            .map(|name| name.chars().take(256).collect())
    }
}

/// Names a device by a hash: what callers send may be long and tells much.
fn fingerprint(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let mut hex = hex::encode(hash);
    hex.truncate(32);
    hex
}

/// What follows from a risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The sign-in goes on.
    #[default]
    Allow,
    /// A second factor is asked for when the user can show one.
    MfaIfConfigured,
    /// A second factor is asked for; who can show none is refused.
    MfaRequired,
    /// The sign-in is refused.
    Block,
}

impl Verdict {
    /// Returns what it asks for beside the settings of the pool and the user.
    pub const fn demand(self) -> Demand {
        match self {
            Self::Allow | Self::Block => Demand::AsConfigured,
            Self::MfaIfConfigured => Demand::IfPossible,
            Self::MfaRequired => Demand::Required,
        }
    }
}

/// What was found about a sign-in. Travels with it, sealed, until it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assessment {
    /// Names the event of the sign-in.
    pub event_id: Uuid,
    pub level: Option<Level>,
    pub verdict: Verdict,
    /// Whether the password is a leaked one.
    pub compromised: bool,
    /// Whether the user is to be told by e-mail.
    pub notifies: bool,
}

/// Assesses a sign-in after the first proof; `None` when the user pool does not ask for it.
///
/// Neither a refresh nor a federated sign-in comes here.
///
/// # Errors
///
/// What the store reports.
#[allow(clippy::too_many_arguments)]
pub fn assess(
    r: &mut Reader<'_>,
    engine: &Engine,
    pool: &UserPool,
    client: &AppClient,
    user: &User,
    flow: &AuthFlowType,
    context: &Context,
    now: UnixMillis,
) -> Result<Option<Assessment>> {
    let mode = Mode::of_flow(pool, flow);
    if mode == Mode::Off {
        return Ok(None);
    }
    let configuration = configurations::of_client(r, &pool.id, &client.id)?.unwrap_or_default();
    let mut found = Assessment {
        event_id: next_id(&*engine.rng, now),
        ..Assessment::default()
    };
    let address = context.address(client);
    let (blocked, skipped) = lists(&configuration, address);
    if blocked {
        found.level = Some(Level::High);
        if mode == Mode::Enforced {
            found.verdict = Verdict::Block;
        }
        return Ok(Some(found));
    }
    if skipped {
        return Ok(Some(found));
    }
    let profile = auth_events::profile(r, &pool.id, &user.sub)?;
    let origin = context.origin(engine, client);
    found.level = rules::level(&rules::signs(&profile, &origin, now));
    if let (Some(action), Mode::Enforced) = (action_of(&configuration, found.level), mode) {
        found.verdict = match action.event_action {
            Action::Block => Verdict::Block,
            Action::MfaIfConfigured => Verdict::MfaIfConfigured,
            Action::MfaRequired => Verdict::MfaRequired,
            Action::NoAction | Action::Unlisted(_) => Verdict::Allow,
        };
        found.notifies = action.notify;
    }
    Ok(Some(found))
}

/// The answer to a sign-in that is refused for its risk.
pub fn blocked() -> Error {
    Error::not_authorized("Unable to login because of security reasons")
}

/// Tells whether the user pool looks for leaked passwords on an occasion, and what it does
/// about one: `Some(true)` refuses it, `Some(false)` only writes it down.
///
/// # Errors
///
/// What the store reports.
pub fn leaked_action(
    r: &mut Reader<'_>,
    pool: &UserPool,
    client_id: &str,
    occasion: &EventFilterType,
) -> Result<Option<bool>> {
    let mode = Mode::of(pool);
    if mode == Mode::Off {
        return Ok(None);
    }
    let configuration = configurations::of_client(r, &pool.id, client_id)?;
    let Some(rule) = configuration.and_then(|it| it.compromised) else {
        return Ok(Some(false));
    };
    let applies = rule
        .event_filter
        .as_deref()
        .filter(|filter| !filter.is_empty())
        .is_none_or(|filter| filter.contains(occasion));
    let blocks = rule.actions.event_action == CompromisedCredentialsEventActionType::Block;
    Ok(applies.then_some(blocks && mode == Mode::Enforced))
}

/// Refuses a new password that is among leaked ones, where the user pool wants that; tells
/// whether one goes through that is only written down.
///
/// # Errors
///
/// `InvalidPasswordException`; what the store reports.
pub fn refuse_leaked_in(
    engine: &Engine,
    r: &mut Reader<'_>,
    pool: &UserPool,
    client_id: &str,
    occasion: &EventFilterType,
    password: &Secret,
) -> Result<bool> {
    let Some(refuses) = leaked_action(r, pool, client_id, occasion)? else {
        return Ok(false);
    };
    let is_leaked = leaked::contains(&engine.data_dir, password);
    if is_leaked && refuses {
        return Err(Error::new(
            Code::InvalidPasswordException,
            "Provided password cannot be used for security reasons.",
        ));
    }
    Ok(is_leaked)
}

/// As [`refuse_leaked_in`], in a store job of its own.
///
/// # Errors
///
/// As [`refuse_leaked_in`].
pub async fn refuse_leaked(
    cx: &Cx,
    pool: &UserPool,
    client_id: &str,
    occasion: EventFilterType,
    password: &Secret,
) -> Result<bool> {
    if Mode::of(pool) == Mode::Off {
        return Ok(false);
    }
    let engine = std::sync::Arc::clone(&cx.engine);
    let (pool, client_id, password) = (pool.clone(), client_id.to_owned(), password.clone());
    cx.engine
        .store
        .read(move |r| refuse_leaked_in(&engine, r, &pool, &client_id, &occasion, &password))
        .await
}

/// Tells whether an address is on the list of those to block, and on that of those to skip.
fn lists(configuration: &RiskConfiguration, address: Option<IpAddr>) -> (bool, bool) {
    let (Some(exceptions), Some(address)) = (&configuration.exceptions, address) else {
        return (false, false);
    };
    let is_on = |list: &Option<Vec<String>>| list.as_deref().is_some_and(|list| rules::is_in(list, address));
    (
        is_on(&exceptions.blocked_ip_range_list),
        is_on(&exceptions.skipped_ip_range_list),
    )
}

fn action_of(configuration: &RiskConfiguration, level: Option<Level>) -> Option<&AccountTakeoverActionType> {
    let actions = &configuration.takeover.as_ref()?.actions;
    match level? {
        Level::Low => actions.low_action.as_ref(),
        Level::Medium => actions.medium_action.as_ref(),
        Level::High => actions.high_action.as_ref(),
    }
}
