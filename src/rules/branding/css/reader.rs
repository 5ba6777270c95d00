//! Reads a sheet: the rules that may stay, and what is to be said about the rest.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cssparser::{BasicParseErrorKind, ParseError, ParseErrorKind, Parser, Token};

use super::MAX_FINDINGS;
use super::pieces::{Piece, brief, extent, split_commas, trim, without_important, written};
use super::selectors::selector;
use super::values::{COLOR_FUNCTIONS, GRADIENTS, MATH, fits};
use crate::rules::branding::classes::{self, Target};
use crate::rules::finding::{Finding, Place};

/// No allowed value is nested deeper.
const MAX_DEPTH: u8 = 16;

/// A rule as it was understood: what is refused is not in it.
pub(super) struct Rule {
    pub(super) targets: Vec<&'static Target>,
    pub(super) declarations: Vec<Declaration>,
}

pub(super) struct Declaration {
    pub(super) property: &'static str,
    pub(super) value: String,
    pub(super) important: bool,
}

/// Gathers findings and turns byte offsets into places.
pub(super) struct Notes<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
    pub(super) told: Vec<Finding>,
    pub(super) untold: usize,
    pub(super) untold_error: bool,
}

impl<'a> Notes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = breaks.map(|(at, _)| at.saturating_add(1));
        Self {
            text,
            line_starts: std::iter::once(0).chain(starts).collect(),
            told: Vec::new(),
            untold: 0,
            untold_error: false,
        }
    }

    fn place(&self, start: usize, end: usize) -> Place {
        let line = self.line_starts.partition_point(|begin| *begin <= start);
        let begin = self
            .line_starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let count = |from: usize, to: usize| self.text.get(from..to).map_or(0, |part| part.chars().count());
        Place::Text {
            line,
            column: count(begin, start).saturating_add(1),
            length: count(start, end).max(1),
        }
    }

    fn error(&mut self, start: usize, end: usize, code: &'static str, text: impl Into<String>) {
        if self.told.len() < MAX_FINDINGS {
            self.told.push(Finding::error(self.place(start, end), code, text));
        } else {
            self.untold = self.untold.saturating_add(1);
            self.untold_error = true;
        }
    }

    fn warning(&mut self, start: usize, end: usize, code: &'static str, text: impl Into<String>) {
        if self.told.len() < MAX_FINDINGS {
            self.told
                .push(Finding::warning(self.place(start, end), code, text));
        } else {
            self.untold = self.untold.saturating_add(1);
        }
    }
}

/// Reads a sheet: rules out, findings into `notes`.
pub(super) fn read(css: &str, notes: &mut Notes<'_>) -> Vec<Rule> {
    check_characters(css, notes);
    // A byte order mark is no part of the text, but its bytes count in places.
    let body = css.strip_prefix('\u{feff}').unwrap_or(css);
    let base = css.len().saturating_sub(body.len());
    let mut parser = Parser::new(body);
    parser.set_nested_block_limit(MAX_DEPTH);
    let mut pieces = Vec::new();
    if flatten(&mut parser, base, &mut pieces).is_err() {
        let at = pieces.last().map_or(0, |piece: &Piece| piece.end);
        notes.error(
            at,
            at,
            "css.depth",
            "Brackets are nested too deeply; the rest was not read.",
        );
    }
    for piece in &pieces {
        let source = css.get(piece.start..piece.end).unwrap_or_default();
        if !matches!(piece.token, Token::Comment(_)) && source.contains('\\') {
            notes.error(
                piece.start,
                piece.end,
                "css.escape",
                "Escapes are not allowed; write the letters themselves.",
            );
        }
        if let Token::Comment(_) = piece.token
            && (!source.ends_with("*/") || source.len() < 4)
        {
            notes.error(
                piece.start,
                piece.start.saturating_add(2),
                "css.unclosed",
                "This comment has no end.",
            );
        }
    }
    Reader {
        pieces: &pieces,
        notes,
        rules: Vec::new(),
        first_use: BTreeMap::new(),
    }
    .sheet()
}

/// Finds what must not be in the text at all, comments included.
fn check_characters(css: &str, notes: &mut Notes<'_>) {
    for (at, character) in css.char_indices() {
        let next = at.saturating_add(character.len_utf8());
        match character {
            '\t' | '\n' | '\r' | '\u{c}' => {}
            '<' => {
                // Inside a <style> element the first of these ends the sheet, whatever CSS thinks.
                let ahead: String = css
                    .get(at..)
                    .unwrap_or_default()
                    .chars()
                    .take(7)
                    .map(|c| c.to_ascii_lowercase())
                    .collect();
                if ahead.starts_with("</") || ahead.starts_with("<script") || ahead.starts_with("<!-") {
                    notes.error(
                        at,
                        next,
                        "css.markup",
                        "Markup is not allowed, not even in a comment.",
                    );
                }
            }
            _ if character.is_control() => notes.error(
                at,
                next,
                "css.control",
                format!(
                    "The control character U+{:04X} is not allowed.",
                    u32::from(character)
                ),
            ),
            _ => {}
        }
    }
}

/// Writes all tokens into one row; blocks know both their ends.
fn flatten<'i>(
    parser: &mut Parser<'i>,
    base: usize,
    pieces: &mut Vec<Piece<'i>>,
) -> Result<(), ParseError<()>> {
    loop {
        let start = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments() else {
            return Ok(());
        };
        let token = token.clone();
        let close = match &token {
            Token::CurlyBracketBlock => Some(Token::CloseCurlyBracket),
            Token::SquareBracketBlock => Some(Token::CloseSquareBracket),
            Token::ParenthesisBlock | Token::Function(_) => Some(Token::CloseParenthesis),
            _ => None,
        };
        let end = parser.position().byte_index();
        let opened = pieces.len();
        pieces.push(Piece {
            token,
            start: base.saturating_add(start),
            end: base.saturating_add(end),
            mate: None,
        });
        let Some(close) = close else { continue };
        let mut inner_end = end;
        let inside = parser.parse_nested_block(|inner| {
            let result = flatten(inner, base, pieces);
            inner_end = inner.position().byte_index();
            result
        });
        if let Err(ParseError {
            kind: ParseErrorKind::Basic(BasicParseErrorKind::TooManyNestedBlocks),
            ..
        }) = &inside
        {
            return inside;
        }
        let after = parser.position().byte_index();
        let closed = pieces.len();
        if let Some(piece) = pieces.get_mut(opened) {
            piece.mate = Some(closed);
        }
        pieces.push(Piece {
            token: close,
            // An end that is not there is empty.
            start: base.saturating_add(inner_end.min(after)),
            end: base.saturating_add(after),
            mate: None,
        });
    }
}

struct Reader<'p, 'a, 'n, 't> {
    pieces: &'p [Piece<'a>],
    notes: &'n mut Notes<'t>,
    rules: Vec<Rule>,
    /// The line on which each selector was used first.
    first_use: BTreeMap<String, usize>,
}

impl<'p, 'a> Reader<'p, 'a, '_, '_> {
    fn sheet(mut self) -> Vec<Rule> {
        let mut at = 0;
        while let Some(piece) = self.pieces.get(at) {
            at = match &piece.token {
                Token::WhiteSpace(_) | Token::Comment(_) | Token::Semicolon => at.saturating_add(1),
                Token::CDO | Token::CDC => {
                    self.notes.error(
                        piece.start,
                        piece.end,
                        "css.markup",
                        "Markup is not allowed in a style sheet.",
                    );
                    at.saturating_add(1)
                }
                Token::AtKeyword(_) => self.at_rule(at, self.pieces.len()),
                Token::CloseCurlyBracket | Token::CloseParenthesis | Token::CloseSquareBracket => {
                    self.notes.error(
                        piece.start,
                        piece.end,
                        "css.stray",
                        "This bracket closes nothing.",
                    );
                    at.saturating_add(1)
                }
                _ => self.rule(at),
            };
        }
        self.rules
    }

    fn slice(&self, from: usize, to: usize) -> &'p [Piece<'a>] {
        self.pieces.get(from..to).unwrap_or_default()
    }

    /// Returns the index behind the piece, its whole block if it opens one.
    fn after(&self, at: usize) -> usize {
        let end = self.pieces.get(at).and_then(|piece| piece.mate).unwrap_or(at);
        end.saturating_add(1)
    }

    fn at_rule(&mut self, at: usize, until: usize) -> usize {
        if let Some(Piece {
            token: Token::AtKeyword(name),
            start,
            end,
            ..
        }) = self.pieces.get(at)
        {
            self.notes.error(
                *start,
                *end,
                "css.at-rule",
                format!("@{} is not allowed; no at-rule is.", brief(name)),
            );
        }
        let mut next = at.saturating_add(1);
        while next < until {
            match self.pieces.get(next).map(|piece| &piece.token) {
                Some(Token::Semicolon) => return next.saturating_add(1),
                Some(Token::CurlyBracketBlock) => return self.after(next),
                _ => next = self.after(next),
            }
        }
        next
    }

    fn rule(&mut self, at: usize) -> usize {
        let mut open = at;
        loop {
            match self.pieces.get(open).map(|piece| &piece.token) {
                Some(Token::CurlyBracketBlock) => break,
                Some(Token::Semicolon) | None => {
                    let (start, end) = extent(self.slice(at, open));
                    self.notes.error(
                        start,
                        end,
                        "css.outside",
                        "This stands outside of any rule; a selector and braces are missing.",
                    );
                    return open.saturating_add(1);
                }
                Some(_) => open = self.after(open),
            }
        }
        let close = self.pieces.get(open).and_then(|piece| piece.mate).unwrap_or(open);
        let (open_start, open_end) = extent(self.slice(open, open.saturating_add(1)));
        if self.pieces.get(close).is_none_or(|end| end.start == end.end) {
            self.notes.error(
                open_start,
                open_end,
                "css.unclosed",
                "This brace is never closed.",
            );
        }
        let selectors = self.slice(at, open);
        let (targets, all_known) = self.selectors(selectors);
        let declarations = self.declarations(open.saturating_add(1), close, &targets, all_known);
        self.rules.push(Rule {
            targets,
            declarations,
        });
        close.saturating_add(1)
    }

    /// Returns the allowed targets and whether there were no others.
    fn selectors(&mut self, pieces: &'p [Piece<'a>]) -> (Vec<&'static Target>, bool) {
        let mut targets = Vec::new();
        let mut all_known = true;
        for part in split_commas(pieces) {
            let part = trim(part);
            let (start, end) = match (part.first(), pieces.first()) {
                (Some(_), _) => extent(part),
                (None, Some(first)) => (first.start, first.end),
                (None, None) => (0, 0),
            };
            match selector(part) {
                Ok(target) => {
                    let name = target.selector();
                    let line = match self.notes.place(start, end) {
                        Place::Text { line, .. } => line,
                        Place::Whole | Place::Field(_) => 1,
                    };
                    if let Some(first) = self.first_use.get(&name) {
                        self.notes.warning(
                            start,
                            end,
                            "css.repeated",
                            format!("`{name}` was already styled on line {first}; the last value wins."),
                        );
                    } else {
                        self.first_use.insert(name, line);
                    }
                    targets.push(target);
                }
                Err((code, text)) => {
                    all_known = false;
                    self.notes.error(start, end, code, text);
                }
            }
        }
        (targets, all_known)
    }

    fn declarations(
        &mut self,
        from: usize,
        until: usize,
        targets: &[&'static Target],
        all_known: bool,
    ) -> Vec<Declaration> {
        let mut declarations: Vec<Declaration> = Vec::new();
        let mut at = from;
        while at < until {
            let Some(piece) = self.pieces.get(at) else { break };
            match &piece.token {
                Token::WhiteSpace(_) | Token::Comment(_) | Token::Semicolon => {
                    at = at.saturating_add(1);
                    continue;
                }
                Token::AtKeyword(_) => {
                    at = self.at_rule(at, until);
                    continue;
                }
                _ => {}
            }
            let mut end = at;
            let mut block = None;
            while end < until {
                match self.pieces.get(end).map(|piece| &piece.token) {
                    Some(Token::Semicolon) | None => break,
                    Some(Token::CurlyBracketBlock) => {
                        block = Some(end);
                        break;
                    }
                    Some(_) => end = self.after(end),
                }
            }
            let item = trim(self.slice(at, end.min(until)));
            if let Some(open) = block {
                let (start, stop) = extent(item);
                self.notes.error(
                    start,
                    stop,
                    "css.nested",
                    "A rule within a rule is not allowed; is the closing brace above missing?",
                );
                at = self.after(open);
                continue;
            }
            at = end.saturating_add(1);
            let Some(declaration) = self.declaration(item, targets, all_known) else {
                continue;
            };
            if declarations.iter().any(|d| d.property == declaration.property) {
                let (start, stop) = extent(item.get(..1).unwrap_or_default());
                self.notes.warning(
                    start,
                    stop,
                    "css.repeated",
                    format!(
                        "`{}` is set twice in this rule; the last value wins.",
                        declaration.property
                    ),
                );
            }
            declarations.push(declaration);
        }
        declarations
    }

    /// Checks `property: value`; gives it back when every target may have it.
    fn declaration(
        &mut self,
        item: &'p [Piece<'a>],
        targets: &[&'static Target],
        all_known: bool,
    ) -> Option<Declaration> {
        let (start, end) = extent(item);
        let colon = item
            .iter()
            .position(|piece| !piece.is_blank() && !matches!(piece.token, Token::Ident(_)));
        let named = match (item.first().map(|piece| &piece.token), colon) {
            (Some(Token::Ident(name)), Some(colon))
                if matches!(item.get(colon).map(|piece| &piece.token), Some(Token::Colon)) =>
            {
                let before = trim(item.get(..colon).unwrap_or_default());
                (before.len() == 1).then_some((name, colon))
            }
            _ => None,
        };
        let Some((name, colon)) = named else {
            self.notes.error(
                start,
                end,
                "css.declaration",
                "This is not of the form `property: value;`.",
            );
            return None;
        };
        let value = trim(item.get(colon.saturating_add(1)..).unwrap_or_default());
        let (value, important) = without_important(value);
        let safe = self.check_tokens(value);
        let name_end = item.first().map_or(end, |piece| piece.end);
        let folded = name.to_ascii_lowercase();
        let allowed = targets.iter().find_map(|target| {
            target
                .properties
                .iter()
                .find(|property| **property == folded)
                .copied()
        });
        let mut refused = false;
        for target in targets {
            if target.properties.contains(&folded.as_str()) {
                continue;
            }
            refused = true;
            let near = classes::nearest(&folded, target.properties.iter().copied());
            let hint = near.map_or_else(String::new, |near| format!(" Is `{near}` meant?"));
            self.notes.error(
                start,
                name_end,
                "css.property",
                format!(
                    "`{}` cannot be set on `{}`; allowed: {}.{hint}",
                    brief(name),
                    target.selector(),
                    target.properties.join(", "),
                ),
            );
        }
        // A misspelt class should not hide that the property exists nowhere.
        if targets.is_empty() && !all_known && classes::kind_of(&folded).is_none() {
            self.notes.error(
                start,
                name_end,
                "css.property",
                format!("No class of the pages takes `{}`.", brief(name)),
            );
        }
        let (property, kind) = (allowed?, classes::kind_of(&folded)?);
        if !safe || refused {
            return None;
        }
        let (value_start, value_end) = if value.is_empty() {
            (start, end)
        } else {
            extent(value)
        };
        if let Err(expected) = fits(kind, value) {
            self.notes.warning(
                value_start,
                value_end,
                "css.value",
                format!("Browsers ignore this value of `{property}`: {expected} is expected."),
            );
            return None;
        }
        for target in targets {
            self.advise(target, property, value);
        }
        Some(Declaration {
            property,
            value: written(value),
            important,
        })
    }

    /// Tells what is forbidden in a value; `false` when anything is.
    fn check_tokens(&mut self, value: &[Piece<'a>]) -> bool {
        let mut safe = true;
        for (i, piece) in value.iter().enumerate() {
            let refusal: Option<(&'static str, Cow<'static, str>)> = match &piece.token {
                Token::UnquotedUrl(_) | Token::BadUrl(_) => Some((
                    "css.url",
                    "Addresses are not allowed; a page must not load anything.".into(),
                )),
                Token::Function(name) => {
                    let folded = name.to_ascii_lowercase();
                    let name = folded.as_str();
                    match name {
                        "url" | "src" | "image" | "image-set" | "-webkit-image-set" => Some((
                            "css.url",
                            "Addresses are not allowed; a page must not load anything.".into(),
                        )),
                        "expression" => Some(("css.script", "Scripts are not allowed.".into())),
                        _ if MATH.contains(&name)
                            || COLOR_FUNCTIONS.contains(&name)
                            || GRADIENTS.contains(&name) =>
                        {
                            None
                        }
                        _ => Some((
                            "css.function",
                            format!("The function `{}()` is not allowed.", brief(name)).into(),
                        )),
                    }
                }
                Token::QuotedString(_) | Token::BadString(_) => Some((
                    "css.text",
                    "Text in quotes is not allowed; no property here takes it.".into(),
                )),
                Token::Colon => {
                    let before = value
                        .get(..i)
                        .and_then(|part| part.iter().rev().find(|piece| !piece.is_blank()));
                    Some(match before.map(|piece| &piece.token) {
                        Some(Token::Ident(name)) if name.to_ascii_lowercase().ends_with("script") => {
                            ("css.script", "Scripts are not allowed.".into())
                        }
                        Some(Token::Ident(name))
                            if classes::kind_of(&name.to_ascii_lowercase()).is_some() =>
                        {
                            (
                                "css.semicolon",
                                format!("A semicolon is missing before `{}`.", brief(name)).into(),
                            )
                        }
                        _ => ("css.declaration", "A second colon has no meaning here.".into()),
                    })
                }
                Token::AtKeyword(_)
                | Token::SquareBracketBlock
                | Token::CurlyBracketBlock
                | Token::CDO
                | Token::CDC
                | Token::IncludeMatch
                | Token::DashMatch
                | Token::PrefixMatch
                | Token::SuffixMatch
                | Token::SubstringMatch => Some(("css.token", "This is not allowed in a value.".into())),
                Token::Delim(sign) if !matches!(sign, '/' | '+' | '-' | '*') => {
                    Some(("css.token", format!("`{sign}` is not allowed in a value.").into()))
                }
                Token::CloseCurlyBracket | Token::CloseSquareBracket => {
                    Some(("css.stray", "This bracket closes nothing.".into()))
                }
                Token::CloseParenthesis if piece.start == piece.end => {
                    Some(("css.unclosed", "A parenthesis is never closed.".into()))
                }
                Token::Ident(_)
                | Token::Hash(_)
                | Token::IDHash(_)
                | Token::Delim(_)
                | Token::Number { .. }
                | Token::Percentage { .. }
                | Token::Dimension { .. }
                | Token::WhiteSpace(_)
                | Token::Comment(_)
                | Token::Semicolon
                | Token::Comma
                | Token::ParenthesisBlock
                | Token::CloseParenthesis => None,
            };
            if let Some((code, text)) = refusal {
                safe = false;
                self.notes.error(piece.start, piece.end, code, text);
            }
        }
        safe
    }

    /// Warns of what works otherwise than it reads.
    fn advise(&mut self, target: &Target, property: &str, value: &[Piece<'a>]) {
        let Some(first) = value.first() else { return };
        let (start, end) = extent(value);
        match (target.class, property, &first.token) {
            ("inputField-customizable", "width", Token::Dimension { .. }) => self.notes.warning(
                start,
                end,
                "css.unit",
                "The width of a field is meant in percent; a fixed one breaks on narrow screens.",
            ),
            ("inputField-customizable", "height", Token::Percentage { .. }) => self.notes.warning(
                start,
                end,
                "css.unit",
                "The height of a field is meant in pixels; a percentage has nothing to refer to.",
            ),
            ("background-customizable", "background-color", Token::Hash(hex) | Token::IDHash(hex))
                if matches!(hex.len(), 4 | 8) =>
            {
                self.notes.warning(
                    start,
                    end,
                    "css.alpha",
                    "Nothing is behind the page; a transparent colour shows as a lighter one.",
                );
            }
            _ => {}
        }
    }
}
