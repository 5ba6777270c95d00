//! The three functions of a custom sign-in: which challenge comes next, what it asks, and
//! whether the answer is right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::sign_in::Who;
use super::{Event, Scene, Trigger, answer, invoke};
use crate::engine::Result;

const SOURCE: &str = "Authentication";

/// One challenge that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub challenge_name: String,
    pub challenge_result: bool,
    /// What the function that made the challenge noted of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_metadata: Option<String>,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    Tokens,
    Failure,
    Challenge(String),
}

/// Asks what comes after these steps.
///
/// # Errors
///
/// As [`invoke`]; `InvalidLambdaResponseException` when the function decides nothing.
pub async fn define(scene: &Scene<'_>, who: Who<'_>, session: &[Step]) -> Result<Option<Next>> {
    let event = Event::new(Trigger::DefineAuthChallenge, SOURCE, who.user_name)
        .with("userAttributes", who.attributes(scene))
        .with("session", json!(session))
        .with_metadata(scene)
        .with_some("userNotFound", who.not_found())
        .answering(json!({"challengeName": null, "issueTokens": null, "failAuthentication": null}));
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    let name = answer::text(&answer, "challengeName")?;
    let tokens = answer::flag(&answer, "issueTokens")?;
    // When a function says both, it has not said yes.
    if answer::flag(&answer, "failAuthentication")? {
        return Ok(Some(Next::Failure));
    }
    if tokens {
        return Ok(Some(Next::Tokens));
    }
    match name.filter(|name| !name.is_empty()) {
        Some(name) => Ok(Some(Next::Challenge(name))),
        None => Err(answer::unrecognizable()),
    }
}

/// A challenge that a function made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Created {
    /// What the caller is told.
    pub public: BTreeMap<String, String>,
    /// What the function that checks the answer is told.
    pub private: BTreeMap<String, String>,
    pub metadata: Option<String>,
}

/// Asks for a challenge.
///
/// # Errors
///
/// As [`invoke`].
pub async fn create(
    scene: &Scene<'_>,
    who: Who<'_>,
    challenge_name: &str,
    session: &[Step],
) -> Result<Option<Created>> {
    let event = Event::new(Trigger::CreateAuthChallenge, SOURCE, who.user_name)
        .with("userAttributes", who.attributes(scene))
        .with("challengeName", challenge_name)
        .with("session", json!(session))
        .with_metadata(scene)
        .with_some("userNotFound", who.not_found())
        .answering(json!({
            "publicChallengeParameters": null,
            "privateChallengeParameters": null,
            "challengeMetadata": null,
        }));
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    Ok(Some(Created {
        public: answer::named_texts(&answer, "publicChallengeParameters")?.unwrap_or_default(),
        private: answer::named_texts(&answer, "privateChallengeParameters")?.unwrap_or_default(),
        metadata: answer::text(&answer, "challengeMetadata")?,
    }))
}

/// Asks whether an answer is right.
///
/// # Errors
///
/// As [`invoke`].
pub async fn verify(
    scene: &Scene<'_>,
    who: Who<'_>,
    private: &BTreeMap<String, String>,
    given: &str,
) -> Result<Option<bool>> {
    let event = Event::new(Trigger::VerifyAuthChallengeResponse, SOURCE, who.user_name)
        .with("userAttributes", who.attributes(scene))
        .with("privateChallengeParameters", json!(private))
        .with("challengeAnswer", given)
        .with_metadata(scene)
        .with_some("userNotFound", who.not_found())
        .answering(json!({"answerCorrect": Value::Null}));
    let Some(answer) = invoke(scene, event).await? else {
        return Ok(None);
    };
    answer::flag(&answer, "answerCorrect").map(Some)
}
