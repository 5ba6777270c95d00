//! Whether a password is among leaked ones: a file in the data folder, `leaked-passwords.txt`.
//!
//! Each line begins with the SHA-1 of a password as forty hexadecimal digits in capitals;
//! what follows (`:12`, how often it was seen) is not read. The lines are sorted, so that a
//! password is looked for in a few steps, however large the file is, and nothing is kept in
//! memory. Published lists come in this form; none is part of the program.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use aws_lc_rs::digest;
use tracing::warn;

use crate::base::secret::Secret;

/// The name of the list in the data folder.
pub const FILE: &str = "leaked-passwords.txt";

/// The digits that a line begins with.
const DIGITS: usize = 40;
/// The longest line that is looked through for its end.
const LINE_MAX: usize = 256;

/// Tells whether a password is on the list. Without a list none is.
///
/// Reads a file: call it off the async threads.
pub fn contains(data_dir: &Path, password: &Secret) -> bool {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, password.expose().as_bytes());
    let wanted = hex::encode_upper(hash);
    match find(&data_dir.join(FILE), &wanted) {
        Ok(found) => found,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => false,
        Err(reason) => {
            warn!(%reason, "the list of leaked passwords cannot be read");
            false
        }
    }
}

/// Looks for a line that begins with `wanted` between two byte positions, halving each time.
fn find(path: &Path, wanted: &str) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let (mut low, mut high) = (0_u64, file.metadata()?.len());
    while low < high {
        let middle = low.midpoint(high);
        let Some((start, line)) = line_at(&mut file, low, middle)? else {
            high = middle;
            continue;
        };
        match line.as_slice().cmp(wanted.as_bytes()) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => {
                // Goes on behind the digits at least, so that it comes to an end.
                low = start.saturating_add(u64::try_from(line.len().max(1)).unwrap_or(1));
            }
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(false)
}

/// Returns the first line that begins at `from` or behind it, by its position and digits; a
/// line that begins at `low` counts as beginning there. `None` when there is none.
fn line_at(file: &mut File, low: u64, from: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    // One byte before: a line may begin right here.
    let from = from.max(low);
    let window_at = from.saturating_sub(1);
    let window = read_at(file, window_at, LINE_MAX.saturating_add(DIGITS))?;
    let start = if from == 0 {
        0
    } else {
        match window.iter().position(|byte| *byte == b'\n') {
            Some(at) => at.saturating_add(1),
            None => return Ok(None),
        }
    };
    let digits: Vec<u8> = window
        .iter()
        .copied()
        .skip(start)
        .take(DIGITS)
        .take_while(|byte| !matches!(byte, b'\n' | b'\r' | b':'))
        .map(|byte| byte.to_ascii_uppercase())
        .collect();
    if digits.is_empty() && window.len() <= start {
        return Ok(None);
    }
    let at = window_at.saturating_add(u64::try_from(start).unwrap_or(u64::MAX));
    Ok(Some((at, digits)))
}

fn read_at(file: &mut File, at: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(length);
    file.take(u64::try_from(length).unwrap_or(u64::MAX))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(password: &str) -> String {
        hex::encode_upper(digest::digest(
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            password.as_bytes(),
        ))
    }

    #[test]
    fn every_password_of_the_list_is_found_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let on_list = |password: &str| contains(folder.path(), &Secret::new(password));
        assert!(!on_list("password0"), "without a list");
        for (count, ending) in [(0, "\n"), (1, "\n"), (2, "\r\n"), (500, "\n"), (500, ":17\r\n")] {
            let mut lines: Vec<String> = (0..count).map(|at| hash(&format!("password{at}"))).collect();
            lines.sort();
            let text: String = lines.iter().map(|line| format!("{line}{ending}")).collect();
            std::fs::write(folder.path().join(FILE), text).unwrap();
            for at in 0..count {
                assert!(on_list(&format!("password{at}")), "{at} of {count} {ending:?}");
            }
            for at in 0..200 {
                assert!(!on_list(&format!("other{at}")), "{at} of {count}");
            }
        }
        // The last line may lack its end.
        std::fs::write(folder.path().join(FILE), hash("only")).unwrap();
        assert!(on_list("only"));
        std::fs::write(folder.path().join(FILE), "not a list\nat all").unwrap();
        assert!(!on_list("only"));
    }
}
