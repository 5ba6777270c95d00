//! Wire types of tags.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::fault::Code;
use crate::wire::{Auth, Operation, Service};

/// The request of `TagResource`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourceRequest {
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    pub resource_arn: String,
    pub tags: BTreeMap<String, String>,
}

/// `TagResourceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TagResourceResponse {}

impl Operation for TagResourceRequest {
    type Response = TagResourceResponse;
    const NAME: &'static str = "TagResource";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InvalidParameterException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `UntagResource`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResourceRequest {
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    pub resource_arn: String,
    /// Each 1 to 128 characters.
    pub tag_keys: Vec<String>,
}

/// `UntagResourceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UntagResourceResponse {}

impl Operation for UntagResourceRequest {
    type Response = UntagResourceResponse;
    const NAME: &'static str = "UntagResource";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InvalidParameterException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}

/// The request of `ListTagsForResource`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResourceRequest {
    /// 20 to 2048 characters, pattern `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    pub resource_arn: String,
}

/// `ListTagsForResourceResponse` of the service model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResourceResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

impl Operation for ListTagsForResourceRequest {
    type Response = ListTagsForResourceResponse;
    const NAME: &'static str = "ListTagsForResource";
    const SERVICE: Service = Service::Idp;
    const AUTH: Auth = Auth::Signed;
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::NotAuthorizedException,
        Code::TooManyRequestsException,
        Code::InvalidParameterException,
        Code::OperationNotEnabledException,
        Code::InternalErrorException,
    ];
}
