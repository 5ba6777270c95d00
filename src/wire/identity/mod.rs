//! What travels to and from `cognito-identity`: one file a resource, the vendor's names.
//!
//! Made by `assets/api/derive.py` from the service model; change that, not this.

use crate::wire::OperationInfo;

pub mod credentials;
pub mod developer;
pub mod identities;
pub mod pools;
pub mod roles;
pub mod tags;

pub use credentials::*;
pub use developer::*;
pub use identities::*;
pub use pools::*;
pub use roles::*;
pub use tags::*;

/// Every operation of `cognito-identity`.
pub const OPERATIONS: &[OperationInfo] = &[
    OperationInfo::of::<pools::CreateIdentityPoolInput>(),
    OperationInfo::of::<pools::DescribeIdentityPoolInput>(),
    OperationInfo::of::<pools::IdentityPool>(),
    OperationInfo::of::<pools::DeleteIdentityPoolInput>(),
    OperationInfo::of::<pools::ListIdentityPoolsInput>(),
    OperationInfo::of::<roles::SetIdentityPoolRolesInput>(),
    OperationInfo::of::<roles::GetIdentityPoolRolesInput>(),
    OperationInfo::of::<roles::SetPrincipalTagAttributeMapInput>(),
    OperationInfo::of::<roles::GetPrincipalTagAttributeMapInput>(),
    OperationInfo::of::<credentials::GetIdInput>(),
    OperationInfo::of::<credentials::GetCredentialsForIdentityInput>(),
    OperationInfo::of::<credentials::GetOpenIdTokenInput>(),
    OperationInfo::of::<credentials::UnlinkIdentityInput>(),
    OperationInfo::of::<developer::GetOpenIdTokenForDeveloperIdentityInput>(),
    OperationInfo::of::<developer::LookupDeveloperIdentityInput>(),
    OperationInfo::of::<developer::MergeDeveloperIdentitiesInput>(),
    OperationInfo::of::<developer::UnlinkDeveloperIdentityInput>(),
    OperationInfo::of::<identities::DescribeIdentityInput>(),
    OperationInfo::of::<identities::ListIdentitiesInput>(),
    OperationInfo::of::<identities::DeleteIdentitiesInput>(),
    OperationInfo::of::<tags::TagResourceInput>(),
    OperationInfo::of::<tags::UntagResourceInput>(),
    OperationInfo::of::<tags::ListTagsForResourceInput>(),
];
