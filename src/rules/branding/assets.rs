//! The pictures of a managed login style: which kinds go where, and what they may hold.
//!
//! A picture is told by its bytes, not by what it is called. SVG runs in the page of the one
//! who signs in, so only drawing is allowed in it: no scripts, no style sheets, nothing from
//! elsewhere.
//!
//! Source: user pools API reference, AssetType; developer guide, "Apply branding to managed
//! login pages" (formats per category, allow-list for SVG).

use roxmltree::{Document, Node, ParsingOptions};

use crate::rules::Finding;
use crate::wire::idp::{AssetCategoryType as Category, AssetExtensionType as Extension, AssetType};

/// The most pictures of a style.
pub const ASSETS_MAX: usize = 40;
/// The most bytes that a request, and a style, may carry. Source: developer guide (2 MB).
pub const REQUEST_MAX_BYTES: usize = 2 * 1024 * 1024;
/// The most elements of a drawing.
const ELEMENTS_MAX: u32 = 20_000;

const SVG: &str = "http://www.w3.org/2000/svg";

/// What a drawing may be made of.
const ELEMENTS: &[&str] = &[
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComposite",
    "feFlood",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feOffset",
    "filter",
    "g",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "svg",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
];

/// Checks one picture: its kind for its place, its bytes, the name of what it belongs to.
pub fn check(asset: &AssetType) -> Vec<Finding> {
    let mut found = Vec::new();
    let place = asset.category.as_str();
    let mut refuse = |text: String| found.push(Finding::field(place, text));
    if !extensions_of(&asset.category).contains(&asset.extension) {
        refuse(format!(
            "{place} cannot be a picture of the kind {}.",
            asset.extension
        ));
    }
    let needs_name = asset.category == Category::IdpButtonIcon;
    if needs_name && asset.resource_id.is_none() {
        refuse(format!("{place} needs the provider's name as ResourceId."));
    }
    if let Some(bytes) = asset.bytes.as_ref().map(|bytes| bytes.0.as_slice()) {
        if !is_of_kind(&asset.extension, bytes) {
            refuse(format!(
                "{place} is not a picture of the kind {}.",
                asset.extension
            ));
        } else if asset.extension == Extension::Svg
            && let Err(why) = check_svg(bytes)
        {
            refuse(format!("{place} has content that is not allowed: {why}."));
        }
    }
    found
}

/// Returns the kinds of picture that a place takes.
///
/// The guide's table does not name WebP, the model does: it is taken where photographs are.
pub fn extensions_of(category: &Category) -> &'static [Extension] {
    match category {
        Category::FaviconIco => &[Extension::Ico],
        Category::FaviconSvg => &[Extension::Svg],
        Category::IdpButtonIcon => &[Extension::Ico, Extension::Svg],
        Category::EmailGraphic
        | Category::SmsGraphic
        | Category::AuthAppGraphic
        | Category::PasswordGraphic
        | Category::PasskeyGraphic
        | Category::PageHeaderLogo
        | Category::PageHeaderBackground
        | Category::PageFooterLogo
        | Category::PageFooterBackground
        | Category::PageBackground
        | Category::FormBackground
        | Category::FormLogo => &[Extension::Png, Extension::Svg, Extension::Jpeg, Extension::Webp],
        Category::Unlisted(_) => &[],
    }
}

/// Tells by its first bytes whether a picture is of a kind.
fn is_of_kind(extension: &Extension, bytes: &[u8]) -> bool {
    match extension {
        Extension::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        Extension::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
        // A directory of one picture or more.
        Extension::Ico => bytes.starts_with(&[0, 0, 1, 0]) && bytes.get(4..6).is_some_and(|it| it != [0, 0]),
        Extension::Webp => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice()),
        Extension::Svg => std::str::from_utf8(bytes).is_ok(),
        Extension::Unlisted(_) => false,
    }
}

/// Looks for what a drawing may not hold.
fn check_svg(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let options = ParsingOptions {
        nodes_limit: ELEMENTS_MAX,
        ..ParsingOptions::default()
    };
    let document =
        Document::parse_with_options(text, options).map_err(|reason| format!("it is not SVG ({reason})"))?;
    if !document.root_element().has_tag_name((SVG, "svg")) {
        return Err("it is not SVG".to_owned());
    }
    for node in document.descendants() {
        if node.is_pi() {
            return Err("a processing instruction".to_owned());
        }
        if node.is_element() {
            check_element(node)?;
        }
    }
    Ok(())
}

fn check_element(node: Node<'_, '_>) -> Result<(), String> {
    let name = node.tag_name();
    if name.namespace() != Some(SVG) || !ELEMENTS.contains(&name.name()) {
        return Err(format!("the element {}", shortened(name.name())));
    }
    for attribute in node.attributes() {
        let name = attribute.name().to_ascii_lowercase();
        let value: String = attribute
            .value()
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .collect::<String>()
            .to_ascii_lowercase();
        let is_bad = name.starts_with("on")
            || name == "base"
            || (name == "href" && !value.starts_with('#'))
            || value.contains("javascript:")
            || value.contains('\\')
            || value
                .split("url(")
                .skip(1)
                .any(|rest| !rest.trim_start_matches(['"', '\'']).starts_with('#'))
            || value.contains("@import")
            || value.contains("expression(");
        if is_bad {
            return Err(format!("the attribute {}", shortened(attribute.name())));
        }
    }
    Ok(())
}

fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::idp::ColorSchemeModeType;

    fn asset(category: Category, extension: Extension, bytes: &[u8]) -> AssetType {
        AssetType {
            category,
            color_mode: ColorSchemeModeType::Light,
            extension,
            bytes: Some(crate::wire::Blob(bytes.to_vec())),
            resource_id: None,
        }
    }

    fn svg(inner: &str) -> AssetType {
        let text = format!("<svg xmlns='{SVG}' xmlns:xlink='http://www.w3.org/1999/xlink'>{inner}</svg>");
        asset(Category::FormLogo, Extension::Svg, text.as_bytes())
    }

    #[test]
    fn drawings_pass_and_programs_do_not() {
        for good in [
            "",
            "<g fill='red'><path d='M0 0h1'/></g>",
            "<defs><linearGradient id='a'><stop offset='0'/></linearGradient></defs><rect fill='url(#a)'/>",
            "<use href='#a'/><use xlink:href='#a'/>",
        ] {
            assert_eq!(check(&svg(good)), [], "{good}");
        }
        for bad in [
            "<script/>",
            "<style>*{}</style>",
            "<foreignObject/>",
            "<image href='https://example.com/x.png'/>",
            "<use href='https://example.com/x.svg#a'/>",
            "<use xlink:href=' data:image/svg+xml,x'/>",
            "<g onload='x'/>",
            "<g ONCLICK='x'/>",
            "<rect fill='url(https://example.com)'/>",
            "<rect fill='url( \"//example.com\")'/>",
            "<rect style='fill:url(#a);mask:url(x)'/>",
            "<rect style='background:\\75rl(x)'/>",
            "<a href='java&#10;script:x'/>",
            "<animate/>",
            "<html xmlns='http://www.w3.org/1999/xhtml'/>",
            "<?xml-stylesheet href='x'?>",
        ] {
            assert_eq!(check(&svg(bad)).len(), 1, "{bad}");
        }
        let doctype = b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>";
        assert_eq!(
            check(&asset(Category::FormLogo, Extension::Svg, doctype)).len(),
            1
        );
    }

    #[test]
    fn each_place_takes_its_kinds_by_their_bytes() {
        let ico = [0, 0, 1, 0, 1, 0];
        assert_eq!(check(&asset(Category::FaviconIco, Extension::Ico, &ico)), []);
        let png = b"\x89PNG\r\n\x1a\n";
        assert_eq!(check(&asset(Category::FormLogo, Extension::Png, png)), []);
        for bad in [
            asset(Category::FaviconIco, Extension::Png, png),
            asset(Category::FormLogo, Extension::Jpeg, png),
            asset(Category::FormLogo, Extension::Ico, &ico),
            asset(Category::IdpButtonIcon, Extension::Ico, &ico),
            asset(Category::FaviconIco, Extension::Ico, &[0, 0, 1, 0, 0, 0]),
            asset(Category::FormLogo, Extension::Webp, b"RIFF"),
        ] {
            assert_eq!(check(&bad).len(), 1, "{bad:?}");
        }
    }
}
