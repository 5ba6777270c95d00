//! Answers that are not read: whoever takes nothing of one for a while loses the connection.
//!
//! Two things hold an answer back. On a socket that is full a write waits: [`Patient`] ends it.
//! HTTP/2 lets a caller keep an answer from being written at all while the connection goes on;
//! then its body is not asked for the next piece: [`Sending`] watches that.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep};

/// Bytes handed on at once: what of an answer may be on its way unwatched.
const PIECE: usize = 16 * 1024;

/// The answers of one connection that are not sent yet.
pub struct Sending {
    /// When each moved last.
    open: Mutex<Open>,
    begun: Notify,
    patience: Duration,
}

#[derive(Default)]
struct Open {
    last: u64,
    moved_at: BTreeMap<u64, Instant>,
}

impl Sending {
    /// Nothing is sent yet; each piece of an answer may take `patience`.
    pub fn new(patience: Duration) -> Arc<Self> {
        Arc::new(Self {
            open: Mutex::default(),
            begun: Notify::new(),
            patience,
        })
    }

    /// Watches an answer's body from now until it is sent or given up.
    pub fn watch(self: &Arc<Self>, body: Body) -> Body {
        if body.is_end_stream() {
            return body;
        }
        let id = {
            let mut open = self.lock();
            open.last = open.last.wrapping_add(1);
            let id = open.last;
            open.moved_at.insert(id, Instant::now());
            id
        };
        self.begun.notify_one();
        Body::new(Sent {
            body,
            piece: Bytes::new(),
            sending: Arc::clone(self),
            id,
        })
    }

    /// Is done when an answer has not moved for too long.
    pub async fn stalled(&self) {
        loop {
            let oldest = self.lock().moved_at.values().min().copied();
            match oldest.and_then(|moved| moved.checked_add(self.patience)) {
                None => self.begun.notified().await,
                Some(end) if Instant::now() >= end => return,
                Some(end) => tokio::time::sleep_until(end).await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that notes whenever a piece of it is taken.
struct Sent {
    body: Body,
    /// What was taken from the body and not handed on.
    piece: Bytes,
    sending: Arc<Sending>,
    id: u64,
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.sending.lock().moved_at.insert(self.id, Instant::now());
        if self.piece.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.piece = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                other => return Poll::Ready(other),
            }
        }
        let length = self.piece.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.piece.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.piece.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.piece.len() as u64;
        let mut hint = self.body.size_hint();
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(left));
        }
        hint.set_lower(hint.lower().saturating_add(left));
        hint
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        self.sending.lock().moved_at.remove(&self.id);
    }
}

/// A stream on which a write fails when nothing is taken for `patience`.
pub struct Patient<S> {
    stream: S,
    patience: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    /// Wraps a stream.
    pub fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            waiting: None,
        }
    }

    fn patiently(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.patiently(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.patiently(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::io::AsyncWriteExt;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    async fn is_stalled(sending: &Sending) -> bool {
        let enough = SOON.checked_mul(10).unwrap();
        tokio::time::timeout(enough, sending.stalled()).await.is_ok()
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_stalls_its_connection() {
        let sending = Sending::new(SOON);
        assert!(!is_stalled(&sending).await, "nothing is sent");
        let sent = sending.watch(Body::from("x"));
        drop(sending.watch(Body::empty()));
        assert!(is_stalled(&sending).await);
        let whole = sent.collect().await.unwrap().to_bytes();
        assert_eq!(whole.as_ref(), b"x");
        assert!(!is_stalled(&sending).await, "all is sent");
        let mut half = sending.watch(Body::from(vec![b'x'; PIECE + 1]));
        assert_eq!(half.size_hint().exact(), Some(PIECE as u64 + 1));
        let first = half.frame().await.unwrap().unwrap();
        assert_eq!(first.data_ref().unwrap().len(), PIECE);
        assert_eq!(half.size_hint().exact(), Some(1));
        assert!(!half.is_end_stream());
        assert!(is_stalled(&sending).await);
    }

    #[tokio::test]
    async fn a_write_that_nobody_reads_fails() {
        let (near, far) = tokio::io::duplex(8);
        let mut near = Patient::new(near, SOON);
        assert!(near.write_all(b"12345678").await.is_ok());
        let failed = near.write_all(b"9").await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        drop(far);
    }
}
