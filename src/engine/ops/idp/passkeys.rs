//! Operations of signed-in users on their passkeys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::paging::Page;
use crate::engine::auth::passkeys::{self, PASSKEYS_MAX};
use crate::engine::auth::tokens::{self, Claims};
use crate::engine::dispatch::{Handler, Route};
use crate::engine::{Cx, Error, Result};
use crate::store::records::codes::{self, PendingCode};
use crate::store::records::passkeys as records;
use crate::store::records::passkeys::Passkey;
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::User;
use crate::wire::fault::Code;
use crate::wire::idp::{
    CompleteWebAuthnRegistrationRequest, CompleteWebAuthnRegistrationResponse,
    DeleteWebAuthnCredentialRequest, DeleteWebAuthnCredentialResponse, ListWebAuthnCredentialsRequest,
    ListWebAuthnCredentialsResponse, StartWebAuthnRegistrationRequest, StartWebAuthnRegistrationResponse,
    UserStatusType, WebAuthnCredentialDescription,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<StartWebAuthnRegistrationRequest>(),
    Route::of::<CompleteWebAuthnRegistrationRequest>(),
    Route::of::<ListWebAuthnCredentialsRequest>(),
    Route::of::<DeleteWebAuthnCredentialRequest>(),
];

/// The purpose under which a registration waits for its answer, beside the codes.
const WAITING: &str = "passkey";
/// How long it waits. Longer than the browser does: its user may have to find a phone first.
const WAITS_SECS: i64 = 300;

/// A registration between its two calls.
#[derive(Serialize, Deserialize)]
struct Begun {
    client_id: String,
    relying_party_id: String,
    /// The library's.
    state: Value,
}

/// Returns who presents an access token. None of these operations declares that the user is gone.
async fn signed_in(cx: &Cx, token: &crate::base::secret::Secret) -> Result<(UserPool, User, Claims)> {
    let (pool, _, user, claims) = tokens::user_of_access_token(cx, token)
        .await
        .map_err(tokens::gone_is_revoked)?;
    if user.status == UserStatusType::ResetRequired {
        return Err(Error::reset_required());
    }
    Ok((pool, user, claims))
}

fn require_enabled(pool: &UserPool) -> Result<()> {
    if passkeys::is_enabled(pool) {
        return Ok(());
    }
    Err(Error::new(
        Code::WebAuthnNotEnabledException,
        "Passkeys are not enabled for the user pool.",
    ))
}

fn too_many() -> Error {
    Error::new(
        Code::LimitExceededException,
        format!("A user has at most {PASSKEYS_MAX} passkeys."),
    )
}

impl Handler for StartWebAuthnRegistrationRequest {
    async fn handle(self, cx: &Cx) -> Result<StartWebAuthnRegistrationResponse> {
        let (pool, user, claims) = signed_in(cx, &self.access_token).await?;
        require_enabled(&pool)?;
        let (begun, options, pool, user) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let id = passkeys::relying_party_id(r, &pool)?.ok_or_else(passkeys::unconfigured)?;
                let existing = records::of_user(r, &pool.id, &user.sub, PASSKEYS_MAX)?;
                if existing.len() >= PASSKEYS_MAX {
                    return Err(too_many());
                }
                let (options, state) = passkeys::start(&pool, &id, &user, &existing)?;
                let begun = Begun {
                    client_id: claims.client_id,
                    relying_party_id: id,
                    state: serde_json::to_value(state).map_err(Error::internal)?,
                };
                Ok((begun, options, pool, user))
            })
            .await?;
        let waiting = PendingCode {
            expires_at: cx.now().plus_secs(WAITS_SECS),
            destination: serde_json::to_string(&begun).map_err(Error::internal)?,
            ..PendingCode::default()
        };
        cx.engine
            .store
            .transact("StartWebAuthnRegistration", move |tx| {
                codes::put(tx, &pool.id, &user.sub, WAITING, &waiting).map_err(Error::from)
            })
            .await?;
        Ok(StartWebAuthnRegistrationResponse {
            credential_creation_options: options,
        })
    }
}

impl Handler for CompleteWebAuthnRegistrationRequest {
    async fn handle(self, cx: &Cx) -> Result<CompleteWebAuthnRegistrationResponse> {
        let (pool, user, claims) = signed_in(cx, &self.access_token).await?;
        require_enabled(&pool)?;
        let now = cx.now();
        let (pool_id, sub) = (pool.id.clone(), user.sub);
        // Taken, not read: an answer counts once, right or wrong.
        let waiting = cx
            .engine
            .store
            .transact("take passkey registration", move |tx| {
                let waiting = codes::get(tx, &pool_id, &sub, WAITING)?;
                codes::remove(tx, &pool_id, &sub, WAITING)?;
                Ok::<_, Error>(waiting)
            })
            .await?;
        let begun = waiting
            .filter(|waiting| waiting.expires_at > now)
            .and_then(|waiting| serde_json::from_str::<Begun>(&waiting.destination).ok())
            .ok_or_else(|| {
                Error::new(
                    Code::WebAuthnChallengeNotFoundException,
                    "No registration of a passkey waits for this answer.",
                )
            })?;
        if begun.client_id != claims.client_id {
            return Err(Error::new(
                Code::WebAuthnClientMismatchException,
                "The registration was begun by another app client.",
            ));
        }
        let passkey = cx
            .engine
            .store
            .read(move |r| {
                if passkeys::relying_party_id(r, &pool)?.as_ref() != Some(&begun.relying_party_id) {
                    return Err(Error::new(
                        Code::WebAuthnRelyingPartyMismatchException,
                        "The relying party of the user pool was changed.",
                    ));
                }
                let state = serde_json::from_value(begun.state).map_err(Error::internal)?;
                let id = &begun.relying_party_id;
                passkeys::complete(&pool, id, &user, &state, self.credential, now)
            })
            .await?;
        cx.engine
            .store
            .transact("CompleteWebAuthnRegistration", move |tx| {
                let has = records::of_user(tx, &passkey.user_pool_id, &passkey.sub, PASSKEYS_MAX)?;
                if has.len() >= PASSKEYS_MAX {
                    return Err(too_many());
                }
                // Whoever's it is. W3C WebAuthn level 3 §7.1 step 26.
                if records::is_taken(tx, &passkey.user_pool_id, &passkey.id)?
                    || !records::insert(tx, &passkey)?
                {
                    return Err(Error::invalid("The passkey is registered already."));
                }
                Ok(())
            })
            .await?;
        Ok(CompleteWebAuthnRegistrationResponse {})
    }
}

impl Handler for ListWebAuthnCredentialsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListWebAuthnCredentialsResponse> {
        let (pool, user, _) = signed_in(cx, &self.access_token).await?;
        let listing = format!("passkeys/{}/{}", pool.id, user.sub);
        let page = Page::new(
            cx,
            listing,
            self.next_token.as_deref(),
            self.max_results,
            PASSKEYS_MAX,
        )?;
        let after = URL_SAFE_NO_PAD
            .decode(&page.after)
            .map_err(|_| Error::invalid("Invalid pagination token."))?;
        let found = cx
            .engine
            .store
            .read(move |r| records::of_user(r, &pool.id, &user.sub, PASSKEYS_MAX).map_err(Error::from))
            .await?;
        let mut rest: Vec<WebAuthnCredentialDescription> = found
            .into_iter()
            .filter(|passkey| after.is_empty() || passkey.id > after)
            .map(description)
            .take(page.ask())
            .collect();
        let next_token = page.cut(cx, &mut rest, |passkey| &passkey.credential_id);
        Ok(ListWebAuthnCredentialsResponse {
            credentials: rest,
            next_token,
        })
    }
}

fn description(passkey: Passkey) -> WebAuthnCredentialDescription {
    WebAuthnCredentialDescription {
        credential_id: URL_SAFE_NO_PAD.encode(&passkey.id),
        friendly_credential_name: passkey.name,
        relying_party_id: passkey.relying_party_id,
        authenticator_attachment: passkey.attachment,
        authenticator_transports: passkey.transports,
        created_at: passkey.created_at.into(),
    }
}

impl Handler for DeleteWebAuthnCredentialRequest {
    async fn handle(self, cx: &Cx) -> Result<DeleteWebAuthnCredentialResponse> {
        let (pool, user, _) = signed_in(cx, &self.access_token).await?;
        let none = || Error::not_found("The passkey does not exist.");
        let id = URL_SAFE_NO_PAD
            .decode(self.credential_id.trim_end_matches('='))
            .map_err(|_| none())?;
        cx.engine
            .store
            .transact("DeleteWebAuthnCredential", move |tx| {
                if records::delete(tx, &pool.id, &user.sub, &id)? {
                    return Ok(DeleteWebAuthnCredentialResponse {});
                }
                Err(none())
            })
            .await
    }
}
