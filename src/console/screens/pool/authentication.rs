//! Password policy, passkeys, e-mail and SMS delivery.

use egui::Ui;

use crate::base::secret::Secret;
use crate::console::draft::Draft;
use crate::console::screens::{Edit, Screen, ScreenCx};
use crate::console::theme::{self, Icon};
use crate::console::widgets::{self, Field};
use crate::rules::password_policy::{self, Unmet};
use crate::wire::idp::{
    DescribeUserPoolRequest, EmailConfigurationType, EmailSendingAccountType, GetUserPoolMfaConfigRequest,
    PasswordPolicyType, SetUserPoolMfaConfigRequest, UpdateUserPoolRequest, UserVerificationType,
    WebAuthnConfigurationType, WebAuthnFactorConfigurationType,
};

/// The form.
#[derive(Default)]
pub struct AuthenticationMethods {
    tried: Secret,
}

impl Screen for AuthenticationMethods {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::header(
            ui,
            "Authentication methods",
            "Password policy, passkeys, and how messages leave",
            |_| {},
        );
        let asked = DescribeUserPoolRequest {
            user_pool_id: cx.pool_id(),
        };
        let mfa_asked = GetUserPoolMfaConfigRequest {
            user_pool_id: cx.pool_id(),
        };
        let read_only = cx.is_read_only();
        let local = cx.connection.engine.is_some();
        if !cx.is_there::<UpdateUserPoolRequest>(ui, &asked, "The user pool could not be read") {
            return;
        }
        widgets::form(ui, |ui| {
            match cx.edit::<UpdateUserPoolRequest>(&asked) {
                Edit::Loading(_) | Edit::Failed(_) => {}
                Edit::Ready(draft) => {
                    ui.add_enabled_ui(!read_only, |ui| self.passwords(ui, draft));
                }
            }
            if let Edit::Ready(draft) = cx.edit::<SetUserPoolMfaConfigRequest>(&mfa_asked) {
                ui.add_enabled_ui(!read_only, |ui| passkeys(ui, draft));
            }
            if let Edit::Ready(draft) = cx.edit::<UpdateUserPoolRequest>(&asked) {
                ui.add_enabled_ui(!read_only, |ui| email(ui, draft, local));
            }
        });
    }
}

impl AuthenticationMethods {
    fn passwords(&mut self, ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>) {
        let stored = |pool: &UpdateUserPoolRequest| {
            pool.policies
                .as_ref()
                .and_then(|policies| policies.password_policy.clone())
                .unwrap_or_else(password_policy::default_policy)
        };
        let saved = stored(&draft.saved);
        let mut policy = stored(&draft.edited);
        let before = policy.clone();
        let mut defaults = false;
        widgets::card(
            ui,
            "Password policy",
            "What a password must look like",
            |ui| {
                defaults = ui
                    .add(widgets::Button::new("Vendor's defaults").small())
                    .clicked();
            },
            |ui| {
                password_fields(ui, &mut policy, Some(&saved));
                ui.add_space(2.0);
                self.try_out(ui, &policy);
            },
        );
        if defaults {
            policy = PasswordPolicyType {
                password_history_size: policy.password_history_size,
                ..password_policy::default_policy()
            };
        }
        if policy != before {
            // What equals the stored state again is no edit.
            let policies = draft.edited.policies.get_or_insert_default();
            policies.password_policy = if policy == saved {
                draft
                    .saved
                    .policies
                    .as_ref()
                    .and_then(|policies| policies.password_policy.clone())
            } else {
                Some(policy)
            };
        }
    }

    fn try_out(&mut self, ui: &mut Ui, policy: &PasswordPolicyType) {
        let t = theme::tokens(ui);
        let field = Field::new("Try a password")
            .help("Checked here, sent nowhere")
            .width(360.0);
        widgets::password(ui, &mut self.tried, field);
        if self.tried.is_empty() {
            return;
        }
        let unmet = password_policy::check(policy, self.tried.expose());
        ui.horizontal_wrapped(|ui| {
            if unmet.is_empty() {
                widgets::icon(ui, Icon::CircleCheck, t.ok);
                ui.label(t.body("The policy accepts it"));
            } else {
                widgets::icon(ui, Icon::CircleX, t.err);
                let texts: Vec<&str> = unmet.iter().map(|unmet| unmet_text(*unmet)).collect();
                ui.label(t.body(format!("The policy refuses it: {}", texts.join(", "))));
            }
        });
    }
}

/// Says what a password lacks.
fn unmet_text(unmet: Unmet) -> &'static str {
    match unmet {
        Unmet::TooShort => "too short",
        Unmet::TooLong => "too long",
        Unmet::Uppercase => "no capital letter",
        Unmet::Lowercase => "no small letter",
        Unmet::Numbers => "no digit",
        Unmet::Symbols => "no sign",
        Unmet::Edges => "a space at an end",
    }
}

/// Draws the fields of a password policy; `saved` marks what is edited.
pub fn password_fields(ui: &mut Ui, policy: &mut PasswordPolicyType, saved: Option<&PasswordPolicyType>) {
    let PasswordPolicyType {
        minimum_length,
        require_uppercase,
        require_lowercase,
        require_numbers,
        require_symbols,
        password_history_size,
        temporary_password_validity_days,
    } = policy;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        let mut length = minimum_length.unwrap_or(8);
        let changed = saved.is_some_and(|saved| saved.minimum_length != *minimum_length);
        let was = saved
            .and_then(|saved| saved.minimum_length)
            .map(|length| length.to_string())
            .unwrap_or_default();
        let field = Field::new("Minimum length")
            .help("6 to 99")
            .member("MinimumLength")
            .changed(changed)
            .was(&was);
        if widgets::whole_number(ui, &mut length, 6..=99, "characters", field).changed() {
            *minimum_length = Some(length);
        }
        let mut days = temporary_password_validity_days.unwrap_or(7);
        let changed = saved
            .is_some_and(|saved| saved.temporary_password_validity_days != *temporary_password_validity_days);
        let was = saved
            .and_then(|saved| saved.temporary_password_validity_days)
            .map(|days| days.to_string())
            .unwrap_or_default();
        let field = Field::new("Temporary passwords are valid for")
            .help("0 to 365")
            .member("TemporaryPasswordValidityDays")
            .changed(changed)
            .was(&was);
        if widgets::whole_number(ui, &mut days, 0..=365, "days", field).changed() {
            *temporary_password_validity_days = Some(days);
        }
        let mut history = password_history_size.unwrap_or(0);
        let changed = saved.is_some_and(|saved| saved.password_history_size.unwrap_or(0) != history);
        let field = Field::new("Old passwords refused")
            .help("0 to 24")
            .member("PasswordHistorySize")
            .changed(changed);
        if widgets::whole_number(ui, &mut history, 0..=24, "", field).changed() {
            *password_history_size = (history > 0).then_some(history);
        }
    });
    let t = theme::tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.label(t.label("Must hold"));
        for (member, word) in [
            (require_uppercase, "A capital letter"),
            (require_lowercase, "A small letter"),
            (require_numbers, "A digit"),
            (require_symbols, "A sign such as ^ $ * . [ ] { } ( ) ? ! @ # %"),
        ] {
            let mut on = member.unwrap_or(false);
            if widgets::check(ui, &mut on, word, "").changed() {
                *member = Some(on);
            }
        }
    });
}

fn passkeys(ui: &mut Ui, draft: &mut Draft<SetUserPoolMfaConfigRequest>) {
    let saved = draft.saved.web_authn_configuration.clone();
    let WebAuthnConfigurationType {
        mut relying_party_id,
        mut user_verification,
        mut factor_configuration,
    } = draft.edited.web_authn_configuration.clone().unwrap_or_default();
    widgets::card(
        ui,
        "Passkeys",
        "Sign-in with a device's screen lock or a security key",
        |_| {},
        |ui| {
            let mut id = relying_party_id.clone().unwrap_or_default();
            let was = saved
                .as_ref()
                .and_then(|saved| saved.relying_party_id.clone())
                .unwrap_or_default();
            let changed = id != was;
            let field = Field::new("Relying party ID")
                .help("The domain passkeys are bound to. Changing it orphans those that users have.")
                .placeholder("auth.example.com")
                .member("WebAuthnConfiguration.RelyingPartyId")
                .limited_by("WebAuthnConfigurationType", "RelyingPartyId")
                .changed(changed)
                .was(&was)
                .mono();
            if widgets::text(ui, &mut id, field).changed() {
                relying_party_id = (!id.is_empty()).then_some(id);
            }
            let options = [
                (UserVerificationType::Preferred, "Preferred".to_owned()),
                (UserVerificationType::Required, "Required".to_owned()),
            ];
            let mut verification = user_verification
                .clone()
                .unwrap_or(UserVerificationType::Preferred);
            let field = Field::new("User verification").member("WebAuthnConfiguration.UserVerification");
            if widgets::choice(ui, &mut verification, &options, field).changed() {
                user_verification = Some(verification);
            }
            let options = [
                (
                    WebAuthnFactorConfigurationType::SingleFactor,
                    "One factor".to_owned(),
                ),
                (
                    WebAuthnFactorConfigurationType::MultiFactorWithUserVerification,
                    "Two factors when the user was verified".to_owned(),
                ),
            ];
            let mut factors = factor_configuration
                .clone()
                .unwrap_or(WebAuthnFactorConfigurationType::SingleFactor);
            let field = Field::new("Counts as").member("WebAuthnConfiguration.FactorConfiguration");
            if widgets::choice(ui, &mut factors, &options, field).changed() {
                factor_configuration = Some(factors);
            }
        },
    );
    let edited = WebAuthnConfigurationType {
        relying_party_id,
        user_verification,
        factor_configuration,
    };
    draft.edited.web_authn_configuration = if edited == WebAuthnConfigurationType::default() {
        saved.filter(|saved| *saved == edited)
    } else {
        Some(edited)
    };
}

fn email(ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>, local: bool) {
    let saved = draft.saved.email_configuration.clone();
    let EmailConfigurationType {
        mut source_arn,
        mut reply_to_email_address,
        mut email_sending_account,
        mut from,
        mut configuration_set,
    } = draft.edited.email_configuration.clone().unwrap_or_default();
    let purpose = if local {
        "The local engine keeps messages in its outbox; these settings are stored for a move to a remote engine"
    } else {
        "Who messages come from"
    };
    widgets::card(
        ui,
        "E-mail",
        purpose,
        |_| {},
        |ui| {
            let mut account = email_sending_account
                .clone()
                .unwrap_or(EmailSendingAccountType::CognitoDefault);
            let before = account.clone();
            widgets::radio(
                ui,
                &mut account,
                EmailSendingAccountType::CognitoDefault,
                "Built-in sender",
                "Amazon Cognito sends at most 50 messages a day this way",
            );
            widgets::radio(
                ui,
                &mut account,
                EmailSendingAccountType::Developer,
                "Own sender (Amazon SES)",
                "",
            );
            if account != before {
                email_sending_account = Some(account.clone());
            }
            let line =
                |ui: &mut Ui, value: &mut Option<String>, stored: Option<&String>, field: Field<'_>| {
                    let mut text = value.clone().unwrap_or_default();
                    let changed = value.as_ref() != stored;
                    if widgets::text(ui, &mut text, field.changed(changed)).changed() {
                        *value = (!text.is_empty()).then_some(text);
                    }
                };
            let stored = saved.as_ref();
            if account == EmailSendingAccountType::Developer {
                line(
                    ui,
                    &mut source_arn,
                    stored.and_then(|saved| saved.source_arn.as_ref()),
                    Field::new("SES identity ARN")
                        .member("EmailConfiguration.SourceArn")
                        .placeholder("arn:aws:ses:us-east-1:123456789012:identity/example.com")
                        .mono(),
                );
                line(
                    ui,
                    &mut from,
                    stored.and_then(|saved| saved.from.as_ref()),
                    Field::new("From")
                        .member("EmailConfiguration.From")
                        .placeholder("Example <no-reply@example.com>"),
                );
                line(
                    ui,
                    &mut configuration_set,
                    stored.and_then(|saved| saved.configuration_set.as_ref()),
                    Field::new("Configuration set")
                        .member("EmailConfiguration.ConfigurationSet")
                        .optional()
                        .limited_by("EmailConfigurationType", "ConfigurationSet"),
                );
            }
            line(
                ui,
                &mut reply_to_email_address,
                stored.and_then(|saved| saved.reply_to_email_address.as_ref()),
                Field::new("Reply to")
                    .member("EmailConfiguration.ReplyToEmailAddress")
                    .optional()
                    .placeholder("help@example.com"),
            );
        },
    );
    let edited = EmailConfigurationType {
        source_arn,
        reply_to_email_address,
        email_sending_account,
        from,
        configuration_set,
    };
    draft.edited.email_configuration = if edited == EmailConfigurationType::default() {
        saved.filter(|saved| *saved == edited)
    } else {
        Some(edited)
    };
}
