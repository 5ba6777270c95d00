//! Colours for the style sheet editor: which stretch of the text is what.
//!
//! An own small lexer over bytes, one pass, no allocation but the list: an editor asks for
//! this on every key stroke. It never fails; what is no CSS is [`Role::Plain`].

/// What a stretch of a style sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Blanks and what has no meaning.
    Plain,
    Comment,
    AtRule,
    Selector,
    /// `:hover` and the like.
    State,
    Property,
    /// A word of a value.
    Word,
    /// `#337ab7` in a value.
    Color,
    Number,
    Unit,
    Text,
    Function,
    /// Braces, colons, commas and the like.
    Sign,
    Important,
}

/// A stretch of the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Outside,
    Property,
    Value,
}

/// Splits a style sheet into stretches, in order, none empty, all of the text covered.
///
/// Boundaries are character boundaries.
pub fn highlight(css: &str) -> Vec<Span> {
    let bytes = css.as_bytes();
    // A token is four bytes long on average.
    let mut spans: Vec<Span> = Vec::with_capacity(bytes.len() / 4);
    let mut place = Where::Outside;
    let mut at = 0;
    while let Some(first) = bytes.get(at).copied() {
        let second = bytes.get(at.saturating_add(1)).copied();
        let begin = at;
        let role = match (first, second) {
            (b'/', Some(b'*')) => {
                at = find(bytes, at.saturating_add(2), b"*/");
                Role::Comment
            }
            (b'"' | b'\'', _) => {
                at = text_end(bytes, at);
                Role::Text
            }
            (b'@', _) => {
                at = word_end(bytes, at.saturating_add(1));
                Role::AtRule
            }
            (b'{', _) => {
                place = Where::Property;
                at = at.saturating_add(1);
                Role::Sign
            }
            (b'}', _) => {
                place = Where::Outside;
                at = at.saturating_add(1);
                Role::Sign
            }
            (b';', _) => {
                if place == Where::Value {
                    place = Where::Property;
                }
                at = at.saturating_add(1);
                Role::Sign
            }
            (b':', _) if place == Where::Property => {
                place = Where::Value;
                at = at.saturating_add(1);
                Role::Sign
            }
            (b':', _) if place == Where::Outside => {
                at = word_end(bytes, at.saturating_add(1));
                Role::State
            }
            (b'.' | b'#', Some(next)) if place == Where::Outside && is_word(next) => {
                at = word_end(bytes, at.saturating_add(1));
                Role::Selector
            }
            (b'#', _) if place == Where::Value => {
                at = word_end(bytes, at.saturating_add(1));
                Role::Color
            }
            (b'!', _) if place == Where::Value => {
                at = word_end(bytes, at.saturating_add(1));
                Role::Important
            }
            (b'0'..=b'9', _) | (b'.' | b'+' | b'-', Some(b'0'..=b'9' | b'.')) if place == Where::Value => {
                at = number_end(bytes, at.saturating_add(1));
                let unit = if bytes.get(at) == Some(&b'%') {
                    at.saturating_add(1)
                } else {
                    word_end(bytes, at)
                };
                if unit > at {
                    push(&mut spans, begin, at, Role::Number);
                    push(&mut spans, at, unit, Role::Unit);
                    at = unit;
                    continue;
                }
                Role::Number
            }
            (byte, _) if is_word(byte) => {
                at = word_end(bytes, at);
                match place {
                    Where::Outside => Role::Selector,
                    Where::Property => Role::Property,
                    Where::Value if bytes.get(at) == Some(&b'(') => Role::Function,
                    Where::Value => Role::Word,
                }
            }
            (b',' | b'(' | b')' | b'>' | b'+' | b'~' | b'*' | b'/' | b'[' | b']' | b'=' | b':', _) => {
                at = at.saturating_add(1);
                Role::Sign
            }
            _ => {
                at = at.saturating_add(1);
                Role::Plain
            }
        };
        push(&mut spans, begin, at, role);
    }
    spans
}

fn push(spans: &mut Vec<Span>, start: usize, end: usize, role: Role) {
    match spans.last_mut() {
        Some(last) if last.role == role && last.end == start => last.end = end,
        _ => spans.push(Span { start, end, role }),
    }
}

/// Letters of other scripts count as word letters: so no character is ever cut in two.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'\\') || !byte.is_ascii()
}

fn word_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
    from.saturating_add(length).min(bytes.len())
}

fn number_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b'.')
        .unwrap_or(rest.len());
    from.saturating_add(length)
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(what.len())
        .position(|window| window == what)
        .map_or(bytes.len(), |at| {
            from.saturating_add(at).saturating_add(what.len())
        })
}

/// A text ends at its quote or, unfinished, at the end of the line.
fn text_end(bytes: &[u8], from: usize) -> usize {
    let quote = bytes.get(from).copied();
    let mut at = from.saturating_add(1);
    while let Some(byte) = bytes.get(at).copied() {
        if byte == b'\n' {
            return at;
        }
        at = at.saturating_add(1);
        if Some(byte) == quote {
            return at;
        }
        if byte == b'\\'
            && bytes
                .get(at)
                .is_some_and(|next| next.is_ascii() && *next != b'\n')
        {
            at = at.saturating_add(1);
        }
    }
    bytes.len()
}

#[cfg(test)]
#[allow(clippy::string_slice, clippy::disallowed_methods)]
mod tests {
    use super::*;
    use crate::rules::branding::TEMPLATE;

    fn roles(css: &str) -> Vec<(&str, Role)> {
        highlight(css)
            .into_iter()
            .filter(|span| span.role != Role::Plain)
            .map(|span| (&css[span.start..span.end], span.role))
            .collect()
    }

    #[test]
    fn a_rule_is_told_apart() {
        assert_eq!(
            roles(".a:hover { color: #fff !important; margin: -1.5px 20% rgb(1) } /* x"),
            [
                (".a", Role::Selector),
                (":hover", Role::State),
                ("{", Role::Sign),
                ("color", Role::Property),
                (":", Role::Sign),
                ("#fff", Role::Color),
                ("!important", Role::Important),
                (";", Role::Sign),
                ("margin", Role::Property),
                (":", Role::Sign),
                ("-1.5", Role::Number),
                ("px", Role::Unit),
                ("20", Role::Number),
                ("%", Role::Unit),
                ("rgb", Role::Function),
                ("(", Role::Sign),
                ("1", Role::Number),
                (")", Role::Sign),
                ("}", Role::Sign),
                ("/* x", Role::Comment),
            ]
        );
    }

    #[test]
    fn text_ends_with_its_line() {
        assert_eq!(roles("'a\\'b'"), [("'a\\'b'", Role::Text)]);
        assert_eq!(roles("'a\nb"), [("'a", Role::Text), ("b", Role::Selector)]);
    }

    #[test]
    fn the_largest_sheet_takes_a_moment() {
        let css: String = TEMPLATE.chars().cycle().take(131_072).collect();
        let spans = highlight(&css);
        assert_eq!(spans.last().unwrap().end, css.len());
        let started = std::time::Instant::now();
        assert!(highlight(&css).len() > 1_000);
        let took = started.elapsed();
        println!("131,072 bytes took {took:?}");
        // Ten times what an unoptimised build needs.
        assert!(took.as_millis() < 100, "{took:?}");
    }

    proptest::proptest! {
        #[test]
        fn everything_is_covered_once(css in "[a-z{}:;#.@'\"\\\\/* \\n0-9äß🎨%!]{0,200}") {
            let mut at = 0;
            for span in highlight(&css) {
                proptest::prop_assert_eq!(span.start, at);
                proptest::prop_assert!(span.end > span.start);
                proptest::prop_assert!(css.is_char_boundary(span.end));
                at = span.end;
            }
            proptest::prop_assert_eq!(at, css.len());
        }
    }
}
