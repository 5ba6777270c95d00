//! One page of a listing by name.

use crate::base::page;
use crate::engine::ops::idp::user_pools::after;
use crate::engine::ops::idp::users::pool_in;
use crate::engine::{Cx, Result};
use crate::store::records::resources::{self, Resource};

/// Where a page begins and how long it may be.
pub struct Page {
    listing: String,
    /// The name behind which the page begins; empty for the first.
    pub after: String,
    limit: usize,
}

impl Page {
    /// Reads a request's token and wish; no wish, and 0, mean `max` entries.
    ///
    /// `listing` names what is listed and of what, so that a token of one listing is refused
    /// by another.
    ///
    /// # Errors
    ///
    /// `InvalidParameterException` for a token that is not of this listing, or too old.
    pub fn new(
        cx: &Cx,
        listing: String,
        token: Option<&str>,
        wanted: Option<i32>,
        max: usize,
    ) -> Result<Self> {
        let after = after(cx, &listing, token)?;
        let limit = match wanted.and_then(|wanted| usize::try_from(wanted).ok()) {
            None | Some(0) => max,
            Some(wanted) => wanted.min(max),
        };
        Ok(Self {
            listing,
            after,
            limit,
        })
    }

    /// Returns how many entries to read: one more than the page shows, to learn of a next one.
    pub fn ask(&self) -> usize {
        self.limit.saturating_add(1)
    }

    /// Cuts what was read to the page, and returns the token of the next one.
    pub fn cut<T>(&self, cx: &Cx, found: &mut Vec<T>, name: impl Fn(&T) -> &str) -> Option<String> {
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let last = found.last().filter(|_| more)?;
        Some(page::token(&self.listing, name(last).as_bytes(), cx.now()))
    }
}

/// Reads one page of a user pool's resources of a kind, in the order of their keys, and the token
/// of the next page.
///
/// # Errors
///
/// As [`Page::new`]; `ResourceNotFoundException` when there is no such user pool.
pub async fn resources<R: Resource + Send + 'static>(
    cx: &Cx,
    operation: &str,
    user_pool_id: String,
    token: Option<&str>,
    wanted: Option<i32>,
    max: usize,
) -> Result<(Vec<R>, Option<String>)> {
    let page = Page::new(cx, format!("{operation}/{user_pool_id}"), token, wanted, max)?;
    let (after, ask) = (page.after.clone(), page.ask());
    let mut found = cx
        .engine
        .store
        .read(move |r| -> Result<_> {
            let pool = pool_in(r, &user_pool_id)?;
            Ok(resources::list::<R>(r, &pool.id, &after, ask)?)
        })
        .await?;
    let next_token = page.cut(cx, &mut found, Resource::key);
    Ok((found, next_token))
}
