//! What tokens are issued from: what a sign-in led to, whom it is about, and how long each lives.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::Rng;
use crate::store::records::app_clients::AppClient;
use crate::store::records::groups::Group;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::idp::TimeUnitsType;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// What a sign-in established. Every token that comes of it carries some of this; the
/// refresh token holds all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub sub: Uuid,
    pub client_id: String,
    /// Names the family of tokens.
    pub origin_jti: Uuid,
    /// Names the sign-in in event histories.
    pub event_id: Uuid,
    /// Names this refresh token; a rotated one gets another.
    pub jti: Uuid,
    /// When the user proved who they are; `auth_time`.
    pub signed_in_at: UnixMillis,
    /// When the refresh token ends, rotated or not.
    pub expires_at: UnixMillis,
    /// Space-separated scopes.
    pub scope: String,
    /// The device the user signed in on, where devices are tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// How strongly the user proved who they are; `acr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By what; `amr`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

impl Grant {
    /// Begins a family of tokens for a user who just signed in.
    pub fn new(rng: &dyn Rng, client: &AppClient, user: &User, scope: &str, now: UnixMillis) -> Self {
        // Never before the last sign-out, even when the clock was set back since.
        let signed_in_at = now.max(user.tokens_valid_from);
        Self {
            sub: user.sub,
            client_id: client.id.clone(),
            origin_jti: ids::uuid(rng),
            event_id: ids::uuid(rng),
            jti: ids::uuid(rng),
            signed_in_at,
            expires_at: now.plus_secs(Lifetimes::of(client).refresh_secs),
            scope: scope.to_owned(),
            device_key: None,
            acr: None,
            amr: Vec::new(),
        }
    }

    /// Returns until when a revocation of the family must be kept: the last access token may
    /// be issued at the end of the refresh token and live a day.
    pub fn forget_at(&self) -> UnixMillis {
        self.expires_at.plus_secs(DAY)
    }
}

/// Whom tokens speak of.
pub struct Subject<'a> {
    pub pool: &'a UserPool,
    pub client: &'a AppClient,
    pub user: &'a User,
    /// As [`groups::of_user`] orders them.
    pub groups: &'a [Group],
}

/// How long tokens of a client live, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    pub id_secs: i64,
    pub access_secs: i64,
    pub refresh_secs: i64,
}

impl Lifetimes {
    /// Reads the settings of a client; an hour and thirty days where they say nothing.
    pub fn of(client: &AppClient) -> Self {
        let settings = &client.settings;
        let units = settings.token_validity_units.as_ref();
        let secs = |value: Option<i32>, unit: Option<&TimeUnitsType>, usual_unit, usual| {
            let value = value.filter(|value| *value > 0).map(i64::from);
            value.map_or(usual, |value| {
                value.saturating_mul(unit.map_or(usual_unit, unit_secs))
            })
        };
        Self {
            id_secs: secs(
                settings.id_token_validity,
                units.and_then(|units| units.id_token.as_ref()),
                HOUR,
                HOUR,
            ),
            access_secs: secs(
                settings.access_token_validity,
                units.and_then(|units| units.access_token.as_ref()),
                HOUR,
                HOUR,
            ),
            refresh_secs: secs(
                settings.refresh_token_validity,
                units.and_then(|units| units.refresh_token.as_ref()),
                DAY,
                DAY.saturating_mul(30),
            ),
        }
    }
}

fn unit_secs(unit: &TimeUnitsType) -> i64 {
    match unit {
        TimeUnitsType::Seconds => 1,
        TimeUnitsType::Minutes => 60,
        TimeUnitsType::Hours | TimeUnitsType::Unlisted(_) => HOUR,
        TimeUnitsType::Days => DAY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::auth::tokens::tests::sample;

    #[test]
    fn lifetimes_follow_their_units() {
        let (_, mut client, _) = sample();
        let usual = Lifetimes {
            id_secs: 3600,
            access_secs: 3600,
            refresh_secs: 30 * 86_400,
        };
        assert_eq!(Lifetimes::of(&client), usual);
        client.settings.refresh_token_validity = Some(0);
        assert_eq!(Lifetimes::of(&client), usual);
        client.settings.refresh_token_validity = Some(2);
        client.settings.access_token_validity = Some(2);
        client.settings.id_token_validity = Some(5);
        client.settings.token_validity_units = Some(crate::wire::idp::TokenValidityUnitsType {
            id_token: Some(TimeUnitsType::Minutes),
            ..Default::default()
        });
        let set = Lifetimes::of(&client);
        assert_eq!(
            (set.id_secs, set.access_secs, set.refresh_secs),
            (300, 7200, 172_800)
        );
    }
}
