//! Operations on user pools: their settings, schema and end.
//!
//! An update is a PUT: a member that is missing goes back to its default. The exceptions,
//! all documented by the vendor, are `PoolName` and `DcrConfiguration`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{ids, page};
use crate::engine::auth::keys;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::users::pool_in;
use crate::engine::ops::idp::{feature_plans, replicas, tags};
use crate::engine::{Cx, Error, Result, delivery, import_job};
use crate::rules::plans;
use crate::rules::{Finding, acr, attributes, mfa, password_policy};
use crate::store::Reader;
use crate::store::records::user_pools::UserPool;
use crate::store::records::{signing_keys, user_pools};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AddCustomAttributesRequest, AddCustomAttributesResponse, AdminCreateUserConfigType,
    AdvancedSecurityModeType, AliasAttributeType, AuthFactorType, CreateUserPoolRequest,
    CreateUserPoolResponse, DefaultEmailOptionType, DeleteUserPoolRequest, DeletionProtectionType,
    DescribeUserPoolRequest, DescribeUserPoolResponse, EmailConfigurationType, EmailSendingAccountType,
    EncryptionKeyType, GetUserPoolMfaConfigResponse, IssuerConfigurationType, IssuerType,
    KeyConfigurationType, LambdaConfigType, ListUserPoolsRequest, ListUserPoolsResponse, PasswordPolicyType,
    RecoveryOptionNameType, SignInPolicyType, SmsMfaConfigType, StatusType, UpdateUserPoolRequest,
    UpdateUserPoolResponse, UserPoolAddOnsType, UserPoolDescriptionType, UserPoolMfaType, UserPoolPolicyType,
    UserPoolTierType, UserPoolType, UsernameConfigurationType, VerificationMessageTemplateType,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateUserPoolRequest>(),
    Route::of::<DescribeUserPoolRequest>(),
    Route::of::<UpdateUserPoolRequest>(),
    Route::of::<DeleteUserPoolRequest>(),
    Route::of::<ListUserPoolsRequest>(),
    Route::of::<AddCustomAttributesRequest>(),
];

/// The most user pools of an account in a Region. Source: developer guide, "Quotas".
const POOLS_MAX: usize = 1000;

impl Handler for CreateUserPoolRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateUserPoolResponse> {
        let now = cx.now();
        let id = ids::user_pool_id(cx.rng(), &cx.region);
        let (frozen, wanted, given_tags) = split(self)?;
        tags::check(&given_tags).map_err(|reason| tagging(&reason))?;
        let settings = settings_of(wanted, &frozen, None)?;
        // No other factor can be configured by this operation.
        if needs_a_factor(&settings) && settings.sms_configuration.is_none() {
            return Err(Error::invalid(
                "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
            ));
        }
        let mut pool = UserPool {
            id: id.clone(),
            region: cx.region.to_string(),
            name: settings.name.clone().unwrap_or_default(),
            created_at: now,
            modified_at: now,
            version: 1,
            mfa: GetUserPoolMfaConfigResponse::default(),
            settings,
            issuer: None,
            any_client_uses_srp: false,
            sessions: None,
        };
        mirror_mfa(&mut pool);
        let keys = keys::create(&cx.engine, &id).await?;
        let made = pool.clone();
        let labels = given_tags.clone();
        cx.engine
            .store
            .transact("CreateUserPool", move |tx| -> Result<()> {
                if user_pools::count_up_to(tx, &made.region, POOLS_MAX)? >= POOLS_MAX {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("An account has at most {POOLS_MAX} user pools in a Region."),
                    ));
                }
                user_pools::insert(tx, &made)?;
                signing_keys::put(tx, &keys)?;
                tags::put(tx, &made.id, &labels)?;
                Ok(())
            })
            .await?;
        Ok(CreateUserPoolResponse {
            user_pool: Some(described(cx, &pool, 0, given_tags)),
        })
    }
}

impl Handler for DescribeUserPoolRequest {
    async fn handle(self, cx: &Cx) -> Result<DescribeUserPoolResponse> {
        let (pool, users, labels) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                let users = user_pools::user_count(r, &pool.id)?;
                let labels = tags::of_pool(r, &pool.id)?;
                Ok((pool, users, labels))
            })
            .await?;
        Ok(DescribeUserPoolResponse {
            user_pool: Some(described(cx, &pool, users, labels)),
        })
    }
}

impl Handler for UpdateUserPoolRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateUserPoolResponse> {
        let now = cx.now();
        let given_tags = self.user_pool_tags.clone().unwrap_or_default();
        tags::check(&given_tags).map_err(|reason| tagging(&reason))?;
        let (caller, region) = (cx.caller.clone(), cx.region.to_string());
        cx.engine
            .store
            .transact("UpdateUserPool", move |tx| -> Result<()> {
                let mut pool = pool_in(tx, &self.user_pool_id)?;
                if replicas::update_secondary(tx, &pool, &caller, &region, &self, now)? {
                    return Ok(());
                }
                refuse_during_import(tx, &pool.id)?;
                let before = pool.settings;
                pool.settings = settings_of(self.clone(), &before, Some(&before))?;
                if needs_a_factor(&pool.settings)
                    && pool.settings.sms_configuration.is_none()
                    && mfa::offered(&pool.mfa).is_empty()
                {
                    return Err(Error::invalid(NO_FACTOR));
                }
                pool.name = pool.settings.name.clone().unwrap_or_default();
                pool.modified_at = now;
                mirror_mfa(&mut pool);
                feature_plans::check_change(tx, &pool)?;
                replicas::check_change(tx, &pool, now)?;
                tags::put(tx, &pool.id, &given_tags)?;
                keep(tx, &pool)
            })
            .await?;
        Ok(UpdateUserPoolResponse {})
    }
}

impl Handler for DeleteUserPoolRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        let id = self.user_pool_id.clone();
        cx.engine
            .store
            .transact("DeleteUserPool", move |tx| -> Result<()> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                if pool.settings.deletion_protection == Some(DeletionProtectionType::Active) {
                    return Err(Error::invalid(
                        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
                    ));
                }
                refuse_during_import(tx, &pool.id)?;
                if pool.settings.domain.is_some() || pool.settings.custom_domain.is_some() {
                    return Err(Error::invalid(
                        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
                    ));
                }
                tags::put(tx, &pool.id, &BTreeMap::new())?;
                replicas::forget(tx, &pool.id)?;
                user_pools::delete(tx, &pool.id)?;
                Ok(())
            })
            .await?;
        cx.engine.keys.forget(&id);
        Ok(NoOutput)
    }
}

impl Handler for ListUserPoolsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUserPoolsResponse> {
        let listing = format!("ListUserPools/{}", cx.region);
        let after = after(cx, &listing, self.next_token.as_deref())?;
        let limit = usize::try_from(self.max_results).unwrap_or(60).clamp(1, 60);
        let region = cx.region.to_string();
        let now = cx.now();
        let mut pools = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let mut pools = Vec::new();
                for pool in user_pools::list(r, &region, &after, limit.saturating_add(1))? {
                    let others = replicas::of_pool(r, &pool.id, now)?;
                    let others: Vec<String> = others.into_iter().map(|other| other.region).collect();
                    pools.push((pool, Some(others).filter(|list| !list.is_empty())));
                }
                Ok(pools)
            })
            .await?;
        let more = pools.len() > limit;
        pools.truncate(limit);
        let last = pools.last().filter(|_| more).map(|(pool, _)| pool.id.clone());
        Ok(ListUserPoolsResponse {
            user_pools: Some(
                pools
                    .into_iter()
                    .map(|(pool, replica_regions)| UserPoolDescriptionType {
                        id: Some(pool.id),
                        name: Some(pool.name),
                        lambda_config: pool.settings.lambda_config,
                        status: None,
                        last_modified_date: Some(pool.modified_at.into()),
                        creation_date: Some(pool.created_at.into()),
                        replica_regions,
                    })
                    .collect(),
            ),
            next_token: last.map(|id| page::token(&listing, id.as_bytes(), cx.now())),
        })
    }
}

impl Handler for AddCustomAttributesRequest {
    async fn handle(self, cx: &Cx) -> Result<AddCustomAttributesResponse> {
        let now = cx.now();
        cx.engine
            .store
            .transact("AddCustomAttributes", move |tx| -> Result<()> {
                let mut pool = pool_in(tx, &self.user_pool_id)?;
                refuse_during_import(tx, &pool.id)?;
                let schema = attributes::schema_of(&pool.settings);
                let schema = attributes::add_custom(&schema, &self.custom_attributes)
                    .map_err(|found| refused(&found))?;
                pool.settings.schema_attributes = Some(schema);
                pool.modified_at = now;
                keep(tx, &pool)
            })
            .await?;
        Ok(AddCustomAttributesResponse {})
    }
}

pub(super) const NO_FACTOR: &str =
    "Invalid MFA configuration given, can't disable all MFAs and require an MFA together.";

/// Returns the key after which a listing by text goes on; empty for its beginning.
///
/// # Errors
///
/// `InvalidParameterException` for a token that is not of this listing, or too old.
pub fn after(cx: &Cx, listing: &str, token: Option<&str>) -> Result<String> {
    let Some(token) = token else {
        return Ok(String::new());
    };
    let key = page::key(listing, token, cx.now()).map_err(|refused| match refused {
        page::BadToken::Malformed => Error::invalid("Invalid pagination token."),
        page::BadToken::Expired => Error::invalid("The pagination token has expired."),
    })?;
    String::from_utf8(key).map_err(|_| Error::invalid("Invalid pagination token."))
}

/// Writes a pool that was read in the same transaction.
pub(super) fn keep(tx: &mut crate::store::Tx<'_>, pool: &UserPool) -> Result<()> {
    if user_pools::update(tx, pool)? {
        return Ok(());
    }
    Err(Error::new(
        Code::ConcurrentModificationException,
        "The user pool was changed by another call. Please try again.",
    ))
}

fn refuse_during_import(r: &mut Reader<'_>, user_pool_id: &str) -> Result<()> {
    if import_job::is_running(r, user_pool_id)? {
        return Err(Error::new(
            Code::UserImportInProgressException,
            "An import job is in progress in the user pool.",
        ));
    }
    Ok(())
}

fn tagging(reason: &Error) -> Error {
    Error::new(Code::UserPoolTaggingException, reason.message().to_owned())
}

pub(super) fn refused(findings: &[Finding]) -> Error {
    let lines: Vec<&str> = findings.iter().map(|finding| finding.text.as_str()).collect();
    Error::invalid(lines.join("\n"))
}

fn needs_a_factor(settings: &UserPoolType) -> bool {
    matches!(
        settings.mfa_configuration,
        Some(UserPoolMfaType::On | UserPoolMfaType::Optional)
    )
}

/// Takes what the two operations share into the MFA configuration: the mode, and SMS, which
/// cannot be removed from MFA once it was set up.
fn mirror_mfa(pool: &mut UserPool) {
    pool.mfa
        .mfa_configuration
        .clone_from(&pool.settings.mfa_configuration);
    if needs_a_factor(&pool.settings) && pool.settings.sms_configuration.is_some() {
        pool.mfa.sms_mfa_configuration = Some(SmsMfaConfigType {
            sms_authentication_message: pool.settings.sms_authentication_message.clone(),
            sms_configuration: pool.settings.sms_configuration.clone(),
        });
    }
}

/// Fills in what is known only when asked.
fn described(cx: &Cx, pool: &UserPool, users: i64, labels: BTreeMap<String, String>) -> UserPoolType {
    let acr = acr::names(&pool.settings);
    UserPoolType {
        id: Some(pool.id.clone()),
        name: Some(pool.name.clone()),
        arn: Some(cx.user_pool_arn(&pool.region, &pool.id)),
        creation_date: Some(pool.created_at.into()),
        last_modified_date: Some(pool.modified_at.into()),
        estimated_number_of_users: Some(i32::try_from(users.max(0)).unwrap_or(i32::MAX)),
        mfa_configuration: pool.mfa.mfa_configuration.clone().or(Some(UserPoolMfaType::Off)),
        user_pool_tags: Some(labels),
        acr_configuration: Some(acr),
        ..pool.settings.clone()
    }
}

/// Splits a creation into what is fixed for ever, what an update could have set, and tags.
fn split(
    request: CreateUserPoolRequest,
) -> Result<(UserPoolType, UpdateUserPoolRequest, BTreeMap<String, String>)> {
    let CreateUserPoolRequest {
        pool_name,
        policies,
        deletion_protection,
        lambda_config,
        auto_verified_attributes,
        alias_attributes,
        username_attributes,
        sms_verification_message,
        email_verification_message,
        email_verification_subject,
        verification_message_template,
        sms_authentication_message,
        mfa_configuration,
        user_attribute_update_settings,
        device_configuration,
        email_configuration,
        sms_configuration,
        user_pool_tags,
        admin_create_user_config,
        schema,
        user_pool_add_ons,
        dcr_configuration,
        username_configuration,
        account_recovery_setting,
        user_pool_tier,
        key_configuration,
        issuer_configuration,
        acr_configuration,
    } = request;
    let alias_attributes = alias_attributes.filter(|list| !list.is_empty());
    let username_attributes = username_attributes.filter(|list| !list.is_empty());
    if alias_attributes.is_some() && username_attributes.is_some() {
        return Err(Error::invalid(
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
        ));
    }
    let schema = attributes::schema_of_new_pool(schema.as_deref().unwrap_or_default())
        .map_err(|found| refused(&found))?;
    let name_is_alias = alias_attributes
        .as_ref()
        .is_some_and(|list| list.contains(&AliasAttributeType::PreferredUsername));
    let name_is_required = attributes::find(&schema, "preferred_username")
        .is_some_and(|attribute| attribute.required == Some(true));
    if name_is_alias && name_is_required {
        return Err(Error::invalid(
            "preferred_username cannot be both a required attribute and an alias.",
        ));
    }
    let frozen = UserPoolType {
        schema_attributes: Some(schema),
        alias_attributes,
        username_attributes,
        username_configuration: username_configuration
            .or(Some(UsernameConfigurationType { case_sensitive: true })),
        ..UserPoolType::default()
    };
    let wanted = UpdateUserPoolRequest {
        user_pool_id: String::new(),
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
        user_pool_tags: None,
        admin_create_user_config,
        user_pool_add_ons,
        dcr_configuration,
        account_recovery_setting,
        pool_name: Some(pool_name),
        user_pool_tier,
        key_configuration,
        issuer_configuration,
        acr_configuration,
    };
    Ok((frozen, wanted, user_pool_tags.unwrap_or_default()))
}

/// Makes the settings that a request asks for: checks it, fills in defaults, and keeps what
/// no request can change from `frozen`. `before` is what an update changes.
fn settings_of(
    wanted: UpdateUserPoolRequest,
    frozen: &UserPoolType,
    before: Option<&UserPoolType>,
) -> Result<UserPoolType> {
    let UpdateUserPoolRequest {
        user_pool_id: _,
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
        user_pool_tags: _,
        admin_create_user_config,
        user_pool_add_ons,
        dcr_configuration,
        account_recovery_setting,
        pool_name,
        user_pool_tier,
        key_configuration,
        issuer_configuration,
        acr_configuration,
    } = wanted;
    let days_given = policies
        .as_ref()
        .and_then(|policies| policies.password_policy.as_ref())
        .and_then(|policy| policy.temporary_password_validity_days)
        .filter(|days| *days > 0);
    let older_days = admin_create_user_config
        .as_ref()
        .and_then(|config| config.unused_account_validity_days)
        .filter(|days| *days > 0);
    // Both are told of a pool, so both may come back; only when they differ one must be wrong.
    if days_given.is_some() && older_days.is_some() && days_given != older_days {
        return Err(Error::invalid(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
        ));
    }
    let user_pool_add_ons = user_pool_add_ons.unwrap_or(UserPoolAddOnsType {
        advanced_security_mode: AdvancedSecurityModeType::Off,
        advanced_security_additional_flows: None,
    });
    let threat_protection = user_pool_add_ons.advanced_security_mode != AdvancedSecurityModeType::Off;
    let tier = user_pool_tier.unwrap_or(if threat_protection {
        UserPoolTierType::Plus
    } else {
        UserPoolTierType::Essentials
    });
    let settings = UserPoolType {
        name: pool_name.or_else(|| before.and_then(|it| it.name.clone())),
        policies: Some(policies_of(policies, older_days)?),
        deletion_protection: deletion_protection.or(Some(DeletionProtectionType::Inactive)),
        lambda_config: Some(lambda_of(lambda_config)?),
        auto_verified_attributes: auto_verified_attributes.filter(|list| !list.is_empty()),
        sms_verification_message,
        email_verification_message,
        email_verification_subject,
        verification_message_template: Some(template_of(verification_message_template)?),
        sms_authentication_message,
        user_attribute_update_settings,
        mfa_configuration: mfa_configuration.or(Some(UserPoolMfaType::Off)),
        device_configuration,
        email_configuration: Some(email_of(email_configuration)?),
        sms_configuration,
        admin_create_user_config: Some(admin_create_of(admin_create_user_config, days_given)),
        user_pool_add_ons: Some(user_pool_add_ons),
        dcr_configuration: dcr_configuration
            .map(|mut dcr| {
                dcr.enable_status = dcr.enable_status.or(Some(StatusType::Enabled));
                dcr
            })
            .or_else(|| before.and_then(|it| it.dcr_configuration.clone())),
        account_recovery_setting,
        user_pool_tier: Some(tier),
        key_configuration: Some(key_configuration.unwrap_or(KeyConfigurationType {
            key_type: Some(EncryptionKeyType::AwsOwnedKey),
            ..KeyConfigurationType::default()
        })),
        issuer_configuration: Some(issuer_configuration.unwrap_or(IssuerConfigurationType {
            r#type: Some(IssuerType::Original),
        })),
        acr_configuration,
        schema_attributes: frozen.schema_attributes.clone(),
        alias_attributes: frozen.alias_attributes.clone(),
        username_attributes: frozen.username_attributes.clone(),
        username_configuration: frozen.username_configuration.clone(),
        domain: frozen.domain.clone(),
        custom_domain: frozen.custom_domain.clone(),
        ..UserPoolType::default()
    };
    check(&settings)?;
    Ok(settings)
}

/// Checks what spans several members.
fn check(settings: &UserPoolType) -> Result<()> {
    if let Some(update) = &settings.user_attribute_update_settings {
        let verified = settings.auto_verified_attributes.as_deref().unwrap_or_default();
        let asked = update
            .attributes_require_verification_before_update
            .as_deref()
            .unwrap_or_default();
        if asked.iter().any(|attribute| !verified.contains(attribute)) {
            return Err(Error::invalid(
                "AttributesRequireVerificationBeforeUpdate must be a subset of AutoVerifiedAttributes.",
            ));
        }
    }
    if let Some(sms) = &settings.sms_configuration
        && sms.sns_caller_arn.is_some()
        && sms.eums_sms.is_some()
    {
        return Err(Error::invalid("Only one of SnsCallerArn and EumsSms can be set."));
    }
    if let Some(recovery) = &settings.account_recovery_setting {
        let options = recovery.recovery_mechanisms.as_deref().unwrap_or_default();
        let admin_only = options
            .iter()
            .any(|option| option.name == RecoveryOptionNameType::AdminOnly);
        if admin_only && options.len() > 1 {
            return Err(Error::invalid(
                "Invalid account recovery setting parameter. Account recovery setting cannot use admin_only setting with any other recovery mechanisms.",
            ));
        }
        let priorities: BTreeSet<i32> = options.iter().map(|option| option.priority).collect();
        let names: BTreeSet<&RecoveryOptionNameType> = options.iter().map(|option| &option.name).collect();
        if priorities.len() < options.len() || names.len() < options.len() {
            return Err(Error::invalid(
                "Invalid account recovery setting parameter. Each mechanism and each priority can be used once.",
            ));
        }
    }
    if let Some(key) = &settings.key_configuration
        && key.key_type == Some(EncryptionKeyType::CustomerManagedKey)
        && key.kms_key_arn.is_none()
    {
        return Err(Error::invalid(
            "KmsKeyArn is required for a customer managed key.",
        ));
    }
    if settings.acr_configuration.is_some() {
        let all = acr::names(settings);
        let names: BTreeSet<&str> = all.values().map(|level| level.acr_value.as_str()).collect();
        if names.len() < all.len() {
            return Err(Error::invalid("ACR values must be unique over all levels."));
        }
    }
    feature_plans::require_all(settings, &plans::used_by_settings(settings))
}

/// `older_days` is `UnusedAccountValidityDays`, the former name of `TemporaryPasswordValidityDays`.
fn policies_of(given: Option<UserPoolPolicyType>, older_days: Option<i32>) -> Result<UserPoolPolicyType> {
    let given = given.unwrap_or_default();
    let defaults = password_policy::default_policy();
    let policy = match given.password_policy {
        None => PasswordPolicyType {
            temporary_password_validity_days: older_days.or(defaults.temporary_password_validity_days),
            ..defaults
        },
        // Observed: of a policy that is given, what it does not name is off.
        Some(policy) => PasswordPolicyType {
            minimum_length: policy.minimum_length.or(defaults.minimum_length),
            require_uppercase: Some(policy.require_uppercase.unwrap_or(false)),
            require_lowercase: Some(policy.require_lowercase.unwrap_or(false)),
            require_numbers: Some(policy.require_numbers.unwrap_or(false)),
            require_symbols: Some(policy.require_symbols.unwrap_or(false)),
            password_history_size: policy.password_history_size.filter(|size| *size > 0),
            temporary_password_validity_days: policy
                .temporary_password_validity_days
                .filter(|days| *days > 0)
                .or(older_days)
                .or(Some(7)),
        },
    };
    let factors = given
        .sign_in_policy
        .and_then(|policy| policy.allowed_first_auth_factors)
        .filter(|factors| !factors.is_empty())
        .unwrap_or_else(|| vec![AuthFactorType::Password]);
    if !factors.contains(&AuthFactorType::Password) {
        return Err(Error::invalid("AllowedFirstAuthFactors must include PASSWORD."));
    }
    let known = [
        AuthFactorType::Password,
        AuthFactorType::EmailOtp,
        AuthFactorType::SmsOtp,
        AuthFactorType::WebAuthn,
    ];
    if let Some(other) = factors.iter().find(|factor| !known.contains(factor)) {
        return Err(Error::invalid(format!(
            "{other} cannot be a first authentication factor."
        )));
    }
    Ok(UserPoolPolicyType {
        password_policy: Some(policy),
        sign_in_policy: Some(SignInPolicyType {
            allowed_first_auth_factors: Some(factors),
        }),
    })
}

fn lambda_of(given: Option<LambdaConfigType>) -> Result<LambdaConfigType> {
    let mut lambda = given.unwrap_or_default();
    if let Some(config) = &lambda.pre_token_generation_config {
        match &lambda.pre_token_generation {
            Some(arn) if *arn != config.lambda_arn => {
                return Err(Error::invalid(
                    "PreTokenGeneration and PreTokenGenerationConfig.LambdaArn must be the same.",
                ));
            }
            Some(_) => {}
            None => lambda.pre_token_generation = Some(config.lambda_arn.clone()),
        }
    }
    let sends = lambda.custom_sms_sender.is_some() || lambda.custom_email_sender.is_some();
    if sends && lambda.kms_key_id.is_none() {
        return Err(Error::invalid("KMSKeyID is required for a custom sender."));
    }
    Ok(lambda)
}

fn template_of(given: Option<VerificationMessageTemplateType>) -> Result<VerificationMessageTemplateType> {
    let mut template = given.unwrap_or_default();
    if template.email_message.is_some() && template.email_message_by_link.is_some() {
        return Err(Error::invalid(
            "Only one of EmailMessage and EmailMessageByLink can be set.",
        ));
    }
    template.default_email_option = template
        .default_email_option
        .or(Some(DefaultEmailOptionType::ConfirmWithCode));
    Ok(template)
}

fn email_of(given: Option<EmailConfigurationType>) -> Result<EmailConfigurationType> {
    let mut email = given.unwrap_or_default();
    let account = email
        .email_sending_account
        .clone()
        .unwrap_or(EmailSendingAccountType::CognitoDefault);
    if account == EmailSendingAccountType::Developer && email.source_arn.is_none() {
        return Err(Error::invalid(
            "SourceArn is required for the DEVELOPER sending account.",
        ));
    }
    // An empty text is none.
    email.from = email.from.filter(|from| !from.is_empty());
    email.reply_to_email_address = email.reply_to_email_address.filter(|to| !to.is_empty());
    for (member, address) in [
        ("From", &email.from),
        ("ReplyToEmailAddress", &email.reply_to_email_address),
    ] {
        delivery::check_address(member, address.as_deref())?;
    }
    email.email_sending_account = Some(account);
    Ok(email)
}

/// `days` is `TemporaryPasswordValidityDays`, which the older member tells too.
fn admin_create_of(given: Option<AdminCreateUserConfigType>, days: Option<i32>) -> AdminCreateUserConfigType {
    let given = given.unwrap_or_default();
    AdminCreateUserConfigType {
        allow_admin_create_user_only: Some(given.allow_admin_create_user_only.unwrap_or(false)),
        unused_account_validity_days: given
            .unused_account_validity_days
            .filter(|days| *days > 0)
            .or(days)
            .or(Some(7)),
        invite_message_template: given.invite_message_template,
    }
}
