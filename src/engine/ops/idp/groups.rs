//! Operations on groups and their members.

use uuid::Uuid;

use crate::base::page;
use crate::engine::dispatch::{Handler, Route};
use crate::engine::ops::idp::user_pools::after;
use crate::engine::ops::idp::users::{pool_in, user_in, user_type};
use crate::engine::{Cx, Error, Result};
use crate::store::Reader;
use crate::store::records::groups::{self, Group};
use crate::store::records::user_pools::UserPool;
use crate::store::records::users::{self, User};
use crate::wire::NoOutput;
use crate::wire::fault::Code;
use crate::wire::idp::{
    AdminAddUserToGroupRequest, AdminListGroupsForUserRequest, AdminListGroupsForUserResponse,
    AdminRemoveUserFromGroupRequest, CreateGroupRequest, CreateGroupResponse, DeleteGroupRequest,
    GetGroupRequest, GetGroupResponse, GroupType, ListGroupsRequest, ListGroupsResponse,
    ListUsersInGroupRequest, ListUsersInGroupResponse, UpdateGroupRequest, UpdateGroupResponse,
};

/// What this file answers.
pub const ROUTES: &[Route] = &[
    Route::of::<CreateGroupRequest>(),
    Route::of::<GetGroupRequest>(),
    Route::of::<UpdateGroupRequest>(),
    Route::of::<DeleteGroupRequest>(),
    Route::of::<ListGroupsRequest>(),
    Route::of::<AdminAddUserToGroupRequest>(),
    Route::of::<AdminRemoveUserFromGroupRequest>(),
    Route::of::<AdminListGroupsForUserRequest>(),
    Route::of::<ListUsersInGroupRequest>(),
];

/// The most groups of a user pool. Source: developer guide, "Quotas".
const GROUPS_MAX: usize = 10_000;
/// The most groups of a user.
const GROUPS_OF_USER_MAX: usize = 100;
/// The most entries of a page, and their number when none or 0 is asked for.
const PAGE_MAX: usize = 60;

impl Handler for CreateGroupRequest {
    async fn handle(self, cx: &Cx) -> Result<CreateGroupResponse> {
        let now = cx.now();
        let group = Group {
            user_pool_id: self.user_pool_id,
            name: self.group_name,
            description: self.description,
            role_arn: self.role_arn,
            precedence: self.precedence,
            created_at: now,
            modified_at: now,
        };
        let made = group.clone();
        cx.engine
            .store
            .transact("CreateGroup", move |tx| -> Result<()> {
                pool_in(tx, &made.user_pool_id)?;
                let limit = i64::try_from(GROUPS_MAX).unwrap_or(i64::MAX);
                if groups::count_up_to(tx, &made.user_pool_id, GROUPS_MAX)? >= limit {
                    return Err(Error::new(
                        Code::LimitExceededException,
                        format!("A user pool has at most {GROUPS_MAX} groups."),
                    ));
                }
                if groups::insert(tx, &made)? {
                    return Ok(());
                }
                Err(Error::new(
                    Code::GroupExistsException,
                    "A group with the name already exists.",
                ))
            })
            .await?;
        Ok(CreateGroupResponse {
            group: Some(group_type(group)),
        })
    }
}

impl Handler for GetGroupRequest {
    async fn handle(self, cx: &Cx) -> Result<GetGroupResponse> {
        let group = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                pool_in(r, &self.user_pool_id)?;
                group_in(r, &self.user_pool_id, &self.group_name)
            })
            .await?;
        Ok(GetGroupResponse {
            group: Some(group_type(group)),
        })
    }
}

/// A member that is missing stays as it is, as observed; an empty text takes it away.
impl Handler for UpdateGroupRequest {
    async fn handle(self, cx: &Cx) -> Result<UpdateGroupResponse> {
        let now = cx.now();
        let group = cx
            .engine
            .store
            .transact("UpdateGroup", move |tx| -> Result<_> {
                pool_in(tx, &self.user_pool_id)?;
                let mut group = group_in(tx, &self.user_pool_id, &self.group_name)?;
                if let Some(description) = &self.description {
                    group.description = Some(description.clone()).filter(|text| !text.is_empty());
                }
                if let Some(role_arn) = &self.role_arn {
                    group.role_arn = Some(role_arn.clone()).filter(|text| !text.is_empty());
                }
                if self.precedence.is_some() {
                    group.precedence = self.precedence;
                }
                group.modified_at = now;
                groups::update(tx, &group)?;
                Ok(group)
            })
            .await?;
        Ok(UpdateGroupResponse {
            group: Some(group_type(group)),
        })
    }
}

impl Handler for DeleteGroupRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("DeleteGroup", move |tx| -> Result<()> {
                pool_in(tx, &self.user_pool_id)?;
                if groups::delete(tx, &self.user_pool_id, &self.group_name)? {
                    return Ok(());
                }
                Err(no_group())
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for ListGroupsRequest {
    async fn handle(self, cx: &Cx) -> Result<ListGroupsResponse> {
        let listing = format!("ListGroups/{}", self.user_pool_id);
        let after = after(cx, &listing, self.next_token.as_deref())?;
        let limit = page_size(self.limit);
        let mut found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                pool_in(r, &self.user_pool_id)?;
                let ask = limit.saturating_add(1);
                Ok(groups::list(r, &self.user_pool_id, &after, ask)?)
            })
            .await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more).map(|group| group.name.clone());
        Ok(ListGroupsResponse {
            groups: Some(found.into_iter().map(group_type).collect()),
            next_token: last.map(|name| page::token(&listing, name.as_bytes(), cx.now())),
        })
    }
}

impl Handler for AdminAddUserToGroupRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("AdminAddUserToGroup", move |tx| -> Result<()> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let user = member_in(tx, &pool, &self.username)?;
                let group = group_in(tx, &pool.id, &self.group_name)?;
                let others = groups::of_user(tx, &pool.id, &user.sub)?;
                let is_member = others.iter().any(|other| other.name == group.name);
                if is_member {
                    return Ok(());
                }
                if others.len() >= GROUPS_OF_USER_MAX {
                    // LimitExceededException is not among the operation's errors.
                    return Err(Error::invalid(format!(
                        "A user is in at most {GROUPS_OF_USER_MAX} groups."
                    )));
                }
                groups::add_member(tx, &pool.id, &group.name, &user.sub)?;
                Ok(())
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for AdminRemoveUserFromGroupRequest {
    async fn handle(self, cx: &Cx) -> Result<NoOutput> {
        cx.engine
            .store
            .transact("AdminRemoveUserFromGroup", move |tx| -> Result<()> {
                let pool = pool_in(tx, &self.user_pool_id)?;
                let user = member_in(tx, &pool, &self.username)?;
                let group = group_in(tx, &pool.id, &self.group_name)?;
                groups::remove_member(tx, &pool.id, &group.name, &user.sub)?;
                Ok(())
            })
            .await?;
        Ok(NoOutput)
    }
}

impl Handler for AdminListGroupsForUserRequest {
    async fn handle(self, cx: &Cx) -> Result<AdminListGroupsForUserResponse> {
        let listing = format!("AdminListGroupsForUser/{}/{}", self.user_pool_id, self.username);
        let after = after(cx, &listing, self.next_token.as_deref())?;
        let limit = page_size(self.limit);
        let (id, username) = (self.user_pool_id, self.username);
        let found = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &id)?;
                let user = member_in(r, &pool, &username)?;
                Ok(groups::of_user(r, &pool.id, &user.sub)?)
            })
            .await?;
        // At most a hundred: the page starts behind the group that ended the last one, or,
        // when that one is gone, at the beginning.
        let start = found
            .iter()
            .position(|group| group.name == after)
            .map_or(0, |at| at.saturating_add(1));
        let rest = found.len().saturating_sub(start);
        let page: Vec<Group> = found.into_iter().skip(start).take(limit).collect();
        let last = page
            .last()
            .filter(|_| rest > limit)
            .map(|group| group.name.clone());
        Ok(AdminListGroupsForUserResponse {
            groups: Some(page.into_iter().map(group_type).collect()),
            next_token: last.map(|name| page::token(&listing, name.as_bytes(), cx.now())),
        })
    }
}

impl Handler for ListUsersInGroupRequest {
    async fn handle(self, cx: &Cx) -> Result<ListUsersInGroupResponse> {
        let listing = format!("ListUsersInGroup/{}/{}", self.user_pool_id, self.group_name);
        let after = after(cx, &listing, self.next_token.as_deref())?;
        let after = match after.as_str() {
            "" => None,
            text => Some(Uuid::try_parse(text).map_err(|_| Error::invalid("Invalid pagination token."))?),
        };
        let limit = page_size(self.limit);
        let (found, last) = cx
            .engine
            .store
            .read(move |r| -> Result<_> {
                let pool = pool_in(r, &self.user_pool_id)?;
                group_in(r, &pool.id, &self.group_name)?;
                let ask = limit.saturating_add(1);
                let mut subs = groups::members(r, &pool.id, &self.group_name, after.as_ref(), ask)?;
                let more = subs.len() > limit;
                subs.truncate(limit);
                let mut found = Vec::with_capacity(subs.len());
                for sub in &subs {
                    if let Some(user) = users::get(r, &pool.id, sub)? {
                        found.push(user_type(&user, None));
                    }
                }
                Ok((found, subs.last().copied().filter(|_| more)))
            })
            .await?;
        Ok(ListUsersInGroupResponse {
            users: Some(found),
            next_token: last.map(|sub| page::token(&listing, sub.to_string().as_bytes(), cx.now())),
        })
    }
}

fn page_size(limit: Option<i32>) -> usize {
    match limit.and_then(|limit| usize::try_from(limit).ok()) {
        None | Some(0) => PAGE_MAX,
        Some(limit) => limit.min(PAGE_MAX),
    }
}

fn no_group() -> Error {
    Error::not_found("Group not found.")
}

fn group_in(r: &mut Reader<'_>, pool: &str, name: &str) -> Result<Group> {
    groups::get(r, pool, name)?.ok_or_else(no_group)
}

fn member_in(r: &mut Reader<'_>, pool: &UserPool, username: &str) -> Result<User> {
    user_in(r, pool, username)?.ok_or_else(Error::no_user)
}

fn group_type(group: Group) -> GroupType {
    GroupType {
        group_name: Some(group.name),
        user_pool_id: Some(group.user_pool_id),
        description: group.description,
        role_arn: group.role_arn,
        precedence: group.precedence,
        last_modified_date: Some(group.modified_at.into()),
        creation_date: Some(group.created_at.into()),
    }
}
