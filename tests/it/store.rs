//! The contract of a store, written once for every adapter, and the embedded adapter's own
//! promises about its file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use poolhouse::base::clock::UnixMillis;
use poolhouse::store::records::bulk_users::{NewUser, Run};
use poolhouse::store::records::resource_servers::ResourceServer;
use poolhouse::store::records::users::{Claimed, Login, LoginKind, Select, User, indexed};
use poolhouse::store::records::{
    access_keys, app_clients, bulk_users, codes, devices, groups, identity_pools, imports, logs, outbox,
    parked, passkeys, pool_identities, resources, sessions, settings, signing_keys, tags, tokens,
    ui_customization, user_pools, users,
};
use poolhouse::store::sqlite::{Options, Sqlite};
use poolhouse::store::{Error, Result, Store, Tx};
use poolhouse::wire::idp::{UserImportJobStatusType, UserStatusType};
use uuid::Uuid;

const POOL: &str = "us-east-1_Contract1";
const NOW: UnixMillis = UnixMillis(1_767_225_600_000);

/// Where an adapter keeps what it keeps; may be opened again after it was dropped.
trait Place {
    fn open(&self) -> Store;
}

struct InFile {
    folder: tempfile::TempDir,
}

impl InFile {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    fn try_open(&self) -> Result<Store> {
        let options = Options {
            readers: 2,
            ..Options::default()
        };
        Sqlite::open(&self.path(), &options).map(|it| Store::new(Arc::new(it)))
    }
}

impl Place for InFile {
    fn open(&self) -> Store {
        self.try_open().unwrap()
    }
}

/// Holds each adapter to each clause.
macro_rules! contract {
    ($($clause:ident)*) => {
        mod contract_of_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $clause() {
                    super::$clause(&super::InFile::new()).await;
                }
            )*
        }
    };
}

contract! {
    a_write_is_there_after_reopening
    an_error_rolls_back_its_own_write_only
    a_panic_in_a_write_is_its_own_callers_loss
    a_panic_in_a_read_is_its_own_callers_loss
    many_callers_share_a_commit
    a_read_sees_what_was_acknowledged_before
    a_full_read_queue_is_busy_and_low_reads_wait_behind
    names_are_unique_under_concurrent_writers
    a_taken_name_leaves_nothing_behind
    a_stale_user_is_not_written
    an_update_moves_names_and_values
    a_released_name_is_free
    a_deleted_user_leaves_nothing
    listings_continue_from_a_key
    prefixes_are_ranges_of_bytes
    a_prefix_pages_through_equal_values
    subs_are_found_by_their_text
    a_batch_adds_like_one_after_the_other
    users_in_bulk_are_found_by_a_filter_once_their_run_is_written
    a_batch_that_comes_during_a_run_keeps_the_mark
    counts_follow_the_users
    groups_know_their_members_both_ways
    group_order_is_precedence_then_name
    a_pool_is_deleted_in_batches
    versions_guard_pools_and_clients
    the_regions_with_pools_are_told_once_each
    what_is_parked_has_its_end_and_its_bounds
    codes_and_marks_expire
    tokens_are_revoked_and_rotated_once
    devices_passkeys_and_sessions_are_of_one_user
    messages_come_newest_first_and_are_trimmed
    what_waits_to_be_sent_is_taken_once_until_its_time
    lines_wait_for_their_target_and_a_target_that_is_put_off_is_not_due
    import_jobs_page_backwards_and_keep_their_log
    logos_stay_until_replaced
    tags_settings_and_keys_come_back
    identity_pools_page_and_guard_their_version
    a_login_leads_to_one_identity_until_it_is_released
    resources_are_apart_by_pool_kind_and_name
}

/// Writes with the error type of the store itself.
async fn write<T: Send + 'static>(
    store: &Store,
    f: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    store.transact("test", f).await.unwrap()
}

async fn read<T: Send + 'static>(
    store: &Store,
    f: impl FnOnce(&mut poolhouse::store::Reader<'_>) -> Result<T> + Send + 'static,
) -> T {
    store.read(f).await.unwrap()
}

fn person(number: u32) -> (User, Vec<Login>) {
    let username = format!("user{number:06}");
    let email = format!("{username}@example.com");
    let user = User {
        user_pool_id: POOL.to_owned(),
        sub: Uuid::from_u128(u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
        username: username.clone(),
        created_at: NOW,
        modified_at: NOW,
        status: UserStatusType::Confirmed,
        enabled: true,
        attributes: BTreeMap::from([
            ("email".to_owned(), email.clone()),
            ("name".to_owned(), format!("Person {number}")),
        ]),
        ..User::default()
    };
    let logins = vec![
        login(LoginKind::Username, &username),
        login(LoginKind::Email, &email),
    ];
    (user, logins)
}

fn login(kind: LoginKind, value: &str) -> Login {
    Login {
        kind,
        value: value.to_owned(),
    }
}

async fn add(store: &Store, (user, logins): (User, Vec<Login>)) -> Claimed {
    write(store, move |tx| users::insert(tx, &user, &logins)).await
}

async fn listed(
    store: &Store,
    select: Select,
    after: Option<Vec<u8>>,
    limit: usize,
) -> (Vec<User>, Option<Vec<u8>>) {
    read(store, move |r| {
        users::list(r, POOL, &select, after.as_deref(), limit)
    })
    .await
}

/// Pages through a selection; returns the usernames and holds that none comes twice.
async fn pages(store: &Store, select: Select, limit: usize) -> Vec<String> {
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let (page, key) = listed(store, select.clone(), after, limit).await;
        assert!(page.len() <= limit);
        names.extend(page.into_iter().map(|user| user.username));
        match key {
            Some(key) => after = Some(key),
            None => break,
        }
    }
    let mut unique = names.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), names.len(), "a user came twice");
    names
}

fn by(name: &str, value: &str) -> Select {
    Select::Equals {
        name: name.to_owned(),
        value: indexed(name, value),
    }
}

fn prefix(name: &str, value: &str) -> Select {
    Select::Prefix {
        name: name.to_owned(),
        value: indexed(name, value),
    }
}

async fn a_write_is_there_after_reopening(place: &dyn Place) {
    let store = place.open();
    assert_eq!(add(&store, person(1)).await, Claimed::Done);
    drop(store);
    let store = place.open();
    let (user, logins) = person(1);
    let sub = user.sub;
    let found = read(&store, move |r| users::get(r, POOL, &sub)).await.unwrap();
    assert_eq!(found.attributes, user.attributes);
    assert_eq!(
        read(&store, move |r| users::logins_of(r, POOL, &sub)).await,
        logins
    );
}

async fn an_error_rolls_back_its_own_write_only(place: &dyn Place) {
    let store = place.open();
    let calls = (0..60).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let outcome: Result<()> = store
                .transact("test", move |tx| {
                    settings::put(tx, &format!("s{number}"), "1")?;
                    if number % 3 == 0 {
                        return Err(Error::Conflict);
                    }
                    Ok(())
                })
                .await;
            assert_eq!(outcome.is_err(), number % 3 == 0);
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    for number in 0..60 {
        let kept = read(&store, move |r| settings::get(r, &format!("s{number}"))).await;
        assert_eq!(kept.is_some(), number % 3 != 0, "setting {number}");
    }
}

async fn a_panic_in_a_write_is_its_own_callers_loss(place: &dyn Place) {
    let store = place.open();
    let outcome: Result<()> = store
        .transact("test", |tx| {
            settings::put(tx, "half", "1")?;
            panic!("on purpose");
        })
        .await;
    assert!(outcome.is_err());
    write(&store, |tx| settings::put(tx, "after", "1")).await;
    assert_eq!(read(&store, |r| settings::get(r, "half")).await, None);
    assert_eq!(
        read(&store, |r| settings::get(r, "after")).await.as_deref(),
        Some("1")
    );
}

async fn a_panic_in_a_read_is_its_own_callers_loss(place: &dyn Place) {
    let store = place.open();
    for _ in 0..8 {
        let outcome: Result<()> = store.read(|_| panic!("on purpose")).await;
        assert!(matches!(outcome, Err(Error::Closed)));
    }
    assert_eq!(read(&store, |r| settings::get(r, "any")).await, None);
}

async fn many_callers_share_a_commit(place: &dyn Place) {
    const CALLERS: usize = 64;
    const EACH: usize = 20;
    let store = place.open();
    let before = store.commits();
    let calls = (0..CALLERS).map(|caller| {
        let store = store.clone();
        tokio::spawn(async move {
            for at in 0..EACH {
                write(&store, move |tx| {
                    settings::put(tx, &format!("{caller}/{at}"), "1")
                })
                .await;
            }
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    let commits = usize::try_from(store.commits() - before).unwrap();
    assert!(
        commits * 5 <= CALLERS * EACH,
        "{} acknowledgements took {commits} commits",
        CALLERS * EACH
    );
}

async fn a_read_sees_what_was_acknowledged_before(place: &dyn Place) {
    let store = place.open();
    for at in 0..200 {
        write(&store, move |tx| settings::put(tx, "last", &at.to_string())).await;
        let seen = read(&store, |r| settings::get(r, "last")).await;
        assert_eq!(seen, Some(at.to_string()));
    }
}

async fn a_full_read_queue_is_busy_and_low_reads_wait_behind(place: &dyn Place) {
    let store = place.open();
    let order = Arc::new(AtomicUsize::new(0));
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    // Every thread waits at the gate.
    let held: Vec<_> = (0..2)
        .map(|_| {
            let (store, gate) = (store.clone(), Arc::clone(&gate));
            tokio::spawn(async move {
                read(&store, move |_| {
                    let _ = gate.lock().unwrap().recv();
                    Ok(())
                })
                .await;
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let queue = |low: bool| {
        let (store, order) = (store.clone(), Arc::clone(&order));
        tokio::spawn(async move {
            let take = move |_: &mut poolhouse::store::Reader<'_>| -> Result<usize> {
                Ok(order.fetch_add(1, Ordering::SeqCst))
            };
            if low {
                store.read_low(take).await
            } else {
                store.read(take).await
            }
        })
    };
    let low = queue(true);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let normal: Vec<_> = (0..50).map(|_| queue(false)).collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let flood: Vec<_> = (0..2000).map(|_| queue(false)).collect();
    let mut busy = 0;
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(release);
    let mut latest = 0;
    for call in normal {
        latest = latest.max(call.await.unwrap().unwrap());
    }
    assert!(low.await.unwrap().unwrap() > latest, "the low lane went first");
    for call in flood {
        match call.await.unwrap() {
            Err(Error::Busy) => busy += 1,
            other => drop(other.unwrap()),
        }
    }
    assert!(busy > 0, "the queue has no bound");
    for call in held {
        call.await.unwrap();
    }
}

async fn names_are_unique_under_concurrent_writers(place: &dyn Place) {
    let store = place.open();
    let calls = (0..64).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let (user, mut logins) = person(number);
            logins[0].value = format!("name{}", number % 8);
            add(&store, (user, logins)).await == Claimed::Done
        })
    });
    let mut won = 0;
    for call in calls.collect::<Vec<_>>() {
        won += usize::from(call.await.unwrap());
    }
    assert_eq!(won, 8);
    assert_eq!(read(&store, |r| user_pools::user_count(r, POOL)).await, 8);
}

async fn a_taken_name_leaves_nothing_behind(place: &dyn Place) {
    let store = place.open();
    add(&store, person(1)).await;
    let (user, mut logins) = person(2);
    logins[1] = person(1).1[1].clone();
    let outcome = add(&store, (user.clone(), logins.clone())).await;
    assert_eq!(
        outcome,
        Claimed::Taken {
            login: logins[1].clone(),
            by: person(1).0.sub
        }
    );
    let first = logins[0].clone();
    assert_eq!(
        read(&store, move |r| users::by_login(r, POOL, &first)).await,
        None
    );
    assert_eq!(
        read(&store, move |r| users::get(r, POOL, &user.sub))
            .await
            .map(|it| it.sub),
        None
    );
    assert_eq!(pages(&store, Select::All, 10).await, ["user000001"]);
}

async fn a_stale_user_is_not_written(place: &dyn Place) {
    let store = place.open();
    let (user, logins) = person(1);
    add(&store, (user.clone(), logins.clone())).await;
    let mut first = user.clone();
    first.enabled = false;
    let names = logins.clone();
    let outcome = write(&store, move |tx| users::update(tx, &first, &names)).await;
    assert_eq!(outcome, Claimed::Done);
    let late = user.clone();
    let outcome = write(&store, move |tx| users::update(tx, &late, &logins)).await;
    assert_eq!(outcome, Claimed::Stale);
    let kept = read(&store, move |r| users::get(r, POOL, &user.sub))
        .await
        .unwrap();
    assert!(!kept.enabled);
    assert_eq!(kept.version, 1);
}

async fn an_update_moves_names_and_values(place: &dyn Place) {
    let store = place.open();
    let (user, logins) = person(1);
    add(&store, (user, logins.clone())).await;
    let sub = person(1).0.sub;
    let mut changed = read(&store, move |r| users::get(r, POOL, &sub)).await.unwrap();
    changed
        .attributes
        .insert("email".to_owned(), "New@Example.com".to_owned());
    changed.enabled = false;
    changed.status = UserStatusType::ResetRequired;
    let wanted = vec![logins[0].clone(), login(LoginKind::Email, "new@example.com")];
    let outcome = {
        let wanted = wanted.clone();
        write(&store, move |tx| users::update(tx, &changed, &wanted)).await
    };
    assert_eq!(outcome, Claimed::Done);
    assert_eq!(
        read(&store, move |r| users::logins_of(r, POOL, &sub)).await,
        wanted
    );
    let old = logins[1].clone();
    assert_eq!(read(&store, move |r| users::by_login(r, POOL, &old)).await, None);
    for (select, found) in [
        (by("email", "user000001@example.com"), false),
        (by("email", "NEW@example.com"), true),
        (by("status", "Enabled"), false),
        (by("status", "Disabled"), true),
        (by("cognito:user_status", "confirmed"), false),
        (by("cognito:user_status", "RESET_required"), true),
        (by("name", "person 1"), true),
        (by("username", "user000001"), true),
        (by("username", "USER000001"), false),
    ] {
        assert_eq!(
            pages(&store, select.clone(), 5).await.len() == 1,
            found,
            "{select:?}"
        );
    }
}

async fn a_released_name_is_free(place: &dyn Place) {
    let store = place.open();
    add(&store, person(1)).await;
    let email = person(1).1[1].clone();
    let name = email.clone();
    write(&store, move |tx| users::release(tx, POOL, &name)).await;
    let sub = person(1).0.sub;
    assert_eq!(
        read(&store, move |r| users::logins_of(r, POOL, &sub)).await,
        [person(1).1[0].clone()]
    );
    let (user, mut logins) = person(2);
    logins[1] = email;
    assert_eq!(add(&store, (user, logins)).await, Claimed::Done);
}

async fn a_deleted_user_leaves_nothing(place: &dyn Place) {
    let store = place.open();
    let (user, logins) = person(1);
    let sub = user.sub;
    add(&store, (user, logins.clone())).await;
    write(&store, move |tx| {
        groups::insert(tx, &group("g", None))?;
        groups::add_member(tx, POOL, "g", &sub)?;
        codes::put(tx, POOL, &sub, "sign_up", &codes::PendingCode::default())?;
        codes::set_attempts(
            tx,
            POOL,
            &sub,
            "password",
            codes::Attempts {
                count: 3,
                ..Default::default()
            },
        )
    })
    .await;
    assert!(write(&store, move |tx| users::delete(tx, POOL, &sub)).await);
    assert!(!write(&store, move |tx| users::delete(tx, POOL, &sub)).await);
    let left = read(&store, move |r| {
        Ok((
            users::by_login(r, POOL, &logins[0])?,
            groups::members(r, POOL, "g", None, 10)?,
            codes::get(r, POOL, &sub, "sign_up")?.is_some(),
            codes::attempts(r, POOL, &sub, "password")?.count,
            user_pools::user_count(r, POOL)?,
        ))
    })
    .await;
    assert_eq!(left, (None, vec![], false, 0, 0));
    assert!(pages(&store, prefix("email", ""), 5).await.is_empty());
    assert_eq!(add(&store, person(1)).await, Claimed::Done);
}

async fn listings_continue_from_a_key(place: &dyn Place) {
    let store = place.open();
    let many: Vec<_> = (0..130).map(person).collect();
    let added = write(&store, move |tx| bulk_users::insert_batch(tx, &many)).await;
    assert!(added.iter().all(|added| *added));
    for limit in [1, 7, 60, 129, 130, 131] {
        for select in [
            Select::All,
            by("cognito:user_status", "CONFIRMED"),
            by("status", "Enabled"),
            prefix("email", "user"),
            prefix("status", "En"),
            prefix("name", "PERSON"),
            prefix("sub", ""),
        ] {
            assert_eq!(
                pages(&store, select.clone(), limit).await.len(),
                130,
                "{select:?} by {limit}"
            );
        }
    }
    let names = pages(&store, prefix("username", "user0000"), 9).await;
    assert_eq!(
        names,
        (0..100).map(|at| format!("user{at:06}")).collect::<Vec<_>>()
    );
    // A page goes on where it stopped, whatever was added or removed before that place.
    let (page, key) = listed(&store, prefix("username", "user"), None, 10).await;
    let gone = page[3].sub;
    write(&store, move |tx| users::delete(tx, POOL, &gone)).await;
    let (next, _) = listed(&store, prefix("username", "user"), key, 10).await;
    assert_eq!(next[0].username, "user000010");
}

async fn prefixes_are_ranges_of_bytes(place: &dyn Place) {
    let store = place.open();
    let values = [
        "",
        "a",
        "ab",
        "abc",
        "abd",
        "ac",
        "b",
        "\u{ff}",
        "\u{7ff}",
        "\u{ffff}",
        "\u{10ffff}",
        "\u{10ffff}z",
    ];
    for (number, value) in (0..).zip(values) {
        let (mut user, logins) = person(number);
        user.attributes.insert("name".to_owned(), value.to_owned());
        add(&store, (user, logins)).await;
    }
    for (wanted, count) in [
        ("", 12),
        ("a", 5),
        ("ab", 3),
        ("abd", 1),
        ("b", 1),
        ("c", 0),
        ("\u{10ffff}", 2),
    ] {
        let found = pages(&store, prefix("name", wanted), 2).await;
        assert_eq!(found.len(), count, "{wanted:?}");
    }
    // 0xff begins no text, so such a prefix finds nothing and must not fail.
    let ends = [vec![0xff], vec![0xff; 3], vec![b'a', 0xff]];
    for value in ends {
        let select = Select::Prefix {
            name: "name".to_owned(),
            value,
        };
        assert!(pages(&store, select, 2).await.is_empty());
    }
}

async fn a_prefix_pages_through_equal_values(place: &dyn Place) {
    let store = place.open();
    for number in 0..40 {
        let (mut user, logins) = person(number);
        let family = if number < 20 { "Miller" } else { "Mills" };
        user.attributes
            .insert("family_name".to_owned(), family.to_owned());
        add(&store, (user, logins)).await;
    }
    assert_eq!(pages(&store, prefix("family_name", "mill"), 3).await.len(), 40);
    assert_eq!(pages(&store, prefix("family_name", "mille"), 3).await.len(), 20);
    assert_eq!(pages(&store, by("family_name", "Mills"), 3).await.len(), 20);
    // A key of another selection starts from the beginning rather than outside of it.
    let (_, key) = listed(&store, prefix("family_name", "mille"), None, 3).await;
    let (page, _) = listed(&store, prefix("family_name", "mills"), key, 3).await;
    assert!(page.iter().all(|user| user.attributes["family_name"] == "Mills"));
}

async fn subs_are_found_by_their_text(place: &dyn Place) {
    let store = place.open();
    for number in 0..50 {
        add(&store, person(number)).await;
    }
    let (user, _) = person(33);
    let text = user.sub.to_string();
    for len in [1, 4, 8, 9, 13, 20, 36] {
        let expected = (0..50)
            .filter(|at| person(*at).0.sub.to_string().starts_with(&text[..len]))
            .count();
        assert_eq!(
            pages(&store, prefix("sub", &text[..len]), 2).await.len(),
            expected
        );
    }
    assert_eq!(pages(&store, by("sub", &text), 2).await, [user.username]);
    for nothing in ["zz", "0000000-", "00000000-0000-0000-0000-000000000000f", "{"] {
        assert!(
            pages(&store, prefix("sub", nothing), 2).await.is_empty(),
            "{nothing}"
        );
    }
    assert!(pages(&store, by("sub", &text[..8]), 2).await.is_empty());
    assert!(pages(&store, by("sub", &text.to_uppercase()), 2).await.is_empty());
}

async fn a_batch_adds_like_one_after_the_other(place: &dyn Place) {
    let store = place.open();
    add(&store, person(1)).await;
    let mut batch: Vec<_> = (0..40).map(person).collect();
    // 7 claims a name that is taken, 8 one that 7 claims, 9 one that 8 claims.
    let shared = login(LoginKind::PhoneNumber, "+15550100");
    batch[7].1[1] = person(1).1[1].clone();
    batch[7].1.push(shared.clone());
    batch[8].1.push(shared);
    batch[9].1[0] = batch[8].1[0].clone();
    // A name that is listed twice is no conflict.
    let twice = batch[10].1[0].clone();
    batch[10].1.push(twice);
    let expected: Vec<bool> = (0..40).map(|at| ![1, 7, 9].contains(&at)).collect();
    let given = batch.clone();
    let added = write(&store, move |tx| bulk_users::insert_batch(tx, &given)).await;
    assert_eq!(added, expected);
    assert_eq!(read(&store, |r| user_pools::user_count(r, POOL)).await, 38);
    assert_eq!(pages(&store, Select::All, 7).await.len(), 38);
    let free = batch[7].1[0].clone();
    assert_eq!(read(&store, move |r| users::by_login(r, POOL, &free)).await, None);
    // Once more adds nobody.
    let added = write(&store, move |tx| bulk_users::insert_batch(tx, &batch)).await;
    assert!(added.iter().all(|added| !added), "{added:?}");
}

/// Adds people as an import does: their index rows are still to come.
async fn add_in_bulk(store: &Store, people: Vec<(User, Vec<Login>)>) {
    let new: Vec<_> = people
        .iter()
        .map(|(user, logins)| NewUser::of(user, logins.clone()).unwrap())
        .collect();
    let added = write(store, move |tx| {
        let first = new.iter().map(|user| user.sub).min().unwrap();
        bulk_users::mark(tx, POOL, "job", &first)?;
        bulk_users::insert_unindexed(tx, POOL, &new)
    })
    .await;
    assert!(added.iter().all(|added| *added));
}

async fn run_of(store: &Store, limit: usize) -> Run {
    read(store, move |r| {
        let mut run = Run::begin(r, POOL, "job")?.unwrap();
        run.read(r, limit)?;
        run.sort();
        Ok(run)
    })
    .await
}

async fn waits(store: &Store) -> bool {
    read(store, |r| Run::begin(r, POOL, "job")).await.is_some()
}

async fn users_in_bulk_are_found_by_a_filter_once_their_run_is_written(place: &dyn Place) {
    let store = place.open();
    add(&store, person(0)).await;
    add_in_bulk(&store, (1..41).map(person).collect()).await;
    assert_eq!(pages(&store, Select::All, 7).await.len(), 41);
    let (mut changed, mut logins) = person(5);
    let named = logins[0].clone();
    assert_eq!(
        read(&store, move |r| users::by_login(r, POOL, &named)).await,
        Some(changed.sub)
    );
    assert!(
        pages(&store, by("email", "user000005@example.com"), 7)
            .await
            .is_empty()
    );
    // One is changed and one deleted after they were read, one of each before.
    let mut before = person(6).0;
    before.attributes.insert("name".to_owned(), "Before".to_owned());
    let of_before = person(6).1;
    assert_eq!(
        write(&store, move |tx| users::update(tx, &before, &of_before)).await,
        Claimed::Done
    );
    let gone = person(7).0.sub;
    assert!(write(&store, move |tx| users::delete(tx, POOL, &gone)).await);
    let mut rest = 0;
    while waits(&store).await {
        let run = Arc::new(run_of(&store, 15).await);
        if rest == 0 {
            changed
                .attributes
                .insert("email".to_owned(), "new@example.com".to_owned());
            logins[1].value = "new@example.com".to_owned();
            let (user, logins) = (changed.clone(), logins.clone());
            assert_eq!(
                write(&store, move |tx| users::update(tx, &user, &logins)).await,
                Claimed::Done
            );
            let gone = person(8).0.sub;
            assert!(write(&store, move |tx| users::delete(tx, POOL, &gone)).await);
        }
        rest += 1;
        for from in (0..run.len()).step_by(11) {
            let (run, to) = (Arc::clone(&run), run.len().min(from + 11));
            assert!(write(&store, move |tx| run.write(tx, from..to)).await);
        }
        write(&store, move |tx| run.finish(tx)).await;
    }
    assert!(rest >= 2, "{rest}");
    for select in [
        prefix("email", ""),
        prefix("username", "user"),
        by("status", "Enabled"),
        by("cognito:user_status", "CONFIRMED"),
    ] {
        assert_eq!(pages(&store, select.clone(), 7).await.len(), 39, "{select:?}");
    }
    assert_eq!(
        pages(&store, by("email", "new@example.com"), 7).await,
        ["user000005"]
    );
    assert_eq!(pages(&store, by("name", "before"), 7).await, ["user000006"]);
    for nobody in [
        "user000005@example.com",
        "user000007@example.com",
        "user000008@example.com",
    ] {
        assert!(pages(&store, by("email", nobody), 7).await.is_empty(), "{nobody}");
    }
    let left = read(&store, |r| r.all("SELECT sub FROM index_settled", &[])).await;
    assert!(left.is_empty());
}

async fn a_batch_that_comes_during_a_run_keeps_the_mark(place: &dyn Place) {
    let store = place.open();
    add_in_bulk(&store, (0..20).map(person).collect()).await;
    let run = run_of(&store, 100).await;
    add_in_bulk(&store, (20..30).map(person).collect()).await;
    write(&store, move |tx| {
        run.write(tx, 0..run.len()).and_then(|_| run.finish(tx))
    })
    .await;
    assert!(waits(&store).await);
    let run = run_of(&store, 100).await;
    write(&store, move |tx| {
        run.write(tx, 0..run.len()).and_then(|_| run.finish(tx))
    })
    .await;
    assert!(!waits(&store).await);
    assert_eq!(pages(&store, prefix("email", ""), 7).await.len(), 30);
    // A run whose mark is gone writes nothing: the pool may be.
    add_in_bulk(&store, (30..31).map(person).collect()).await;
    let late = run_of(&store, 100).await;
    let again = run_of(&store, 100).await;
    write(&store, move |tx| again.finish(tx)).await;
    assert!(!write(&store, move |tx| late.write(tx, 0..late.len())).await);
    assert_eq!(pages(&store, prefix("email", ""), 7).await.len(), 30);
}

async fn counts_follow_the_users(place: &dyn Place) {
    let store = place.open();
    assert_eq!(read(&store, |r| user_pools::user_count(r, POOL)).await, 0);
    let batch: Vec<_> = (0..25).map(person).collect();
    write(&store, move |tx| bulk_users::insert_batch(tx, &batch)).await;
    add(&store, person(25)).await;
    let sub = person(3).0.sub;
    write(&store, move |tx| users::delete(tx, POOL, &sub)).await;
    // What is rolled back is not counted.
    let undone: Result<()> = store
        .transact("test", |tx| {
            let (user, logins) = person(99);
            users::insert(tx, &user, &logins)?;
            Err(Error::Conflict)
        })
        .await;
    assert!(undone.is_err());
    assert_eq!(read(&store, |r| user_pools::user_count(r, POOL)).await, 25);
}

fn group(name: &str, precedence: Option<i32>) -> groups::Group {
    groups::Group {
        user_pool_id: POOL.to_owned(),
        name: name.to_owned(),
        precedence,
        created_at: NOW,
        modified_at: NOW,
        ..Default::default()
    }
}

async fn groups_know_their_members_both_ways(place: &dyn Place) {
    let store = place.open();
    let subs: Vec<Uuid> = (0..30).map(|at| person(at).0.sub).collect();
    let given = subs.clone();
    write(&store, move |tx| {
        assert!(groups::insert(tx, &group("a", None))?);
        assert!(!groups::insert(tx, &group("a", Some(1)))?);
        assert!(groups::insert(tx, &group("b", None))?);
        for sub in &given {
            assert!(groups::add_member(tx, POOL, "a", sub)?);
            assert!(!groups::add_member(tx, POOL, "a", sub)?);
        }
        assert!(groups::add_member(tx, POOL, "b", &given[0])?);
        assert!(!groups::remove_member(tx, POOL, "b", &given[1])?);
        Ok(())
    })
    .await;
    let mut members = Vec::new();
    let mut after = None;
    loop {
        let page = read(&store, move |r| groups::members(r, POOL, "a", after.as_ref(), 7)).await;
        after = page.last().copied();
        if page.is_empty() {
            break;
        }
        members.extend(page);
    }
    let mut sorted = subs.clone();
    sorted.sort();
    assert_eq!(members, sorted);
    let first = subs[0];
    let names = |groups: Vec<groups::Group>| groups.into_iter().map(|it| it.name).collect::<Vec<_>>();
    assert_eq!(
        names(read(&store, move |r| groups::of_user(r, POOL, &first)).await),
        ["a", "b"]
    );
    assert!(write(&store, |tx| groups::delete(tx, POOL, "a")).await);
    assert!(!write(&store, |tx| groups::delete(tx, POOL, "a")).await);
    assert_eq!(
        names(read(&store, move |r| groups::of_user(r, POOL, &first)).await),
        ["b"]
    );
    assert!(!write(&store, |tx| groups::update(tx, &group("a", None))).await);
    assert_eq!(
        names(read(&store, |r| groups::list(r, POOL, "", 10)).await),
        ["b"]
    );
}

async fn group_order_is_precedence_then_name(place: &dyn Place) {
    let store = place.open();
    let sub = person(1).0.sub;
    write(&store, move |tx| {
        for (name, precedence) in [
            ("d", None),
            ("c", Some(5)),
            ("b", Some(0)),
            ("a", Some(5)),
            ("e", None),
        ] {
            groups::insert(tx, &group(name, precedence))?;
            groups::add_member(tx, POOL, name, &sub)?;
        }
        Ok(())
    })
    .await;
    let found = read(&store, move |r| groups::of_user(r, POOL, &sub)).await;
    let names: Vec<_> = found.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["b", "a", "c", "d", "e"]);
}

fn pool(id: &str) -> user_pools::UserPool {
    user_pools::UserPool {
        id: id.to_owned(),
        region: "us-east-1".to_owned(),
        name: "people".to_owned(),
        ..Default::default()
    }
}

fn client(id: &str, pool: &str) -> app_clients::AppClient {
    app_clients::AppClient {
        id: id.to_owned(),
        user_pool_id: pool.to_owned(),
        ..Default::default()
    }
}

async fn a_pool_is_deleted_in_batches(place: &dyn Place) {
    let store = place.open();
    write(&store, |tx| {
        user_pools::insert(tx, &pool(POOL))?;
        user_pools::insert(tx, &pool("us-east-1_Other"))?;
        app_clients::insert(tx, &client("c1", POOL))?;
        app_clients::insert(tx, &client("c2", "us-east-1_Other"))?;
        bulk_users::insert_batch(tx, &(0..100).map(person).collect::<Vec<_>>())?;
        let (mut other, logins) = person(5);
        other.user_pool_id = "us-east-1_Other".to_owned();
        users::insert(tx, &other, &logins)?;
        groups::insert(tx, &group("g", None))?;
        outbox::put(
            tx,
            &outbox::Message {
                id: Uuid::from_u128(1),
                user_pool_id: POOL.to_owned(),
                ..Default::default()
            },
        )
    })
    .await;
    assert!(write(&store, |tx| user_pools::delete(tx, POOL)).await);
    assert!(!write(&store, |tx| user_pools::delete(tx, POOL)).await);
    assert!(read(&store, |r| app_clients::get(r, "c1")).await.is_none());
    let mut rounds = 0;
    loop {
        let gone = write(&store, |tx| user_pools::reap_deleted(tx, 64)).await;
        assert!(gone <= 64);
        if gone == 0 {
            break;
        }
        rounds += 1;
    }
    assert!(rounds > 5, "{rounds} rounds");
    assert!(pages(&store, Select::All, 10).await.is_empty());
    assert!(pages(&store, prefix("email", ""), 10).await.is_empty());
    let left = read(&store, |r| {
        Ok((
            groups::list(r, POOL, "", 10)?.len(),
            outbox::list(r, Some(POOL), None, None, 10)?.len(),
            user_pools::user_count(r, POOL)?,
            user_pools::user_count(r, "us-east-1_Other")?,
            users::list(r, "us-east-1_Other", &Select::All, None, 10)?.0.len(),
            app_clients::get(r, "c2")?.is_some(),
        ))
    })
    .await;
    assert_eq!(left, (0, 0, 0, 1, 1, true));
}

async fn versions_guard_pools_and_clients(place: &dyn Place) {
    let store = place.open();
    write(&store, |tx| {
        user_pools::insert(tx, &pool(POOL))?;
        app_clients::insert(tx, &client("c1", POOL))
    })
    .await;
    let changed = write(&store, |tx| {
        Ok((
            user_pools::update(tx, &pool(POOL))?,
            user_pools::update(tx, &pool(POOL))?,
            app_clients::update(tx, &client("c1", POOL))?,
            app_clients::update(tx, &client("c1", POOL))?,
        ))
    })
    .await;
    assert_eq!(changed, (true, false, true, false));
    let versions = read(&store, |r| {
        Ok((
            user_pools::get(r, POOL)?.unwrap().version,
            user_pools::list(r, "us-east-1", "", 5)?[0].version,
            app_clients::get(r, "c1")?.unwrap().version,
            app_clients::list(r, POOL, "", 5)?[0].version,
            user_pools::list(r, "eu-west-1", "", 5)?.len(),
        ))
    })
    .await;
    assert_eq!(versions, (1, 1, 1, 1, 0));
}

async fn the_regions_with_pools_are_told_once_each(place: &dyn Place) {
    let store = place.open();
    assert!(read(&store, user_pools::regions).await.is_empty());
    for (id, region) in [
        ("us-east-1_A", "us-east-1"),
        ("us-east-1_B", "us-east-1"),
        ("eu-west-1_A", "eu-west-1"),
    ] {
        let pool = user_pools::UserPool {
            region: region.to_owned(),
            ..pool(id)
        };
        write(&store, move |tx| user_pools::insert(tx, &pool)).await;
    }
    assert_eq!(
        read(&store, user_pools::regions).await,
        ["eu-west-1", "us-east-1"]
    );
}

async fn what_is_parked_has_its_end_and_its_bounds(place: &dyn Place) {
    let store = place.open();
    let bounds = parked::Bounds {
        of_user: 3,
        bytes: 100,
    };
    let sub = Uuid::from_u128;
    let (one, two) = (sub(1), sub(2));
    let parked = |sub, key, size, parked_at: UnixMillis| parked::Parked {
        user_pool_id: POOL.to_owned(),
        sub,
        key: Uuid::from_u128(key),
        parked_at,
        expires_at: parked_at.plus_secs(1),
        sealed: vec![7; size],
    };
    let put = |new: parked::Parked| write(&store, move |tx| parked::put(tx, &new, bounds));
    let has = |sub, key, now| {
        let key = Uuid::from_u128(key);
        let found = read(&store, move |r| parked::get(r, POOL, &sub, &key, now));
        async { found.await.is_some() }
    };
    let bytes = || read(&store, parked::bytes);
    for key in 0..5_u128 {
        let at = UnixMillis(NOW.0 + i64::try_from(5 - key).unwrap());
        assert!(put(parked(one, key, 20, at)).await);
    }
    // The newest three of the user are left: what came later has the smaller key here.
    assert_eq!(bytes().await, 60);
    let left = [
        has(one, 0, NOW).await,
        has(one, 1, NOW).await,
        has(one, 2, NOW).await,
    ];
    assert_eq!(left, [true, true, false]);
    assert!(
        has(one, 4, NOW).await,
        "what is new stays, whatever the clock says"
    );
    assert!(!has(two, 0, NOW).await && !has(one, 0, NOW.plus_secs(2)).await);
    // All together have their bound, of which nothing is written that does not fit.
    assert!(put(parked(two, 9, 40, NOW)).await);
    assert!(!put(parked(two, 10, 1, NOW)).await);
    assert_eq!((bytes().await, has(two, 10, NOW).await), (100, false));
    write(&store, move |tx| parked::remove(tx, POOL, &two, &sub(9))).await;
    write(&store, move |tx| parked::remove(tx, POOL, &two, &sub(9))).await;
    assert_eq!(bytes().await, 60);
    // What is past makes room, and is reaped.
    assert!(put(parked(two, 11, 90, NOW.plus_secs(9))).await);
    assert_eq!(bytes().await, 90);
    let reap = |now| write(&store, move |tx| codes::reap(tx, now, 10));
    assert_eq!(
        (reap(NOW).await, reap(NOW.plus_secs(11)).await, bytes().await),
        (0, 1, 0)
    );
}

async fn codes_and_marks_expire(place: &dyn Place) {
    let store = place.open();
    let sub = person(1).0.sub;
    let code = codes::PendingCode {
        mac: vec![1, 2, 255],
        expires_at: NOW,
        failures: 2,
        attribute: Some("email".to_owned()),
        destination: "a@example.com".to_owned(),
    };
    let given = code.clone();
    let used = write(&store, move |tx| {
        codes::put(tx, POOL, &sub, "sign_up", &codes::PendingCode::default())?;
        codes::put(tx, POOL, &sub, "sign_up", &given)?;
        Ok((
            codes::use_once(tx, b"nonce", NOW)?,
            codes::use_once(tx, b"nonce", NOW)?,
        ))
    })
    .await;
    assert_eq!(used, (true, false));
    let kept = read(&store, move |r| codes::get(r, POOL, &sub, "sign_up"))
        .await
        .unwrap();
    assert_eq!((kept.mac, kept.failures), (code.mac, 2));
    assert_eq!(write(&store, |tx| codes::reap(tx, NOW, 10)).await, 0);
    // The mark goes at its end, the code a day later.
    assert_eq!(write(&store, |tx| codes::reap(tx, NOW.plus_secs(1), 10)).await, 1);
    assert!(
        read(&store, move |r| codes::get(r, POOL, &sub, "sign_up"))
            .await
            .is_some()
    );
    assert_eq!(
        write(&store, |tx| codes::reap(tx, NOW.plus_secs(90_000), 10)).await,
        1
    );
    assert!(
        read(&store, move |r| codes::get(r, POOL, &sub, "sign_up"))
            .await
            .is_none()
    );
    assert!(!write(&store, move |tx| codes::remove(tx, POOL, &sub, "sign_up")).await);
    write(&store, move |tx| {
        codes::set_attempts(
            tx,
            POOL,
            &sub,
            "code",
            codes::Attempts {
                count: 4,
                ..Default::default()
            },
        )?;
        codes::set_attempts(
            tx,
            POOL,
            &sub,
            "code",
            codes::Attempts {
                count: 5,
                locked_until: NOW,
                ..Default::default()
            },
        )
    })
    .await;
    let counted = read(&store, move |r| codes::attempts(r, POOL, &sub, "code")).await;
    assert_eq!((counted.count, counted.locked_until), (5, NOW));
    write(&store, move |tx| codes::clear_attempts(tx, POOL, &sub, "code")).await;
    assert_eq!(
        read(&store, move |r| codes::attempts(r, POOL, &sub, "code")).await,
        codes::Attempts::default()
    );
}

async fn tokens_are_revoked_and_rotated_once(place: &dyn Place) {
    let store = place.open();
    let later = NOW.plus_secs(60);
    let rotated = write(&store, move |tx| {
        tokens::revoke(tx, POOL, "family", NOW)?;
        tokens::revoke(tx, POOL, "family", later)?;
        Ok((
            tokens::rotate(tx, POOL, "one", NOW, later)?,
            tokens::rotate(tx, POOL, "one", later, later)?,
        ))
    })
    .await;
    assert_eq!(rotated, (None, Some(NOW)));
    assert!(read(&store, |r| tokens::is_revoked(r, POOL, "family")).await);
    assert!(!read(&store, |r| tokens::is_revoked(r, "other", "family")).await);
    assert_eq!(write(&store, move |tx| codes::reap(tx, later, 10)).await, 0);
    assert_eq!(
        write(&store, move |tx| codes::reap(tx, later.plus_secs(1), 10)).await,
        2
    );
    assert!(!read(&store, |r| tokens::is_revoked(r, POOL, "family")).await);
}

fn device(sub: Uuid, key: &str) -> devices::Device {
    devices::Device {
        user_pool_id: POOL.to_owned(),
        sub,
        key: key.to_owned(),
        verifier: vec![0, 255],
        ..Default::default()
    }
}

fn passkey(sub: Uuid, id: &[u8]) -> passkeys::Passkey {
    passkeys::Passkey {
        user_pool_id: POOL.to_owned(),
        sub,
        id: id.to_owned(),
        ..Default::default()
    }
}

fn session(sub: Uuid, id: &str, expires_at: UnixMillis) -> sessions::Session {
    sessions::Session {
        user_pool_id: POOL.to_owned(),
        sub,
        id: id.to_owned(),
        expires_at,
        ..Default::default()
    }
}

async fn devices_passkeys_and_sessions_are_of_one_user(place: &dyn Place) {
    let store = place.open();
    let ((one, logins), (two, _)) = (person(1), person(2));
    let (first, second) = (one.sub, two.sub);
    add(&store, (one, logins)).await;
    let done = write(&store, move |tx| {
        for sub in [first, second] {
            for key in ["r_1", "r_2", "r_3"] {
                assert!(devices::insert(tx, &device(sub, key))?);
            }
            assert!(passkeys::insert(tx, &passkey(sub, &[0, 1]))?);
            sessions::put(tx, &session(sub, "tkn1", NOW))?;
            sessions::put(tx, &session(sub, "tkn2", NOW.plus_secs(9)))?;
        }
        let mut changed = device(first, "r_2");
        changed.is_remembered = true;
        let mut renamed = passkey(first, &[0, 1]);
        renamed.name = "phone".to_owned();
        Ok((
            devices::insert(tx, &device(first, "r_1"))?,
            devices::update(tx, &changed)?,
            devices::update(tx, &device(first, "r_9"))?,
            devices::delete(tx, POOL, &second, "r_3")?,
            devices::delete(tx, POOL, &second, "r_3")?,
            passkeys::insert(tx, &passkey(first, &[0, 1]))?,
            passkeys::update(tx, &renamed)?,
            passkeys::update(tx, &passkey(first, &[9]))?,
            passkeys::delete(tx, POOL, &second, &[0, 1])?,
        ))
    })
    .await;
    assert_eq!(done, (false, true, false, true, false, false, true, false, true));
    let found = read(&store, move |r| {
        Ok((
            devices::list(r, POOL, &first, "r_1", 1)?[0].is_remembered,
            devices::list(r, POOL, &second, "", 9)?.len(),
            devices::get(r, POOL, &first, "r_3")?.unwrap().verifier,
            passkeys::of_user(r, POOL, &first, 9)?[0].name.clone(),
            passkeys::any(r, POOL, &second)?,
            sessions::of_user(r, POOL, &first, NOW, 9)?.len(),
            sessions::get(r, POOL, &first, "tkn1")?.is_some(),
        ))
    })
    .await;
    assert_eq!(found, (true, 2, vec![0, 255], "phone".to_owned(), false, 1, true));
    assert_eq!(write(&store, |tx| codes::reap(tx, NOW.plus_secs(1), 10)).await, 2);
    write(&store, move |tx| {
        sessions::delete_of_user(tx, POOL, &second)?;
        users::delete(tx, POOL, &first)
    })
    .await;
    let left = read(&store, move |r| {
        Ok((
            devices::list(r, POOL, &first, "", 9)?.len(),
            passkeys::any(r, POOL, &first)?,
            sessions::of_user(r, POOL, &first, NOW, 9)?.len(),
            sessions::of_user(r, POOL, &second, NOW, 9)?.len(),
        ))
    })
    .await;
    assert_eq!(left, (0, false, 0, 0));
}

async fn messages_come_newest_first_and_are_trimmed(place: &dyn Place) {
    let store = place.open();
    write(&store, |tx| {
        for at in 0..20_u128 {
            outbox::put(
                tx,
                &outbox::Message {
                    id: Uuid::from_u128(at),
                    user_pool_id: if at % 2 == 0 { POOL } else { "other" }.to_owned(),
                    to: format!("to{}@example.com", at % 5),
                    ..Default::default()
                },
            )?;
        }
        Ok(())
    })
    .await;
    let ids = |pool: Option<&'static str>, to: Option<&'static str>, before: Option<u128>, limit: usize| {
        let store = store.clone();
        async move {
            let before = before.map(Uuid::from_u128);
            let found = read(&store, move |r| outbox::list(r, pool, to, before.as_ref(), limit)).await;
            found.iter().map(|it| it.id.as_u128()).collect::<Vec<_>>()
        }
    };
    assert_eq!(ids(None, None, None, 3).await, [19, 18, 17]);
    assert_eq!(ids(None, None, Some(17), 2).await, [16, 15]);
    assert_eq!(ids(Some(POOL), None, None, 3).await, [18, 16, 14]);
    assert_eq!(ids(None, Some("to4@example.com"), None, 9).await, [19, 14, 9, 4]);
    assert_eq!(ids(Some(POOL), Some("to4@example.com"), None, 9).await, [14, 4]);
    assert_eq!(write(&store, |tx| outbox::trim(tx, 50, 10)).await, 0);
    assert_eq!(write(&store, |tx| outbox::trim(tx, 5, 10)).await, 10);
    assert_eq!(write(&store, |tx| outbox::trim(tx, 5, 10)).await, 5);
    assert_eq!(ids(None, None, None, 9).await, [19, 18, 17, 16, 15]);
    assert_eq!(write(&store, |tx| outbox::trim(tx, 0, 10)).await, 5);
}

async fn what_waits_to_be_sent_is_taken_once_until_its_time(place: &dyn Place) {
    let store = place.open();
    let message = |at: u128, status: outbox::Status| outbox::Message {
        id: Uuid::from_u128(at),
        user_pool_id: POOL.to_owned(),
        created_at: NOW,
        delivery: outbox::Delivery {
            status,
            ..outbox::Delivery::default()
        },
        ..outbox::Message::default()
    };
    write(&store, move |tx| {
        outbox::put(tx, &message(1, outbox::Status::Kept))?;
        outbox::put(tx, &message(2, outbox::Status::Waiting))?;
        outbox::put(tx, &message(3, outbox::Status::Waiting))
    })
    .await;
    let take = |now: UnixMillis, limit: usize| {
        let store = store.clone();
        async move {
            let due = read(&store, move |r| outbox::is_due(r, now)).await;
            let until = now.plus_secs(60);
            let taken = write(&store, move |tx| outbox::take_due(tx, now, until, limit)).await;
            assert_eq!(due, !taken.is_empty());
            taken
        }
    };
    assert!(take(UnixMillis(NOW.0 - 1), 9).await.is_empty());
    let first = take(NOW, 1).await;
    let second = take(NOW, 9).await;
    assert_eq!((first.len(), second.len()), (1, 1));
    assert!(take(NOW, 9).await.is_empty());
    // Whoever took them may have ended; after a while they are anyone's again.
    let mut again = take(NOW.plus_secs(60), 9).await;
    assert_eq!(again.len(), 2);
    let (mut sent, later) = (again.remove(0), again.remove(0));
    sent.delivery.status = outbox::Status::Sent;
    write(&store, move |tx| {
        outbox::settle(tx, &sent, NOW)?;
        outbox::settle(tx, &later, NOW.plus_secs(500))
    })
    .await;
    assert!(take(NOW.plus_secs(499), 9).await.is_empty());
    assert_eq!(take(NOW.plus_secs(500), 9).await.len(), 1);
    // What was trimmed meanwhile is not taken again.
    write(&store, |tx| outbox::trim(tx, 0, 10)).await;
    assert!(
        write(&store, |tx| outbox::take_due(
            tx,
            NOW.plus_secs(900),
            NOW.plus_secs(960),
            9
        ))
        .await
        .is_empty()
    );
    assert!(take(NOW.plus_secs(900), 9).await.is_empty());
}

fn line(at: u128, target: &str) -> logs::LogRecord {
    logs::LogRecord {
        id: Uuid::from_u128(at),
        user_pool_id: POOL.to_owned(),
        target: target.to_owned(),
        line: "{}".to_owned(),
        created_at: NOW,
    }
}

async fn lines_wait_for_their_target_and_a_target_that_is_put_off_is_not_due(place: &dyn Place) {
    let store = place.open();
    write(&store, |tx| {
        for at in 1..=5 {
            logs::put(tx, &line(at, "a"))?;
        }
        logs::put(tx, &line(6, "b"))
    })
    .await;
    let due = |now: UnixMillis| {
        let store = store.clone();
        async move {
            let due = read(&store, move |r| logs::due(r, now, 9)).await;
            due.into_iter()
                .map(|it| (it.target, it.failures))
                .collect::<Vec<_>>()
        }
    };
    let waiting = |target: &'static str| {
        let store = store.clone();
        async move {
            let lines = read(&store, move |r| logs::waiting(r, target, 9)).await;
            lines.into_iter().map(|it| it.id.as_u128()).collect::<Vec<_>>()
        }
    };
    let both = vec![("a".to_owned(), 0), ("b".to_owned(), 0)];
    assert_eq!(due(NOW).await, both);
    assert!(due(UnixMillis(NOW.0 - 1)).await.is_empty());
    // A further line does not make due what is put off.
    let later = NOW.plus_secs(60);
    write(&store, move |tx| {
        logs::put_off(tx, "a", 3, later)?;
        logs::put(tx, &line(7, "a"))
    })
    .await;
    assert_eq!(due(NOW).await, [("b".to_owned(), 0)]);
    assert_eq!(read(&store, logs::next_due).await, Some(NOW));
    assert_eq!(due(later).await.last(), Some(&("a".to_owned(), 3)));
    // What is bounded is bounded for each target.
    assert_eq!(write(&store, |tx| logs::trim_target(tx, "a", 4, 1)).await, 1);
    assert_eq!(write(&store, |tx| logs::trim_target(tx, "a", 4, 9)).await, 1);
    assert_eq!(write(&store, |tx| logs::trim_target(tx, "a", 4, 9)).await, 0);
    assert_eq!(waiting("a").await, [3, 4, 5, 7]);
    assert_eq!(waiting("b").await, [6]);
    // Delivered in part it is due behind the others; delivered whole it is forgotten.
    let part = [3, 4, 5].map(Uuid::from_u128);
    write(&store, move |tx| {
        logs::settle(tx, "a", &part, later)?;
        logs::settle(tx, "b", &[Uuid::from_u128(6)], later)
    })
    .await;
    assert_eq!(due(later).await, [("a".to_owned(), 0)]);
    write(&store, move |tx| logs::put_off(tx, "a", 9, later.plus_secs(300))).await;
    write(&store, move |tx| logs::put_off_no_more(tx, later)).await;
    assert_eq!(due(later).await, [("a".to_owned(), 0)]);
    write(&store, |tx| logs::settle(tx, "a", &[Uuid::from_u128(7)], NOW)).await;
    assert_eq!(read(&store, logs::next_due).await, None);
}

async fn import_jobs_page_backwards_and_keep_their_log(place: &dyn Place) {
    let store = place.open();
    write(&store, |tx| {
        for at in 0..10 {
            let job = imports::ImportJob {
                user_pool_id: POOL.to_owned(),
                id: format!("import-{at}"),
                created_at: NOW.plus_secs(at / 2),
                status: if at == 4 {
                    UserImportJobStatusType::InProgress
                } else {
                    UserImportJobStatusType::Succeeded
                },
                ..Default::default()
            };
            imports::put(tx, &job)?;
        }
        imports::log(tx, POOL, "import-1", &[(1, "a".to_owned()), (3, "c".to_owned())])?;
        imports::log(tx, POOL, "import-1", &[(2, "b".to_owned()), (3, "C".to_owned())])
    })
    .await;
    let mut seen = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let from = after.clone();
        let (page, key) = read(&store, move |r| imports::list(r, POOL, from.as_deref(), 3)).await;
        seen.extend(page.into_iter().map(|job| job.id));
        after = key;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(
        seen,
        (0..10).rev().map(|at| format!("import-{at}")).collect::<Vec<_>>()
    );
    let active = read(&store, imports::active).await;
    assert_eq!(
        active.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(),
        ["import-4"]
    );
    let lines = read(&store, |r| imports::log_lines(r, POOL, "import-1", Some(1), 10)).await;
    assert_eq!(lines, [(2, "b".to_owned()), (3, "C".to_owned())]);
}

async fn logos_stay_until_replaced(place: &dyn Place) {
    let store = place.open();
    let ui = ui_customization::UiCustomization {
        user_pool_id: POOL.to_owned(),
        client_id: "ALL".to_owned(),
        css: Some(".a{}".to_owned()),
        logo_type: Some("image/png".to_owned()),
        logo_id: Some("abc".to_owned()),
        ..Default::default()
    };
    let without = ui_customization::UiCustomization {
        logo_id: None,
        logo_type: None,
        ..ui.clone()
    };
    let logo = |store: Store| async move { read(&store, |r| ui_customization::logo(r, POOL, "abc")).await };
    let given = ui.clone();
    write(&store, move |tx| {
        ui_customization::put(tx, &given, Some(b"picture"))
    })
    .await;
    let given = ui.clone();
    write(&store, move |tx| ui_customization::put(tx, &given, None)).await;
    assert_eq!(
        logo(store.clone()).await,
        Some(("image/png".to_owned(), b"picture".to_vec()))
    );
    write(&store, move |tx| ui_customization::put(tx, &without, None)).await;
    assert_eq!(logo(store.clone()).await, None);
    assert!(
        read(&store, |r| ui_customization::get(r, POOL, "client"))
            .await
            .is_none()
    );
    assert!(write(&store, |tx| ui_customization::delete(tx, POOL, "ALL")).await);
    assert!(
        read(&store, |r| ui_customization::get(r, POOL, "ALL"))
            .await
            .is_none()
    );
}

fn server(pool: &str, identifier: &str) -> ResourceServer {
    ResourceServer {
        user_pool_id: pool.to_owned(),
        identifier: identifier.to_owned(),
        ..Default::default()
    }
}

async fn resources_are_apart_by_pool_kind_and_name(place: &dyn Place) {
    let store = place.open();
    write(&store, |tx| {
        user_pools::insert(tx, &pool(POOL))?;
        for name in ["b", "a", "c"] {
            assert!(resources::insert(tx, &server(POOL, name))?);
        }
        assert!(!resources::insert(tx, &server(POOL, "a"))?, "the name is taken");
        assert!(resources::insert(tx, &server("us-east-1_Other", "a"))?);
        let mut changed = server(POOL, "a");
        changed.name = "changed".to_owned();
        assert!(resources::update(tx, &changed)?);
        assert!(!resources::update(tx, &server(POOL, "absent"))?);
        resources::put(tx, &server(POOL, "d"))?;
        resources::put(tx, &server(POOL, "d"))?;
        assert!(resources::delete::<ResourceServer>(tx, POOL, "c")?);
        assert!(!resources::delete::<ResourceServer>(tx, POOL, "c")?);
        Ok(())
    })
    .await;
    let (listed, found, count, up_to) = read(&store, |r| {
        Ok((
            resources::list::<ResourceServer>(r, POOL, "a", 10)?,
            resources::get::<ResourceServer>(r, POOL, "a")?,
            resources::count_up_to::<ResourceServer>(r, POOL, 10)?,
            resources::count_up_to::<ResourceServer>(r, POOL, 2)?,
        ))
    })
    .await;
    let names: Vec<_> = listed.into_iter().map(|it| it.identifier).collect();
    assert_eq!(names, ["b", "d"]);
    assert_eq!(found.unwrap().name, "changed");
    assert_eq!((count, up_to), (3, 2));
    write(&store, |tx| {
        user_pools::delete(tx, POOL)?;
        while user_pools::reap_deleted(tx, 2)? > 0 {}
        Ok(())
    })
    .await;
    let left = read(&store, |r| {
        Ok((
            resources::count_up_to::<ResourceServer>(r, POOL, 10)?,
            resources::count_up_to::<ResourceServer>(r, "us-east-1_Other", 10)?,
        ))
    })
    .await;
    assert_eq!(left, (0, 1));
}

fn identity_pool(number: u32) -> identity_pools::IdentityPool {
    identity_pools::IdentityPool {
        id: format!("us-east-1:{number:04}"),
        region: "us-east-1".to_owned(),
        version: 1,
        ..Default::default()
    }
}

async fn identity_pools_page_and_guard_their_version(place: &dyn Place) {
    let store = place.open();
    write(&store, |tx| {
        for number in 0..5 {
            identity_pools::insert(tx, &identity_pool(number))?;
        }
        let elsewhere = identity_pools::IdentityPool {
            id: "eu-west-1:0".to_owned(),
            region: "eu-west-1".to_owned(),
            ..identity_pool(0)
        };
        identity_pools::insert(tx, &elsewhere)
    })
    .await;
    let page = read(&store, |r| {
        identity_pools::list(r, "us-east-1", "us-east-1:0001", 2)
    })
    .await;
    let ids: Vec<String> = page.into_iter().map(|pool| pool.id).collect();
    assert_eq!(ids, ["us-east-1:0002", "us-east-1:0003"]);
    let count = |limit| {
        read(&store, move |r| {
            identity_pools::count_up_to(r, "us-east-1", limit)
        })
    };
    assert_eq!((count(3).await, count(60).await), (3, 5));

    let mut changed = identity_pool(0);
    changed.roles.insert("authenticated".to_owned(), "arn".to_owned());
    let stale = changed.clone();
    assert!(write(&store, move |tx| identity_pools::update(tx, &changed)).await);
    assert!(!write(&store, move |tx| identity_pools::update(tx, &stale)).await);
    let found = read(&store, |r| identity_pools::get(r, "us-east-1:0000"))
        .await
        .unwrap();
    assert_eq!((found.version, found.roles.len()), (2, 1));
    assert!(write(&store, |tx| identity_pools::delete(tx, "us-east-1:0000")).await);
    assert!(!write(&store, |tx| identity_pools::delete(tx, "us-east-1:0000")).await);
    assert!(
        read(&store, |r| identity_pools::get(r, "us-east-1:0000"))
            .await
            .is_none()
    );
}

async fn a_login_leads_to_one_identity_until_it_is_released(place: &dyn Place) {
    const IDENTITY_POOL: &str = "us-east-1:0000";
    let store = place.open();
    let login = |subject: &str| pool_identities::Login {
        provider: "login.example".to_owned(),
        subject: subject.to_owned(),
    };
    let identity =
        |id: &str, disabled: bool, logins: Vec<pool_identities::Login>| pool_identities::Identity {
            id: id.to_owned(),
            identity_pool_id: IDENTITY_POOL.to_owned(),
            logins,
            disabled,
            created_at: NOW,
            modified_at: NOW,
            ..Default::default()
        };
    let (one, two) = (login("one"), login("two"));
    let first = identity("us-east-1:a", false, vec![one.clone(), two.clone()]);
    let kept = [
        first.clone(),
        identity("us-east-1:b", true, vec![]),
        identity("us-east-1:c", false, vec![]),
    ];
    let claimed = [one.clone(), two.clone()];
    write(&store, move |tx| {
        for identity in &kept {
            pool_identities::put(tx, identity)?;
        }
        for login in &claimed {
            // The one that was claimed first gives way.
            pool_identities::claim(tx, IDENTITY_POOL, login, "us-east-1:c")?;
            pool_identities::claim(tx, IDENTITY_POOL, login, "us-east-1:a")?;
        }
        Ok(())
    })
    .await;
    let leads = |login: &pool_identities::Login| {
        let login = login.clone();
        read(&store, move |r| {
            pool_identities::of_login(r, IDENTITY_POOL, &login)
        })
    };
    assert_eq!(leads(&one).await.as_deref(), Some("us-east-1:a"));
    assert_eq!(leads(&login("three")).await, None);
    let listed = async |hide_disabled, after: &'static str| -> Vec<String> {
        let page = move |r: &mut poolhouse::store::Reader<'_>| {
            pool_identities::list(r, IDENTITY_POOL, hide_disabled, after, 2)
        };
        read(&store, page).await.into_iter().map(|it| it.id).collect()
    };
    assert_eq!(listed(false, "").await, ["us-east-1:a", "us-east-1:b"]);
    assert_eq!(listed(false, "us-east-1:b").await, ["us-east-1:c"]);
    assert_eq!(listed(true, "").await, ["us-east-1:a", "us-east-1:c"]);
    let released = two.clone();
    write(&store, move |tx| {
        pool_identities::release(tx, IDENTITY_POOL, &released)
    })
    .await;
    assert_eq!(leads(&two).await, None);
    assert!(write(&store, move |tx| pool_identities::delete(tx, &first)).await);
    assert_eq!(leads(&one).await, None);
    assert!(
        read(&store, |r| pool_identities::get(r, "us-east-1:a"))
            .await
            .is_none()
    );

    // A deleted pool leaves none of them.
    write(&store, move |tx| {
        identity_pools::insert(tx, &identity_pool(0))?;
        pool_identities::claim(tx, IDENTITY_POOL, &login("three"), "us-east-1:c")?;
        identity_pools::delete(tx, IDENTITY_POOL)
    })
    .await;
    while write(&store, |tx| user_pools::reap_deleted(tx, 1)).await > 0 {}
    assert!(listed(false, "").await.is_empty());
    assert_eq!(leads(&login("three")).await, None);
}

async fn tags_settings_and_keys_come_back(place: &dyn Place) {
    let store = place.open();
    let given = BTreeMap::from([("team".to_owned(), "a".to_owned())]);
    let kept = given.clone();
    write(&store, move |tx| {
        tags::put(tx, "arn:1", &kept)?;
        settings::put(tx, "engine", "{}")?;
        settings::put(tx, "engine", "{\"a\":1}")?;
        signing_keys::put(
            tx,
            &signing_keys::PoolKeys {
                user_pool_id: POOL.to_owned(),
                pool_key: vec![0, 255],
                ..Default::default()
            },
        )?;
        for (id, at) in [("B", 2), ("A", 1)] {
            access_keys::put(
                tx,
                &access_keys::AccessKey {
                    id: id.to_owned(),
                    created_at: UnixMillis(at),
                    secret: vec![9],
                    ..Default::default()
                },
            )?;
        }
        Ok(())
    })
    .await;
    assert_eq!(read(&store, |r| tags::get(r, "arn:1")).await, given);
    write(&store, |tx| tags::put(tx, "arn:1", &BTreeMap::new())).await;
    assert!(read(&store, |r| tags::get(r, "arn:1")).await.is_empty());
    assert_eq!(
        read(&store, |r| settings::get(r, "engine")).await.as_deref(),
        Some("{\"a\":1}")
    );
    let keys = read(&store, |r| signing_keys::get(r, POOL)).await.unwrap();
    assert_eq!(keys.pool_key, [0, 255]);
    let ids: Vec<_> = read(&store, access_keys::list)
        .await
        .into_iter()
        .map(|key| key.id)
        .collect();
    assert_eq!(ids, ["A", "B"]);
    assert!(write(&store, |tx| access_keys::delete(tx, "A")).await);
    assert!(read(&store, |r| access_keys::get(r, "A")).await.is_none());
    assert_eq!(
        read(&store, |r| access_keys::get(r, "B")).await.unwrap().secret,
        [9]
    );
}

mod sqlite_file {
    use super::*;

    #[tokio::test]
    async fn a_second_opener_is_refused_with_the_files_name() {
        let place = InFile::new();
        let store = place.open();
        match place.try_open().err() {
            Some(Error::Locked(text)) => {
                assert!(text.contains("store.sqlite"), "{text}");
                assert!(text.contains(&std::process::id().to_string()), "{text}");
            }
            other => panic!("{other:?}"),
        }
        drop(store);
        place.open();
    }

    #[test]
    fn what_is_no_database_is_refused_and_left_alone() {
        for content in [
            &b"hello"[..],
            &[0; 8192],
            b"SQLite format 3\0 and then something else entirely, for long",
        ] {
            let place = InFile::new();
            std::fs::write(place.path(), content).unwrap();
            assert!(matches!(place.try_open(), Err(Error::Corrupt(_))), "{content:?}");
            assert_eq!(std::fs::read(place.path()).unwrap(), content);
        }
    }

    #[test]
    fn a_database_of_another_program_is_refused() {
        let place = InFile::new();
        let other = rusqlite::Connection::open(place.path()).unwrap();
        other.execute_batch("CREATE TABLE theirs (a)").unwrap();
        drop(other);
        assert!(matches!(place.try_open(), Err(Error::Corrupt(_))));
    }

    #[tokio::test]
    async fn a_shortened_database_is_refused() {
        let place = InFile::new();
        drop(place.open());
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(place.path())
            .unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length - 4096).unwrap();
        assert!(matches!(place.try_open(), Err(Error::Corrupt(_))));
    }

    #[tokio::test]
    async fn lines_of_an_older_database_wait_for_their_target() {
        let place = InFile::new();
        drop(place.open());
        let old = rusqlite::Connection::open(place.path()).unwrap();
        old.execute_batch(
            "DROP INDEX log_record_by_target;
             ALTER TABLE log_record DROP COLUMN target;
             DROP TABLE log_target;
             PRAGMA user_version = 62;",
        )
        .unwrap();
        let document = serde_json::to_string(&line(1, "a'b")).unwrap();
        let id = Uuid::from_u128(1);
        old.execute(
            "INSERT INTO log_record VALUES (?1, ?2, 1, ?3)",
            (id.as_bytes().as_slice(), POOL, document),
        )
        .unwrap();
        drop(old);
        let store = place.open();
        let due = read(&store, |r| logs::due(r, NOW, 9)).await;
        assert_eq!(due.first().map(|it| it.target.as_str()), Some("a'b"));
        assert_eq!(
            read(&store, |r| logs::waiting(r, "a'b", 9)).await,
            [line(1, "a'b")]
        );
    }

    #[tokio::test]
    async fn a_newer_database_is_refused_and_unchanged() {
        let place = InFile::new();
        drop(place.open());
        let newer = rusqlite::Connection::open(place.path()).unwrap();
        newer.execute_batch("PRAGMA user_version = 9999").unwrap();
        drop(newer);
        let before = std::fs::read(place.path()).unwrap();
        assert!(matches!(place.try_open(), Err(Error::TooNew { found: 9999, .. })));
        assert_eq!(std::fs::read(place.path()).unwrap(), before);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_backup_taken_under_writes_restores() {
        let place = InFile::new();
        let store = place.open();
        for number in 0..50 {
            add(&store, person(number)).await;
        }
        let copy = place.folder.path().join("copy.sqlite");
        let writer = {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 50..150 {
                    add(&store, person(number)).await;
                }
            })
        };
        let (target, source) = (copy.clone(), store.clone());
        tokio::task::spawn_blocking(move || source.backup(&target))
            .await
            .unwrap()
            .unwrap();
        writer.await.unwrap();
        let sub = person(0).0.sub;
        write(&store, move |tx| users::delete(tx, POOL, &sub)).await;
        assert!(matches!(
            Sqlite::restore(&copy, &place.path()),
            Err(Error::Locked(_))
        ));
        drop(store);
        let aside = Sqlite::restore(&copy, &place.path()).unwrap().unwrap();
        assert!(aside.exists());
        let store = place.open();
        let count = read(&store, |r| user_pools::user_count(r, POOL)).await;
        assert!((50..=150).contains(&count), "{count}");
        assert_eq!(
            pages(&store, Select::All, 60).await.len(),
            usize::try_from(count).unwrap()
        );
        assert!(read(&store, move |r| users::get(r, POOL, &sub)).await.is_some());
    }

    #[tokio::test]
    async fn a_damaged_copy_is_not_restored() {
        let place = InFile::new();
        let store = place.open();
        let many: Vec<_> = (0..500).map(person).collect();
        write(&store, move |tx| bulk_users::insert_batch(tx, &many)).await;
        let copy = place.folder.path().join("copy.sqlite");
        store.backup(&copy).unwrap();
        drop(store);
        let mut bytes = std::fs::read(&copy).unwrap();
        for at in (8192..bytes.len()).step_by(4096) {
            bytes[at..at + 64].fill(0xa5);
        }
        std::fs::write(&copy, bytes).unwrap();
        let before = std::fs::read(place.path()).unwrap();
        assert!(matches!(
            Sqlite::restore(&copy, &place.path()),
            Err(Error::Corrupt(_))
        ));
        assert_eq!(std::fs::read(place.path()).unwrap(), before);
        place.open();
    }

    /// SQLite's own page limit answers as a full disk does.
    #[tokio::test]
    async fn a_full_disk_keeps_nothing_and_is_got_over() {
        let place = InFile::new();
        let store = place.open();
        let limit = |store: Store, pages: i64| async move {
            write(&store, move |tx| {
                let sql = format!("PRAGMA max_page_count = {pages}");
                tx.one(&sql, &[]).map(|_| ())
            })
            .await;
        };
        limit(store.clone(), 120).await;
        let mut kept = 0_u32;
        let full = loop {
            let (user, logins) = person(kept);
            let outcome: Result<Claimed> = store
                .transact("test", move |tx| users::insert(tx, &user, &logins))
                .await;
            match outcome {
                Ok(_) => kept += 1,
                Err(full) => break full,
            }
        };
        assert!(matches!(full, Error::Full), "{full:?}");
        // Who catches the error must not be told that the write was kept.
        let swallowed: Result<()> = store
            .transact("test", |tx| {
                let many: Vec<_> = (1000..3000).map(person).collect();
                let _ = bulk_users::insert_batch(tx, &many);
                Ok(())
            })
            .await;
        assert!(matches!(swallowed, Err(Error::Full)), "{swallowed:?}");
        assert_eq!(
            pages(&store, Select::All, 60).await.len(),
            usize::try_from(kept).unwrap()
        );
        limit(store.clone(), 1_000_000).await;
        assert_eq!(add(&store, person(kept)).await, Claimed::Done);
        drop(store);
        let store = place.open();
        let count = read(&store, |r| user_pools::user_count(r, POOL)).await;
        assert_eq!(count, i64::from(kept) + 1);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn its_files_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let place = InFile::new();
        let store = place.open();
        write(&store, |tx| settings::put(tx, "a", "1")).await;
        for entry in std::fs::read_dir(place.folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
        }
    }
}
