//! The branding lint: style sheet and pictures of the classic hosted pages, and the pages
//! themselves. Shared by engine, hosted pages and studio, so that all three agree on what a
//! branding may say and how it looks.
//!
//! A style sheet goes to a page only through [`css::clean`]: it is parsed and written anew
//! from what was understood, never pasted. A picture goes through [`images::check_logo`],
//! which bounds its pixels before it decodes any.

pub mod assets;
pub mod classes;
pub mod css;
pub mod highlight;
pub mod images;
pub mod managed_login;
pub mod pages;

/// The style sheet the classic pages have of their own; also what an admin starts from.
pub const TEMPLATE: &str = include_str!("../../../assets/hosted_ui/customizable.css");

/// Groups the digits of a number by threes.
fn grouped(number: impl ToString) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len().saturating_mul(2));
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
