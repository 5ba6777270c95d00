//! Identifiers, first factors, multi-factor authentication, recovery, devices.

use egui::Ui;

use crate::console::command::Tone;
use crate::console::draft::Draft;
use crate::console::screens::{Edit, Screen, ScreenCx};
use crate::console::theme;
use crate::console::widgets::{self, Field};
use crate::wire::idp::{
    AccountRecoverySettingType, AuthFactorType, DescribeUserPoolRequest, DeviceConfigurationType,
    GetUserPoolMfaConfigRequest, RecoveryOptionNameType, RecoveryOptionType, SetUserPoolMfaConfigRequest,
    UpdateUserPoolRequest, UserPoolMfaType, UserPoolType,
};

/// The form.
#[derive(Default)]
pub struct SignIn {}

impl Screen for SignIn {
    fn ui(&mut self, ui: &mut Ui, cx: &mut ScreenCx<'_>) {
        widgets::header(
            ui,
            "Sign-in",
            "How users name themselves, prove who they are, and get back in",
            |_| {},
        );
        let asked = DescribeUserPoolRequest {
            user_pool_id: cx.pool_id(),
        };
        let pool = cx.get(&asked);
        let pool = pool.value.as_ref().and_then(|answer| answer.user_pool.clone());
        let read_only = cx.is_read_only();
        // Of both drafts only one can be held at a time; what one needs of the other is read first.
        let mfa_asked = GetUserPoolMfaConfigRequest {
            user_pool_id: cx.pool_id(),
        };
        let mfa = match cx.edit::<SetUserPoolMfaConfigRequest>(&mfa_asked) {
            Edit::Ready(draft) => draft.edited.mfa_configuration.clone(),
            Edit::Loading(_) | Edit::Failed(_) => None,
        };
        if !cx.is_there::<UpdateUserPoolRequest>(ui, &asked, "The user pool could not be read") {
            return;
        }
        widgets::form(ui, |ui| {
            match cx.edit::<UpdateUserPoolRequest>(&asked) {
                Edit::Loading(_) | Edit::Failed(_) => {}
                Edit::Ready(draft) => {
                    if let Some(pool) = &pool {
                        identifiers(ui, pool);
                    }
                    ui.add_enabled_ui(!read_only, |ui| first_factors(ui, draft, mfa.as_ref()));
                }
            }
            match cx.edit::<SetUserPoolMfaConfigRequest>(&mfa_asked) {
                Edit::Loading(millis) => widgets::loading(ui, millis),
                Edit::Failed(reason) => {
                    if widgets::failed(ui, "The multi-factor settings could not be read", &reason) {
                        cx.refresh(&["GetUserPoolMfaConfig"]);
                    }
                }
                Edit::Ready(draft) => {
                    ui.add_enabled_ui(!read_only, |ui| multi_factor(ui, draft));
                }
            }
            if let Edit::Ready(draft) = cx.edit::<UpdateUserPoolRequest>(&asked) {
                ui.add_enabled_ui(!read_only, |ui| {
                    recovery(ui, draft);
                    devices(ui, draft);
                });
            }
        });
    }
}

fn identifiers(ui: &mut Ui, pool: &UserPoolType) {
    widgets::card(
        ui,
        "Sign-in identifiers",
        "What a user may type as name",
        |ui| {
            widgets::permanent(ui);
        },
        |ui| {
            let t = theme::tokens(ui);
            let mut names: Vec<String> = Vec::new();
            match pool.username_attributes.as_deref() {
                Some(attributes) if !attributes.is_empty() => {
                    names.extend(attributes.iter().map(|attribute| attribute.as_str().to_owned()));
                }
                _ => {
                    names.push("username".to_owned());
                    names.extend(
                        pool.alias_attributes
                            .iter()
                            .flatten()
                            .map(|attribute| attribute.as_str().to_owned()),
                    );
                }
            }
            ui.horizontal_wrapped(|ui| {
                for name in &names {
                    widgets::chip(ui, name);
                }
            });
            let sensitive = pool
                .username_configuration
                .as_ref()
                .is_some_and(|config| config.case_sensitive);
            let how = if pool
                .username_attributes
                .as_ref()
                .is_some_and(|attributes| !attributes.is_empty())
            {
                "The address or number is the username; users get an identifier of their own behind it."
            } else if names.len() > 1 {
                "A username, or a verified alias of it."
            } else {
                "The username alone."
            };
            ui.label(t.hint(how));
            ui.label(t.hint(if sensitive {
                "Capital and small letters differ: Anna and anna are two users."
            } else {
                "Capital and small letters are the same: Anna and anna are one user."
            }));
        },
    );
}

fn first_factors(ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>, mfa: Option<&UserPoolMfaType>) {
    widgets::card(
        ui,
        "Choice-based sign-in",
        "What a user may begin with when an app client offers the choice (ALLOW_USER_AUTH)",
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            let mut factors = draft
                .edited
                .policies
                .as_ref()
                .and_then(|policies| policies.sign_in_policy.as_ref())
                .and_then(|policy| policy.allowed_first_auth_factors.clone());
            let before = factors.clone();
            let mut password = true;
            ui.add_enabled_ui(false, |ui| {
                widgets::check(ui, &mut password, "Password", "Always offered")
            });
            widgets::check_member(ui, &mut factors, &AuthFactorType::WebAuthn, "Passkey", "");
            widgets::check_member(ui, &mut factors, &AuthFactorType::EmailOtp, "Code by e-mail", "");
            widgets::check_member(ui, &mut factors, &AuthFactorType::SmsOtp, "Code by SMS", "");
            if factors != before {
                if let Some(factors) = &mut factors
                    && !factors.contains(&AuthFactorType::Password)
                {
                    factors.insert(0, AuthFactorType::Password);
                }
                draft
                    .edited
                    .policies
                    .get_or_insert_default()
                    .sign_in_policy
                    .get_or_insert_default()
                    .allowed_first_auth_factors = factors.clone();
            }
            let by_code = factors
                .iter()
                .flatten()
                .any(|factor| matches!(factor, AuthFactorType::EmailOtp | AuthFactorType::SmsOtp));
            if by_code && mfa == Some(&UserPoolMfaType::On) {
                widgets::banner(
                    ui,
                    Tone::Error,
                    "Codes as first factor and required multi-factor authentication exclude each other",
                    |_| {},
                );
            }
        },
    );
}

fn multi_factor(ui: &mut Ui, draft: &mut Draft<SetUserPoolMfaConfigRequest>) {
    widgets::card(
        ui,
        "Multi-factor authentication",
        "A second proof after the password",
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            let mut enforced = draft
                .edited
                .mfa_configuration
                .clone()
                .unwrap_or(UserPoolMfaType::Off);
            let before = enforced.clone();
            widgets::radio(ui, &mut enforced, UserPoolMfaType::Off, "Off", "");
            widgets::radio(
                ui,
                &mut enforced,
                UserPoolMfaType::Optional,
                "Optional",
                "Users who set up a factor are asked for it",
            );
            widgets::radio(
                ui,
                &mut enforced,
                UserPoolMfaType::On,
                "Required",
                "Users without a factor must set one up at their next sign-in",
            );
            if enforced != before {
                draft.edited.mfa_configuration = Some(enforced.clone());
            }
            if enforced == UserPoolMfaType::Off {
                return;
            }
            let t = theme::tokens(ui);
            ui.add_space(4.0);
            ui.label(t.label("Methods"));
            let mut totp = draft
                .edited
                .software_token_mfa_configuration
                .as_ref()
                .and_then(|config| config.enabled)
                .unwrap_or(false);
            if widgets::check(
                ui,
                &mut totp,
                "Authenticator app",
                "Six digits from an app, RFC 6238",
            )
            .changed()
            {
                draft
                    .edited
                    .software_token_mfa_configuration
                    .get_or_insert_default()
                    .enabled = Some(totp);
            }
            let mut sms = draft.edited.sms_mfa_configuration.is_some();
            if widgets::check(ui, &mut sms, "SMS", "A code to the verified phone number").changed() {
                draft.edited.sms_mfa_configuration = if sms {
                    Some(draft.saved.sms_mfa_configuration.clone().unwrap_or_default())
                } else {
                    None
                };
            }
            let mut email = draft.edited.email_mfa_configuration.is_some();
            if widgets::check(ui, &mut email, "E-mail", "A code to the verified e-mail address").changed() {
                draft.edited.email_mfa_configuration = if email {
                    Some(draft.saved.email_mfa_configuration.clone().unwrap_or_default())
                } else {
                    None
                };
            }
            if !totp && !sms && !email {
                widgets::banner(ui, Tone::Warning, "Choose at least one method", |_| {});
            }
        },
    );
}

/// The ways back in, as people choose among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    EmailThenPhone,
    PhoneThenEmail,
    EmailOnly,
    PhoneOnly,
    AdminOnly,
}

impl Recovery {
    const ALL: [(Self, &'static str); 5] = [
        (Self::EmailThenPhone, "E-mail if verified, otherwise SMS"),
        (Self::PhoneThenEmail, "SMS if verified, otherwise e-mail"),
        (Self::EmailOnly, "E-mail only"),
        (Self::PhoneOnly, "SMS only"),
        (Self::AdminOnly, "None: an administrator resets passwords"),
    ];

    fn of(setting: Option<&AccountRecoverySettingType>) -> Self {
        let mut ways = setting
            .and_then(|setting| setting.recovery_mechanisms.clone())
            .unwrap_or_default();
        ways.sort_by_key(|way| way.priority);
        let names: Vec<&RecoveryOptionNameType> = ways.iter().map(|way| &way.name).collect();
        match names.as_slice() {
            [RecoveryOptionNameType::AdminOnly, ..] => Self::AdminOnly,
            [RecoveryOptionNameType::VerifiedEmail] => Self::EmailOnly,
            [RecoveryOptionNameType::VerifiedPhoneNumber] => Self::PhoneOnly,
            [RecoveryOptionNameType::VerifiedEmail, ..] => Self::EmailThenPhone,
            // Absent means phone, then e-mail.
            _ => Self::PhoneThenEmail,
        }
    }

    fn to_wire(self) -> AccountRecoverySettingType {
        let names = match self {
            Self::EmailThenPhone => {
                vec![
                    RecoveryOptionNameType::VerifiedEmail,
                    RecoveryOptionNameType::VerifiedPhoneNumber,
                ]
            }
            Self::PhoneThenEmail => {
                vec![
                    RecoveryOptionNameType::VerifiedPhoneNumber,
                    RecoveryOptionNameType::VerifiedEmail,
                ]
            }
            Self::EmailOnly => vec![RecoveryOptionNameType::VerifiedEmail],
            Self::PhoneOnly => vec![RecoveryOptionNameType::VerifiedPhoneNumber],
            Self::AdminOnly => vec![RecoveryOptionNameType::AdminOnly],
        };
        let ways = (1..)
            .zip(names)
            .map(|(priority, name)| RecoveryOptionType { priority, name })
            .collect();
        AccountRecoverySettingType {
            recovery_mechanisms: Some(ways),
        }
    }
}

fn recovery(ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>) {
    widgets::card(
        ui,
        "Account recovery",
        "Where the code goes when a password is forgotten",
        |_| {},
        |ui| {
            let mut way = Recovery::of(draft.edited.account_recovery_setting.as_ref());
            let before = way;
            let saved = Recovery::of(draft.saved.account_recovery_setting.as_ref());
            let options: Vec<(Recovery, String)> =
                Recovery::ALL.map(|(way, name)| (way, name.to_owned())).to_vec();
            let field = Field::new("Delivery")
                .member("AccountRecoverySetting")
                .changed(way != saved)
                .width(360.0);
            widgets::choice(ui, &mut way, &options, field);
            if way != before {
                draft.edited.account_recovery_setting = if way == saved {
                    draft.saved.account_recovery_setting.clone()
                } else {
                    Some(way.to_wire())
                };
            }
        },
    );
}

/// Which devices are remembered, as people choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Devices {
    Never,
    Always,
    Asked,
}

fn devices(ui: &mut Ui, draft: &mut Draft<UpdateUserPoolRequest>) {
    let of = |config: Option<&DeviceConfigurationType>| match config {
        None => Devices::Never,
        Some(config) if config.device_only_remembered_on_user_prompt == Some(true) => Devices::Asked,
        Some(_) => Devices::Always,
    };
    widgets::card(
        ui,
        "Device tracking",
        "Whether a user's devices are remembered",
        |_| {},
        |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            let mut chosen = of(draft.edited.device_configuration.as_ref());
            let before = chosen;
            widgets::radio(ui, &mut chosen, Devices::Never, "Never", "");
            widgets::radio(ui, &mut chosen, Devices::Always, "Always", "");
            widgets::radio(ui, &mut chosen, Devices::Asked, "When the user agrees", "");
            if chosen != before {
                draft.edited.device_configuration = match chosen {
                    Devices::Never => None,
                    Devices::Always | Devices::Asked => {
                        let mut config = draft.edited.device_configuration.clone().unwrap_or_default();
                        config.device_only_remembered_on_user_prompt = Some(chosen == Devices::Asked);
                        config.challenge_required_on_new_device.get_or_insert(false);
                        Some(config)
                    }
                };
            }
            if let Some(config) = &mut draft.edited.device_configuration {
                let mut skip = config.challenge_required_on_new_device.unwrap_or(false);
                let help = "A remembered device stands for the second factor";
                if widgets::check(ui, &mut skip, "Skip multi-factor on remembered devices", help).changed() {
                    config.challenge_required_on_new_device = Some(skip);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_back_in_survive_the_wire() {
        for (way, _) in Recovery::ALL {
            assert_eq!(Recovery::of(Some(&way.to_wire())), way);
        }
        assert_eq!(Recovery::of(None), Recovery::PhoneThenEmail);
    }
}
