//! The tokens of a sheet with their places.

use std::borrow::Cow;

use cssparser::{ToCss, Token};

/// A token with its bytes and, when it opens something, the index of its other end.
pub(super) struct Piece<'a> {
    pub(super) token: Token<'a>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) mate: Option<usize>,
}

impl Piece<'_> {
    pub(super) fn is_blank(&self) -> bool {
        matches!(self.token, Token::WhiteSpace(_) | Token::Comment(_))
    }
}

pub(super) fn extent(pieces: &[Piece<'_>]) -> (usize, usize) {
    let start = pieces.first().map_or(0, |piece| piece.start);
    (start, pieces.last().map_or(start, |piece| piece.end))
}

pub(super) fn trim<'p, 'a>(mut pieces: &'p [Piece<'a>]) -> &'p [Piece<'a>] {
    while let [first, rest @ ..] = pieces {
        if !first.is_blank() {
            break;
        }
        pieces = rest;
    }
    while let [rest @ .., last] = pieces {
        if !last.is_blank() {
            break;
        }
        pieces = rest;
    }
    pieces
}

pub(super) fn split_commas<'p, 'a>(pieces: &'p [Piece<'a>]) -> impl Iterator<Item = &'p [Piece<'a>]> {
    // A comma inside brackets cannot belong to an allowed selector, so it may split as well.
    pieces.split(|piece| matches!(piece.token, Token::Comma))
}

pub(super) fn without_important<'p, 'a>(value: &'p [Piece<'a>]) -> (&'p [Piece<'a>], bool) {
    if let [rest @ .., last] = value
        && let Token::Ident(word) = &last.token
        && word.eq_ignore_ascii_case("important")
        && let [rest @ .., bang] = trim(rest)
        && bang.token == Token::Delim('!')
    {
        return (trim(rest), true);
    }
    (value, false)
}

/// Writes a value anew: one space for each gap, no comments.
pub(super) fn written(value: &[Piece<'_>]) -> String {
    let mut out = String::new();
    for piece in value {
        if piece.is_blank() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if piece.token.to_css(&mut out).is_err() {
            return String::new();
        }
    }
    out
}

/// Shortens what the sheet says before it is said back.
pub(super) fn brief(name: &str) -> Cow<'_, str> {
    const LIMIT: usize = 48;
    match name.char_indices().nth(LIMIT) {
        Some((cut, _)) => Cow::Owned(format!("{}…", name.get(..cut).unwrap_or_default())),
        None => Cow::Borrowed(name),
    }
}
