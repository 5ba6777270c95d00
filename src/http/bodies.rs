//! Bodies of calls: how large, how slow and how many at once.
//!
//! A body is kept in memory until its call is answered. All but the first bytes of each count
//! against a budget of their connection, one of their source and one of the server, so that no
//! number of callers fills the memory and no single address keeps the others out; who sends
//! little is answered whatever others do.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Peer;
use crate::base::source::Source;

/// A caller has this long to send the body of a call.
const BODY_TIME: Duration = Duration::from_secs(30);
/// A body waits this long for its share of the budgets.
const SHARE_TIME: Duration = Duration::from_secs(2);
/// Bytes of each body that count against no budget; most calls have fewer.
const FREE: usize = 8 * 1024;
/// Bytes of all bodies of one connection at once.
const OF_CONNECTION: usize = 8 * 1024 * 1024;
/// Bytes of all bodies at once, of callers who name an access key that is known and of all others.
/// They are apart, so that nobody keeps the admins out.
const OF_KNOWN: usize = 32 * 1024 * 1024;
const OF_OTHERS: usize = 32 * 1024 * 1024;

/// How much may be sent, and out of which budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// Bytes for a caller who names an access key that is known.
    Known(usize),
    /// Bytes for anyone else.
    Other(usize),
}

impl Allowance {
    const fn bytes(self) -> usize {
        match self {
            Self::Known(bytes) | Self::Other(bytes) => bytes,
        }
    }
}

/// What some may have at once.
struct Budget {
    known: Arc<Semaphore>,
    others: Arc<Semaphore>,
}

impl Budget {
    /// Returns so much of what the server has.
    fn part(of: impl Fn(usize) -> usize) -> Arc<Self> {
        Arc::new(Self {
            known: Arc::new(Semaphore::new(of(OF_KNOWN))),
            others: Arc::new(Semaphore::new(of(OF_OTHERS))),
        })
    }

    async fn take(&self, allowance: Allowance, bytes: u32) -> Option<OwnedSemaphorePermit> {
        let budget = match allowance {
            Allowance::Known(_) => &self.known,
            Allowance::Other(_) => &self.others,
        };
        Arc::clone(budget).acquire_many_owned(bytes).await.ok()
    }
}

/// The budgets of the server.
pub struct Bodies {
    server: Arc<Budget>,
    sources: Mutex<HashMap<Source, Weak<Budget>>>,
    connections: usize,
    per_source: usize,
}

impl Bodies {
    /// Nothing is taken yet. A source has a quarter of what the server has, or as large a part as
    /// it may have of the connections; this machine itself has three quarters.
    pub fn new(connections: usize, per_source: usize) -> Self {
        Self {
            server: Budget::part(|whole| whole),
            sources: Mutex::default(),
            connections: connections.max(1),
            per_source,
        }
    }

    /// Returns the budgets as a new connection from `address` has them.
    pub fn of_connection(&self, address: IpAddr) -> OfConnection {
        let source = Source::of(address);
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let found = sources.get(&source).and_then(Weak::upgrade);
        let budget = found.unwrap_or_else(|| {
            let budget = Budget::part(|whole| self.share(source, whole));
            sources.retain(|_, held| held.strong_count() > 0);
            sources.insert(source, Arc::downgrade(&budget));
            budget
        });
        OfConnection {
            server: Arc::clone(&self.server),
            source: budget,
            own: Arc::new(Semaphore::new(OF_CONNECTION)),
        }
    }

    fn share(&self, source: Source, whole: usize) -> usize {
        let of_connections = whole
            .checked_div(self.connections)
            .unwrap_or(0)
            .saturating_mul(self.per_source);
        let least = match source {
            Source::Loopback => whole.saturating_sub(whole / 4),
            Source::V4(_) | Source::V6(_) => whole / 4,
        };
        of_connections.max(least).min(whole)
    }
}

/// The budgets that the bodies of one connection count against.
#[derive(Clone)]
pub struct OfConnection {
    server: Arc<Budget>,
    source: Arc<Budget>,
    own: Arc<Semaphore>,
}

impl OfConnection {
    /// Takes `bytes` as a whole, as two bodies with half of theirs would wait for each other.
    async fn take(&self, allowance: Allowance, bytes: usize) -> Result<Share, Unread> {
        let count = u32::try_from(bytes).map_err(|_| Unread::TooLarge)?;
        let taking = async {
            let own = Arc::clone(&self.own).acquire_many_owned(count).await.ok()?;
            let of_source = self.source.take(allowance, count).await?;
            let of_server = self.server.take(allowance, count).await?;
            Some(Share([own, of_source, of_server]))
        };
        let taken = tokio::time::timeout(SHARE_TIME, taking).await;
        taken.ok().flatten().ok_or(Unread::Crowded)
    }
}

/// What a body has of the budgets, given back when dropped.
#[derive(Debug)]
pub struct Share(#[expect(dead_code, reason = "held, not read")] [OwnedSemaphorePermit; 3]);

/// A body that was read. Its share is to be kept as long as its bytes.
#[derive(Debug)]
pub struct Whole {
    /// All of it.
    pub bytes: Bytes,
    /// `None` for a small one.
    pub share: Option<Share>,
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than allowed.
    TooLarge,
    /// It did not come in [`BODY_TIME`].
    TooSlow,
    /// It broke off.
    Broken,
    /// There are too many others.
    Crowded,
}

/// Reads a body of at most what is allowed, in at most [`BODY_TIME`].
///
/// # Errors
///
/// [`Unread`].
pub async fn read_body(
    peer: &Peer,
    headers: &HeaderMap,
    mut body: Body,
    allowance: Allowance,
) -> Result<Whole, Unread> {
    let _pause = peer.place.pause();
    let limit = allowance.bytes();
    let reading = read(&peer.bodies, headers, &mut body, allowance);
    let read = tokio::time::timeout(BODY_TIME, reading)
        .await
        .unwrap_or(Err(Unread::TooSlow));
    if matches!(read, Err(Unread::TooLarge | Unread::Crowded)) {
        discard(peer, body, limit).await;
    }
    read
}

async fn read(
    budgets: &OfConnection,
    headers: &HeaderMap,
    body: &mut Body,
    allowance: Allowance,
) -> Result<Whole, Unread> {
    let limit = allowance.bytes();
    let announced = match announced(headers).map(usize::try_from) {
        Some(Ok(length)) if length <= limit => length,
        Some(_) => return Err(Unread::TooLarge),
        None => limit,
    };
    let (mut bytes, mut share) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else {
            continue;
        };
        let length = bytes.len().saturating_add(data.len());
        if length > announced {
            return Err(Unread::TooLarge);
        }
        // Not before the caller has sent something, so that announcing alone takes nothing.
        if length > FREE && share.is_none() {
            share = Some(budgets.take(allowance, announced).await?);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Whole {
        bytes: Bytes::from(bytes),
        share,
    })
}

/// Tells whether a body may be one that counts against the budgets.
pub fn is_large(headers: &HeaderMap) -> bool {
    announced(headers).is_none_or(|length| length > FREE as u64)
}

/// Returns how long the caller says the body is.
pub fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads on for a moment and keeps nothing: a caller that is still sending would otherwise
/// see a broken connection in place of the answer. Meanwhile its connection may be taken back.
pub async fn discard(peer: &Peer, mut body: Body, limit: usize) {
    let _pause = peer.place.pause();
    let _ = tokio::time::timeout(Duration::from_secs(5), async {
        let mut left = limit.saturating_mul(2);
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(budgets: &OfConnection, bytes: usize) -> Result<Whole, Unread> {
        let mut body = Body::from(vec![b'x'; bytes]);
        let limit = Allowance::Known(OF_CONNECTION);
        read(budgets, &HeaderMap::new(), &mut body, limit).await
    }

    #[tokio::test]
    async fn a_connection_a_source_and_the_server_have_their_budgets() {
        let server = Bodies::new(2048, 256);
        let of = |number: u8| server.of_connection(IpAddr::from([192, 0, 2, number]));
        let first = of(1);
        let large = sent(&first, FREE + 1).await.unwrap();
        assert_eq!(sent(&first, FREE + 1).await.unwrap_err(), Unread::Crowded);
        assert!(sent(&first, FREE).await.is_ok(), "a small one is taken");
        // Another connection of the address has no more; another address has.
        assert_eq!(sent(&of(1), FREE + 1).await.unwrap_err(), Unread::Crowded);
        let mut held = vec![large];
        let mut number = 1;
        for _ in 1..OF_KNOWN / OF_CONNECTION {
            number += 1;
            held.push(sent(&of(number), FREE + 1).await.unwrap());
        }
        let next = of(100);
        assert_eq!(sent(&next, FREE + 1).await.unwrap_err(), Unread::Crowded);
        let mut other = Body::from(vec![b'x'; FREE + 1]);
        let others = Allowance::Other(OF_CONNECTION);
        assert!(read(&next, &HeaderMap::new(), &mut other, others).await.is_ok());
        held.pop();
        assert!(
            sent(&next, FREE + 1).await.is_ok(),
            "what is given back is there again"
        );
    }

    #[test]
    fn a_source_has_a_part_of_all_and_this_machine_most() {
        let source = Source::of(IpAddr::from([192, 0, 2, 1]));
        let here = Source::of(IpAddr::from([127, 0, 0, 1]));
        let usual = Bodies::new(2048, 256);
        assert_eq!((usual.share(source, 1024), usual.share(here, 1024)), (256, 768));
        // As behind a proxy on another machine.
        let proxied = Bodies::new(2048, 2048);
        assert_eq!(proxied.share(source, 2048), 2048);
        assert_eq!(Bodies::new(0, 9).share(source, 1024), 1024);
    }

    #[test]
    fn a_source_that_is_gone_is_forgotten() {
        let server = Bodies::new(2048, 256);
        for number in 1..100 {
            drop(server.of_connection(IpAddr::from([192, 0, 2, number])));
        }
        assert_eq!(server.sources.lock().unwrap().len(), 1);
    }
}
