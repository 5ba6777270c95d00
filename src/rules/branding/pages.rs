//! The classic hosted pages, drawn from templates: sign-in, sign-up, confirmation, forgotten
//! password. One renderer for the pages that are served and for those the studio shows.
//!
//! Whatever is filled in is escaped; a style sheet goes through [`css::clean`]. The templates
//! in `assets/hosted_ui` know two marks: `{{name}}` for text and `{{{name}}}` for markup that
//! was made here.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{TEMPLATE, css};

const LAYOUT: &str = include_str!("../../../assets/hosted_ui/layout.html");
const BASE_CSS: &str = include_str!("../../../assets/hosted_ui/classic.css");
const SIGN_IN: &str = include_str!("../../../assets/hosted_ui/sign_in.html");
const SIGN_UP: &str = include_str!("../../../assets/hosted_ui/sign_up.html");
const CONFIRM_SIGN_UP: &str = include_str!("../../../assets/hosted_ui/confirm_sign_up.html");
const FORGOT_PASSWORD: &str = include_str!("../../../assets/hosted_ui/forgot_password.html");
const CONFIRM_FORGOT_PASSWORD: &str = include_str!("../../../assets/hosted_ui/confirm_forgot_password.html");
const FIELD: &str = include_str!("../../../assets/hosted_ui/components/field.html");
const PROVIDERS: &str = include_str!("../../../assets/hosted_ui/components/providers.html");
const ENTERPRISE_BUTTON: &str = include_str!("../../../assets/hosted_ui/components/enterprise_button.html");
const SOCIAL_BUTTON: &str = include_str!("../../../assets/hosted_ui/components/social_button.html");
const ERROR: &str = include_str!("../../../assets/hosted_ui/components/error.html");
const RULE: &str = include_str!("../../../assets/hosted_ui/components/rule.html");

/// Which page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PageKind {
    #[default]
    SignIn,
    SignUp,
    ConfirmSignUp,
    ForgotPassword,
    ConfirmForgotPassword,
}

impl PageKind {
    /// Every page, in the order a user may meet them.
    pub const ALL: &[Self] = &[
        Self::SignIn,
        Self::SignUp,
        Self::ConfirmSignUp,
        Self::ForgotPassword,
        Self::ConfirmForgotPassword,
    ];

    /// Returns its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in",
            Self::SignUp => "Sign-up",
            Self::ConfirmSignUp => "Confirm account",
            Self::ForgotPassword => "Forgot password",
            Self::ConfirmForgotPassword => "New password",
        }
    }
}

/// How a page stands: as served, or posed for a picture.
///
/// The engine that draws pictures paints no placeholders and shows passwords in the clear, so
/// a posed page has them as values: bullets for a password, grey text for a placeholder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pose {
    /// For a browser.
    #[default]
    Served,
    /// Nothing typed yet.
    Empty,
    /// Fields filled.
    Filled,
    /// The first field has the keys, the pointer is over the buttons.
    Active,
}

/// A provider to sign in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    pub kind: ProviderKind,
    /// As shown.
    pub name: String,
    pub href: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// SAML or OpenID Connect.
    Enterprise,
    Google,
    Facebook,
    Amazon,
    Apple,
}

/// A field of the sign-up form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As sent.
    pub name: String,
    /// As shown.
    pub label: String,
    /// What was typed, when a form comes back.
    pub value: String,
}

/// A rule of the password policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRule {
    pub text: String,
    pub is_met: bool,
}

/// Where the links and forms of a page lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    pub action: String,
    pub sign_in: String,
    /// Nothing when users cannot sign up by themselves.
    pub sign_up: Option<String>,
    pub forgot_password: String,
}

/// A page and all that is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub kind: PageKind,
    pub pose: Pose,
    /// The title of the window.
    pub title: String,
    /// The style sheet of the branding; only what [`css::clean`] leaves of it is used.
    pub css: Option<String>,
    /// An address of the logo, `data:` included ([`data_url`]).
    pub logo_url: Option<String>,
    /// What users sign in with, `Username` if empty.
    pub username_label: String,
    /// What was typed as the user name, when a form comes back.
    pub username: String,
    pub providers: Vec<Provider>,
    /// The attributes asked for at sign-up, besides the user name.
    pub fields: Vec<Field>,
    pub password_rules: Vec<PasswordRule>,
    /// What went wrong.
    pub error: Option<String>,
    /// What is to be known: where a code was sent.
    pub notice: Option<String>,
    pub links: Links,
    /// Hidden fields of the form.
    pub hidden: Vec<(String, String)>,
    /// The nonce of the Content-Security-Policy for the style element.
    pub nonce: Option<String>,
}

/// Returns an address that holds a picture itself.
pub fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

impl Page {
    /// Returns the page as HTML.
    pub fn render(&self) -> String {
        let template = match self.kind {
            PageKind::SignIn => SIGN_IN,
            PageKind::SignUp => SIGN_UP,
            PageKind::ConfirmSignUp => CONFIRM_SIGN_UP,
            PageKind::ForgotPassword => FORGOT_PASSWORD,
            PageKind::ConfirmForgotPassword => CONFIRM_FORGOT_PASSWORD,
        };
        let body = fill(template, |name| self.part(name));
        let has_columns =
            !self.providers.is_empty() && matches!(self.kind, PageKind::SignIn | PageKind::SignUp);
        fill(LAYOUT, |name| match name {
            "title" => self.title.clone(),
            "nonce" => self
                .nonce
                .as_deref()
                .map_or_else(String::new, |nonce| format!(" nonce=\"{}\"", escape(nonce))),
            "css" => self.style(),
            "card" => if has_columns { " wide" } else { "" }.to_owned(),
            "logo" => self.logo_url.as_deref().map_or_else(String::new, |url| {
                format!(
                    "<img class=\"logo logo-customizable\" alt=\"{}\" src=\"{}\">",
                    escape(&self.title),
                    escape(url)
                )
            }),
            "body" => body.clone(),
            _ => String::new(),
        })
    }

    fn style(&self) -> String {
        let own = self.css.as_deref().map(css::clean).unwrap_or_default();
        let mut customizable = format!("{}{own}", css::clean(TEMPLATE));
        if self.pose == Pose::Active {
            // A picture has no pointer and no focus; the states become classes.
            customizable = customizable
                .replace(":focus", ".is-focused")
                .replace(":hover", ".is-hovered");
        }
        format!("{BASE_CSS}{customizable}")
    }

    fn part(&self, name: &str) -> String {
        let label = self.username_label();
        match name {
            "action" => self.links.action.clone(),
            "sign_in" => self.links.sign_in.clone(),
            "forgot" => self.links.forgot_password.clone(),
            "error" => self
                .error
                .as_deref()
                .map_or_else(String::new, |text| fill(ERROR, |_| text.to_owned())),
            "notice" => self.notice.as_deref().map_or_else(String::new, |text| {
                format!("<p class=\"notice\">{}</p>", escape(text))
            }),
            "hidden" => {
                let mut out = String::new();
                for (name, value) in &self.hidden {
                    let (name, value) = (escape(name), escape(value));
                    let _ = writeln!(out, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
                }
                out
            }
            "description" => match self.kind {
                PageKind::SignIn => format!(
                    "Sign in with your {} and password",
                    label.to_lowercase()
                ),
                PageKind::SignUp => String::new(),
                PageKind::ConfirmSignUp | PageKind::ConfirmForgotPassword => {
                    self.notice.clone().unwrap_or_else(|| {
                        "We have sent a code to you. Enter it below.".to_owned()
                    })
                }
                PageKind::ForgotPassword => format!(
                    "Enter your {} below and we will send a message to reset your password",
                    label.to_lowercase()
                ),
            },
            "username" => self.field("username", label, "text", &self.username, "username", true),
            "code" => self.field("code", "Code", "text", "", "one-time-code", true),
            "password" => {
                let (label, hint) = match self.kind {
                    PageKind::SignIn => ("Password", "current-password"),
                    PageKind::ConfirmForgotPassword => ("New password", "new-password"),
                    PageKind::SignUp | PageKind::ConfirmSignUp | PageKind::ForgotPassword => {
                        ("Password", "new-password")
                    }
                };
                self.field("password", label, "password", "", hint, false)
            }
            "password_again" => self.field(
                "password_again",
                "Enter new password again",
                "password",
                "",
                "new-password",
                false,
            ),
            "fields" => {
                let mut out = self.field("username", label, "text", &self.username, "username", true);
                for Field { name, label, value } in &self.fields {
                    let (kind, hint) = match name.as_str() {
                        "email" => ("email", "email"),
                        "phone_number" => ("tel", "tel"),
                        "birthdate" => ("date", "bday"),
                        "website" | "picture" | "profile" => ("url", "off"),
                        "name" => ("text", "name"),
                        "given_name" => ("text", "given-name"),
                        "family_name" => ("text", "family-name"),
                        _ => ("text", "off"),
                    };
                    out.push_str(&self.field(name, label, kind, value, hint, false));
                }
                out
            }
            "rules" => self.rules(),
            "providers" => self.provider_column(),
            "sign_up" => self.links.sign_up.as_deref().map_or_else(String::new, |href| {
                format!(
                    "<p class=\"redirect redirect-customizable\">Need an account? <a href=\"{}\">Sign up</a></p>",
                    escape(href)
                )
            }),
            "submit_state" => self.hovered(),
            _ => String::new(),
        }
    }

    fn username_label(&self) -> &str {
        if self.username_label.is_empty() {
            "Username"
        } else {
            &self.username_label
        }
    }

    fn hovered(&self) -> String {
        if self.pose == Pose::Active {
            " is-hovered"
        } else {
            ""
        }
        .to_owned()
    }

    fn field(
        &self,
        name: &str,
        label: &str,
        kind: &str,
        value: &str,
        autocomplete: &str,
        is_first: bool,
    ) -> String {
        const BULLETS: &str = "••••••••••";
        let is_password = kind == "password";
        let sample = match (name, label) {
            (_, _) if is_password => BULLETS,
            ("code", _) => "402913",
            ("email", _) | (_, "Email") => "jamie@example.com",
            ("phone_number", _) | (_, "Phone number") => "+1 555 0100",
            ("birthdate", _) => "1990-04-12",
            ("name", _) => "Jamie Rivera",
            ("given_name", _) => "Jamie",
            ("family_name", _) => "Rivera",
            _ => "jamie.rivera",
        };
        // Posed fields are plain text: other kinds have decorations that pictures lack.
        let posed_kind = if is_password { "password" } else { "text" };
        let (kind, value, more) = match self.pose {
            Pose::Served => (kind, value, ""),
            Pose::Empty => (posed_kind, label, " style=\"color:#999999\""),
            Pose::Filled | Pose::Active => (posed_kind, sample, ""),
        };
        // A placeholder in a password field would be bullets.
        let kind = if self.pose == Pose::Empty { "text" } else { kind };
        let state = if self.pose == Pose::Active && is_first {
            " is-focused"
        } else {
            ""
        };
        let focus = if self.pose == Pose::Served && is_first {
            " autofocus"
        } else {
            ""
        };
        fill(FIELD, |part| match part {
            "id" => format!("field-{name}"),
            "name" => name.to_owned(),
            "label" | "placeholder" => label.to_owned(),
            "kind" => kind.to_owned(),
            "value" => value.to_owned(),
            "autocomplete" => autocomplete.to_owned(),
            "state" => state.to_owned(),
            "more" => format!("{more}{focus}"),
            _ => String::new(),
        })
    }

    fn rules(&self) -> String {
        let mut out = String::new();
        for (i, PasswordRule { text, is_met }) in self.password_rules.iter().enumerate() {
            // A picture shows both looks of a rule.
            let is_met = match self.pose {
                Pose::Served => *is_met,
                Pose::Empty => false,
                Pose::Filled | Pose::Active => i % 2 == 0,
            };
            out.push_str(&fill(RULE, |part| {
                match (part, is_met) {
                    ("class", true) => "passwordCheck-valid-customizable",
                    ("class", false) => "passwordCheck-notValid-customizable",
                    ("mark", true) => "✓",
                    ("mark", false) => "✖",
                    _ => text,
                }
                .to_owned()
            }));
        }
        out
    }

    fn provider_column(&self) -> String {
        if self.providers.is_empty() {
            return String::new();
        }
        let mut buttons = String::new();
        for Provider { kind, name, href } in &self.providers {
            let (template, class, mark) = match kind {
                ProviderKind::Enterprise => (ENTERPRISE_BUTTON, "", ""),
                ProviderKind::Google => (SOCIAL_BUTTON, "google", "G"),
                ProviderKind::Facebook => (SOCIAL_BUTTON, "facebook", "f"),
                ProviderKind::Amazon => (SOCIAL_BUTTON, "amazon", "a"),
                ProviderKind::Apple => (SOCIAL_BUTTON, "apple", "A"),
            };
            buttons.push_str(&fill(template, |part| match part {
                "kind" => class.to_owned(),
                "mark" => mark.to_owned(),
                "href" => href.clone(),
                "label" if *kind == ProviderKind::Enterprise => name.clone(),
                "label" => format!("Continue with {name}"),
                "state" => self.hovered(),
                _ => String::new(),
            }));
        }
        let has_social = self
            .providers
            .iter()
            .any(|provider| provider.kind != ProviderKind::Enterprise);
        let legal = if has_social {
            "<p class=\"legalText-customizable\">Nothing is posted to your accounts without asking you first.</p>"
        } else {
            ""
        };
        let verb = match self.kind {
            PageKind::SignUp => "Sign up",
            PageKind::SignIn
            | PageKind::ConfirmSignUp
            | PageKind::ForgotPassword
            | PageKind::ConfirmForgotPassword => "Sign in",
        };
        let account = if has_social {
            "social or corporate"
        } else {
            "corporate"
        };
        fill(PROVIDERS, |part| match part {
            "description" => format!("{verb} with your {account} ID"),
            "buttons" => buttons.clone(),
            "legal" => legal.to_owned(),
            _ => String::new(),
        })
    }
}

/// Fills the marks of a template, once: what is filled in is not looked at again.
fn fill(template: &str, part: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len().saturating_mul(2));
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (found, is_markup) = match after.strip_prefix('{') {
            Some(after) => (after.split_once("}}}"), true),
            None => (after.split_once("}}"), false),
        };
        let Some((name, after)) = found else {
            rest = after;
            break;
        };
        let value = part(name);
        if is_markup {
            out.push_str(&value);
        } else {
            out.push_str(&escape(&value));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Makes text safe between tags and in quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::branding::classes::TARGETS;

    fn page(kind: PageKind) -> Page {
        Page {
            kind,
            title: "Harbour".into(),
            logo_url: Some(data_url("image/png", b"x")),
            providers: vec![
                Provider {
                    kind: ProviderKind::Google,
                    name: "Google".into(),
                    href: "/g".into(),
                },
                Provider {
                    kind: ProviderKind::Enterprise,
                    name: "Corporate".into(),
                    href: "/c".into(),
                },
            ],
            fields: vec![Field {
                name: "email".into(),
                label: "Email".into(),
                value: String::new(),
            }],
            password_rules: ["8 characters", "a digit"]
                .map(|text| PasswordRule {
                    text: text.into(),
                    is_met: text.starts_with('8'),
                })
                .into(),
            error: Some("Incorrect username or password.".into()),
            ..Page::default()
        }
    }

    #[test]
    fn every_class_is_on_some_page() {
        let all: String = PageKind::ALL
            .iter()
            .map(|kind| page(*kind).render().split_once("<body>").unwrap().1.to_owned())
            .collect();
        for target in TARGETS {
            assert!(all.contains(target.class), "{}", target.class);
        }
    }

    #[test]
    fn no_mark_is_left_over() {
        for kind in PageKind::ALL {
            for pose in [Pose::Served, Pose::Empty, Pose::Filled, Pose::Active] {
                let html = Page { pose, ..page(*kind) }.render();
                assert!(!html.contains("{{") && !html.contains("}}"), "{html}");
            }
        }
    }

    #[test]
    fn nothing_breaks_out_of_its_place() {
        let evil = "\"'><script>alert(1)</script>{{{body}}}";
        let html = Page {
            title: evil.into(),
            username_label: evil.into(),
            username: evil.into(),
            css: Some(format!(
                "/* </style>{evil} */ .label-customizable {{ color: red }}"
            )),
            logo_url: Some(evil.into()),
            error: Some(evil.into()),
            notice: Some(evil.into()),
            links: Links {
                action: evil.into(),
                sign_in: evil.into(),
                sign_up: Some(evil.into()),
                forgot_password: evil.into(),
            },
            hidden: vec![(evil.into(), evil.into())],
            nonce: Some(evil.into()),
            providers: vec![Provider {
                kind: ProviderKind::Enterprise,
                name: evil.into(),
                href: evil.into(),
            }],
            ..Page::default()
        }
        .render();
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(html.matches("</style>").count(), 1);
        assert!(html.contains(".label-customizable {\n  color: red;\n}"));
    }

    #[test]
    fn the_own_style_comes_last_and_wins() {
        let html = Page {
            css: Some(".submitButton-customizable { background-color: #123456 }".into()),
            ..Page::default()
        }
        .render();
        assert!(html.find("#123456").unwrap() > html.find("#337ab7").unwrap());
    }

    #[test]
    fn a_pool_without_sign_up_has_no_link_to_it() {
        assert!(!page(PageKind::SignIn).render().contains("Need an account?"));
    }
}
