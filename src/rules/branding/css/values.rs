//! Whether a browser would take a value.

use cssparser::Token;

use super::pieces::Piece;
use crate::rules::branding::classes::Kind;

/// Larger numbers are no design, and layouts overflow on them.
const MAX_NUMBER: f32 = 100_000.0;

pub(super) const MATH: &[&str] = &["calc", "min", "max", "clamp"];
pub(super) const COLOR_FUNCTIONS: &[&str] = &[
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
pub(super) const GRADIENTS: &[&str] = &["linear-gradient", "radial-gradient", "conic-gradient"];
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

/// What stands in a value between two gaps.
enum Part {
    Length { negative: bool, percent: bool },
    Number(f32),
    Color,
    Word(String),
    Gradient,
    Slash,
    Other,
}

fn parts(value: &[Piece<'_>]) -> Option<Vec<Part>> {
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
                        Part::Other
                    });
                }
                depth = depth.saturating_add(1);
            }
            Token::ParenthesisBlock => {
                if depth == 0 {
                    parts.push(Part::Other);
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
                    Part::Other
                });
            }
            Token::Hash(hex) | Token::IDHash(hex) => {
                parts.push(if cssparser::color::parse_hash_color(hex.as_bytes()).is_ok() {
                    Part::Color
                } else {
                    Part::Other
                });
            }
            Token::Ident(word) => {
                let word = word.to_ascii_lowercase();
                let is_color = SYSTEM_COLORS.contains(&word.as_str())
                    || cssparser::color::parse_named_color(&word).is_ok();
                parts.push(if is_color { Part::Color } else { Part::Word(word) });
            }
            Token::Delim('/') => parts.push(Part::Slash),
            _ => parts.push(Part::Other),
        }
    }
    Some(parts)
}

/// Tells whether a browser would take the value; otherwise what it expects.
pub(super) fn fits(kind: Kind, value: &[Piece<'_>]) -> Result<(), &'static str> {
    let Some(parts) = parts(value) else {
        return Err("a number of a size a screen can show");
    };
    if let [Part::Word(word)] = parts.as_slice()
        && EVERYWHERE.contains(&word.as_str())
    {
        return Ok(());
    }
    let is_length = |part: &Part, margin: bool| match part {
        Part::Length { negative, .. } => margin || !negative,
        Part::Number(value) => *value == 0.0,
        Part::Word(word) => margin && word == "auto",
        Part::Color | Part::Gradient | Part::Slash | Part::Other => false,
    };
    let one_of =
        |part: &Part, words: &[&str]| matches!(part, Part::Word(word) if words.contains(&word.as_str()));
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
