//! What the domain of a user pool may be called.
//!
//! Source: developer guide, "Using the Amazon Cognito domain" and "Using your own domain".

use super::Finding;
use crate::wire::idp::CustomDomainConfigType;

/// Words that no prefix may hold.
const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];
/// The longest part between two dots. RFC 1035 §2.3.4.
const LABEL_MAX: usize = 63;
/// The longest name of a host. RFC 1035 §2.3.4.
const HOST_MAX: usize = 253;

/// Returns the whole host name of a domain: of a prefix that of the service in `region`.
pub fn host_of(domain: &str, region: &str) -> String {
    if domain.contains('.') {
        return domain.to_owned();
    }
    format!("{domain}.auth.{region}.amazoncognito.com")
}

/// Tells whether a text is the name of a host as browsers write it: labels of small letters,
/// digits and hyphens, no address, no dot at the end. RFC 1123 §2.1.
pub fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_MAX).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let is_address = text
        .rsplit('.')
        .next()
        .is_none_or(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    text.len() <= HOST_MAX && !is_address && text.split('.').all(is_label)
}

/// Says what is wrong with a prefix.
pub fn check_prefix(prefix: &str) -> Option<Finding> {
    let refuse = |text: String| Some(Finding::field("Domain", text));
    if prefix.contains('.') {
        return refuse("CustomDomainConfig is required for a domain of your own.".to_owned());
    }
    match RESERVED.iter().find(|word| prefix.contains(**word)) {
        Some(word) => refuse(format!("Domain cannot contain reserved word: {word}")),
        None => None,
    }
}

/// Says what is wrong with a host of the customer's own, or with its certificate.
pub fn check_custom(host: &str, config: &CustomDomainConfigType) -> Option<Finding> {
    let refuse = |text: &str| Some(Finding::field("Domain", text));
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.len() <= LABEL_MAX && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_address = labels
        .last()
        .is_none_or(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if labels.len() < 3 || is_address || !labels.iter().all(is_label) {
        return refuse("Custom domain is not a valid subdomain");
    }
    let mut arn = config.certificate_arn.splitn(6, ':');
    let is_certificate = arn.next() == Some("arn")
        && arn.next().is_some_and(|partition| partition.starts_with("aws"))
        && arn.next() == Some("acm")
        && arn.next() == Some("us-east-1")
        && arn.nth(1).is_some_and(|resource| {
            resource
                .strip_prefix("certificate/")
                .is_some_and(|id| !id.is_empty())
        });
    if !is_certificate {
        return refuse(
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or \
             doesn't include a valid certificate chain.",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_hold_no_reserved_word() {
        for good in ["people", "my-app-1", "a"] {
            assert_eq!(check_prefix(good), None, "{good}");
        }
        for bad in [
            "my-aws-app",
            "amazonia",
            "precognitor-cognito",
            "login.example.com",
        ] {
            assert!(check_prefix(bad).is_some(), "{bad}");
        }
        assert_eq!(
            host_of("people", "eu-west-1"),
            "people.auth.eu-west-1.amazoncognito.com"
        );
        assert_eq!(host_of("login.example.com", "eu-west-1"), "login.example.com");
    }

    #[test]
    fn hosts_are_below_a_domain_and_have_a_certificate() {
        let config = |arn: &str| CustomDomainConfigType {
            certificate_arn: arn.to_owned(),
            security_policy: None,
        };
        let good = "arn:aws:acm:us-east-1:123456789012:certificate/1";
        assert_eq!(check_custom("login.example.com", &config(good)), None);
        for host in ["example.com", "login", "a..com", "a.-b.com", "10.0.0.1"] {
            assert!(check_custom(host, &config(good)).is_some(), "{host}");
        }
        for arn in [
            "arn:aws:acm:eu-west-1:123456789012:certificate/1",
            "arn:aws:iam::123456789012:certificate/1",
            "arn:aws:acm:us-east-1:123456789012:certificate/",
            "nothing",
        ] {
            assert!(check_custom("login.example.com", &config(arn)).is_some(), "{arn}");
        }
    }
}
