//! The page that the preview shows.

use super::draft::BrandingDraft;
use crate::rules::branding::pages::{Field as PageField, Links, Page, PasswordRule};
use crate::wire::idp::{UserPoolType, UsernameAttributeType};

/// Makes the page that the preview shows, as this user pool would serve it.
pub(super) fn page(pool: Option<&UserPoolType>, draft: &BrandingDraft) -> Page {
    let sign_in_with = pool
        .and_then(|pool| pool.username_attributes.as_deref())
        .unwrap_or_default();
    let by_email = sign_in_with.contains(&UsernameAttributeType::Email);
    let by_phone = sign_in_with.contains(&UsernameAttributeType::PhoneNumber);
    let username_label = match (by_email, by_phone) {
        (true, true) => "Email or phone number",
        (true, false) => "Email",
        (false, true) => "Phone number",
        (false, false) => "Username",
    };
    let mut fields = Vec::new();
    for attribute in pool
        .and_then(|pool| pool.schema_attributes.as_deref())
        .unwrap_or_default()
    {
        let name = attribute.name.as_deref().unwrap_or_default();
        let is_username = (name == "email" && by_email) || (name == "phone_number" && by_phone);
        if attribute.required == Some(true) && name != "sub" && !is_username {
            fields.push(PageField {
                name: name.to_owned(),
                label: spelled(name),
                value: String::new(),
            });
        }
    }
    let policy = pool
        .and_then(|pool| pool.policies.as_ref())
        .and_then(|policies| policies.password_policy.as_ref());
    let mut password_rules = Vec::new();
    if let Some(policy) = policy {
        let mut rule = |wanted: bool, text: String| {
            if wanted {
                password_rules.push(PasswordRule { text, is_met: false });
            }
        };
        let least = policy.minimum_length.unwrap_or(8);
        rule(true, format!("At least {least} characters"));
        rule(
            policy.require_lowercase == Some(true),
            "A lower case letter".to_owned(),
        );
        rule(
            policy.require_uppercase == Some(true),
            "An upper case letter".to_owned(),
        );
        rule(policy.require_numbers == Some(true), "A number".to_owned());
        rule(
            policy.require_symbols == Some(true),
            "A special character".to_owned(),
        );
    }
    let is_closed = pool
        .and_then(|pool| pool.admin_create_user_config.as_ref())
        .and_then(|config| config.allow_admin_create_user_only)
        .unwrap_or_default();
    let here = || "#".to_owned();
    Page {
        title: pool
            .and_then(|pool| pool.name.clone())
            .unwrap_or_else(|| "Sign in".to_owned()),
        css: Some(draft.css.clone()),
        logo_url: draft.logo().map(|logo| logo.data_url.to_string()),
        username_label: username_label.to_owned(),
        fields,
        password_rules,
        links: Links {
            action: here(),
            sign_in: here(),
            sign_up: (!is_closed).then(here),
            forgot_password: here(),
        },
        ..Page::default()
    }
}

/// `given_name` becomes `Given name`.
fn spelled(name: &str) -> String {
    let name = name.strip_prefix("custom:").unwrap_or(name).replace('_', " ");
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_that_of_the_user_pool() {
        let mut pool = UserPoolType {
            name: Some("Harbour".into()),
            username_attributes: Some(vec![UsernameAttributeType::Email]),
            ..UserPoolType::default()
        };
        let draft = BrandingDraft::default();
        assert_eq!(page(Some(&pool), &draft).username_label, "Email");
        assert!(page(Some(&pool), &draft).links.sign_up.is_some());
        pool.admin_create_user_config = Some(crate::wire::idp::AdminCreateUserConfigType {
            allow_admin_create_user_only: Some(true),
            ..Default::default()
        });
        assert!(page(Some(&pool), &draft).links.sign_up.is_none());
    }
}
