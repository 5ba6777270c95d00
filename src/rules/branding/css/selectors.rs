//! Which selectors may stand in a sheet, and what is wrong with the others.

use cssparser::Token;

use super::pieces::{Piece, brief};
use crate::rules::branding::classes::{self, Target};

/// Reads one selector, or says why it is none.
pub(super) fn selector(part: &[Piece<'_>]) -> Result<&'static Target, (&'static str, String)> {
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
