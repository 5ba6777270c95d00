//! Files from outside: a dialog where the desktop has one, a path otherwise, and what is
//! dropped on the window.

use std::path::PathBuf;

use image::DynamicImage;

use crate::console::files::{self, Unread};
use crate::console::widgets;
use crate::rules::branding::images::{self, MAX_SOURCE_BYTES};
use crate::rules::finding::Finding;

/// A file that was read.
pub enum Loaded {
    /// A logo that can be stored as it is.
    Logo { name: String, bytes: Vec<u8> },
    /// A picture that must be made to fit first, and why.
    Picture {
        name: String,
        picture: DynamicImage,
        why: Vec<Finding>,
    },
    /// A style sheet.
    StyleSheet { text: String },
    /// Nobody chose anything.
    Nothing,
}

/// Lets the user choose a logo and reads it.
pub async fn choose() -> Result<Loaded, String> {
    let chosen = files::choose("Choose a logo", &[("Pictures", &["png", "jpg", "jpeg", "webp"])]).await;
    match chosen {
        Some(file) => read(file).await,
        None => Ok(Loaded::Nothing),
    }
}

/// Reads a logo, a picture that can become one, or a style sheet.
pub async fn read(path: PathBuf) -> Result<Loaded, String> {
    let shown = path.display().to_string();
    let most = u64::try_from(MAX_SOURCE_BYTES).unwrap_or(u64::MAX);
    let place = path.clone();
    let bytes = tokio::task::spawn_blocking(move || files::read(&place, most))
        .await
        .map_err(|_| format!("The file could not be read. {shown}"))?
        .map_err(|unread| match unread {
            Unread::Refused(reason) => format!("The file cannot be read: {reason}. {shown}"),
            Unread::NoFile => format!("This is no file. {shown}"),
            Unread::TooLarge(bytes) => format!(
                "The file has {} bytes; at most {} can be read. {shown}",
                widgets::grouped(i64::try_from(bytes).unwrap_or(i64::MAX)),
                widgets::grouped_count(MAX_SOURCE_BYTES)
            ),
        })?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let is_css = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("css"));
    if is_css {
        let text = String::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8 text."))?;
        return Ok(Loaded::StyleSheet {
            text: text
                .strip_prefix('\u{feff}')
                .unwrap_or(&text)
                .replace("\r\n", "\n"),
        });
    }
    tokio::task::spawn_blocking(move || examine(name, bytes))
        .await
        .map_err(|_| "The picture could not be decoded.".to_owned())?
}

/// Decodes a picture and tells whether it can be stored as it is.
pub fn examine(name: String, bytes: Vec<u8>) -> Result<Loaded, String> {
    let picture = images::open_source(&bytes).map_err(|finding| finding.text)?;
    match images::check_logo(&bytes) {
        Ok(_) => Ok(Loaded::Logo { name, bytes }),
        Err(why) => Ok(Loaded::Picture { name, picture, why }),
    }
}

/// Writes a page into a file that only this user may read and returns its address.
pub async fn write_page(html: String, name: String) -> Result<String, String> {
    use tokio::io::AsyncWriteExt as _;
    let path = std::env::temp_dir().join(format!("poolhouse-{name}.html"));
    let mut options = tokio::fs::OpenOptions::new();
    // Never through a link or into a file of someone else.
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let failed = |reason: std::io::Error| format!("{reason}. {}", path.display());
    let mut file = options.open(&path).await.map_err(failed)?;
    file.write_all(html.as_bytes()).await.map_err(failed)?;
    file.flush().await.map_err(failed)?;
    let text = path.to_string_lossy().replace('\\', "/");
    let slash = if text.starts_with('/') { "" } else { "/" };
    Ok(format!(
        "file://{slash}{}",
        text.replace('%', "%25").replace(' ', "%20")
    ))
}
