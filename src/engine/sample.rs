//! The user pool that a first start opens, so that every screen has something to show.
//!
//! What it holds is in `assets/samples`; the people are made up from lists of names by a
//! seeded generator, with addresses that belong to nobody (RFC 2606) and numbers that are
//! not given out. Nobody can sign in until an admin sets a password: each user has one
//! that was drawn and forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use super::auth::codes::{self, Purpose};
use super::auth::credential::Credential;
use super::auth::srp::Identity;
use super::auth::{keys::OpenKeys, lookup};
use super::dispatch::{self, Call, Credentials};
use super::messages::{self, Composer};
use super::ops::idp::tags;
use super::ops::idp::users::pool_in;
use super::{Caller, Cx, Engine, Error, Result};
use crate::base::clock::UnixMillis;
use crate::base::ids;
use crate::base::rng::{Rng, SeededRng};
use crate::base::secret::Secret;
use crate::store::records::bulk_users;
use crate::store::records::codes::PendingCode;
use crate::store::records::groups::{self, Group};
use crate::store::records::outbox::{self, Message};
use crate::store::records::settings;
use crate::store::records::user_pools::{self, UserPool};
use crate::store::records::users::{Login, User};
use crate::wire::idp::{
    CreateUserPoolClientRequest, CreateUserPoolRequest, SetUICustomizationRequest, UserStatusType,
};
use crate::wire::{Blob, Operation};

/// The name under which the store keeps how far the sample has come.
const SETTING: &str = "sample pool";
/// The tag by which an unfinished sample is known again.
const TAG: (&str, &str) = ("purpose", "sample");
/// Draws the people; another seed draws others.
const SEED: u64 = 0x5269_7665_7273_6964;
/// So many of the newest users have a message in the outbox.
const WITH_MESSAGE: usize = 12;
const DAY_SECS: i64 = 24 * 3600;

/// How far the sample has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    /// Begun; what there is of it is made anew at the next start.
    Begun,
    /// Finished, or not wanted; never made again, also when the admin deletes the pool.
    Done,
}

/// What `assets/samples/sample_pool.json` says.
#[derive(Deserialize)]
struct Plan {
    pool: CreateUserPoolRequest,
    clients: Vec<serde_json::Map<String, serde_json::Value>>,
    groups: Vec<GroupPlan>,
    memberships: Vec<String>,
    locales: Vec<String>,
    zones: Vec<String>,
    streets: Vec<String>,
    users: usize,
    given_names: Vec<String>,
    family_names: Vec<String>,
}

#[derive(Deserialize)]
struct GroupPlan {
    name: String,
    description: String,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    precedence: Option<i32>,
    /// How many of a hundred users belong to it.
    percent: u64,
}

/// Makes the sample pool when the store has never had a pool, and returns its id.
///
/// A start that ended half-way is made good by the next one.
///
/// # Errors
///
/// The failure of the store or of an operation; what there is so far is removed next time.
pub async fn open(engine: &Arc<Engine>) -> Result<Option<String>> {
    let region = engine.settings().default_region.clone();
    let seen = region.clone();
    let (progress, present) = engine
        .store
        .read(move |r| {
            let progress =
                settings::get(r, SETTING)?.and_then(|json| serde_json::from_str::<Progress>(&json).ok());
            Ok::<_, Error>((progress, user_pools::list(r, &seen, "", 100)?))
        })
        .await?;
    match progress {
        Some(Progress::Done) => return Ok(None),
        None if !present.is_empty() => return Ok(None),
        None => note(engine, Progress::Begun).await?,
        Some(Progress::Begun) => remove_unfinished(engine, present).await?,
    }
    let plan: Plan = serde_json::from_str(include_str!("../../assets/samples/sample_pool.json"))
        .map_err(Error::internal)?;
    let pool = make_pool(engine, &plan).await?;
    let id = pool.id.clone();
    fill(engine, pool, plan).await?;
    // A pool without its colours is still a good sample.
    let branding = SetUICustomizationRequest {
        user_pool_id: id.clone(),
        client_id: None,
        css: Some(include_str!("../../assets/samples/sample.css").to_owned()),
        image_file: Some(Blob(logo()?)),
    };
    if let Err(reason) = call(engine, &branding).await {
        warn!(user_pool = %id, %reason, "the sample has no branding");
    }
    note(engine, Progress::Done).await?;
    info!(user_pool = %id, %region, "sample user pool made");
    Ok(Some(id))
}

async fn note(engine: &Engine, progress: Progress) -> Result<()> {
    let json = serde_json::to_string(&progress).map_err(Error::internal)?;
    engine
        .store
        .transact("note sample", move |tx| {
            settings::put(tx, SETTING, &json).map_err(Error::from)
        })
        .await
}

async fn remove_unfinished(engine: &Engine, present: Vec<UserPool>) -> Result<()> {
    let (tag, value) = TAG;
    engine
        .store
        .transact("remove unfinished sample", move |tx| {
            for UserPool { id, .. } in &present {
                let tags = tags::of_pool(tx, id)?;
                if tags.get(tag).is_some_and(|found| found == value) {
                    user_pools::delete(tx, id)?;
                    tags::put(tx, id, &BTreeMap::new())?;
                }
            }
            Ok::<_, Error>(())
        })
        .await
}

/// Calls an operation by the same door as everybody else.
async fn call<O: Operation>(engine: &Arc<Engine>, request: &O) -> Result<O::Response> {
    let answer = dispatch::dispatch(
        engine,
        Call {
            service: O::SERVICE,
            operation: O::NAME.to_owned(),
            body: serde_json::to_vec(request).map_err(Error::internal)?,
            credentials: Credentials::Console,
            source: None,
            user_agent: None,
            region: None,
        },
    )
    .await;
    let body = answer.outcome?;
    let body = if body.is_empty() {
        b"null".as_slice()
    } else {
        &body
    };
    serde_json::from_slice(body).map_err(Error::internal)
}

/// Makes the pool and its app clients.
async fn make_pool(engine: &Arc<Engine>, plan: &Plan) -> Result<UserPool> {
    let made = call(engine, &plan.pool).await?;
    let id = made
        .user_pool
        .and_then(|pool| pool.id)
        .ok_or_else(|| Error::internal("the new user pool has no id"))?;
    for client in &plan.clients {
        let mut client = client.clone();
        client.insert("UserPoolId".to_owned(), id.clone().into());
        let request: CreateUserPoolClientRequest =
            serde_json::from_value(client.into()).map_err(Error::internal)?;
        call(engine, &request).await?;
    }
    // Read again: the clients decide which credential is kept.
    engine.store.read(move |r| pool_in(r, &id)).await
}

/// A user with all that belongs to it, ready to be written.
struct Person {
    user: User,
    logins: Vec<Login>,
    groups: Vec<usize>,
    code: Option<(Purpose, PendingCode)>,
    message: Option<Message>,
}

/// Writes groups and users in one transaction.
async fn fill(engine: &Arc<Engine>, pool: UserPool, plan: Plan) -> Result<()> {
    let now = engine.clock.now();
    let account = engine.settings().account_id.clone();
    let groups: Vec<Group> = plan
        .groups
        .iter()
        .map(|group| Group {
            user_pool_id: pool.id.clone(),
            name: group.name.clone(),
            description: Some(group.description.clone()),
            role_arn: group
                .role
                .as_ref()
                .map(|role| format!("arn:aws:iam::{account}:role/{role}")),
            precedence: group.precedence,
            created_at: now.plus_secs(DAY_SECS.saturating_mul(-1095)),
            modified_at: now.plus_secs(DAY_SECS.saturating_mul(-400)),
        })
        .collect();
    let cx = Cx {
        engine: Arc::clone(engine),
        caller: Caller::Console,
        region: pool.region.clone().into(),
        request_id: ids::uuid(&*engine.rng),
        source: None,
        user_agent: None,
    };
    // The credentials are arithmetic: off the async threads.
    let people = engine
        .store
        .read(move |r| {
            let keys = cx.engine.keys_of(r, &pool.id)?;
            people(&cx, &keys, &pool, &plan, now)
        })
        .await?;
    engine
        .store
        .transact("sample pool", move |tx| {
            for group in &groups {
                groups::insert(tx, group)?;
            }
            let rows: Vec<(User, Vec<Login>)> = people
                .iter()
                .map(|person| (person.user.clone(), person.logins.clone()))
                .collect();
            let added = bulk_users::insert_batch(tx, &rows)?;
            for (person, _) in people.iter().zip(added).filter(|(_, added)| *added) {
                let user = &person.user;
                for group in person.groups.iter().filter_map(|at| groups.get(*at)) {
                    groups::add_member(tx, &user.user_pool_id, &group.name, &user.sub)?;
                }
                if let Some((purpose, code)) = &person.code {
                    codes::put(tx, &user.user_pool_id, &user.sub, purpose, code)?;
                }
                if let Some(message) = &person.message {
                    outbox::put(tx, message)?;
                }
            }
            Ok::<_, Error>(())
        })
        .await
}

/// Draws the people, oldest account first.
fn people(cx: &Cx, keys: &OpenKeys, pool: &UserPool, plan: &Plan, now: UnixMillis) -> Result<Vec<Person>> {
    let draw = SeededRng::new(SEED);
    let mut taken = BTreeSet::new();
    let mut people = Vec::with_capacity(plan.users);
    for number in 0..plan.users {
        let from_newest = plan.users.saturating_sub(number).saturating_sub(1);
        people.push(person(
            cx,
            keys,
            pool,
            plan,
            &draw,
            &mut taken,
            number,
            from_newest,
            now,
        )?);
    }
    Ok(people)
}

#[allow(clippy::too_many_arguments)]
fn person(
    cx: &Cx,
    keys: &OpenKeys,
    pool: &UserPool,
    plan: &Plan,
    draw: &dyn Rng,
    taken: &mut BTreeSet<String>,
    number: usize,
    from_newest: usize,
    now: UnixMillis,
) -> Result<Person> {
    let (given, given_ascii) = name_of(pick(draw, &plan.given_names));
    let (family, family_ascii) = name_of(pick(draw, &plan.family_names));
    let mut username = format!("{given_ascii}.{family_ascii}");
    let mut repeat = 2;
    while !taken.insert(username.clone()) {
        username = format!("{given_ascii}.{family_ascii}{repeat}");
        repeat += 1;
    }

    // About three accounts a week, the newest of the last days.
    let index = i64::try_from(from_newest).unwrap_or(0);
    let hours = index.saturating_mul(56).saturating_add(below(draw, 40));
    let created_at = now.plus_secs(hours.saturating_mul(-3600).saturating_sub(below(draw, 3600)));
    let since_created = now.since(created_at).max(0) / 1000;
    let modified_at = created_at.plus_secs(below(draw, since_created.saturating_add(1)));

    let status = match (draw.below(100), from_newest < WITH_MESSAGE) {
        (0..=44, true) => UserStatusType::ForceChangePassword,
        (45..=89, true) => UserStatusType::Unconfirmed,
        (0..=6, false) => UserStatusType::ForceChangePassword,
        (7..=11, false) => UserStatusType::Unconfirmed,
        (12..=15, false) => UserStatusType::ResetRequired,
        _ => UserStatusType::Confirmed,
    };
    let self_registered = status == UserStatusType::Unconfirmed
        || (status != UserStatusType::ForceChangePassword && draw.below(100) < 60);
    let born = birthdate(draw, now);
    let attributes = attributes(plan, draw, &username, &given, &family, &status, &born, number);
    let sub = ids::ordered_uuid(cx.rng(), created_at);
    // Drawn and forgotten: an admin sets a password before anybody signs in.
    let password = Secret::new(format!("Aa1-{}", ids::secret_access_key(cx.rng())));
    let credential = Credential::make(
        Identity::new(&pool.id, &username),
        &password,
        pool.any_client_uses_srp,
        cx.rng(),
    )?;
    let user = User {
        user_pool_id: pool.id.clone(),
        sub,
        username,
        created_at,
        modified_at,
        enabled: draw.below(100) >= 3 || from_newest < WITH_MESSAGE,
        attributes,
        credential: Some(credential.seal(keys, &sub, cx.rng())),
        temporary_since: (status == UserStatusType::ForceChangePassword).then_some(created_at),
        self_registered,
        status,
        ..User::default()
    };
    let is_young = since_birth(&born, now) < 18;
    let groups = plan
        .groups
        .iter()
        .enumerate()
        .filter(|(_, group)| match group.name.as_str() {
            "youth" => is_young,
            "members" => user.status != UserStatusType::Unconfirmed && draw.below(100) < group.percent,
            _ => user.status == UserStatusType::Confirmed && !is_young && draw.below(100) < group.percent,
        })
        .map(|(at, _)| at)
        .collect();
    let (code, message) = waiting_message(cx, keys, pool, &user, from_newest < WITH_MESSAGE, &password);
    Ok(Person {
        logins: lookup::logins(pool, &user),
        user,
        groups,
        code,
        message,
    })
}

/// Writes the message that the newest users wait for.
fn waiting_message(
    cx: &Cx,
    keys: &OpenKeys,
    pool: &UserPool,
    user: &User,
    is_new: bool,
    password: &Secret,
) -> (Option<(Purpose, PendingCode)>, Option<Message>) {
    let email = user.attributes.get("email").map(String::as_str);
    let Some(channel) = messages::Channel::of("email", email).filter(|_| is_new) else {
        return (None, None);
    };
    let composer = Composer::new(cx, "");
    match user.status {
        UserStatusType::ForceChangePassword => {
            (None, composer.invitation(pool, user, &channel, Some(password)))
        }
        UserStatusType::Unconfirmed => {
            let (code, pending) = codes::make(
                keys,
                cx.rng(),
                &user.sub,
                &Purpose::SignUp,
                Some(channel.attribute()),
                channel.to(),
                cx.now(),
            );
            let message = composer.code(pool, user, &channel, messages::Purpose::SignUp, &code);
            (Some((Purpose::SignUp, pending)), Some(message))
        }
        _ => (None, None),
    }
}

#[allow(clippy::too_many_arguments)]
fn attributes(
    plan: &Plan,
    draw: &dyn Rng,
    username: &str,
    given: &str,
    family: &str,
    status: &UserStatusType,
    born: &str,
    number: usize,
) -> BTreeMap<String, String> {
    let domain = match draw.below(10) {
        0..=6 => "example.com",
        7 | 8 => "example.org",
        _ => "example.net",
    };
    let mut list = vec![
        ("name", format!("{given} {family}")),
        ("given_name", given.to_owned()),
        ("family_name", family.to_owned()),
        ("email", format!("{username}@{domain}")),
        (
            "email_verified",
            (*status != UserStatusType::Unconfirmed).to_string(),
        ),
        ("birthdate", born.to_owned()),
        ("locale", pick(draw, &plan.locales).to_owned()),
        ("zoneinfo", pick(draw, &plan.zones).to_owned()),
        ("custom:membership", pick(draw, &plan.memberships).to_owned()),
        ("custom:member_no", number.saturating_add(1001).to_string()),
        ("custom:newsletter", (draw.below(3) > 0).to_string()),
    ];
    if draw.below(10) < 7 {
        // 555-0100 to 555-0199 of every area are set aside for fiction.
        let area = draw.below(700).saturating_add(200);
        let line = draw.below(100).saturating_add(100);
        list.push(("phone_number", format!("+1{area}5550{line}")));
        list.push(("phone_number_verified", (draw.below(2) == 0).to_string()));
    }
    if draw.below(10) < 3 {
        let house = draw.below(180).saturating_add(1);
        list.push(("address", format!("{house} {}", pick(draw, &plan.streets))));
    }
    if *status == UserStatusType::Confirmed && draw.below(10) < 2 {
        let short: String = username.split('.').next().unwrap_or_default().to_owned();
        list.push((
            "preferred_username",
            format!("{short}-rides-{}", number.saturating_add(1)),
        ));
    }
    list.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Splits `Zoë=zoe` into the name and its plain form, which is the name in lower case otherwise.
fn name_of(entry: &str) -> (String, String) {
    match entry.split_once('=') {
        Some((name, plain)) => (name.to_owned(), plain.to_owned()),
        None => (entry.to_owned(), entry.to_lowercase()),
    }
}

fn pick<'a>(draw: &dyn Rng, list: &'a [String]) -> &'a str {
    let at = draw.below(u64::try_from(list.len()).unwrap_or(0));
    usize::try_from(at)
        .ok()
        .and_then(|at| list.get(at))
        .map(String::as_str)
        .unwrap_or_default()
}

fn below(draw: &dyn Rng, bound: i64) -> i64 {
    i64::try_from(draw.below(u64::try_from(bound).unwrap_or(0))).unwrap_or(0)
}

/// Draws a day of birth: ages 12 to 75, mostly in between.
fn birthdate(draw: &dyn Rng, now: UnixMillis) -> String {
    let age = below(draw, 40).saturating_add(below(draw, 24)).saturating_add(12);
    let month = below(draw, 12).saturating_add(1);
    let day = below(draw, 28).saturating_add(1);
    format!("{:04}-{month:02}-{day:02}", year(now).saturating_sub(age))
}

fn since_birth(born: &str, now: UnixMillis) -> i64 {
    let born = born.split('-').next().and_then(|year| year.parse().ok());
    year(now).saturating_sub(born.unwrap_or(0))
}

fn year(now: UnixMillis) -> i64 {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    i64::from(at.to_zoned(jiff::tz::TimeZone::UTC).year())
}

/// Draws the club's badge: a wheel with spokes on a disc.
fn logo() -> Result<Vec<u8>> {
    const SIDE: u32 = 160;
    const DISC: [u8; 3] = [31, 77, 74];
    const WHEEL: [u8; 3] = [244, 241, 234];
    const HUB: [u8; 3] = [200, 85, 61];
    let centre = f64::from(SIDE) / 2.0;
    let picture = image::RgbaImage::from_fn(SIDE, SIDE, |x, y| {
        let (dx, dy) = (f64::from(x) + 0.5 - centre, f64::from(y) + 0.5 - centre);
        let radius = dx.hypot(dy);
        // The share of the pixel inside a shape whose edge is `distance` away.
        let inside = |distance: f64| (0.5 - distance).clamp(0.0, 1.0);
        let rim = inside((radius - 56.0).abs() - 5.0);
        let step = std::f64::consts::PI / 6.0;
        let angle = dy.atan2(dx).rem_euclid(step);
        let to_spoke = radius * angle.min(step - angle).sin();
        let spoke = inside(to_spoke - 1.2) * inside(radius - 56.0);
        let hub = inside(radius - 11.0);
        let mut colour = DISC.map(f64::from);
        for (share, over) in [(rim.max(spoke), WHEEL), (hub, HUB)] {
            for (channel, over) in colour.iter_mut().zip(over) {
                *channel += (f64::from(over) - *channel) * share;
            }
        }
        let [r, g, b] = colour.map(to_byte);
        image::Rgba([r, g, b, to_byte(inside(radius - 78.0) * 255.0)])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut png, image::ImageFormat::Png)
        .map_err(Error::internal)?;
    Ok(png.into_inner())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::attributes;
    use crate::rules::branding::{css, images};

    fn plan() -> Plan {
        serde_json::from_str(include_str!("../../assets/samples/sample_pool.json")).unwrap()
    }

    #[test]
    fn the_plan_is_one_that_the_rules_accept() {
        let plan = plan();
        let schema = attributes::schema_of_new_pool(plan.pool.schema.as_deref().unwrap()).unwrap();
        let draw = SeededRng::new(SEED);
        for number in 0..plan.users {
            let born = birthdate(&draw, UnixMillis(1_770_000_000_000));
            let made = super::attributes(
                &plan,
                &draw,
                "zoe.calder",
                "Zoë",
                "Calder",
                &UserStatusType::Confirmed,
                &born,
                number,
            );
            let pairs = made.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            assert_eq!(attributes::check(&schema, pairs), []);
        }
        assert!(plan.groups.len() >= 6);
    }

    #[test]
    fn every_name_makes_a_username() {
        let plan = plan();
        for entry in plan.given_names.iter().chain(&plan.family_names) {
            let (_, plain) = name_of(entry);
            assert!(
                !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_lowercase()),
                "{entry}"
            );
        }
    }

    #[test]
    fn the_branding_passes_the_lint() {
        assert_eq!(css::check(include_str!("../../assets/samples/sample.css")), []);
        let logo = logo().unwrap();
        assert!(images::check_logo(&logo).is_ok());
        assert!(logo.len() < images::MAX_LOGO_BYTES / 4, "{} bytes", logo.len());
    }
}
