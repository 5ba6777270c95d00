//! The lint of a style sheet for the classic hosted pages.
//!
//! Only the classes of [`classes::TARGETS`] may be named, each with its own properties; no
//! at-rule, no other selector, no address, no text, no escape, no markup. What a value must
//! look like is not restricted by the vendor: a value that no browser would take is a warning
//! here. Parsing is cssparser's, so that what hides from a pattern (comments in the middle of
//! a word, odd spacing, broken brackets) does not hide from this.
//!
//! Source: Amazon Cognito developer guide, "Customizing classic hosted UI branding"; API
//! reference, `SetUICustomization` (`CSS`: at most 131,072 characters).

use std::borrow::Cow;
use std::collections::BTreeMap;

use cssparser::{BasicParseErrorKind, ParseError, ParseErrorKind, Parser, ToCss, Token};

use super::classes::{self, Kind, Target};
use super::grouped;
use crate::rules::finding::{Finding, Place};

/// The largest style sheet, in bytes. The vendor counts characters; a longer one would not
/// fit the request either.
pub const MAX_CSS_BYTES: usize = 131_072;
/// What the vendor advises, in bytes.
pub const ADVISED_CSS_BYTES: usize = 3 * 1024;
/// More findings than these are counted, not told.
pub const MAX_FINDINGS: usize = 500;

/// No allowed value is nested deeper.
const MAX_DEPTH: u8 = 16;
/// Larger numbers are no design, and layouts overflow on them.
const MAX_NUMBER: f32 = 100_000.0;

const MATH: &[&str] = &["calc", "min", "max", "clamp"];
const COLOR_FUNCTIONS: &[&str] = &[
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "hwb",
    "lab",
    "lch",
    "oklab",
    "oklch",
    "color",
    "color-mix",
];
const GRADIENTS: &[&str] = &["linear-gradient", "radial-gradient", "conic-gradient"];
const UNITS: &[&str] = &[
    "px", "em", "rem", "ex", "ch", "vw", "vh", "vmin", "vmax", "pt", "pc", "in", "cm", "mm", "q", "lh",
    "rlh", "svh", "lvh", "dvh", "svw", "lvw", "dvw",
];
const EVERYWHERE: &[&str] = &["inherit", "initial", "unset", "revert", "revert-layer"];
const LINE_STYLES: &[&str] = &[
    "none", "hidden", "dotted", "dashed", "solid", "double", "groove", "ridge", "inset", "outset", "auto",
];
const SYSTEM_COLORS: &[&str] = &[
    "transparent",
    "currentcolor",
    "canvas",
    "canvastext",
    "linktext",
    "buttonface",
    "buttontext",
    "field",
    "fieldtext",
    "graytext",
    "highlight",
    "highlighttext",
];

/// Returns everything there is to say about a style sheet, in the order of the text.
///
/// Any error among them means that the sheet is refused. Places count lines by `\n`.
pub fn check(css: &str) -> Vec<Finding> {
    if css.len() > MAX_CSS_BYTES {
        return vec![Finding::error(
            Place::Whole,
            "css.size",
            format!(
                "The style sheet has {} bytes; at most {} are allowed.",
                grouped(css.len()),
                grouped(MAX_CSS_BYTES)
            ),
        )];
    }
    let mut notes = Notes::new(css);
    read(css, &mut notes);
    let mut findings = notes.told;
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    if css.len() > ADVISED_CSS_BYTES {
        findings.push(Finding::warning(
            Place::Whole,
            "css.size-advised",
            format!(
                "The style sheet has {} bytes; the advice is to stay below {}.",
                grouped(css.len()),
                grouped(ADVISED_CSS_BYTES)
            ),
        ));
    }
    if notes.untold > 0 {
        let text = format!("{} more findings are not shown.", notes.untold);
        findings.push(if notes.untold_error {
            Finding::error(Place::Whole, "css.more", text)
        } else {
            Finding::warning(Place::Whole, "css.more", text)
        });
    }
    findings
}

/// Writes a style sheet anew from what of it is allowed: the only form that a page may hold.
///
/// Comments, refused rules, refused declarations and values that no browser takes are left
/// out. The result holds no `<`, no backslash and no quote, and [`check`] finds no error in
/// it. A sheet over [`MAX_CSS_BYTES`] gives nothing.
pub fn clean(css: &str) -> String {
    if css.len() > MAX_CSS_BYTES {
        return String::new();
    }
    let mut notes = Notes::new(css);
    let mut out = String::new();
    for rule in read(css, &mut notes) {
        if rule.targets.is_empty() || rule.declarations.is_empty() {
            continue;
        }
        for (i, target) in rule.targets.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_str(&target.selector());
        }
        out.push_str(" {\n");
        for Declaration {
            property,
            value,
            important,
        } in &rule.declarations
        {
            let bang = if *important { " !important" } else { "" };
            out.push_str(&format!("  {property}: {value}{bang};\n"));
        }
        out.push_str("}\n");
    }
    out
}

/// A rule as it was understood: what is refused is not in it.
struct Rule {
    targets: Vec<&'static Target>,
    declarations: Vec<Declaration>,
}

struct Declaration {
    property: &'static str,
    value: String,
    important: bool,
}

/// Gathers findings and turns byte offsets into places.
struct Notes<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
    told: Vec<Finding>,
    untold: usize,
    untold_error: bool,
}

impl<'a> Notes<'a> {
    fn new(text: &'a str) -> Self {
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

/// A token with its bytes and, when it opens something, the index of its other end.
struct Piece<'a> {
    token: Token<'a>,
    start: usize,
    end: usize,
    mate: Option<usize>,
}

impl Piece<'_> {
    fn is_blank(&self) -> bool {
        matches!(self.token, Token::WhiteSpace(_) | Token::Comment(_))
    }
}

/// Reads a sheet: rules out, findings into `notes`.
fn read(css: &str, notes: &mut Notes<'_>) -> Vec<Rule> {
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

/// Reads one selector, or says why it is none.
fn selector(part: &[Piece<'_>]) -> Result<&'static Target, (&'static str, String)> {
    let tokens: Vec<&Token<'_>> = part.iter().map(|piece| &piece.token).collect();
    match tokens.as_slice() {
        [] => Err(("css.selector", "A selector is missing.".into())),
        [Token::Delim('.'), Token::Ident(class)] => known(class, None),
        [
            Token::Delim('.'),
            Token::Ident(class),
            Token::Colon,
            Token::Ident(state),
        ] => known(class, Some(state)),
        _ => Err(refuse(&tokens)),
    }
}

fn known(class: &str, state: Option<&str>) -> Result<&'static Target, (&'static str, String)> {
    if classes::target(class, None).is_none() {
        let hint =
            classes::nearest_class(class).map_or_else(String::new, |near| format!(" Nearest: `{near}`."));
        return Err((
            "css.class",
            format!("`{}` is not a class of the hosted pages.{hint}", brief(class)),
        ));
    }
    let state = state.map(str::to_ascii_lowercase);
    if let Some(target) = classes::target(class, state.as_deref()) {
        return Ok(target);
    }
    let states: Vec<String> = classes::TARGETS
        .iter()
        .filter(|target| target.class == class)
        .filter_map(|target| target.state.map(|state| format!("`:{state}`")))
        .collect();
    let hint = match states.as_slice() {
        [] => "it has none.".to_owned(),
        some => format!("allowed: {}.", some.join(", ")),
    };
    let state = state.unwrap_or_default();
    if matches!(state.as_str(), "before" | "after" | "first-line" | "first-letter") {
        return Err((
            "css.pseudo-element",
            "Pseudo-elements are not documented for these pages and not supported.".into(),
        ));
    }
    Err((
        "css.state",
        format!("`{class}` cannot be styled for `:{}`; {hint}", brief(&state)),
    ))
}

/// Says what is wrong with a selector that is not a class and at most one pseudo-class.
fn refuse(tokens: &[&Token<'_>]) -> (&'static str, String) {
    let double_colon = tokens
        .windows(2)
        .any(|pair| matches!(pair, [Token::Colon, Token::Colon]));
    if double_colon {
        return (
            "css.pseudo-element",
            "Pseudo-elements are not documented for these pages and not supported.".into(),
        );
    }
    if tokens.iter().any(|token| matches!(token, Token::Comment(_))) {
        return (
            "css.selector",
            "A comment inside a selector is not allowed.".into(),
        );
    }
    match tokens.first() {
        Some(Token::Ident(name)) => (
            "css.selector",
            format!(
                "`{}` is an element; only the classes of the pages may be styled.",
                brief(name)
            ),
        ),
        Some(Token::Hash(_) | Token::IDHash(_)) => (
            "css.selector",
            "Elements cannot be named by id; only the classes of the pages may be styled.".into(),
        ),
        Some(Token::SquareBracketBlock) => (
            "css.selector",
            "Attribute selectors are not allowed; only the classes of the pages may be styled.".into(),
        ),
        Some(Token::Delim('*')) => (
            "css.selector",
            "`*` is not allowed; only the classes of the pages may be styled.".into(),
        ),
        _ => (
            "css.selector",
            "Only a single class, with `:hover` or `:focus` where allowed, may stand here.".into(),
        ),
    }
}

fn extent(pieces: &[Piece<'_>]) -> (usize, usize) {
    let start = pieces.first().map_or(0, |piece| piece.start);
    (start, pieces.last().map_or(start, |piece| piece.end))
}

fn trim<'p, 'a>(mut pieces: &'p [Piece<'a>]) -> &'p [Piece<'a>] {
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

fn split_commas<'p, 'a>(pieces: &'p [Piece<'a>]) -> impl Iterator<Item = &'p [Piece<'a>]> {
    // A comma inside brackets cannot belong to an allowed selector, so it may split as well.
    pieces.split(|piece| matches!(piece.token, Token::Comma))
}

fn without_important<'p, 'a>(value: &'p [Piece<'a>]) -> (&'p [Piece<'a>], bool) {
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
fn written(value: &[Piece<'_>]) -> String {
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

/// What stands in a value between two gaps.
enum Part<'p> {
    Length { negative: bool, percent: bool },
    Number(f32),
    Color,
    Word(String),
    Gradient,
    Slash,
    Other(std::marker::PhantomData<&'p ()>),
}

fn parts<'p>(value: &'p [Piece<'_>]) -> Option<Vec<Part<'p>>> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    for piece in value {
        if let Token::Number { value, .. } | Token::Dimension { value, .. } = &piece.token
            && (!value.is_finite() || value.abs() > MAX_NUMBER)
        {
            return None;
        }
        if let Token::Percentage { unit_value, .. } = &piece.token
            && (!unit_value.is_finite() || unit_value.abs() > MAX_NUMBER)
        {
            return None;
        }
        match &piece.token {
            Token::CloseParenthesis => depth = depth.saturating_sub(1),
            Token::Function(name) => {
                if depth == 0 {
                    let name = name.to_ascii_lowercase();
                    parts.push(if MATH.contains(&name.as_str()) {
                        Part::Length {
                            negative: false,
                            percent: false,
                        }
                    } else if COLOR_FUNCTIONS.contains(&name.as_str()) {
                        Part::Color
                    } else if GRADIENTS.contains(&name.as_str()) {
                        Part::Gradient
                    } else {
                        Part::Other(std::marker::PhantomData)
                    });
                }
                depth = depth.saturating_add(1);
            }
            Token::ParenthesisBlock => {
                if depth == 0 {
                    parts.push(Part::Other(std::marker::PhantomData));
                }
                depth = depth.saturating_add(1);
            }
            _ if depth > 0 || piece.is_blank() => {}
            Token::Number { value, .. } => parts.push(Part::Number(*value)),
            Token::Percentage { unit_value, .. } => parts.push(Part::Length {
                negative: *unit_value < 0.0,
                percent: true,
            }),
            Token::Dimension { value, unit, .. } => {
                let unit = unit.to_ascii_lowercase();
                parts.push(if UNITS.contains(&unit.as_str()) {
                    Part::Length {
                        negative: *value < 0.0,
                        percent: false,
                    }
                } else {
                    Part::Other(std::marker::PhantomData)
                });
            }
            Token::Hash(hex) | Token::IDHash(hex) => {
                parts.push(if cssparser::color::parse_hash_color(hex.as_bytes()).is_ok() {
                    Part::Color
                } else {
                    Part::Other(std::marker::PhantomData)
                });
            }
            Token::Ident(word) => {
                let word = word.to_ascii_lowercase();
                let is_color = SYSTEM_COLORS.contains(&word.as_str())
                    || cssparser::color::parse_named_color(&word).is_ok();
                parts.push(if is_color { Part::Color } else { Part::Word(word) });
            }
            Token::Delim('/') => parts.push(Part::Slash),
            _ => parts.push(Part::Other(std::marker::PhantomData)),
        }
    }
    Some(parts)
}

/// Tells whether a browser would take the value; otherwise what it expects.
fn fits(kind: Kind, value: &[Piece<'_>]) -> Result<(), &'static str> {
    let Some(parts) = parts(value) else {
        return Err("a number of a size a screen can show");
    };
    if let [Part::Word(word)] = parts.as_slice()
        && EVERYWHERE.contains(&word.as_str())
    {
        return Ok(());
    }
    let is_length = |part: &Part<'_>, margin: bool| match part {
        Part::Length { negative, .. } => margin || !negative,
        Part::Number(value) => *value == 0.0,
        Part::Word(word) => margin && word == "auto",
        Part::Color | Part::Gradient | Part::Slash | Part::Other(_) => false,
    };
    let one_of =
        |part: &Part<'_>, words: &[&str]| matches!(part, Part::Word(word) if words.contains(&word.as_str()));
    let (ok, expected) = match kind {
        Kind::Color => (
            matches!(parts.as_slice(), [Part::Color]),
            "a colour such as #337ab7",
        ),
        Kind::Background => (
            parts
                .iter()
                .filter(|part| matches!(part, Part::Color | Part::Gradient))
                .count()
                == 1
                && parts.len() == 1
                || matches!(parts.as_slice(), [Part::Word(word)] if word == "none"),
            "a colour or a gradient",
        ),
        Kind::Sides { margin } => (
            (1..=4).contains(&parts.len()) && parts.iter().all(|part| is_length(part, margin)),
            "one to four lengths such as 10px",
        ),
        Kind::Length { margin } => (
            parts.len() == 1 && parts.iter().all(|part| is_length(part, margin)),
            "a length such as 10px",
        ),
        Kind::Size => (
            matches!(parts.as_slice(), [part] if is_length(part, false)
                || one_of(part, &["auto", "none", "min-content", "max-content", "fit-content"])),
            "a length such as 40px or 100%",
        ),
        Kind::Radius => (
            (1..=9).contains(&parts.len())
                && parts
                    .iter()
                    .all(|part| is_length(part, false) || matches!(part, Part::Slash)),
            "one to four lengths such as 4px",
        ),
        Kind::FontSize => (
            matches!(parts.as_slice(), [part] if is_length(part, false)
                || one_of(part, &["xx-small", "x-small", "small", "medium", "large", "x-large",
                    "xx-large", "xxx-large", "smaller", "larger"])),
            "a length such as 14px",
        ),
        Kind::FontWeight => (
            match parts.as_slice() {
                [Part::Number(weight)] => (1.0..=1000.0).contains(weight),
                [part] => one_of(part, &["normal", "bold", "bolder", "lighter"]),
                _ => false,
            },
            "`normal`, `bold` or a number from 1 to 1000",
        ),
        Kind::Line => (
            (1..=3).contains(&parts.len())
                && parts.iter().all(|part| {
                    matches!(part, Part::Color)
                        || matches!(part, Part::Length { percent: false, .. } if is_length(part, false))
                        || matches!(part, Part::Number(value) if *value == 0.0)
                        || one_of(part, LINE_STYLES)
                        || one_of(part, &["thin", "medium", "thick"])
                }),
            "width, style and colour such as `1px solid #cccccc`",
        ),
        Kind::Keyword(words) => (
            matches!(parts.as_slice(), [part] if one_of(part, words)),
            match words.first() {
                Some(&"left") => "`left`, `center` or `right`",
                Some(&"border-box") => "`border-box` or `content-box`",
                _ => "`block`, `inline-block` or `none`",
            },
        ),
    };
    if ok { Ok(()) } else { Err(expected) }
}

/// Shortens what the sheet says before it is said back.
fn brief(name: &str) -> Cow<'_, str> {
    const LIMIT: usize = 48;
    match name.char_indices().nth(LIMIT) {
        Some((cut, _)) => Cow::Owned(format!("{}…", name.get(..cut).unwrap_or_default())),
        None => Cow::Borrowed(name),
    }
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use super::*;
    use crate::rules::branding::TEMPLATE;

    fn codes(css: &str) -> Vec<&'static str> {
        check(css).into_iter().map(|finding| finding.code).collect()
    }

    fn refuses(css: &str, code: &str) {
        let findings = check(css);
        assert!(
            findings
                .iter()
                .any(|finding| finding.is_error() && finding.code == code),
            "{css}: {findings:?}"
        );
        // What is left of it is harmless.
        let rest = clean(css);
        assert!(!rest.contains(['<', '\\', '"', '\'', '@']), "{rest}");
        assert!(!check(&rest).iter().any(Finding::is_error), "{rest}");
    }

    #[test]
    fn the_template_is_without_findings() {
        assert_eq!(check(TEMPLATE), Vec::new());
        assert!(TEMPLATE.len() < ADVISED_CSS_BYTES);
    }

    #[test]
    fn unknown_classes_are_refused_with_the_nearest() {
        let findings = check(".submitButon-customizable { color: red; }");
        assert!(
            findings[0].text.contains("Nearest: `submitButton-customizable`"),
            "{findings:?}"
        );
        assert_eq!(
            findings[0].place,
            Place::Text {
                line: 1,
                column: 1,
                length: 25
            }
        );
        refuses(".mine { color: red }", "css.class");
        refuses(".Banner-customizable { padding: 0 }", "css.class");
    }

    #[test]
    fn other_selectors_are_refused() {
        for selector in [
            "body",
            "*",
            "#id",
            "input[type=password]",
            "[value^=a]",
            ".banner-customizable .logo-customizable",
            ".banner-customizable > .logo-customizable",
            "div.banner-customizable",
            ".banner-customizable.logo-customizable",
            ":root",
            "&",
        ] {
            refuses(&format!("{selector} {{ color: red }}"), "css.selector");
        }
        refuses(".label-customizable::before { color: red }", "css.pseudo-element");
        refuses(".label-customizable:before { color: red }", "css.pseudo-element");
        refuses(".label-customizable:hover { color: red }", "css.state");
        refuses(".submitButton-customizable:focus { color: red }", "css.state");
    }

    #[test]
    fn properties_are_those_of_the_class() {
        refuses(".banner-customizable { position: fixed }", "css.property");
        refuses(".legalText-customizable { width: 1px }", "css.property");
        refuses(".submitButton-customizable:hover { width: 1px }", "css.property");
        refuses(
            ".label-customizable, .logo-customizable { color: red }",
            "css.property",
        );
        refuses(".label-customizable { --x: red }", "css.property");
        refuses(".label-customizable { content: 'x' }", "css.text");
        assert_eq!(
            codes(".submitButton-customizable:HOVER { COLOR: Red !important }"),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn at_rules_are_refused_by_name() {
        for rule in [
            "@import url(x.css);",
            "@import 'x.css';",
            "@media print { .label-customizable { color: red } }",
            "@supports (color: red) {}",
            "@page { margin: 0 }",
            "@font-face { font-family: x; src: url(x) }",
            "@charset \"utf-8\";",
            "@\\69mport 'x';",
        ] {
            refuses(rule, "css.at-rule");
        }
        refuses(
            ".label-customizable { @media print { color: red } }",
            "css.at-rule",
        );
    }

    #[test]
    fn nothing_may_be_loaded_or_run() {
        let error = |value: &str| format!(".errorMessage-customizable {{ background: {value} }}");
        refuses(&error("url(http://x/y)"), "css.url");
        refuses(&error("url('http://x/y')"), "css.url");
        refuses(&error("URL( data:image/png;base64,AA )"), "css.url");
        refuses(&error("u\\72l(http://x)"), "css.url");
        refuses(&error("image-set('x' 1x)"), "css.url");
        refuses(&error("u/**/rl(x)"), "css.function");
        refuses(&error("expression(alert(1))"), "css.script");
        refuses(&error("javascript:alert(1)"), "css.script");
        refuses(&error("var(--x)"), "css.function");
        refuses(&error("attr(value)"), "css.function");
        refuses(
            ".errorMessage-customizable { behavior: url(x.htc) }",
            "css.property",
        );
        refuses(
            ".errorMessage-customizable { -moz-binding: url(x) }",
            "css.property",
        );
    }

    #[test]
    fn nothing_hides() {
        refuses(".l\\61 bel-customizable { color: red }", "css.escape");
        refuses(".label-customizable { col\\6fr: red }", "css.escape");
        refuses(".label-customizable { color: red\\9 }", "css.escape");
        refuses("/* </style><script>alert(1)</script> */", "css.markup");
        refuses("<!-- .label-customizable { color: red } -->", "css.markup");
        refuses(".label-customizable { color: red\0 }", "css.control");
        refuses(".label-customizable/**/:hover { color: red }", "css.selector");
        refuses(".label-customizable { color: red; /* open", "css.unclosed");
    }

    #[test]
    fn broken_sheets_are_explained() {
        refuses(".label-customizable { color: red", "css.unclosed");
        refuses(".label-customizable { color: rgb(1,2,3 }", "css.unclosed");
        refuses("} .label-customizable { color: red }", "css.stray");
        refuses("color: red;", "css.outside");
        refuses(".label-customizable", "css.outside");
        refuses(".label-customizable { color }", "css.declaration");
        refuses(
            ".label-customizable { color: red .logo-customizable { max-width: 1px } }",
            "css.nested",
        );
        refuses(
            ".label-customizable { color: red\n font-weight: 400; }",
            "css.semicolon",
        );
        refuses(&"(".repeat(5_000), "css.depth");
    }

    #[test]
    fn places_are_where_people_look() {
        let findings = check("/* ä */\n.label-customizable {\n  width: 1px;\n}\n");
        assert_eq!(
            findings[0].place,
            Place::Text {
                line: 3,
                column: 3,
                length: 5
            }
        );
    }

    #[test]
    fn values_that_no_browser_takes_are_warnings() {
        for css in [
            ".label-customizable { color: 12px }",
            ".label-customizable { color: #12 }",
            ".label-customizable { font-weight: heavy }",
            ".submitButton-customizable { height: tall }",
            ".submitButton-customizable { margin: -1e30px }",
            ".errorMessage-customizable { padding: -1px }",
            ".inputField-customizable { border: red red red red }",
            ".redirect-customizable { text-align: middle }",
        ] {
            assert_eq!(codes(css), ["css.value"], "{css}");
            assert_eq!(clean(css), "", "{css}");
        }
        for css in [
            ".submitButton-customizable { margin: 0 auto calc(1px + 2%) -3px }",
            ".label-customizable { color: rgb(1 2 3 / 50%) }",
            ".errorMessage-customizable { background: linear-gradient(to right, red, #fff) }",
            ".inputField-customizable { border: 1px solid currentColor; border-radius: 4px / 2px }",
            ".label-customizable { color: inherit }",
        ] {
            assert_eq!(codes(css), Vec::<&str>::new(), "{css}");
        }
    }

    #[test]
    fn repetition_and_odd_units_are_advised_against() {
        assert_eq!(
            codes(".label-customizable { color: red }\n.label-customizable { color: blue; color: red }"),
            ["css.repeated", "css.repeated"]
        );
        assert_eq!(codes(".inputField-customizable { width: 300px }"), ["css.unit"]);
        assert_eq!(
            codes(".background-customizable { background-color: #ffffff80 }"),
            ["css.alpha"]
        );
    }

    #[test]
    fn size_is_bounded() {
        let mut css = String::from(TEMPLATE);
        css.push_str(&" ".repeat(ADVISED_CSS_BYTES));
        assert_eq!(codes(&css), ["css.size-advised"]);
        css.push_str(&" ".repeat(MAX_CSS_BYTES));
        assert_eq!(codes(&css), ["css.size"]);
        let many = check(&"a{}".repeat(20_000));
        assert!(many.len() <= MAX_FINDINGS + 2 && many.iter().any(|finding| finding.code == "css.more"));
    }

    #[test]
    fn what_was_cleaned_stays_as_it_is() {
        let clean_once = clean(TEMPLATE);
        assert_eq!(clean(&clean_once), clean_once);
        assert_eq!(clean_once.matches('{').count(), TEMPLATE.matches('{').count());
        assert_eq!(
            clean(".a { color: red } .label-customizable /**/ { color : red ; width: 1px }"),
            ".label-customizable {\n  color: red;\n}\n"
        );
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_is_answered(css in "[ -~\\n{}();:@.\\\\<>äß/*]{0,400}") {
            let _ = check(&css);
            let rest = clean(&css);
            proptest::prop_assert!(!check(&rest).iter().any(Finding::is_error), "{}", rest);
        }

        #[test]
        fn damaged_templates_are_answered(cut in 0usize..3000, insert in "[{}();:'\"@\\\\]{0,3}") {
            let cut = TEMPLATE.floor_char_boundary(cut.min(TEMPLATE.len()));
            let css = format!("{}{insert}{}", &TEMPLATE[..cut], &TEMPLATE[cut..]);
            let rest = clean(&css);
            proptest::prop_assert!(!check(&rest).iter().any(Finding::is_error), "{}", rest);
            let _ = check(&TEMPLATE[..cut]);
        }
    }
}
