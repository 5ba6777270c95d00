//! Wire types of terms.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, NoOutput, Operation, Service, Timestamp, wire_enum};

/// The request of `CreateTerms`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateTermsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// Pattern `^(terms-of-use|privacy-policy)$`.
    pub terms_name: String,
    pub terms_source: TermsSourceType,
    pub enforcement: TermsEnforcementType,
    /// 1 to 13 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<BTreeMap<String, String>>,
}

/// `CreateTermsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateTermsResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsType>,
}

impl Operation for CreateTermsRequest {
    type Response = CreateTermsResponse;
    const NAME: &'static str = "CreateTerms";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::ConcurrentModificationException,
        Code::TermsExistsException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::LimitExceededException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DescribeTerms`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTermsRequest {
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    pub terms_id: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

/// `DescribeTermsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTermsResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsType>,
}

impl Operation for DescribeTermsRequest {
    type Response = DescribeTermsResponse;
    const NAME: &'static str = "DescribeTerms";
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

/// The request of `DescribeTermsByClient`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTermsByClientRequest {
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// Pattern `^(terms-of-use|privacy-policy)$`.
    pub terms_name: String,
}

/// `DescribeTermsByClientResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTermsByClientResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsType>,
}

impl Operation for DescribeTermsByClientRequest {
    type Response = DescribeTermsByClientResponse;
    const NAME: &'static str = "DescribeTermsByClient";
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

/// The request of `UpdateTerms`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateTermsRequest {
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    pub terms_id: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// Pattern `^(terms-of-use|privacy-policy)$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_source: Option<TermsSourceType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<TermsEnforcementType>,
    /// 1 to 13 entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<BTreeMap<String, String>>,
}

/// `UpdateTermsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateTermsResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsType>,
}

impl Operation for UpdateTermsRequest {
    type Response = UpdateTermsResponse;
    const NAME: &'static str = "UpdateTerms";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::ConcurrentModificationException,
        Code::TermsExistsException,
        Code::InvalidParameterException,
        Code::TooManyRequestsException,
        Code::NotAuthorizedException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `DeleteTerms`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteTermsRequest {
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    pub terms_id: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

impl Operation for DeleteTermsRequest {
    type Response = NoOutput;
    const NAME: &'static str = "DeleteTerms";
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

/// The request of `ListTerms`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTermsRequest {
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// `ListTermsResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTermsResponse {
    pub terms: Vec<TermsDescriptionType>,
    /// 0 to 131072 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl Operation for ListTermsRequest {
    type Response = ListTermsResponse;
    const NAME: &'static str = "ListTerms";
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

/// `TermsDescriptionType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TermsDescriptionType {
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    pub terms_id: String,
    /// Pattern `^(terms-of-use|privacy-policy)$`.
    pub terms_name: String,
    pub enforcement: TermsEnforcementType,
    pub creation_date: Timestamp,
    pub last_modified_date: Timestamp,
}

/// The values of `TermsEnforcementType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermsEnforcementType {
    None,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(TermsEnforcementType {
    None = "NONE",
});

/// The values of `TermsSourceType`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermsSourceType {
    Link,
    /// A value this model does not know, kept as it came.
    Unlisted(String),
}

wire_enum!(TermsSourceType {
    Link = "LINK",
});

/// `TermsType` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TermsType {
    /// Pattern `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`.
    pub terms_id: String,
    /// 1 to 55 characters, pattern `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// 1 to 128 characters, pattern `[\w+]+`.
    pub client_id: String,
    /// Pattern `^(terms-of-use|privacy-policy)$`.
    pub terms_name: String,
    pub terms_source: TermsSourceType,
    pub enforcement: TermsEnforcementType,
    /// 1 to 13 entries.
    pub links: BTreeMap<String, String>,
    pub creation_date: Timestamp,
    pub last_modified_date: Timestamp,
}
