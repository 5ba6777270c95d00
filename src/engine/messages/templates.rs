//! Filling a template with values that never become part of it.

/// Puts the values in place of the placeholders in one pass, so that a value that looks like a
/// placeholder stays as it is.
pub(super) fn fill(template: &str, username: &str, secret: &str, escape: fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len().saturating_add(username.len()));
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        if let Some(after) = from.strip_prefix("{####}") {
            filled.push_str(&escape(secret));
            rest = after;
        } else if let Some(after) = from.strip_prefix("{username}") {
            filled.push_str(&escape(username));
            rest = after;
        } else {
            filled.push('{');
            rest = from.strip_prefix('{').unwrap_or_default();
        }
    }
    filled.push_str(rest);
    filled
}

/// Turns `{##text##}` into a link to `target`.
pub(super) fn link(template: &str, target: &str) -> String {
    let Some((before, rest)) = template.split_once("{##") else {
        return template.to_owned();
    };
    let Some((text, after)) = rest.split_once("##}") else {
        return template.to_owned();
    };
    format!("{before}<a href=\"{}\">{text}</a>{after}", escape_html(target))
}

pub(super) fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
pub(super) fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
