//! How an error text shows the place and the value that broke a limit.

use serde_json::Value;

/// An error text repeats this many characters of a value.
pub(super) const SHOWN_CHARS: usize = 256;

/// Returns `UserPoolId` as `userPoolId`.
pub(super) fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(chars)
        .collect()
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Prints a value as the vendor does: `a`, `[a, b]`, `{k=v}`.
pub(super) fn printed(value: &Value) -> String {
    fn print(value: &Value, out: &mut String) {
        // Enough for the cut below, so that a large value costs no more than a small one.
        if out.len() > SHOWN_CHARS.saturating_mul(4) {
            return;
        }
        match value {
            Value::String(text) => out.push_str(&shortened(text)),
            Value::Array(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate().take(SHOWN_CHARS) {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    print(element, out);
                }
                out.push(']');
            }
            Value::Object(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate().take(SHOWN_CHARS) {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    out.push_str(&shortened(key));
                    out.push('=');
                    print(value, out);
                }
                out.push('}');
            }
            other => out.push_str(&other.to_string()),
        }
    }
    let mut out = String::new();
    print(value, &mut out);
    shortened(&out)
}
