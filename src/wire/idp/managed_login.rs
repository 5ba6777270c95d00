//! Wire types of managed login.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Blob, NoOutput, Operation, Service, Timestamp, wire_enum};

/// The request of `CreateManagedLoginBranding`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateManagedLoginBrandingRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_cognito_provided_values: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<serde_json::Value>,
    /// 0 to 40 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assets: Option<Vec<AssetType>>,
}

/// `CreateManagedLoginBrandingResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateManagedLoginBrandingResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_branding: Option<ManagedLoginBrandingType>,
}

impl Operation for CreateManagedLoginBrandingRequest {
    type Response = CreateManagedLoginBrandingResponse;
    const NAME: &'static str = "CreateManagedLoginBranding";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::ConcurrentModificationException,
        Code::ManagedLoginBrandingExistsException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::LimitExceededException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DescribeManagedLoginBranding`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeManagedLoginBrandingRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    pub managed_login_branding_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_merged_resources: Option<bool>,
}

/// `DescribeManagedLoginBrandingResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeManagedLoginBrandingResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_branding: Option<ManagedLoginBrandingType>,
}

impl Operation for DescribeManagedLoginBrandingRequest {
    type Response = DescribeManagedLoginBrandingResponse;
    const NAME: &'static str = "DescribeManagedLoginBranding";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DescribeManagedLoginBrandingByClient`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeManagedLoginBrandingByClientRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_merged_resources: Option<bool>,
}

/// `DescribeManagedLoginBrandingByClientResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeManagedLoginBrandingByClientResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_branding: Option<ManagedLoginBrandingType>,
}

impl Operation for DescribeManagedLoginBrandingByClientRequest {
    type Response = DescribeManagedLoginBrandingByClientResponse;
    const NAME: &'static str = "DescribeManagedLoginBrandingByClient";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `UpdateManagedLoginBranding`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateManagedLoginBrandingRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_branding_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_cognito_provided_values: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<serde_json::Value>,
    /// 0 to 40 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assets: Option<Vec<AssetType>>,
}

/// `UpdateManagedLoginBrandingResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateManagedLoginBrandingResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_branding: Option<ManagedLoginBrandingType>,
}

impl Operation for UpdateManagedLoginBrandingRequest {
    type Response = UpdateManagedLoginBrandingResponse;
    const NAME: &'static str = "UpdateManagedLoginBranding";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::ConcurrentModificationException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DeleteManagedLoginBranding`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteManagedLoginBrandingRequest {
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    pub managed_login_branding_id: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

impl Operation for DeleteManagedLoginBrandingRequest {
    type Response = NoOutput;
    const NAME: &'static str = "DeleteManagedLoginBranding";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::ConcurrentModificationException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The values of `AssetCategoryType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssetCategoryType {
    FaviconIco,
    FaviconSvg,
    EmailGraphic,
    SmsGraphic,
    AuthAppGraphic,
    PasswordGraphic,
    PasskeyGraphic,
    PageHeaderLogo,
    PageHeaderBackground,
    PageFooterLogo,
    PageFooterBackground,
    PageBackground,
    FormBackground,
    FormLogo,
    IdpButtonIcon,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(AssetCategoryType {
    FaviconIco = "FAVICON_ICO",
    FaviconSvg = "FAVICON_SVG",
    EmailGraphic = "EMAIL_GRAPHIC",
    SmsGraphic = "SMS_GRAPHIC",
    AuthAppGraphic = "AUTH_APP_GRAPHIC",
    PasswordGraphic = "PASSWORD_GRAPHIC",
    PasskeyGraphic = "PASSKEY_GRAPHIC",
    PageHeaderLogo = "PAGE_HEADER_LOGO",
    PageHeaderBackground = "PAGE_HEADER_BACKGROUND",
    PageFooterLogo = "PAGE_FOOTER_LOGO",
    PageFooterBackground = "PAGE_FOOTER_BACKGROUND",
    PageBackground = "PAGE_BACKGROUND",
    FormBackground = "FORM_BACKGROUND",
    FormLogo = "FORM_LOGO",
    IdpButtonIcon = "IDP_BUTTON_ICON",
});

/// The values of `AssetExtensionType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssetExtensionType {
    Ico,
    Jpeg,
    Png,
    Svg,
    Webp,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(AssetExtensionType {
    Ico = "ICO",
    Jpeg = "JPEG",
    Png = "PNG",
    Svg = "SVG",
    Webp = "WEBP",
});

/// `AssetType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssetType {
    pub category: AssetCategoryType,
    pub color_mode: ColorSchemeModeType,
    pub extension: AssetExtensionType,
    /// At most 1000000 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Blob>,
    /// 1 to 40 characters, pattern `^[\w\- ]+$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
}

/// The values of `ColorSchemeModeType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColorSchemeModeType {
    Light,
    Dark,
    Dynamic,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(ColorSchemeModeType {
    Light = "LIGHT",
    Dark = "DARK",
    Dynamic = "DYNAMIC",
});

/// `ManagedLoginBrandingType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedLoginBrandingType {
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_login_branding_id: Option<String>,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_cognito_provided_values: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<serde_json::Value>,
    /// 0 to 40 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assets: Option<Vec<AssetType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<Timestamp>,
}
