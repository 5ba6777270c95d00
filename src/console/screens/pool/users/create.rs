//! The form of a new user.

use std::collections::{BTreeMap, BTreeSet};

use egui::Ui;

use crate::base::secret::Secret;
use crate::console::command::Toast;
use crate::console::remote::Sent;
use crate::console::screens::ScreenCx;
use crate::console::theme;
use crate::console::widgets::{self, Answer, Dialog, Field};
use crate::driver::CallError;
use crate::wire::idp::{
    AdminAddUserToGroupRequest, AdminCreateUserRequest, AttributeDataType, AttributeType, DeliveryMediumType,
    ListGroupsRequest, MessageActionType, SchemaAttributeType, UserPoolType, UsernameAttributeType,
};

/// How the user learns of the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Invitation {
    #[default]
    None,
    Email,
    Sms,
    Both,
}

/// How the first password comes about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Password {
    #[default]
    Generate,
    Set,
}

/// The form. Kept while it is open.
#[derive(Default)]
pub struct CreateUser {
    username: String,
    email: String,
    email_verified: bool,
    phone: String,
    phone_verified: bool,
    invitation: Invitation,
    password: Password,
    temporary: Secret,
    attributes: BTreeMap<String, String>,
    groups: BTreeSet<String>,
    more: bool,
    error: Option<CallError>,
    sent: Option<Sent<String>>,
}

impl CreateUser {
    /// Tells whether anything was typed.
    pub fn is_touched(&self) -> bool {
        !self.username.is_empty()
            || !self.email.is_empty()
            || !self.phone.is_empty()
            || !self.attributes.is_empty()
            || !self.temporary.is_empty()
            || !self.groups.is_empty()
    }

    /// Draws the dialog. Answers whether it is over, and the username that was created.
    pub fn show(&mut self, ui: &Ui, cx: &mut ScreenCx<'_>) -> (bool, Option<String>) {
        if let Some(outcome) = self.sent.as_ref().and_then(Sent::take) {
            self.sent = None;
            match outcome {
                Ok(username) => return (true, Some(username)),
                Err(reason) => self.error = Some(reason),
            }
        }
        let described = cx.pool();
        let pool = described
            .value
            .as_ref()
            .and_then(|answer| answer.user_pool.clone())
            .unwrap_or_default();
        let by_attribute = pool.username_attributes.clone().unwrap_or_default();
        let missing = self.missing(&by_attribute);
        let error = super::refused(self.error.as_ref());
        let groups = group_names(cx);
        let answer = Dialog::new("Create user", "Create user")
            .ready(missing.is_none())
            .busy(self.sent.is_some())
            .keeps(self.is_touched())
            .show(ui.ctx(), |ui| {
                self.form(ui, &pool, &by_attribute, &groups, error.as_deref());
            });
        match answer {
            Answer::Open => (false, None),
            Answer::Cancelled => (true, None),
            Answer::Confirmed => {
                self.send(cx, &by_attribute);
                (false, None)
            }
        }
    }

    /// Says what still has to be typed.
    fn missing(&self, by_attribute: &[UsernameAttributeType]) -> Option<&'static str> {
        if by_attribute.is_empty() && self.username.trim().is_empty() {
            return Some("a username");
        }
        if !by_attribute.is_empty() && self.email.trim().is_empty() && self.phone.trim().is_empty() {
            return Some("an email address or a phone number");
        }
        (self.password == Password::Set && self.temporary.is_empty()).then_some("a temporary password")
    }

    fn form(
        &mut self,
        ui: &mut Ui,
        pool: &UserPoolType,
        by_attribute: &[UsernameAttributeType],
        groups: &[String],
        error: Option<&str>,
    ) {
        let t = theme::tokens(ui);
        if let Some(error) = error {
            widgets::banner(ui, crate::console::command::Tone::Error, error, |_| {});
        }
        if by_attribute.is_empty() {
            let field = Field::new("Username")
                .limited_by("AdminCreateUser", "Username")
                .permanent()
                .help("No spaces. It cannot be changed later.");
            widgets::text(ui, &mut self.username, field);
        } else {
            ui.add(
                egui::Label::new(t.hint("Users of this pool sign in with their email address or phone number; the username is generated."))
                    .wrap(),
            );
        }
        widgets::text(
            ui,
            &mut self.email,
            Field::new("Email address")
                .optional()
                .placeholder("anna@example.com"),
        );
        ui.add_enabled_ui(!self.email.trim().is_empty(), |ui| {
            widgets::check(ui, &mut self.email_verified, "Mark email address as verified", "");
        });
        let field = Field::new("Phone number")
            .optional()
            .placeholder("+15550100")
            .help("With country code, digits only after the plus sign.");
        widgets::text(ui, &mut self.phone, field);
        ui.add_enabled_ui(!self.phone.trim().is_empty(), |ui| {
            widgets::check(ui, &mut self.phone_verified, "Mark phone number as verified", "");
        });
        widgets::section_title(
            ui,
            "Temporary password",
            "The user must choose another one at the first sign-in.",
        );
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            widgets::radio(
                ui,
                &mut self.password,
                Password::Generate,
                "Generate a password",
                "",
            );
            widgets::radio(ui, &mut self.password, Password::Set, "Set a password", "");
        });
        if self.password == Password::Set {
            widgets::password(
                ui,
                &mut self.temporary,
                Field::new("Password").help(&policy_words(pool)),
            );
        }
        widgets::section_title(
            ui,
            "Invitation message",
            "Carries the username and the temporary password.",
        );
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            for (way, words) in [
                (Invitation::None, "Do not send"),
                (Invitation::Email, "Email"),
                (Invitation::Sms, "SMS"),
                (Invitation::Both, "Email and SMS"),
            ] {
                widgets::radio(ui, &mut self.invitation, way, words, "");
            }
        });
        if !groups.is_empty() {
            widgets::section_title(ui, "Groups", "");
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
                for group in groups.iter().take(60) {
                    let on = self.groups.contains(group);
                    if ui.add(widgets::Button::new(group).small().selected(on)).clicked()
                        && !self.groups.remove(group)
                    {
                        self.groups.insert(group.clone());
                    }
                }
            });
        }
        widgets::check(
            ui,
            &mut self.more,
            "More attributes",
            "Immutable custom attributes can only be set here.",
        );
        if self.more {
            for attribute in pool.schema_attributes.iter().flatten() {
                self.attribute(ui, attribute);
            }
        }
    }

    fn attribute(&mut self, ui: &mut Ui, attribute: &SchemaAttributeType) {
        const ELSEWHERE: [&str; 6] = [
            "sub",
            "email",
            "email_verified",
            "phone_number",
            "phone_number_verified",
            "updated_at",
        ];
        let Some(name) = attribute.name.as_deref().filter(|name| !ELSEWHERE.contains(name)) else {
            return;
        };
        let mut field = Field::new(name);
        if attribute.required != Some(true) {
            field = field.optional();
        }
        if attribute.mutable == Some(false) {
            field = field.permanent();
        }
        field = match attribute.attribute_data_type {
            Some(AttributeDataType::Number) => field.help("A whole number"),
            Some(AttributeDataType::Boolean) => field.help("true or false"),
            Some(AttributeDataType::DateTime) => field.help("A date and time"),
            Some(AttributeDataType::String | AttributeDataType::Unlisted(_)) | None
                if name == "birthdate" =>
            {
                field.help("YYYY-MM-DD")
            }
            Some(AttributeDataType::String | AttributeDataType::Unlisted(_)) | None => field,
        };
        widgets::text(ui, self.attributes.entry(name.to_owned()).or_default(), field);
    }

    fn request(
        &self,
        user_pool_id: String,
        by_attribute: &[UsernameAttributeType],
    ) -> AdminCreateUserRequest {
        let (email, phone) = (self.email.trim(), self.phone.trim());
        let mut attributes = Vec::new();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                attributes.push(AttributeType {
                    name: name.to_owned(),
                    value: Some(value.to_owned()),
                });
            }
        };
        add("email", email);
        if !email.is_empty() && self.email_verified {
            add("email_verified", "true");
        }
        add("phone_number", phone);
        if !phone.is_empty() && self.phone_verified {
            add("phone_number_verified", "true");
        }
        for (name, value) in &self.attributes {
            add(name, value.trim());
        }
        let username = if by_attribute.is_empty() {
            self.username.trim()
        } else if by_attribute.contains(&UsernameAttributeType::Email) && !email.is_empty() {
            email
        } else {
            phone
        };
        let mediums = match self.invitation {
            Invitation::None => None,
            Invitation::Email => Some(vec![DeliveryMediumType::Email]),
            Invitation::Sms => Some(vec![DeliveryMediumType::Sms]),
            Invitation::Both => Some(vec![DeliveryMediumType::Email, DeliveryMediumType::Sms]),
        };
        AdminCreateUserRequest {
            user_pool_id,
            username: username.to_owned(),
            user_attributes: Some(attributes),
            temporary_password: (self.password == Password::Set).then(|| self.temporary.clone()),
            message_action: mediums.is_none().then_some(MessageActionType::Suppress),
            desired_delivery_mediums: mediums,
            ..Default::default()
        }
    }

    fn send(&mut self, cx: &mut ScreenCx<'_>, by_attribute: &[UsernameAttributeType]) {
        self.error = None;
        let pool = cx.pool_id();
        let request = self.request(pool.clone(), by_attribute);
        let groups: Vec<String> = self.groups.iter().cloned().collect();
        self.sent = Some(cx.work(
            |driver| async move {
                let asked = request.username.clone();
                let created = driver.call(&request).await?;
                let username = created.user.and_then(|user| user.username).unwrap_or(asked);
                for group_name in groups {
                    let joining = AdminAddUserToGroupRequest {
                        user_pool_id: pool.clone(),
                        username: username.clone(),
                        group_name,
                    };
                    driver.call(&joining).await?;
                }
                Ok(username)
            },
            |effects, outcome| {
                if let Ok(username) = outcome {
                    effects.toast(Toast::ok(format!("User {username} created")));
                    effects.refresh(&["DescribeUserPool", "ListUsersInGroup"]);
                }
            },
        ));
    }
}

fn group_names(cx: &mut ScreenCx<'_>) -> Vec<String> {
    let groups = cx.get_all(&ListGroupsRequest {
        user_pool_id: cx.pool_id(),
        ..Default::default()
    });
    let listed = groups
        .value
        .iter()
        .flat_map(|answer| answer.groups.iter().flatten());
    listed.filter_map(|group| group.group_name.clone()).collect()
}

/// Puts the password policy of a pool into one sentence.
pub fn policy_words(pool: &UserPoolType) -> String {
    let Some(policy) = pool
        .policies
        .as_ref()
        .and_then(|policies| policies.password_policy.as_ref())
    else {
        return "At least 8 characters.".to_owned();
    };
    let wanted: Vec<&str> = [
        (policy.require_uppercase, "an upper-case letter"),
        (policy.require_lowercase, "a lower-case letter"),
        (policy.require_numbers, "a number"),
        (policy.require_symbols, "a symbol"),
    ]
    .into_iter()
    .filter_map(|(wanted, words)| (wanted == Some(true)).then_some(words))
    .collect();
    let length = policy.minimum_length.unwrap_or(8);
    if wanted.is_empty() {
        return format!("At least {length} characters.");
    }
    format!("At least {length} characters with {}.", wanted.join(", "))
}
