//! Names: no two users ever answer to the same one.

use std::collections::BTreeMap;

use poolhouse::wire::idp;
use proptest::prelude::*;

use super::{Bench, told};
use crate::mfa::own_sender;
use crate::support::attributes_of;

/// Users and what they prefer to be called draw from the same few words.
const WORDS: [&str; 4] = ["ann", "bob", "cat", "dan"];
const ADDRESSES: [&str; 2] = ["x", "y"];

#[derive(Clone, Copy, Debug)]
enum Step {
    Create(usize),
    Prefer(usize, Option<usize>),
    Email(usize, usize, bool),
    Delete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let word = 0..WORDS.len();
    prop_oneof![
        3 => word.clone().prop_map(Step::Create),
        4 => (word.clone(), prop::option::of(word.clone())).prop_map(|(who, name)| Step::Prefer(who, name)),
        4 => (word.clone(), 0..ADDRESSES.len(), any::<bool>())
            .prop_map(|(who, address, verified)| Step::Email(who, address, verified)),
        1 => word.prop_map(Step::Delete),
    ]
}

#[derive(Clone, Debug, Default)]
struct Named {
    sub: String,
    preferred: Option<usize>,
    verified_email: Option<usize>,
}

#[test]
fn a_name_leads_to_one_user() {
    let bench = Bench::new(idp::CreateUserPoolRequest {
        alias_attributes: Some(vec!["preferred_username".into(), "email".into()]),
        ..own_sender()
    });
    let made = &bench.made;
    bench.check(24, &prop::collection::vec(step(), 1..24), |steps| {
        let case = bench.fresh("case");
        let word = |at: usize| format!("{}-{case}", WORDS[at]);
        let address = |at: usize| format!("{}-{case}@example.com", ADDRESSES[at]);
        let mut users: BTreeMap<usize, Named> = BTreeMap::new();
        for step in steps {
            let update = |who: usize, attributes: &[(&str, &str)]| idp::AdminUpdateUserAttributesRequest {
                user_pool_id: made.pool.clone(),
                username: word(who),
                user_attributes: attributes_of(attributes),
                ..Default::default()
            };
            let holder = |users: &BTreeMap<usize, Named>, name: usize| {
                users.contains_key(&name).then_some(name).or_else(|| {
                    users
                        .iter()
                        .find(|(_, user)| user.preferred == Some(name))
                        .map(|it| *it.0)
                })
            };
            let (found, expected) = match step {
                Step::Create(who) => {
                    let request = idp::AdminCreateUserRequest {
                        user_pool_id: made.pool.clone(),
                        username: word(who),
                        message_action: Some(idp::MessageActionType::Suppress),
                        ..Default::default()
                    };
                    let outcome = bench.run(made.engine.call(&request));
                    let found = told(&outcome);
                    if holder(&users, who).is_some() {
                        (found, "UsernameExistsException")
                    } else {
                        let attributes = outcome.unwrap().user.unwrap().attributes.unwrap();
                        let sub = attributes[0].value.clone().unwrap();
                        users.insert(
                            who,
                            Named {
                                sub,
                                ..Named::default()
                            },
                        );
                        (found, "ok")
                    }
                }
                // A name that leads to somebody else changes somebody else.
                Step::Prefer(who, _) | Step::Email(who, ..) if !users.contains_key(&who) => continue,
                Step::Prefer(who, name) => {
                    let value = name.map(word).unwrap_or_default();
                    let found =
                        told(&bench.run(made.engine.call(&update(who, &[("preferred_username", &value)]))));
                    let taken = name.is_some_and(|name| holder(&users, name).is_some_and(|by| by != who));
                    if taken {
                        (found, "AliasExistsException")
                    } else {
                        users.entry(who).or_default().preferred = name;
                        (found, "ok")
                    }
                }
                Step::Email(who, at, verified) => {
                    let value = address(at);
                    let mark = if verified { "true" } else { "false" };
                    let request = update(who, &[("email", &value), ("email_verified", mark)]);
                    let found = told(&bench.run(made.engine.call(&request)));
                    let taken = users
                        .iter()
                        .any(|(other, user)| *other != who && user.verified_email == Some(at));
                    if verified && taken {
                        (found, "AliasExistsException")
                    } else {
                        users.entry(who).or_default().verified_email = verified.then_some(at);
                        (found, "ok")
                    }
                }
                Step::Delete(who) => {
                    if !users.contains_key(&who) {
                        continue;
                    }
                    let request = idp::AdminDeleteUserRequest {
                        user_pool_id: made.pool.clone(),
                        username: word(who),
                    };
                    users.remove(&who);
                    (told(&bench.run(made.engine.call(&request))), "ok")
                }
            };
            prop_assert_eq!(found, expected, "{:?}", step);
            let who_is = |name: &str| {
                let request = idp::AdminGetUserRequest {
                    user_pool_id: made.pool.clone(),
                    username: name.to_owned(),
                };
                let found = bench.run(made.engine.call(&request)).ok()?;
                found.user_attributes?.into_iter().next()?.value
            };
            for at in 0..WORDS.len() {
                let expected = holder(&users, at).map(|who| users[&who].sub.clone());
                prop_assert_eq!(who_is(&word(at)), expected, "{} after {:?}", word(at), step);
            }
            for at in 0..ADDRESSES.len() {
                let expected = users.values().find(|user| user.verified_email == Some(at));
                prop_assert_eq!(
                    who_is(&address(at)),
                    expected.map(|user| user.sub.clone()),
                    "{} after {:?}",
                    address(at),
                    step
                );
            }
        }
        Ok(())
    });
}
