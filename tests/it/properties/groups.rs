//! Groups in tokens: their order, and the role that goes first.

use poolhouse::wire::idp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Bench;
use crate::mfa::{PASSWORD, own_sender};
use crate::second_factors::claims;

/// Precedence and role of a group, and whether the user is its member.
type Group = (Option<i32>, Option<u8>, bool);

fn group() -> impl Strategy<Value = Group> {
    (
        prop::option::of(0..4_i32),
        prop::option::of(0..3_u8),
        prop::bool::weighted(0.7),
    )
}

fn role(number: u8) -> String {
    format!("arn:aws:iam::123456789012:role/r{number}")
}

/// The documented rule, over (name, precedence, role).
fn preferred(groups: &[(String, Option<i32>, Option<u8>)]) -> Value {
    if let [(_, _, only)] = groups {
        return json!(only.map(role));
    }
    let lowest = groups
        .iter()
        .filter(|(_, _, role)| role.is_some())
        .filter_map(|(_, precedence, _)| *precedence)
        .min();
    let mut roles: Vec<u8> = groups
        .iter()
        .filter(|(_, precedence, _)| precedence.is_some() && *precedence == lowest)
        .filter_map(|(_, _, role)| *role)
        .collect();
    roles.dedup();
    match roles.as_slice() {
        [one] => json!(role(*one)),
        _ => Value::Null,
    }
}

#[test]
fn tokens_name_groups_by_precedence_and_one_role_first() {
    let bench = Bench::new(own_sender());
    let made = &bench.made;
    bench.check(24, &prop::collection::vec(group(), 0..6), |groups| {
        let name = bench.fresh("member");
        bench.run(made.user(&name, &[]));
        let mut held = Vec::new();
        for (at, (precedence, role_number, is_member)) in groups.into_iter().enumerate() {
            let group_name = format!("{name}-{at}");
            let create = idp::CreateGroupRequest {
                group_name: group_name.clone(),
                user_pool_id: made.pool.clone(),
                precedence,
                role_arn: role_number.map(role),
                ..Default::default()
            };
            bench.run(made.engine.ok(&create));
            let add = idp::AdminAddUserToGroupRequest {
                user_pool_id: made.pool.clone(),
                username: name.clone(),
                group_name: group_name.clone(),
            };
            bench.run(made.engine.ok(&add));
            if is_member {
                // Twice is once.
                bench.run(made.engine.ok(&add));
                held.push((group_name, precedence, role_number));
            } else {
                let remove = idp::AdminRemoveUserFromGroupRequest {
                    user_pool_id: made.pool.clone(),
                    username: name.clone(),
                    group_name,
                };
                bench.run(made.engine.ok(&remove));
            }
        }
        held.sort_by_key(|(name, precedence, _)| (precedence.unwrap_or(i32::MAX), name.clone()));
        let signed_in = bench.run(made.engine.ok(&made.by_password(&name, PASSWORD)));
        let claims = claims(&signed_in.authentication_result.unwrap().id_token.unwrap());
        let names: Vec<&String> = held.iter().map(|(name, ..)| name).collect();
        let expected = if names.is_empty() {
            Value::Null
        } else {
            json!(names)
        };
        prop_assert_eq!(&claims["cognito:groups"], &expected);
        prop_assert_eq!(&claims["cognito:preferred_role"], &preferred(&held));
        let roles: Vec<String> = held
            .iter()
            .filter_map(|(_, _, number)| number.map(role))
            .collect();
        let expected = if roles.is_empty() {
            Value::Null
        } else {
            json!(roles)
        };
        prop_assert_eq!(&claims["cognito:roles"], &expected);
        Ok(())
    });
}
