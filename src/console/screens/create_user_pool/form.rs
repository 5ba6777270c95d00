//! What is said of a new user pool, and the request it becomes.

use std::collections::BTreeSet;

use crate::console::screens::pool::app_clients::NewAppClient;
use crate::console::screens::pool::settings::name_wrong;
use crate::console::screens::pool::sign_up::NewAttribute;
use crate::console::theme::Icon;
use crate::rules::{attributes, password_policy};
use crate::wire::idp::{
    AccountRecoverySettingType, AdminCreateUserConfigType, AliasAttributeType, CreateUserPoolRequest,
    DeletionProtectionType, PasswordPolicyType, RecoveryOptionNameType, RecoveryOptionType,
    SchemaAttributeType, SetUserPoolMfaConfigRequest, SoftwareTokenMfaConfigType,
    UserAttributeUpdateSettingsType, UserPoolMfaType, UserPoolPolicyType, UserPoolTierType,
    UsernameAttributeType, UsernameConfigurationType, VerifiedAttributeType,
};

/// What users type as their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identifier {
    Email,
    Phone,
    EmailOrPhone,
    Username,
}

impl Identifier {
    pub(super) const ALL: [Self; 4] = [Self::Email, Self::Username, Self::Phone, Self::EmailOrPhone];

    pub(super) fn words(self) -> (Icon, &'static str, &'static str) {
        match self {
            Self::Email => (Icon::AtSign, "E-mail address", "Is the username"),
            Self::Username => (Icon::User, "Username", "Aliases are possible"),
            Self::Phone => (Icon::Phone, "Phone number", "Is the username"),
            Self::EmailOrPhone => (Icon::Contact, "E-mail or phone", "Either is the username"),
        }
    }
}

/// The fields as they stand.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) identifier: Identifier,
    pub(super) alias_email: bool,
    pub(super) alias_phone: bool,
    pub(super) alias_preferred: bool,
    pub(super) case_sensitive: bool,
    pub(super) required: BTreeSet<&'static str>,
    pub(super) open: bool,
    pub(super) verify_email: bool,
    pub(super) verify_phone: bool,
    pub(super) keep_original: bool,
    pub(super) custom: Vec<NewAttribute>,
    pub(super) password: PasswordPolicyType,
    pub(super) mfa: UserPoolMfaType,
    pub(super) email_recovery: bool,
    pub(super) tier: UserPoolTierType,
    pub(super) protected: bool,
    pub(super) tags: Vec<(String, String)>,
    pub(super) with_client: bool,
    pub(super) client: NewAppClient,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            name: String::new(),
            identifier: Identifier::Email,
            alias_email: true,
            alias_phone: false,
            alias_preferred: false,
            case_sensitive: false,
            required: BTreeSet::from(["email"]),
            open: false,
            verify_email: true,
            verify_phone: false,
            keep_original: true,
            custom: Vec::new(),
            password: password_policy::default_policy(),
            mfa: UserPoolMfaType::Off,
            email_recovery: true,
            tier: UserPoolTierType::Essentials,
            protected: true,
            tags: Vec::new(),
            with_client: true,
            client: NewAppClient {
                name: "web".to_owned(),
                ..NewAppClient::default()
            },
        }
    }
}

/// Standard attributes that can be required, in the vendor's order.
///
/// Source: Working with user attributes, user pools developer guide. `sub` is always
/// there, and what Cognito keeps itself cannot be required.
pub(super) const REQUIRABLE: [&str; 17] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

impl Form {
    /// Attributes that the choice of identifier demands.
    pub(super) fn demanded(&self) -> &'static [&'static str] {
        match self.identifier {
            Identifier::Email => &["email"],
            Identifier::Phone => &["phone_number"],
            Identifier::EmailOrPhone | Identifier::Username => &[],
        }
    }

    pub(super) fn problem(&self) -> Option<String> {
        if let Some(wrong) = name_wrong(&self.name) {
            return Some(format!("User pool name: {wrong}"));
        }
        if self.with_client && !self.client.is_ready() {
            return Some("The app client's name or return URL is not right yet".to_owned());
        }
        if self.tags.iter().any(|(key, _)| key.is_empty()) {
            return Some("A tag has no key".to_owned());
        }
        None
    }

    pub(super) fn to_wire(&self) -> CreateUserPoolRequest {
        let usernames = match self.identifier {
            Identifier::Email => Some(vec![UsernameAttributeType::Email]),
            Identifier::Phone => Some(vec![UsernameAttributeType::PhoneNumber]),
            Identifier::EmailOrPhone => Some(vec![
                UsernameAttributeType::Email,
                UsernameAttributeType::PhoneNumber,
            ]),
            Identifier::Username => None,
        };
        let aliases: Vec<AliasAttributeType> = [
            (self.alias_email, AliasAttributeType::Email),
            (self.alias_phone, AliasAttributeType::PhoneNumber),
            (self.alias_preferred, AliasAttributeType::PreferredUsername),
        ]
        .into_iter()
        .filter_map(|(wanted, alias)| wanted.then_some(alias))
        .collect();
        let aliases = (self.identifier == Identifier::Username && !aliases.is_empty()).then_some(aliases);
        let verified: Vec<VerifiedAttributeType> = [
            (self.verify_email, VerifiedAttributeType::Email),
            (self.verify_phone, VerifiedAttributeType::PhoneNumber),
        ]
        .into_iter()
        .filter_map(|(wanted, attribute)| wanted.then_some(attribute))
        .collect();
        let required: BTreeSet<&str> = self
            .required
            .iter()
            .copied()
            .chain(self.demanded().iter().copied())
            .collect();
        let standard = attributes::standard_schema();
        let mut schema: Vec<SchemaAttributeType> = required
            .iter()
            .map(|name| SchemaAttributeType {
                name: Some((*name).to_owned()),
                required: Some(true),
                mutable: Some(true),
                attribute_data_type: attributes::find(&standard, name)
                    .and_then(|found| found.attribute_data_type.clone()),
                ..Default::default()
            })
            .collect();
        schema.extend(self.custom.iter().map(NewAttribute::to_wire));
        let recovery = if self.email_recovery {
            vec![
                (1, RecoveryOptionNameType::VerifiedEmail),
                (2, RecoveryOptionNameType::VerifiedPhoneNumber),
            ]
        } else {
            vec![(1, RecoveryOptionNameType::AdminOnly)]
        };
        CreateUserPoolRequest {
            pool_name: self.name.clone(),
            policies: Some(UserPoolPolicyType {
                password_policy: Some(self.password.clone()),
                sign_in_policy: None,
            }),
            deletion_protection: Some(if self.protected {
                DeletionProtectionType::Active
            } else {
                DeletionProtectionType::Inactive
            }),
            user_attribute_update_settings: (self.keep_original && !verified.is_empty()).then(|| {
                UserAttributeUpdateSettingsType {
                    attributes_require_verification_before_update: Some(verified.clone()),
                }
            }),
            auto_verified_attributes: (!verified.is_empty()).then_some(verified),
            alias_attributes: aliases,
            username_attributes: usernames,
            user_pool_tags: (!self.tags.is_empty()).then(|| self.tags.iter().cloned().collect()),
            admin_create_user_config: Some(AdminCreateUserConfigType {
                allow_admin_create_user_only: Some(!self.open),
                ..Default::default()
            }),
            schema: (!schema.is_empty()).then_some(schema),
            username_configuration: Some(UsernameConfigurationType {
                case_sensitive: self.case_sensitive,
            }),
            account_recovery_setting: Some(AccountRecoverySettingType {
                recovery_mechanisms: Some(
                    recovery
                        .into_iter()
                        .map(|(priority, name)| RecoveryOptionType { priority, name })
                        .collect(),
                ),
            }),
            user_pool_tier: Some(self.tier.clone()),
            ..Default::default()
        }
    }

    pub(super) fn mfa_to_wire(&self) -> Option<SetUserPoolMfaConfigRequest> {
        (self.mfa != UserPoolMfaType::Off).then(|| SetUserPoolMfaConfigRequest {
            mfa_configuration: Some(self.mfa.clone()),
            software_token_mfa_configuration: Some(SoftwareTokenMfaConfigType { enabled: Some(true) }),
            ..Default::default()
        })
    }
}
