//! The e-mails that tell a user of a risky sign-in, and the proof that an answer to one is
//! the user's.
//!
//! Source: developer guide, "Adding advanced security: notification messages" (placeholders
//! and the two links).

use aws_lc_rs::constant_time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Verdict;
use crate::base::secret::Secret;
use crate::engine::auth::keys::OpenKeys;
use crate::rules::attributes::is_verified;
use crate::store::records::auth_events::AuthEvent;
use crate::store::records::outbox::More;
use crate::store::records::risk::RiskConfiguration;
use crate::store::records::users::User;
use crate::wire::idp::NotifyEmailType;

/// A message to write: where to, and what.
pub struct Notice {
    pub to: String,
    pub subject: String,
    /// HTML.
    pub body: String,
    pub more: More,
}

/// Writes the message that belongs to an event; `None` when the user pool wants none, or the
/// user has no verified address.
pub fn of(
    configuration: &RiskConfiguration,
    verdict: Verdict,
    user: &User,
    event: &AuthEvent,
    token: &Secret,
    links: [String; 2],
) -> Option<Notice> {
    let notify = configuration.takeover.as_ref()?.notify_configuration.as_ref()?;
    let value = |name: &str| user.attributes.get(name).map(String::as_str);
    let to = value("email").filter(|_| is_verified("email", value))?;
    let (template, subject, body) = match verdict {
        Verdict::Block => (
            &notify.block_email,
            include_str!("../../../assets/messages/risk_block.subject.txt"),
            include_str!("../../../assets/messages/risk_block.email.html"),
        ),
        Verdict::MfaIfConfigured | Verdict::MfaRequired => (
            &notify.mfa_email,
            include_str!("../../../assets/messages/risk_mfa.subject.txt"),
            include_str!("../../../assets/messages/risk_mfa.email.html"),
        ),
        Verdict::Allow => (
            &notify.no_action_email,
            include_str!("../../../assets/messages/risk_no_action.subject.txt"),
            include_str!("../../../assets/messages/risk_no_action.email.html"),
        ),
    };
    let built_in = NotifyEmailType {
        subject: subject.trim_end().to_owned(),
        html_body: Some(body.to_owned()),
        text_body: None,
    };
    let template = template.as_ref().unwrap_or(&built_in);
    // Without HTML the body of plain text stands for it, and keeps its lines.
    let body = match (&template.html_body, &template.text_body) {
        (Some(html), _) => html.clone(),
        (None, Some(text)) => escape(text).replace('\n', "<br>"),
        (None, None) => body.to_owned(),
    };
    let place = event.origin.place.clone().unwrap_or_default();
    let address = event.origin.address.map(|it| it.to_string()).unwrap_or_default();
    let [valid, invalid] = links;
    let at = jiff::Timestamp::from_millisecond(event.created_at.0).unwrap_or_default();
    let values = [
        ("{username}", user.username.clone()),
        ("{login-time}", at.to_string()),
        ("{ip-address}", address),
        ("{city}", place.city),
        ("{country}", place.country),
        ("{device-name}", event.device_name.clone().unwrap_or_default()),
        ("{event-id}", event.id.to_string()),
        ("{feedback-token}", token.expose().to_owned()),
        ("{one-click-link-valid}", valid),
        ("{one-click-link-invalid}", invalid),
    ];
    Some(Notice {
        to: to.to_owned(),
        subject: fill(&template.subject, &values, str::to_owned),
        body: fill(&body, &values, escape),
        more: More {
            from: notify.from.clone(),
            reply_to: notify.reply_to.clone(),
            text: template
                .text_body
                .as_deref()
                .map(|text| fill(text, &values, str::to_owned)),
        },
    })
}

/// Returns the token that allows feedback on an event without credentials.
pub fn feedback_token(keys: &OpenKeys, event: &AuthEvent) -> Secret {
    let mac = keys.mac(
        "auth event feedback",
        &[event.sub.as_bytes(), event.id.as_bytes()],
    );
    Secret::new(URL_SAFE_NO_PAD.encode(mac))
}

/// Tells whether a token is that of an event.
pub fn is_feedback_token(keys: &OpenKeys, event: &AuthEvent, given: &Secret) -> bool {
    let right = feedback_token(keys, event);
    constant_time::verify_slices_are_equal(right.expose().as_bytes(), given.expose().as_bytes()).is_ok()
}

/// Puts the values in place of the placeholders in one pass, so that a value that looks like a
/// placeholder stays as it is.
fn fill(template: &str, values: &[(&str, String)], escape: fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        match values.iter().find(|(name, _)| from.starts_with(name)) {
            Some((name, value)) => {
                filled.push_str(&escape(value));
                rest = from.strip_prefix(name).unwrap_or_default();
            }
            None => {
                filled.push('{');
                rest = from.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_filled_in_once() {
        let values = [("{username}", "<{city}>".to_owned()), ("{city}", "X".to_owned())];
        assert_eq!(
            fill("{username} in {city}, {other} {", &values, escape),
            "&lt;{city}&gt; in X, {other} {"
        );
    }
}
