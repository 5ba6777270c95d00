//! The status of a user as a badge, and which actions the service takes in it.

use egui::{Response, Ui};

use crate::console::jobs::bulk::Action;
use crate::console::theme::Icon;
use crate::console::widgets::{Badge, badge, badge_or_icon};
use crate::wire::idp::UserStatusType;

/// Returns the words, colour, icon and explanation of a status.
pub fn look(status: &UserStatusType) -> (&'static str, Badge, Icon, &'static str) {
    match status {
        UserStatusType::Confirmed => (
            "Confirmed",
            Badge::Ok,
            Icon::CircleCheck,
            "Signed up and verified, or created and confirmed",
        ),
        UserStatusType::Unconfirmed => (
            "Unconfirmed",
            Badge::Warn,
            Icon::Clock,
            "Signed up, the code not entered yet",
        ),
        UserStatusType::ForceChangePassword => (
            "Force change password",
            Badge::Info,
            Icon::KeyRound,
            "Has a temporary password",
        ),
        UserStatusType::ResetRequired => (
            "Reset required",
            Badge::Orange,
            Icon::RefreshCw,
            "Must set a new password before signing in",
        ),
        UserStatusType::ExternalProvider => (
            "External provider",
            Badge::Violet,
            Icon::Link,
            "Signs in through an identity provider",
        ),
        UserStatusType::Compromised => (
            "Compromised",
            Badge::Err,
            Icon::ShieldAlert,
            "Flagged by threat protection",
        ),
        UserStatusType::Archived => (
            "Archived",
            Badge::Gray,
            Icon::CircleQuestionMark,
            "No longer issued",
        ),
        UserStatusType::Unknown | UserStatusType::Unlisted(_) => (
            "Unknown",
            Badge::Gray,
            Icon::CircleQuestionMark,
            "The endpoint gives no status this console knows",
        ),
    }
}

/// Shows the status as a badge.
pub fn status_badge(ui: &mut Ui, status: &UserStatusType) -> Response {
    let (words, tone, icon, meaning) = look(status);
    badge(ui, tone, icon, words).on_hover_text(meaning)
}

/// Shows that a user cannot sign in.
pub fn disabled_badge(ui: &mut Ui) -> Response {
    badge_or_icon(ui, Badge::Gray, Icon::Ban, "Disabled").on_hover_text("Disabled: cannot sign in")
}

/// Tells why the service would refuse an action on a user, or `None` when it takes it.
///
/// Source: the state descriptions of the API reference (AdminConfirmSignUp,
/// AdminResetUserPassword, AdminCreateUser).
pub fn refusal(action: &Action, status: &UserStatusType, enabled: bool) -> Option<&'static str> {
    match action {
        Action::Confirm if *status != UserStatusType::Unconfirmed => {
            Some("Only users who signed up and are unconfirmed can be confirmed")
        }
        Action::ResetPassword
            if !matches!(status, UserStatusType::Confirmed | UserStatusType::ResetRequired) =>
        {
            Some("Only confirmed users can be sent a reset code")
        }
        Action::ResendInvitation if *status != UserStatusType::ForceChangePassword => {
            Some("Only users with a temporary password have an invitation")
        }
        Action::Enable if enabled => Some("The user is enabled already"),
        Action::Disable if !enabled => Some("The user is disabled already"),
        Action::ResetPassword if !enabled => Some("The user is disabled"),
        Action::Enable
        | Action::Disable
        | Action::Confirm
        | Action::ResetPassword
        | Action::ResendInvitation
        | Action::SignOut
        | Action::AddToGroup(_)
        | Action::RemoveFromGroup(_)
        | Action::Delete => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_the_service_refuses_are_explained() {
        use UserStatusType as S;
        assert!(refusal(&Action::Confirm, &S::Unconfirmed, true).is_none());
        assert!(refusal(&Action::Confirm, &S::Confirmed, true).is_some());
        assert!(refusal(&Action::ResetPassword, &S::ForceChangePassword, true).is_some());
        assert!(refusal(&Action::ResendInvitation, &S::ForceChangePassword, true).is_none());
        assert!(refusal(&Action::Disable, &S::Confirmed, false).is_some());
        assert!(refusal(&Action::Delete, &S::Confirmed, true).is_none());
    }
}
