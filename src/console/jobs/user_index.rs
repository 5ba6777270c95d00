//! The local index of a pool's users: read once in the background, then searched at once.
//!
//! The service searches by one attribute and by prefix alone, sixty users a page. This
//! index pages through `ListUsers`, keeps what came, and answers any combination of
//! conditions and any order from memory. What is shown says how fresh it is.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering as Atomic};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::runtime::Handle;

use crate::driver::{CallError, Driver};
use crate::wire::idp::{ListUsersRequest, UserStatusType, UserType};

/// Rows looked at under one lock, so that neither drawing nor loading waits long.
const SLICE: usize = 4096;

/// A user as the table shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserRow {
    /// The stored username.
    pub username: Box<str>,
    /// The `sub` attribute.
    pub sub: Box<str>,
    /// The `email` attribute, empty when there is none.
    pub email: Box<str>,
    /// Whether `email_verified` is true.
    pub email_verified: bool,
    /// The `phone_number` attribute, empty when there is none.
    pub phone_number: Box<str>,
    /// Whether `phone_number_verified` is true.
    pub phone_verified: bool,
    /// `name`, or given and family name.
    pub name: Box<str>,
    /// The status.
    pub status: UserStatusType,
    /// Whether the user may sign in.
    pub enabled: bool,
    /// Creation, seconds since the Unix epoch.
    pub created: f64,
    /// Last change, seconds since the Unix epoch.
    pub modified: f64,
    /// Every attribute by the vendor's name.
    pub attributes: Box<[(Box<str>, Box<str>)]>,
    /// Whether the user was deleted since it was read.
    pub gone: bool,
}

impl UserRow {
    /// Takes what `ListUsers` gives.
    pub fn new(user: UserType) -> Self {
        let attributes: Box<[(Box<str>, Box<str>)]> = user
            .attributes
            .unwrap_or_default()
            .into_iter()
            .map(|attribute| {
                (
                    attribute.name.into_boxed_str(),
                    attribute.value.unwrap_or_default().into_boxed_str(),
                )
            })
            .collect();
        let find = |name: &str| {
            attributes
                .iter()
                .find(|(key, _)| &**key == name)
                .map_or("", |(_, value)| value)
        };
        let name = match (find("name"), find("given_name"), find("family_name")) {
            ("", given, family) => format!("{given} {family}").trim().to_owned(),
            (name, ..) => name.to_owned(),
        };
        Self {
            username: user.username.unwrap_or_default().into(),
            sub: find("sub").into(),
            email: find("email").into(),
            email_verified: find("email_verified") == "true",
            phone_number: find("phone_number").into(),
            phone_verified: find("phone_number_verified") == "true",
            name: name.into(),
            status: user.user_status.unwrap_or_default(),
            enabled: user.enabled.unwrap_or(true),
            created: user.user_create_date.map_or(0.0, |at| at.0),
            modified: user.user_last_modified_date.map_or(0.0, |at| at.0),
            attributes,
            gone: false,
        }
    }

    /// Returns the value of a field or attribute as text, empty when there is none.
    pub fn value(&self, field: &str) -> &str {
        match field {
            "username" => &self.username,
            "email" => &self.email,
            "phone_number" => &self.phone_number,
            "name" => &self.name,
            "cognito:user_status" => self.status.as_str(),
            "status" if self.enabled => "Enabled",
            "status" => "Disabled",
            other => self
                .attributes
                .iter()
                .find(|(key, _)| &**key == other)
                .map_or("", |(_, value)| value),
        }
    }
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compare {
    /// The value holds the text somewhere, case ignored.
    #[default]
    Contains,
    /// The value is the text, case ignored.
    Is,
    /// The value is anything but the text, case ignored.
    IsNot,
    /// The value begins with the text, case ignored.
    BeginsWith,
    /// There is no value.
    IsEmpty,
    /// There is a value.
    IsPresent,
}

impl Compare {
    /// Every way to compare.
    pub const ALL: [Self; 6] = [
        Self::Contains,
        Self::Is,
        Self::IsNot,
        Self::BeginsWith,
        Self::IsEmpty,
        Self::IsPresent,
    ];

    /// Returns the words for it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::BeginsWith => "begins with",
            Self::IsEmpty => "is empty",
            Self::IsPresent => "is present",
        }
    }

    /// Tells whether it compares with a text.
    pub const fn wants_text(self) -> bool {
        !matches!(self, Self::IsEmpty | Self::IsPresent)
    }
}

/// One condition of a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Condition {
    /// A field or attribute by the vendor's name; empty stands for username, name, e-mail and phone together.
    pub field: String,
    /// How to compare.
    pub compare: Compare,
    /// With what.
    pub text: String,
}

impl Condition {
    /// Tells whether a row meets the condition. `needle` is the text in lower case.
    fn meets(&self, row: &UserRow, needle: &str) -> bool {
        let one = |value: &str| match self.compare {
            Compare::Contains => contains(value, needle),
            Compare::Is => same(value, needle),
            Compare::IsNot => !same(value, needle),
            Compare::BeginsWith => begins(value, needle),
            Compare::IsEmpty => value.is_empty(),
            Compare::IsPresent => !value.is_empty(),
        };
        match self.field.as_str() {
            "" => [
                &*row.username,
                &*row.name,
                &*row.email,
                &*row.phone_number,
                &*row.sub,
            ]
            .into_iter()
            .any(one),
            field => one(row.value(field)),
        }
    }
}

fn same(value: &str, needle: &str) -> bool {
    if value.is_ascii() {
        value.eq_ignore_ascii_case(needle)
    } else {
        value.to_lowercase() == needle
    }
}

fn begins(value: &str, needle: &str) -> bool {
    match value.get(..needle.len()) {
        Some(head) if head.is_ascii() => head.eq_ignore_ascii_case(needle),
        _ => value.to_lowercase().starts_with(needle),
    }
}

fn contains(value: &str, needle: &str) -> bool {
    if needle.is_empty() {
        return true;
    }
    if value.is_ascii() {
        return value
            .as_bytes()
            .windows(needle.len())
            .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()));
    }
    value.to_lowercase().contains(needle)
}

/// What the table is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// As the service lists them.
    #[default]
    Listed,
    Username,
    Name,
    Email,
    Status,
    Created,
    Modified,
}

/// What is asked of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// All must be met.
    pub conditions: Vec<Condition>,
    pub sort: SortBy,
    pub descending: bool,
}

/// How far the index has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Progress {
    /// Pages are being read.
    #[default]
    Loading,
    /// Everything was read.
    Complete,
    /// Reading stopped; what came before stays.
    Failed(CallError),
}

#[derive(Default)]
struct Shared {
    rows: RwLock<Vec<UserRow>>,
    progress: Mutex<Progress>,
    result: Mutex<Arc<Found>>,
    /// Raised whenever rows change.
    revision: AtomicU64,
    /// The newest query; older searches stop.
    wanted: AtomicU64,
    stopped: AtomicBool,
}

/// The answer to a query.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The query it answers.
    pub query: Query,
    /// The revision of the rows it was made from.
    pub revision: u64,
    /// Places in the index, in order.
    pub rows: Vec<u32>,
}

/// The index. Reading ends when it is dropped.
pub struct UserIndex {
    shared: Arc<Shared>,
    runtime: Handle,
    wake: Arc<dyn Fn() + Send + Sync>,
    driver: Driver,
    user_pool_id: String,
}

impl Drop for UserIndex {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Atomic::Relaxed);
    }
}

impl UserIndex {
    /// Begins to read the users of a pool; `wake` is called when there is news.
    pub fn start(
        driver: Driver,
        user_pool_id: &str,
        runtime: Handle,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let index = Self {
            shared: Arc::default(),
            runtime,
            wake,
            driver,
            user_pool_id: user_pool_id.to_owned(),
        };
        index.spawn_reader();
        index
    }

    fn spawn_reader(&self) {
        let (shared, wake, driver) = (
            Arc::clone(&self.shared),
            Arc::clone(&self.wake),
            self.driver.clone(),
        );
        let mut request = ListUsersRequest {
            user_pool_id: self.user_pool_id.clone(),
            limit: Some(60),
            ..Default::default()
        };
        self.runtime.spawn(async move {
            let mut pages = 0_u32;
            let end = loop {
                if shared.stopped.load(Atomic::Relaxed) {
                    return;
                }
                match driver.call(&request).await {
                    Err(error) => break Progress::Failed(error),
                    Ok(page) => {
                        let fresh: Vec<UserRow> = page
                            .users
                            .unwrap_or_default()
                            .into_iter()
                            .map(UserRow::new)
                            .collect();
                        shared
                            .rows
                            .write()
                            .unwrap_or_else(PoisonError::into_inner)
                            .extend(fresh);
                        shared.revision.fetch_add(1, Atomic::Relaxed);
                        pages = pages.saturating_add(1);
                        // A repaint for every page would draw more than it reads.
                        if pages < 4 || pages.is_multiple_of(32) {
                            wake();
                        }
                        match page.pagination_token {
                            Some(token) if !token.is_empty() => request.pagination_token = Some(token),
                            _ => break Progress::Complete,
                        }
                    }
                }
            };
            *shared.progress.lock().unwrap_or_else(PoisonError::into_inner) = end;
            wake();
        });
    }

    /// Returns how far reading has come.
    pub fn progress(&self) -> Progress {
        self.shared
            .progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns the number of users read, deleted ones left out only after a search.
    pub fn len(&self) -> usize {
        self.shared
            .rows
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Tells whether nothing was read yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives the row at a place of the index to `f`.
    pub fn with_row<T>(&self, at: u32, f: impl FnOnce(&UserRow) -> T) -> Option<T> {
        let rows = self.shared.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.get(usize::try_from(at).ok()?).map(f)
    }

    /// Returns what clones the rows at `places`; call it off the drawing thread.
    pub fn rows_of(&self, places: Vec<u32>) -> impl FnOnce() -> Vec<UserRow> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || {
            let rows = shared.rows.read().unwrap_or_else(PoisonError::into_inner);
            let at = |place: u32| rows.get(usize::try_from(place).ok()?).cloned();
            places.into_iter().filter_map(at).collect()
        }
    }

    /// Tells whether pages are being read, or rows changed since the newest answer.
    pub fn is_busy(&self) -> bool {
        let answered = self
            .shared
            .result
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .revision;
        self.progress() == Progress::Loading || answered != self.shared.revision.load(Atomic::Relaxed)
    }

    /// Returns the newest answer and, when it does not fit `query` or newer rows, begins to search.
    pub fn search(&self, query: &Query) -> Arc<Found> {
        let found = Arc::clone(&self.shared.result.lock().unwrap_or_else(PoisonError::into_inner));
        let revision = self.shared.revision.load(Atomic::Relaxed);
        let asked = ticket(query, revision);
        if (found.query != *query || found.revision != revision)
            && self.shared.wanted.swap(asked, Atomic::Relaxed) != asked
        {
            let (shared, wake, query) = (Arc::clone(&self.shared), Arc::clone(&self.wake), query.clone());
            self.runtime.spawn_blocking(move || {
                if let Some(rows) = select(&shared, &query, asked) {
                    *shared.result.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Found {
                        query,
                        revision,
                        rows,
                    });
                    wake();
                }
            });
        }
        found
    }

    /// Reads one user again, after it was created or changed; takes it out when it is gone.
    pub fn refresh(&self, username_or_sub: &str, by_sub: bool) {
        self.refresher().refresh(username_or_sub, by_sub);
    }

    /// Returns what reads single users again, for a job that outlives a frame.
    pub fn refresher(&self) -> Refresher {
        Refresher {
            shared: Arc::clone(&self.shared),
            runtime: self.runtime.clone(),
            wake: Arc::clone(&self.wake),
            driver: self.driver.clone(),
            user_pool_id: self.user_pool_id.clone(),
        }
    }
}

/// Reads single users of an index again.
#[derive(Clone)]
pub struct Refresher {
    shared: Arc<Shared>,
    runtime: Handle,
    wake: Arc<dyn Fn() + Send + Sync>,
    driver: Driver,
    user_pool_id: String,
}

impl Refresher {
    /// Reads one user again; takes it out when it is gone.
    pub fn refresh(&self, username_or_sub: &str, by_sub: bool) {
        let (shared, wake, driver) = (
            Arc::clone(&self.shared),
            Arc::clone(&self.wake),
            self.driver.clone(),
        );
        let field = if by_sub { "sub" } else { "username" };
        let wanted = username_or_sub.to_owned();
        let escaped = wanted.replace('\\', "\\\\").replace('"', "\\\"");
        let request = ListUsersRequest {
            user_pool_id: self.user_pool_id.clone(),
            filter: Some(format!("{field} = \"{escaped}\"")),
            ..Default::default()
        };
        self.runtime.spawn(async move {
            let Ok(page) = driver.call(&request).await else {
                return;
            };
            let fresh = page
                .users
                .unwrap_or_default()
                .into_iter()
                .next()
                .map(UserRow::new);
            {
                let mut rows = shared.rows.write().unwrap_or_else(PoisonError::into_inner);
                let same = |row: &UserRow| {
                    if by_sub {
                        *row.sub == *wanted
                    } else {
                        *row.username == *wanted
                    }
                };
                let known = rows.iter_mut().find(|row| !row.gone && same(row));
                match (known, fresh) {
                    (Some(row), Some(fresh)) => *row = fresh,
                    (Some(row), None) => row.gone = true,
                    (None, Some(fresh)) => rows.push(fresh),
                    (None, None) => return,
                }
            }
            shared.revision.fetch_add(1, Atomic::Relaxed);
            wake();
        });
    }
}

/// Names a query on a revision, so that the same search is not begun twice.
fn ticket(query: &Query, revision: u64) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (query, revision).hash(&mut hasher);
    hasher.finish() | 1
}

/// Returns the places of the rows that meet the query, or `None` when a newer one was asked.
fn select(shared: &Shared, query: &Query, asked: u64) -> Option<Vec<u32>> {
    let needles: Vec<String> = query
        .conditions
        .iter()
        .map(|condition| condition.text.to_lowercase())
        .collect();
    let mut places = Vec::new();
    let mut keys: Vec<(Box<str>, u64)> = Vec::new();
    let mut from = 0_usize;
    loop {
        if shared.wanted.load(Atomic::Relaxed) != asked || shared.stopped.load(Atomic::Relaxed) {
            return None;
        }
        let rows = shared.rows.read().unwrap_or_else(PoisonError::into_inner);
        let slice = rows
            .get(from..rows.len().min(from.saturating_add(SLICE)))
            .unwrap_or_default();
        if slice.is_empty() {
            break;
        }
        for (offset, row) in slice.iter().enumerate() {
            let met = |(condition, needle): (&Condition, &String)| condition.meets(row, needle);
            if !row.gone && query.conditions.iter().zip(&needles).all(met) {
                places.push(u32::try_from(from.saturating_add(offset)).unwrap_or(u32::MAX));
                keys.push(sort_key(row, query.sort));
            }
        }
        from = from.saturating_add(slice.len());
    }
    if query.sort == SortBy::Listed {
        if query.descending {
            places.reverse();
        }
        return Some(places);
    }
    let mut both: Vec<((Box<str>, u64), u32)> = keys.into_iter().zip(places).collect();
    both.sort_unstable_by(|a, b| {
        let order = a.0.cmp(&b.0);
        let order = if query.descending { order.reverse() } else { order };
        match order {
            Ordering::Equal => a.1.cmp(&b.1),
            other => other,
        }
    });
    Some(both.into_iter().map(|(_, place)| place).collect())
}

fn sort_key(row: &UserRow, sort: SortBy) -> (Box<str>, u64) {
    let text = |value: &str| (value.to_lowercase().into_boxed_str(), 0);
    // Instants after 1970 are positive; their bits then sort like the numbers.
    let time = |at: f64| (Box::from(""), at.max(0.0).to_bits());
    match sort {
        SortBy::Listed => (Box::from(""), 0),
        SortBy::Username => text(&row.username),
        SortBy::Name => text(&row.name),
        SortBy::Email => text(&row.email),
        SortBy::Status => text(row.status.as_str()),
        SortBy::Created => time(row.created),
        SortBy::Modified => time(row.modified),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(username: &str, email: &str, created: f64) -> UserRow {
        UserRow {
            username: username.into(),
            email: email.into(),
            created,
            ..UserRow::default()
        }
    }

    fn check(conditions: &[(&str, Compare, &str)], sort: SortBy, descending: bool, expected: &[u32]) {
        let shared = Shared::default();
        shared.rows.write().unwrap().extend([
            row("bea", "Bea@Example.com", 30.0),
            row("ann", "ann@example.org", 10.0),
            row("ünal", "", 20.0),
            UserRow {
                gone: true,
                ..row("ghost", "ghost@example.com", 5.0)
            },
        ]);
        let query = Query {
            conditions: conditions
                .iter()
                .map(|(field, compare, text)| Condition {
                    field: (*field).to_owned(),
                    compare: *compare,
                    text: (*text).to_owned(),
                })
                .collect(),
            sort,
            descending,
        };
        let asked = ticket(&query, 0);
        shared.wanted.store(asked, Atomic::Relaxed);
        assert_eq!(select(&shared, &query, asked).as_deref(), Some(expected));
    }

    #[test]
    fn conditions_are_met_together_and_case_is_ignored() {
        check(&[], SortBy::Listed, false, &[0, 1, 2]);
        check(
            &[("email", Compare::Contains, "EXAMPLE")],
            SortBy::Listed,
            false,
            &[0, 1],
        );
        check(
            &[
                ("email", Compare::Contains, "example"),
                ("username", Compare::Is, "ANN"),
            ],
            SortBy::Listed,
            false,
            &[1],
        );
        check(&[("email", Compare::IsEmpty, "")], SortBy::Listed, false, &[2]);
        check(&[("", Compare::BeginsWith, "Ün")], SortBy::Listed, false, &[2]);
        check(
            &[("username", Compare::IsNot, "bea")],
            SortBy::Listed,
            false,
            &[1, 2],
        );
    }

    #[test]
    fn sorting_orders_text_and_time_both_ways() {
        check(&[], SortBy::Username, false, &[1, 0, 2]);
        check(&[], SortBy::Created, false, &[1, 2, 0]);
        check(&[], SortBy::Created, true, &[0, 2, 1]);
    }
}
