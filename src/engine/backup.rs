//! Copies of the whole store: what one holds, and putting one in the place of the store.
//!
//! A copy is what [`Store::backup`](crate::store::Store::backup) writes. The key that opens
//! what is sealed in it is not part of it.

use std::path::{Path, PathBuf};

use super::auth::keys;
use super::auth::vault::Vault;
use super::open::{DATABASE_FILE, OpenError};
use crate::base::clock::UnixMillis;
use crate::store::Result;
use crate::store::records::signing_keys;
use crate::store::records::user_pools::{self, UserPool};
use crate::store::sqlite::Sqlite;

/// User pools that are named; the others are counted.
const MOST_NAMED: usize = 1000;

/// What a copy holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// When its file was last written, when the system tells.
    pub written_at: Option<UnixMillis>,
    /// Bytes of the file.
    pub bytes: u64,
    /// The user pools by id, at most 1,000.
    pub pools: Vec<PoolContents>,
}

/// A user pool in a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolContents {
    pub user_pool_id: String,
    pub name: String,
    pub users: i64,
}

/// Tells what a copy holds, and whether it can be put in the place of the store in `data_dir`.
///
/// # Errors
///
/// [`OpenError::Store`] for what is not a copy of ours, [`OpenError::OtherKey`] when the
/// key of `data_dir` does not open what is sealed in it.
pub fn look(file: &Path, data_dir: &Path) -> std::result::Result<Contents, OpenError> {
    let meta = std::fs::metadata(file).map_err(|reason| OpenError::Copy {
        path: file.to_owned(),
        reason,
    })?;
    let (pools, sealed) = Sqlite::peek(file, |r| {
        let pools = user_pools::everywhere(r, MOST_NAMED)?
            .into_iter()
            .map(|pool: UserPool| {
                Ok(PoolContents {
                    users: user_pools::user_count(r, &pool.id)?,
                    user_pool_id: pool.id,
                    name: pool.name,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok((pools, signing_keys::any(r)?))
    })?;
    let vault = Vault::find(data_dir).map_err(OpenError::Key)?;
    if let (Some(vault), Some(sealed)) = (vault, sealed)
        && !keys::opens(&vault, &sealed)
    {
        return Err(OpenError::OtherKey);
    }
    let since = |at: std::time::SystemTime| at.duration_since(std::time::UNIX_EPOCH).ok();
    let written_at = meta.modified().ok().and_then(since);
    Ok(Contents {
        written_at: written_at.and_then(|passed| i64::try_from(passed.as_millis()).ok().map(UnixMillis)),
        bytes: meta.len(),
        pools,
    })
}

/// Puts a copy in the place of the store in `data_dir`, which must not be open, after
/// checking the copy from end to end. Returns where the store that was there is kept.
///
/// # Errors
///
/// As [`look`], and what the disk reports; nothing was changed then.
pub fn restore(file: &Path, data_dir: &Path) -> std::result::Result<Option<PathBuf>, OpenError> {
    std::fs::create_dir_all(data_dir).map_err(|reason| OpenError::Folder {
        path: data_dir.to_owned(),
        reason,
    })?;
    look(file, data_dir)?;
    Ok(Sqlite::restore(file, &data_dir.join(DATABASE_FILE))?)
}
