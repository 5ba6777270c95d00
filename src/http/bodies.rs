//! Bodies of calls: how large, how slow and how many at once.
//!
//! A body is kept in memory until its call is answered. All but the first bytes of each count
//! against a budget of their connection and one of the server, so that no number of callers
//! fills the memory; who sends little is answered whatever others do.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Peer;

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

/// The budgets of the server.
pub struct Bodies {
    known: Arc<Semaphore>,
    others: Arc<Semaphore>,
}

impl Bodies {
    /// Nothing is taken yet.
    pub fn new() -> Self {
        Self {
            known: Arc::new(Semaphore::new(OF_KNOWN)),
            others: Arc::new(Semaphore::new(OF_OTHERS)),
        }
    }

    /// Returns the budgets as a new connection has them.
    pub fn of_connection(&self) -> OfConnection {
        OfConnection {
            known: Arc::clone(&self.known),
            others: Arc::clone(&self.others),
            own: Arc::new(Semaphore::new(OF_CONNECTION)),
        }
    }
}

/// The budgets that the bodies of one connection count against.
#[derive(Clone)]
pub struct OfConnection {
    known: Arc<Semaphore>,
    others: Arc<Semaphore>,
    own: Arc<Semaphore>,
}

impl OfConnection {
    /// Takes `bytes` as a whole, as two bodies with half of theirs would wait for each other.
    async fn take(&self, allowance: Allowance, bytes: usize) -> Result<Share, Unread> {
        let of_server = match allowance {
            Allowance::Known(_) => &self.known,
            Allowance::Other(_) => &self.others,
        };
        let count = u32::try_from(bytes).map_err(|_| Unread::TooLarge)?;
        let taking = async {
            let own = Arc::clone(&self.own).acquire_many_owned(count).await.ok()?;
            let of_server = Arc::clone(of_server).acquire_many_owned(count).await.ok()?;
            Some(Share([own, of_server]))
        };
        let taken = tokio::time::timeout(SHARE_TIME, taking).await;
        taken.ok().flatten().ok_or(Unread::Crowded)
    }
}

/// What a body has of the budgets, given back when dropped.
#[derive(Debug)]
pub struct Share(#[expect(dead_code, reason = "held, not read")] [OwnedSemaphorePermit; 2]);

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
    async fn a_connection_has_its_budget_and_the_server_has_one() {
        let server = Bodies::new();
        let first = server.of_connection();
        let large = sent(&first, FREE + 1).await.unwrap();
        assert_eq!(sent(&first, FREE + 1).await.unwrap_err(), Unread::Crowded);
        assert!(sent(&first, FREE).await.is_ok(), "a small one is taken");
        let mut held = vec![large];
        for _ in 1..OF_KNOWN / OF_CONNECTION {
            held.push(sent(&server.of_connection(), FREE + 1).await.unwrap());
        }
        let next = server.of_connection();
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
}
