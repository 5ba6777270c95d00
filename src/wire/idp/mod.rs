//! What travels to and from `cognito-idp`: one file a resource, the vendor's names.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use crate::wire::OperationInfo;

pub mod app_clients;
pub mod devices;
pub mod domains;
pub mod groups;
pub mod identity_providers;
pub mod imports;
pub mod limits;
pub mod log_delivery;
pub mod managed_login;
pub mod passkeys;
pub mod profile;
pub mod replicas;
pub mod resource_servers;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod software_tokens;
pub mod tags;
pub mod terms;
pub mod threat_protection;
pub mod types;
pub mod ui_customization;
pub mod user_pools;
pub mod users;

pub use app_clients::*;
pub use devices::*;
pub use domains::*;
pub use groups::*;
pub use identity_providers::*;
pub use imports::*;
pub use limits::*;
pub use log_delivery::*;
pub use managed_login::*;
pub use passkeys::*;
pub use profile::*;
pub use replicas::*;
pub use resource_servers::*;
pub use sessions::*;
pub use sign_in::*;
pub use sign_up::*;
pub use software_tokens::*;
pub use tags::*;
pub use terms::*;
pub use threat_protection::*;
pub use types::*;
pub use ui_customization::*;
pub use user_pools::*;
pub use users::*;

/// Every operation of `cognito-idp`.
pub const OPERATIONS: &[OperationInfo] = &[
    OperationInfo::of::<user_pools::CreateUserPoolRequest>(),
    OperationInfo::of::<user_pools::DescribeUserPoolRequest>(),
    OperationInfo::of::<user_pools::UpdateUserPoolRequest>(),
    OperationInfo::of::<user_pools::DeleteUserPoolRequest>(),
    OperationInfo::of::<user_pools::ListUserPoolsRequest>(),
    OperationInfo::of::<user_pools::AddCustomAttributesRequest>(),
    OperationInfo::of::<user_pools::GetUserPoolMfaConfigRequest>(),
    OperationInfo::of::<user_pools::SetUserPoolMfaConfigRequest>(),
    OperationInfo::of::<user_pools::GetSigningCertificateRequest>(),
    OperationInfo::of::<app_clients::CreateUserPoolClientRequest>(),
    OperationInfo::of::<app_clients::DescribeUserPoolClientRequest>(),
    OperationInfo::of::<app_clients::UpdateUserPoolClientRequest>(),
    OperationInfo::of::<app_clients::DeleteUserPoolClientRequest>(),
    OperationInfo::of::<app_clients::ListUserPoolClientsRequest>(),
    OperationInfo::of::<app_clients::AddUserPoolClientSecretRequest>(),
    OperationInfo::of::<app_clients::DeleteUserPoolClientSecretRequest>(),
    OperationInfo::of::<app_clients::ListUserPoolClientSecretsRequest>(),
    OperationInfo::of::<resource_servers::CreateResourceServerRequest>(),
    OperationInfo::of::<resource_servers::DescribeResourceServerRequest>(),
    OperationInfo::of::<resource_servers::UpdateResourceServerRequest>(),
    OperationInfo::of::<resource_servers::DeleteResourceServerRequest>(),
    OperationInfo::of::<resource_servers::ListResourceServersRequest>(),
    OperationInfo::of::<domains::CreateUserPoolDomainRequest>(),
    OperationInfo::of::<domains::DescribeUserPoolDomainRequest>(),
    OperationInfo::of::<domains::UpdateUserPoolDomainRequest>(),
    OperationInfo::of::<domains::DeleteUserPoolDomainRequest>(),
    OperationInfo::of::<identity_providers::CreateIdentityProviderRequest>(),
    OperationInfo::of::<identity_providers::DescribeIdentityProviderRequest>(),
    OperationInfo::of::<identity_providers::GetIdentityProviderByIdentifierRequest>(),
    OperationInfo::of::<identity_providers::UpdateIdentityProviderRequest>(),
    OperationInfo::of::<identity_providers::DeleteIdentityProviderRequest>(),
    OperationInfo::of::<identity_providers::ListIdentityProvidersRequest>(),
    OperationInfo::of::<identity_providers::AdminLinkProviderForUserRequest>(),
    OperationInfo::of::<identity_providers::AdminDisableProviderForUserRequest>(),
    OperationInfo::of::<users::AdminCreateUserRequest>(),
    OperationInfo::of::<users::AdminGetUserRequest>(),
    OperationInfo::of::<users::ListUsersRequest>(),
    OperationInfo::of::<users::AdminUpdateUserAttributesRequest>(),
    OperationInfo::of::<users::AdminDeleteUserAttributesRequest>(),
    OperationInfo::of::<users::AdminDeleteUserRequest>(),
    OperationInfo::of::<users::AdminEnableUserRequest>(),
    OperationInfo::of::<users::AdminDisableUserRequest>(),
    OperationInfo::of::<users::AdminConfirmSignUpRequest>(),
    OperationInfo::of::<users::AdminSetUserPasswordRequest>(),
    OperationInfo::of::<users::AdminResetUserPasswordRequest>(),
    OperationInfo::of::<users::AdminUserGlobalSignOutRequest>(),
    OperationInfo::of::<users::AdminSetUserMFAPreferenceRequest>(),
    OperationInfo::of::<users::AdminSetUserSettingsRequest>(),
    OperationInfo::of::<users::AdminGetUserAuthFactorsRequest>(),
    OperationInfo::of::<users::AdminDeleteSoftwareTokenRequest>(),
    OperationInfo::of::<groups::CreateGroupRequest>(),
    OperationInfo::of::<groups::GetGroupRequest>(),
    OperationInfo::of::<groups::UpdateGroupRequest>(),
    OperationInfo::of::<groups::DeleteGroupRequest>(),
    OperationInfo::of::<groups::ListGroupsRequest>(),
    OperationInfo::of::<groups::AdminAddUserToGroupRequest>(),
    OperationInfo::of::<groups::AdminRemoveUserFromGroupRequest>(),
    OperationInfo::of::<groups::AdminListGroupsForUserRequest>(),
    OperationInfo::of::<groups::ListUsersInGroupRequest>(),
    OperationInfo::of::<sign_up::SignUpRequest>(),
    OperationInfo::of::<sign_up::ConfirmSignUpRequest>(),
    OperationInfo::of::<sign_up::ResendConfirmationCodeRequest>(),
    OperationInfo::of::<sign_up::ForgotPasswordRequest>(),
    OperationInfo::of::<sign_up::ConfirmForgotPasswordRequest>(),
    OperationInfo::of::<sign_in::InitiateAuthRequest>(),
    OperationInfo::of::<sign_in::RespondToAuthChallengeRequest>(),
    OperationInfo::of::<sign_in::AdminInitiateAuthRequest>(),
    OperationInfo::of::<sign_in::AdminRespondToAuthChallengeRequest>(),
    OperationInfo::of::<sign_in::GetTokensFromRefreshTokenRequest>(),
    OperationInfo::of::<sign_in::RevokeTokenRequest>(),
    OperationInfo::of::<sign_in::GlobalSignOutRequest>(),
    OperationInfo::of::<sign_in::GetClientTokenRequest>(),
    OperationInfo::of::<sign_in::GetDerivedTokenRequest>(),
    OperationInfo::of::<profile::GetUserRequest>(),
    OperationInfo::of::<profile::UpdateUserAttributesRequest>(),
    OperationInfo::of::<profile::DeleteUserAttributesRequest>(),
    OperationInfo::of::<profile::GetUserAttributeVerificationCodeRequest>(),
    OperationInfo::of::<profile::VerifyUserAttributeRequest>(),
    OperationInfo::of::<profile::ChangePasswordRequest>(),
    OperationInfo::of::<profile::DeleteUserRequest>(),
    OperationInfo::of::<profile::GetUserAuthFactorsRequest>(),
    OperationInfo::of::<profile::SetUserMFAPreferenceRequest>(),
    OperationInfo::of::<profile::SetUserSettingsRequest>(),
    OperationInfo::of::<software_tokens::AssociateSoftwareTokenRequest>(),
    OperationInfo::of::<software_tokens::VerifySoftwareTokenRequest>(),
    OperationInfo::of::<passkeys::StartWebAuthnRegistrationRequest>(),
    OperationInfo::of::<passkeys::CompleteWebAuthnRegistrationRequest>(),
    OperationInfo::of::<passkeys::ListWebAuthnCredentialsRequest>(),
    OperationInfo::of::<passkeys::DeleteWebAuthnCredentialRequest>(),
    OperationInfo::of::<devices::ConfirmDeviceRequest>(),
    OperationInfo::of::<devices::GetDeviceRequest>(),
    OperationInfo::of::<devices::ListDevicesRequest>(),
    OperationInfo::of::<devices::UpdateDeviceStatusRequest>(),
    OperationInfo::of::<devices::ForgetDeviceRequest>(),
    OperationInfo::of::<devices::AdminGetDeviceRequest>(),
    OperationInfo::of::<devices::AdminListDevicesRequest>(),
    OperationInfo::of::<devices::AdminUpdateDeviceStatusRequest>(),
    OperationInfo::of::<devices::AdminForgetDeviceRequest>(),
    OperationInfo::of::<sessions::GetUserPoolSessionConfigurationRequest>(),
    OperationInfo::of::<sessions::SetUserPoolSessionConfigurationRequest>(),
    OperationInfo::of::<sessions::GetUserPoolClientSessionConfigurationRequest>(),
    OperationInfo::of::<sessions::SetUserPoolClientSessionConfigurationRequest>(),
    OperationInfo::of::<sessions::ListUserSessionsRequest>(),
    OperationInfo::of::<sessions::RevokeUserSessionRequest>(),
    OperationInfo::of::<sessions::AdminListUserSessionsRequest>(),
    OperationInfo::of::<sessions::AdminRevokeUserSessionRequest>(),
    OperationInfo::of::<imports::GetCSVHeaderRequest>(),
    OperationInfo::of::<imports::CreateUserImportJobRequest>(),
    OperationInfo::of::<imports::DescribeUserImportJobRequest>(),
    OperationInfo::of::<imports::ListUserImportJobsRequest>(),
    OperationInfo::of::<imports::StartUserImportJobRequest>(),
    OperationInfo::of::<imports::StopUserImportJobRequest>(),
    OperationInfo::of::<ui_customization::GetUICustomizationRequest>(),
    OperationInfo::of::<ui_customization::SetUICustomizationRequest>(),
    OperationInfo::of::<managed_login::CreateManagedLoginBrandingRequest>(),
    OperationInfo::of::<managed_login::DescribeManagedLoginBrandingRequest>(),
    OperationInfo::of::<managed_login::DescribeManagedLoginBrandingByClientRequest>(),
    OperationInfo::of::<managed_login::UpdateManagedLoginBrandingRequest>(),
    OperationInfo::of::<managed_login::DeleteManagedLoginBrandingRequest>(),
    OperationInfo::of::<terms::CreateTermsRequest>(),
    OperationInfo::of::<terms::DescribeTermsRequest>(),
    OperationInfo::of::<terms::DescribeTermsByClientRequest>(),
    OperationInfo::of::<terms::UpdateTermsRequest>(),
    OperationInfo::of::<terms::DeleteTermsRequest>(),
    OperationInfo::of::<terms::ListTermsRequest>(),
    OperationInfo::of::<threat_protection::DescribeRiskConfigurationRequest>(),
    OperationInfo::of::<threat_protection::SetRiskConfigurationRequest>(),
    OperationInfo::of::<threat_protection::AdminListUserAuthEventsRequest>(),
    OperationInfo::of::<threat_protection::AdminUpdateAuthEventFeedbackRequest>(),
    OperationInfo::of::<threat_protection::UpdateAuthEventFeedbackRequest>(),
    OperationInfo::of::<log_delivery::GetLogDeliveryConfigurationRequest>(),
    OperationInfo::of::<log_delivery::SetLogDeliveryConfigurationRequest>(),
    OperationInfo::of::<replicas::CreateUserPoolReplicaRequest>(),
    OperationInfo::of::<replicas::ListUserPoolReplicasRequest>(),
    OperationInfo::of::<replicas::UpdateUserPoolReplicaRequest>(),
    OperationInfo::of::<replicas::DeleteUserPoolReplicaRequest>(),
    OperationInfo::of::<limits::GetProvisionedLimitRequest>(),
    OperationInfo::of::<limits::UpdateProvisionedLimitRequest>(),
    OperationInfo::of::<tags::TagResourceRequest>(),
    OperationInfo::of::<tags::UntagResourceRequest>(),
    OperationInfo::of::<tags::ListTagsForResourceRequest>(),
];
