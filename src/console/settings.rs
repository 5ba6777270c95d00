//! The settings that drafts hold: how each is made from what is stored.
//!
//! Stored shapes are taken apart member by member, so that a member the vendor adds does
//! not compile until someone says where it belongs. What an update does not accept, or
//! answers only, is named and left out.
//!
//! Source: UpdateUserPool, SetUserPoolMfaConfig, UpdateUserPoolClient, user pools API
//! reference ("if you don't provide a value for an attribute, it is set to its default").

use super::draft::Settings;
use crate::wire::idp::{
    AdminCreateUserConfigType, DescribeUserPoolClientRequest, DescribeUserPoolClientResponse,
    DescribeUserPoolRequest, DescribeUserPoolResponse, GetUserPoolMfaConfigRequest,
    GetUserPoolMfaConfigResponse, SetUserPoolMfaConfigRequest, UpdateUserPoolClientRequest,
    UpdateUserPoolRequest, UserPoolClientType, UserPoolType,
};

impl Settings for UpdateUserPoolRequest {
    type Describe = DescribeUserPoolRequest;
    const OBJECT: &'static str = "UserPool";
    const ORDER: u8 = 2;
    const REFRESHES: &'static [&'static str] = &[
        "DescribeUserPool",
        "ListUserPools",
        "GetUserPoolMfaConfig",
        "ListTagsForResource",
    ];

    fn from_described(asked: &DescribeUserPoolRequest, answer: &DescribeUserPoolResponse) -> Option<Self> {
        let UserPoolType {
            id: _,
            name,
            policies,
            deletion_protection,
            lambda_config,
            status: _,
            last_modified_date: _,
            creation_date: _,
            schema_attributes: _,
            auto_verified_attributes,
            // Only at creation.
            alias_attributes: _,
            username_attributes: _,
            sms_verification_message,
            email_verification_message,
            email_verification_subject,
            verification_message_template,
            sms_authentication_message,
            user_attribute_update_settings,
            mfa_configuration,
            device_configuration,
            estimated_number_of_users: _,
            email_configuration,
            sms_configuration,
            user_pool_tags,
            sms_configuration_failure: _,
            email_configuration_failure: _,
            domain: _,
            custom_domain: _,
            admin_create_user_config,
            user_pool_add_ons,
            dcr_configuration,
            username_configuration: _,
            arn: _,
            account_recovery_setting,
            user_pool_tier,
            key_configuration,
            issuer_configuration,
            acr_configuration,
        } = answer.user_pool.clone()?;
        Some(Self {
            user_pool_id: asked.user_pool_id.clone(),
            policies,
            deletion_protection,
            lambda_config,
            auto_verified_attributes,
            sms_verification_message,
            email_verification_message,
            email_verification_subject,
            verification_message_template,
            sms_authentication_message,
            user_attribute_update_settings,
            mfa_configuration,
            device_configuration,
            email_configuration,
            sms_configuration,
            user_pool_tags,
            // The old name of the temporary passwords' validity contradicts the new one.
            admin_create_user_config: admin_create_user_config.map(|config| AdminCreateUserConfigType {
                unused_account_validity_days: None,
                ..config
            }),
            user_pool_add_ons,
            dcr_configuration,
            account_recovery_setting,
            pool_name: name,
            user_pool_tier,
            key_configuration,
            issuer_configuration,
            acr_configuration,
        })
    }

    fn subject(&self) -> String {
        match &self.pool_name {
            Some(name) => format!("User pool \"{name}\""),
            None => format!("User pool {}", self.user_pool_id),
        }
    }
}

impl Settings for SetUserPoolMfaConfigRequest {
    type Describe = GetUserPoolMfaConfigRequest;
    const OBJECT: &'static str = "";
    const ORDER: u8 = 3;
    const REFRESHES: &'static [&'static str] = &["GetUserPoolMfaConfig", "DescribeUserPool"];

    fn from_described(
        asked: &GetUserPoolMfaConfigRequest,
        answer: &GetUserPoolMfaConfigResponse,
    ) -> Option<Self> {
        let GetUserPoolMfaConfigResponse {
            sms_mfa_configuration,
            software_token_mfa_configuration,
            email_mfa_configuration,
            mfa_configuration,
            web_authn_configuration,
        } = answer.clone();
        Some(Self {
            user_pool_id: asked.user_pool_id.clone(),
            sms_mfa_configuration,
            software_token_mfa_configuration,
            email_mfa_configuration,
            mfa_configuration,
            web_authn_configuration,
        })
    }

    fn subject(&self) -> String {
        "Multi-factor authentication".to_owned()
    }
}

impl Settings for UpdateUserPoolClientRequest {
    type Describe = DescribeUserPoolClientRequest;
    const OBJECT: &'static str = "UserPoolClient";
    const ORDER: u8 = 8;
    const REFRESHES: &'static [&'static str] = &["DescribeUserPoolClient", "ListUserPoolClients"];

    fn from_described(
        asked: &DescribeUserPoolClientRequest,
        answer: &DescribeUserPoolClientResponse,
    ) -> Option<Self> {
        let UserPoolClientType {
            user_pool_id: _,
            client_name,
            client_id: _,
            client_secret: _,
            last_modified_date: _,
            creation_date: _,
            refresh_token_validity,
            access_token_validity,
            id_token_validity,
            token_validity_units,
            read_attributes,
            write_attributes,
            explicit_auth_flows,
            supported_identity_providers,
            callback_urls,
            logout_urls,
            default_redirect_uri,
            allowed_o_auth_flows,
            allowed_o_auth_scopes,
            allowed_o_auth_flows_user_pool_client,
            analytics_configuration,
            prevent_user_existence_errors,
            enable_token_revocation,
            enable_propagate_additional_user_context_data,
            auth_session_validity,
            refresh_token_rotation,
            client_type: _,
        } = answer.user_pool_client.clone()?;
        Some(Self {
            user_pool_id: asked.user_pool_id.clone(),
            client_id: asked.client_id.clone(),
            client_name,
            refresh_token_validity,
            access_token_validity,
            id_token_validity,
            token_validity_units,
            read_attributes,
            write_attributes,
            explicit_auth_flows,
            supported_identity_providers,
            callback_urls,
            logout_urls,
            default_redirect_uri,
            allowed_o_auth_flows,
            allowed_o_auth_scopes,
            allowed_o_auth_flows_user_pool_client,
            analytics_configuration,
            prevent_user_existence_errors,
            enable_token_revocation,
            enable_propagate_additional_user_context_data,
            auth_session_validity,
            refresh_token_rotation,
        })
    }

    fn subject(&self) -> String {
        format!(
            "App client \"{}\"",
            self.client_name.as_deref().unwrap_or(&self.client_id)
        )
    }
}
