//! Many users at once: added in batches, and the index that finds them by a filter.
//!
//! The values of scattered names lie all over the index: a batch of an import would touch
//! nearly every page of it, and the next one again. So a batch leaves a mark instead, which
//! says where its users begin ([`mark`]); later they are read in long runs ([`Run`]), and
//! their rows are written in the order of the index, piece by piece. Until then they are
//! found by name and key, not by a filter. The mark outlives the program: what was cut off
//! is read again. A user that is changed meanwhile writes all its rows itself ([`settle`]).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use uuid::Uuid;

use crate::store::records::users::{
    DELETE_LOGIN, INSERT_ATTR, INSERT_LOGIN, INSERT_USER, Login, User, attribute_rows, claim, count_users,
    login_row, write_logins,
};
use crate::store::records::{Document, count, document, encode};
use crate::store::{Reader, Result, Tx, Value};

/// A user to be added with others, in the form it is stored in, which is smaller by far.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub sub: Uuid,
    pub username: String,
    version: i64,
    logins: Vec<Login>,
    document: String,
}

impl NewUser {
    /// Takes a user and the names it claims.
    pub fn of(user: &User, logins: Vec<Login>) -> Result<Self> {
        Ok(Self {
            sub: user.sub,
            username: user.username.clone(),
            version: user.version,
            logins,
            document: encode(user)?,
        })
    }
}

/// Adds many new users at once: rows and index rows sorted inside the batch.
/// Returns for each whether it was added, `false` when a name of it was taken.
///
/// The outcome is that of adding one after the other: of two users of the batch that claim
/// the same name, the earlier one is added.
pub fn insert_batch(tx: &mut Tx<'_>, users: &[(User, Vec<Login>)]) -> Result<Vec<bool>> {
    let mut of_pools: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (user, _)) in users.iter().enumerate() {
        of_pools.entry(&user.user_pool_id).or_default().push(at);
    }
    let mut added = vec![false; users.len()];
    for (pool, places) in of_pools {
        let of_pool: Vec<_> = places.iter().filter_map(|at| users.get(*at)).collect();
        let new = of_pool
            .iter()
            .map(|(user, logins)| NewUser::of(user, logins.clone()))
            .collect::<Result<Vec<_>>>()?;
        let outcome = insert_unindexed(tx, pool, &new)?;
        let mut rows: Vec<(i64, Vec<u8>, &Uuid)> = Vec::with_capacity(users.len().saturating_mul(8));
        for ((user, _), done) in of_pool.into_iter().zip(&outcome) {
            if *done {
                rows.extend(
                    attribute_rows(user)
                        .into_iter()
                        .map(|(name, value)| (name, value, &user.sub)),
                );
            }
        }
        rows.sort_unstable();
        for (name, value, sub) in rows {
            tx.execute(INSERT_ATTR, &[pool.into(), name.into(), value.into(), sub.into()])?;
        }
        for (at, done) in places.into_iter().zip(outcome) {
            if let Some(added) = added.get_mut(at) {
                *added = done;
            }
        }
    }
    Ok(added)
}

/// Adds many new users at once, without what a filter finds them by; [`mark`] must follow.
/// The outcome is that of [`insert_batch`].
pub fn insert_unindexed(tx: &mut Tx<'_>, pool: &str, users: &[NewUser]) -> Result<Vec<bool>> {
    let mut added = vec![true; users.len()];
    let mut claims: Vec<(i64, &str, usize)> = Vec::with_capacity(users.len().saturating_mul(2));
    for (at, user) in users.iter().enumerate() {
        for login in &user.logins {
            claims.push((login.kind.code(), &login.value, at));
        }
    }
    claims.sort_unstable();
    // A name that a user lists twice is claimed once.
    claims.dedup();
    let mut made = vec![0_usize; users.len()];
    for (kind, value, at) in claims {
        let Some(user) = users.get(at) else { continue };
        let claimed = tx.execute(
            INSERT_LOGIN,
            &[pool.into(), kind.into(), value.into(), (&user.sub).into()],
        )?;
        match (claimed, made.get_mut(at), added.get_mut(at)) {
            (0, _, Some(added)) => *added = false,
            (_, Some(made), _) => *made = made.saturating_add(1),
            _ => {}
        }
    }
    let mut refused = Vec::new();
    let mut order: Vec<usize> = Vec::with_capacity(users.len());
    for (at, (user, added)) in users.iter().zip(&added).enumerate() {
        if *added {
            order.push(at);
            continue;
        }
        refused.push(at);
        if made.get(at).is_some_and(|made| *made > 0) {
            for login in &user.logins {
                tx.execute(DELETE_LOGIN, &login_row(pool, &user.sub, login))?;
            }
        }
    }
    order.sort_unstable_by_key(|at| users.get(*at).map(|user| user.sub));
    let mut more = i64::try_from(order.len()).unwrap_or(i64::MAX);
    for user in order.into_iter().filter_map(|at| users.get(at)) {
        tx.execute(INSERT_USER, &new_row(pool, user)?)?;
    }
    // Refused for the sake of one that was itself refused: its turn comes now.
    for at in refused {
        let (Some(user), Some(added)) = (users.get(at), added.get_mut(at)) else {
            continue;
        };
        if claim(tx, pool, &user.sub, user.logins.iter())?.is_none() {
            tx.execute(INSERT_USER, &new_row(pool, user)?)?;
            *added = true;
            more = more.saturating_add(1);
        }
    }
    count_users(tx, pool, more)?;
    Ok(added)
}

fn new_row(pool: &str, user: &NewUser) -> Result<[Value; 6]> {
    Ok([
        pool.into(),
        (&user.sub).into(),
        user.version.into(),
        User::VERSION.into(),
        write_logins(&user.logins)?.into(),
        (&user.document).into(),
    ])
}

/// Notes that users of `job`, the first of them `first`, wait for their index rows. Belongs
/// into the transaction that adds them.
pub fn mark(tx: &mut Tx<'_>, pool: &str, job: &str, first: &Uuid) -> Result<()> {
    let from = match waiting(tx, pool, job)? {
        Some((from, _)) => from.min(*first),
        None => *first,
    };
    tx.execute(
        "INSERT INTO index_waiting (pool, job, from_sub, batches) VALUES (?1, ?2, ?3, 1)
         ON CONFLICT (pool, job) DO UPDATE SET
             from_sub = excluded.from_sub, batches = index_waiting.batches + 1",
        &[pool.into(), job.into(), (&from).into()],
    )?;
    Ok(())
}

/// Where the waiting users begin, and how many batches of them there were.
fn waiting(r: &mut Reader<'_>, pool: &str, job: &str) -> Result<Option<(Uuid, i64)>> {
    r.one(
        "SELECT from_sub, batches FROM index_waiting WHERE pool = ?1 AND job = ?2",
        &[pool.into(), job.into()],
    )?
    .map(|row| Ok((row.uuid(0)?, row.int(1)?)))
    .transpose()
}

/// Tells whether a user waits for its index rows; if so it counts as having them, and the
/// caller writes them all.
pub(super) fn settle(tx: &mut Tx<'_>, pool: &str, sub: &Uuid) -> Result<bool> {
    let of_jobs = tx.execute(
        "INSERT INTO index_settled (pool, job, sub)
         SELECT pool, job, ?2 FROM index_waiting WHERE pool = ?1 AND from_sub <= ?2
         ON CONFLICT (pool, job, sub) DO NOTHING",
        &[pool.into(), sub.into()],
    )?;
    if of_jobs > 0 {
        return Ok(true);
    }
    let before = tx.one(
        "SELECT 1 FROM index_waiting WHERE pool = ?1 AND from_sub <= ?2 LIMIT 1",
        &[pool.into(), sub.into()],
    )?;
    Ok(before.is_some())
}

/// Index rows of users that wait for them, to be written in order.
#[derive(Debug)]
pub struct Run {
    pool: String,
    job: String,
    /// The first user that is not in here.
    next: Option<Uuid>,
    /// Of the mark, when reading began.
    batches: i64,
    users: usize,
    /// All values, one after the other: millions of small ones would be dear.
    values: Vec<u8>,
    rows: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    len: u32,
    name: u8,
    sub: Uuid,
}

impl Run {
    /// Begins a run at the mark of a job; `None` when nobody waits.
    pub fn begin(r: &mut Reader<'_>, pool: &str, job: &str) -> Result<Option<Self>> {
        Ok(waiting(r, pool, job)?.map(|(from, batches)| Self {
            pool: pool.to_owned(),
            job: job.to_owned(),
            next: Some(from),
            batches,
            users: 0,
            values: Vec::new(),
            rows: Vec::new(),
        }))
    }

    /// Reads up to `limit` users more. Tells whether there are others.
    pub fn read(&mut self, r: &mut Reader<'_>, limit: usize) -> Result<bool> {
        let Some(from) = self.next else { return Ok(false) };
        let found = r.all(
            "SELECT sub, format, document FROM pool_user
             WHERE pool = ?1 AND sub >= ?2 ORDER BY sub LIMIT ?3",
            &[
                (&self.pool).into(),
                (&from).into(),
                count(limit.saturating_add(1)),
            ],
        )?;
        self.next = match found.get(limit) {
            Some(row) => Some(row.uuid(0)?),
            None => None,
        };
        for row in found.iter().take(limit) {
            let user: User = document(row, 1)?;
            for (name, value) in attribute_rows(&user) {
                self.add(name, &value, user.sub);
            }
            self.users = self.users.saturating_add(1);
        }
        Ok(self.next.is_some())
    }

    fn add(&mut self, name: i64, value: &[u8], sub: Uuid) {
        // Far below 4 GiB: a run holds some hundred thousand users, a value 2,048 characters.
        let (Ok(start), Ok(len), Ok(name)) = (
            u32::try_from(self.values.len()),
            u32::try_from(value.len()),
            u8::try_from(name),
        ) else {
            return;
        };
        self.values.extend_from_slice(value);
        self.rows.push(Entry {
            start,
            len,
            name,
            sub,
        });
    }

    /// How many users it holds.
    pub const fn users(&self) -> usize {
        self.users
    }

    /// How many rows it holds.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds no rows.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Puts the rows in the order of the index.
    pub fn sort(&mut self) {
        let values = &self.values;
        self.rows.sort_unstable_by(|a, b| {
            (a.name, value_of(values, a), a.sub).cmp(&(b.name, value_of(values, b), b.sub))
        });
    }

    /// Writes the rows of a range, but not of users who have theirs. `false` when the mark is
    /// gone: the pool was deleted, or somebody else did the work.
    pub fn write(&self, tx: &mut Tx<'_>, range: Range<usize>) -> Result<bool> {
        if waiting(tx, &self.pool, &self.job)?.is_none() {
            return Ok(false);
        }
        let settled: BTreeSet<Uuid> = tx
            .all(
                "SELECT sub FROM index_settled WHERE pool = ?1 AND job = ?2",
                &[(&self.pool).into(), (&self.job).into()],
            )?
            .iter()
            .map(|row| row.uuid(0))
            .collect::<Result<_>>()?;
        // One set of values for all rows: the pool's name would be copied for each.
        let mut values = [(&self.pool).into(), Value::Null, Value::Null, Value::Null];
        for row in self.rows.get(range).unwrap_or_default() {
            if settled.contains(&row.sub) {
                continue;
            }
            let [_, name, value, sub] = &mut values;
            *name = i64::from(row.name).into();
            *value = value_of(&self.values, row).into();
            *sub = (&row.sub).into();
            tx.execute(INSERT_ATTR, &values)?;
        }
        Ok(true)
    }

    /// Moves the mark behind this run, or takes it away. A batch that came since leaves it
    /// where it is, and the next run begins there again.
    pub fn finish(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (pool, job) = (&self.pool, &self.job);
        let Some(next) = &self.next else {
            let ended = tx.execute(
                "DELETE FROM index_waiting WHERE pool = ?1 AND job = ?2 AND batches = ?3",
                &[pool.into(), job.into(), self.batches.into()],
            )?;
            if ended > 0 {
                tx.execute(
                    "DELETE FROM index_settled WHERE pool = ?1 AND job = ?2",
                    &[pool.into(), job.into()],
                )?;
            }
            return Ok(());
        };
        let moved = tx.execute(
            "UPDATE index_waiting SET from_sub = ?4 WHERE pool = ?1 AND job = ?2 AND batches = ?3",
            &[pool.into(), job.into(), self.batches.into(), next.into()],
        )?;
        if moved > 0 {
            tx.execute(
                "DELETE FROM index_settled WHERE pool = ?1 AND job = ?2 AND sub < ?3",
                &[pool.into(), job.into(), next.into()],
            )?;
        }
        Ok(())
    }
}

fn value_of<'v>(values: &'v [u8], row: &Entry) -> &'v [u8] {
    let start = usize::try_from(row.start).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(row.len).unwrap_or(usize::MAX));
    values.get(start..end).unwrap_or_default()
}
