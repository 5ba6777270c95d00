//! The classes of the classic hosted pages that a style sheet may name, and what it may set
//! on each.
//!
//! Source: Amazon Cognito developer guide, "Customizing classic hosted UI branding".

/// A selector that a style sheet may use.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// The class, without its dot.
    pub class: &'static str,
    /// The pseudo-class, without its colon.
    pub state: Option<&'static str>,
    /// What it may set.
    pub properties: &'static [&'static str],
    /// What it is on the page, for people.
    pub what: &'static str,
}

impl Target {
    /// Returns the selector as it is written.
    pub fn selector(&self) -> String {
        match self.state {
            Some(state) => format!(".{}:{state}", self.class),
            None => format!(".{}", self.class),
        }
    }
}

/// What the value of a property has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Color,
    Background,
    /// One to four lengths; `auto` and values below zero where the flag says so.
    Sides {
        margin: bool,
    },
    /// One length, as above.
    Length {
        margin: bool,
    },
    Size,
    Radius,
    FontSize,
    /// Width, style and colour in any order.
    Line,
    Keyword(&'static [&'static str]),
    /// A keyword or a number from 1 to 1000.
    FontWeight,
}

/// Returns what a property takes; `None` when no class of the pages has it.
pub fn kind_of(property: &str) -> Option<Kind> {
    Some(match property {
        "color" | "background-color" | "border-color" => Kind::Color,
        "background" => Kind::Background,
        "padding" => Kind::Sides { margin: false },
        "margin" => Kind::Sides { margin: true },
        "padding-top" | "padding-bottom" => Kind::Length { margin: false },
        "margin-bottom" => Kind::Length { margin: true },
        "width" | "height" | "max-width" | "max-height" => Kind::Size,
        "border-radius" => Kind::Radius,
        "font-size" => Kind::FontSize,
        "font-weight" => Kind::FontWeight,
        "border" | "outline" => Kind::Line,
        "text-align" => Kind::Keyword(&["left", "right", "center", "justify", "start", "end"]),
        "box-sizing" => Kind::Keyword(&["border-box", "content-box"]),
        "display" => Kind::Keyword(&[
            "block",
            "inline",
            "inline-block",
            "none",
            "flex",
            "inline-flex",
            "grid",
            "inline-grid",
            "flow-root",
            "contents",
            "table",
            "list-item",
        ]),
        _ => return None,
    })
}

const DESCRIPTION: &[&str] = &["padding-top", "padding-bottom", "display", "font-size", "color"];
const COLOURS: &[&str] = &["color", "background-color"];

/// Every selector that is allowed, in the order of the vendor's template.
pub const TARGETS: &[Target] = &[
    Target {
        class: "background-customizable",
        state: None,
        properties: &["background-color"],
        what: "the page",
    },
    Target {
        class: "banner-customizable",
        state: None,
        properties: &["padding", "background-color"],
        what: "the band that holds the logo",
    },
    Target {
        class: "logo-customizable",
        state: None,
        properties: &["max-width", "max-height", "background-color"],
        what: "the logo",
    },
    Target {
        class: "textDescription-customizable",
        state: None,
        properties: DESCRIPTION,
        what: "the sentence above the form",
    },
    Target {
        class: "idpDescription-customizable",
        state: None,
        properties: DESCRIPTION,
        what: "the sentence above the provider buttons",
    },
    Target {
        class: "idpButton-customizable",
        state: None,
        properties: &[
            "height",
            "width",
            "text-align",
            "margin-bottom",
            "color",
            "background-color",
            "border-color",
        ],
        what: "a button of an enterprise provider",
    },
    Target {
        class: "idpButton-customizable",
        state: Some("hover"),
        properties: COLOURS,
        what: "a button of an enterprise provider under the pointer",
    },
    Target {
        class: "socialButton-customizable",
        state: None,
        properties: &["height", "text-align", "width", "margin-bottom", "border-radius"],
        what: "a button of a social provider",
    },
    Target {
        class: "label-customizable",
        state: None,
        properties: &["font-weight", "color"],
        what: "the name of a field",
    },
    Target {
        class: "inputField-customizable",
        state: None,
        properties: &[
            "width",
            "height",
            "color",
            "background-color",
            "border",
            "border-radius",
        ],
        what: "a field",
    },
    Target {
        class: "inputField-customizable",
        state: Some("focus"),
        properties: &["border-color", "outline"],
        what: "the field that takes the keys",
    },
    Target {
        class: "submitButton-customizable",
        state: None,
        properties: &[
            "font-size",
            "font-weight",
            "margin",
            "width",
            "height",
            "color",
            "background-color",
        ],
        what: "the button that sends the form",
    },
    Target {
        class: "submitButton-customizable",
        state: Some("hover"),
        properties: COLOURS,
        what: "the button that sends the form, under the pointer",
    },
    Target {
        class: "errorMessage-customizable",
        state: None,
        properties: &[
            "margin",
            "padding",
            "font-size",
            "width",
            "background",
            "border",
            "color",
            "box-sizing",
        ],
        what: "an error message",
    },
    Target {
        class: "passwordCheck-valid-customizable",
        state: None,
        properties: &["color"],
        what: "a password rule that is met",
    },
    Target {
        class: "passwordCheck-notValid-customizable",
        state: None,
        properties: &["color"],
        what: "a password rule that is not met",
    },
    Target {
        class: "legalText-customizable",
        state: None,
        properties: &["color", "font-size"],
        what: "the small print",
    },
    Target {
        class: "redirect-customizable",
        state: None,
        properties: &["text-align"],
        what: "the line that leads to another page",
    },
];

/// Finds a selector.
pub fn target(class: &str, state: Option<&str>) -> Option<&'static Target> {
    TARGETS
        .iter()
        .find(|target| target.class == class && target.state == state)
}

/// Returns the known class that is written most like this one, when one is near.
pub fn nearest_class(class: &str) -> Option<&'static str> {
    nearest(class, TARGETS.iter().map(|target| target.class))
}

/// Returns the candidate with the fewest letters changed, if at most a third of them are.
pub fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = word.chars().count().max(3) / 3;
    among
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(changes, _)| *changes <= limit)
        .min_by_key(|(changes, _)| *changes)
        .map(|(_, candidate)| candidate)
}

/// Counts the letters to add, drop or replace; case does not count.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    // A name longer than this resembles nothing we know, and the work is quadratic.
    for (i, a) in from.chars().take(64).map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = i.saturating_add(1);
        next.push(left);
        for (pair, b) in row.windows(2).zip(&to) {
            let [diagonal, up] = *pair else { continue };
            left = diagonal
                .saturating_add(usize::from(a != *b))
                .min(up.saturating_add(1))
                .min(left.saturating_add(1));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_of_a_class_has_a_kind() {
        for target in TARGETS {
            for property in target.properties {
                assert!(kind_of(property).is_some(), "{property}");
            }
        }
    }

    #[test]
    fn a_mistyped_class_finds_its_neighbour() {
        assert_eq!(
            nearest_class("submitButon-customizable"),
            Some("submitButton-customizable")
        );
        assert_eq!(nearest_class("logo-customisable"), Some("logo-customizable"));
        assert_eq!(nearest_class("sidebar"), None);
    }
}
