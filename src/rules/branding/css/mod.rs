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

mod pieces;
mod reader;
mod selectors;
mod values;

use self::reader::{Declaration, Notes, read};
use super::grouped;
use crate::rules::finding::{Finding, Place};

/// The largest style sheet, in bytes. The vendor counts characters; a longer one would not
/// fit the request either.
pub const MAX_CSS_BYTES: usize = 131_072;
/// What the vendor advises, in bytes.
pub const ADVISED_CSS_BYTES: usize = 3 * 1024;
/// More findings than these are counted, not told.
pub const MAX_FINDINGS: usize = 500;

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
    if css.starts_with('\u{feff}') {
        return vec![Finding::error(
            Place::Whole,
            "css.byte-order-mark",
            "The style sheet begins with a byte order mark, which would become part of its first selector.",
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

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use super::*;
    use crate::rules::branding::TEMPLATE;

    fn codes(css: &str) -> Vec<&'static str> {
        check(css)
            .into_iter()
            .filter_map(|finding| finding.code)
            .collect()
    }

    fn refuses(css: &str, code: &str) {
        let findings = check(css);
        assert!(
            findings
                .iter()
                .any(|finding| finding.is_error() && finding.code == Some(code)),
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
        assert!(
            many.len() <= MAX_FINDINGS + 2 && many.iter().any(|finding| finding.code == Some("css.more"))
        );
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
