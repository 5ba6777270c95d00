//! Reading what people configure: addresses of servers, and files of TOML.

use url::Url;

/// Reads the address of a server: a scheme of HTTP and a host; no name, password, query or
/// fragment.
pub fn server_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let whole = matches!(url.scheme(), "http" | "https") && url.has_host();
    let nothing_else = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (whole && nothing_else).then_some(url)
}

/// Returns the line of a TOML text that does not read, counted from 1.
///
/// The line itself may hold a key, so only its number is told.
pub fn broken_line(text: &str, reason: &toml::de::Error) -> usize {
    reason.span().map_or(1, |span| {
        let before = text.as_bytes().get(..span.start).unwrap_or_default();
        before
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host_alone() {
        for good in [
            "http://127.0.0.1:9229",
            "https://pools.example.com",
            "https://[::1]/path",
        ] {
            assert!(server_address(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "pools.example.com",
            "ftp://pools.example.com",
            "https://name@pools.example.com",
            "https://:word@pools.example.com",
            "https://pools.example.com/?a=b",
            "https://pools.example.com/#a",
        ] {
            assert!(server_address(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_broken_line_is_counted_from_one() {
        for (text, line) in [("a = ", 1), ("a = 1\nb = \"", 2), ("a = 1\n\n\n= 2", 4)] {
            let reason = toml::from_str::<toml::Table>(text).unwrap_err();
            assert_eq!(broken_line(text, &reason), line, "{text:?}");
        }
    }
}
