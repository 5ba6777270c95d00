//! What the engine may call: one client for every request that leaves it.
//!
//! An address that came through the API is one that whoever holds an access key chose. It may
//! lead anywhere on the internet, and into this machine or its networks only where the person
//! who started the program said so ([`Outbound::new`]); what that person wrote down may lead
//! there in any case. Nothing ever leads to link-local and metadata addresses, which hand the
//! machine's own credentials to whoever asks.
//!
//! Names are judged by what they resolve to, at the moment of the connection, so that a name
//! that answers with a public address first and a private one later is refused the second
//! time. Redirects are not followed, proxies of the environment and cookies not used.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Who chose an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBy {
    /// Whoever holds an access key.
    Admin,
    /// Whoever started the program, by a flag or the configuration file.
    Owner,
}

/// What may be called, and the client that keeps to it.
pub struct Outbound {
    networks: Arc<[IpNet]>,
    of_admin: OnceLock<Option<reqwest::Client>>,
    of_owner: OnceLock<Option<reqwest::Client>>,
}

impl Outbound {
    /// Allows admins' addresses in these networks, beside public ones.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks: networks.into(),
            of_admin: OnceLock::new(),
            of_owner: OnceLock::new(),
        }
    }

    /// Returns the networks of this machine itself.
    pub fn this_machine() -> Vec<IpNet> {
        ["127.0.0.0/8", "::1/128"]
            .into_iter()
            .filter_map(|network| network.parse().ok())
            .collect()
    }

    /// Returns the client for addresses of one kind: connected within three seconds; how long
    /// an answer may take is the caller's to say. `None` when TLS is not available here.
    pub fn client(&self, chosen_by: ChosenBy) -> Option<&reqwest::Client> {
        let slot = match chosen_by {
            ChosenBy::Admin => &self.of_admin,
            ChosenBy::Owner => &self.of_owner,
        };
        let make = || {
            reqwest::Client::builder()
                .user_agent(concat!("poolhouse/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(3))
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .dns_resolver(Arc::new(Resolver(self.rule(chosen_by))))
                .build()
                .ok()
        };
        slot.get_or_init(make).as_ref()
    }

    /// Checks an address as far as it can be without asking for the name: that is done when the
    /// connection is made. Must come before every use of [`Outbound::client`], since an address
    /// in numbers is asked of no one.
    ///
    /// # Errors
    ///
    /// One sentence, for an admin.
    pub fn check(&self, url: &Url, chosen_by: ChosenBy) -> Result<(), String> {
        let may = match url.host() {
            Some(url::Host::Ipv4(address)) => self.rule(chosen_by).allows(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => self.rule(chosen_by).allows(IpAddr::V6(address)),
            Some(url::Host::Domain(name)) => !is_metadata_name(name),
            None => false,
        };
        if may {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        Err(format!(
            "{host} may not be called. Addresses of this machine and of private networks are named with \
             --function-network; link-local and metadata addresses are never called."
        ))
    }

    fn rule(&self, chosen_by: ChosenBy) -> Rule {
        match chosen_by {
            ChosenBy::Admin => Rule::Inner(Arc::clone(&self.networks)),
            ChosenBy::Owner => Rule::All,
        }
    }
}

/// Which addresses beside public ones may be called.
#[derive(Clone)]
enum Rule {
    /// All but those that never are.
    All,
    /// Those of these networks.
    Inner(Arc<[IpNet]>),
}

impl Rule {
    fn allows(&self, address: IpAddr) -> bool {
        let address = embedded(address);
        if is_never_called(address) {
            return false;
        }
        match self {
            Self::All => true,
            Self::Inner(networks) => {
                !is_inner(address) || networks.iter().any(|network| network.contains(&address))
            }
        }
    }
}

/// Resolves names to the addresses that may be called.
struct Resolver(Rule);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.0.clone();
        Box::pin(async move {
            if is_metadata_name(name.as_str()) {
                return Err("the name is one of a metadata service".into());
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| rule.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to addresses that may not be called".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Names under which clouds answer with the machine's own credentials.
fn is_metadata_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    matches!(
        name.as_str(),
        "metadata" | "metadata.google.internal" | "metadata.goog" | "instance-data"
    ) || name.starts_with("instance-data.")
}

/// Returns the IPv4 address that an IPv6 address stands for: mapped (RFC 4291 §2.5.5), behind a
/// translator (RFC 6052, RFC 8215) or of 6to4 (RFC 3056).
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address.to_canonical() else {
        return address.to_canonical();
    };
    let four = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match six.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => four(high, low),
        [0x64, 0xff9b, 1, .., high, low] => four(high, low),
        [0x2002, high, low, ..] => four(high, low),
        // The compatible form (RFC 4291 §2.5.5.1); ::1 and :: are addresses of their own.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => four(high, low),
        _ => IpAddr::V6(six),
    }
}

/// Link-local and metadata addresses, and what is no address of one machine.
fn is_never_called(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [first, ..] = four.octets();
            four.is_link_local()
                || first == 0
                || first >= 224
                // Metadata of Alibaba Cloud and of Oracle Cloud.
                || matches!(four.octets(), [100, 100, 100, 200] | [192, 0, 0, 192])
        }
        IpAddr::V6(six) => {
            six.is_unicast_link_local()
                || six.is_unspecified()
                || six.is_multicast()
                // Metadata of EC2.
                || six == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
        }
    }
}

/// This machine, and networks that are not the internet (RFC 6890).
fn is_inner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [a, b, c, _] = four.octets();
            four.is_loopback()
                || four.is_private()
                || four.is_documentation()
                // Shared by carriers (RFC 6598), protocol assignments, benchmarking (RFC 2544).
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19))
        }
        IpAddr::V6(six) => {
            let [first, second, ..] = six.segments();
            six.is_loopback()
                || six.is_unique_local()
                // Site-local (RFC 3879), documentation (RFC 3849), Teredo (RFC 4380).
                || first & 0xffc0 == 0xfec0
                || (first == 0x2001 && (second == 0xdb8 || second == 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(networks: &[&str]) -> Outbound {
        Outbound::new(networks.iter().map(|network| network.parse().unwrap()).collect())
    }

    fn may(outbound: &Outbound, host: &str, chosen_by: ChosenBy) -> bool {
        let url = Url::parse(&format!("http://{host}/")).unwrap();
        outbound.check(&url, chosen_by).is_ok()
    }

    #[test]
    fn metadata_and_link_local_addresses_are_never_called_in_any_spelling() {
        let everything = outbound(&["0.0.0.0/0", "::/0"]);
        for host in [
            "169.254.169.254",
            "169.254.170.2",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[::169.254.169.254]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "100.100.100.200",
            "0.0.0.0",
            "[::]",
            "255.255.255.255",
            "224.0.0.1",
            "metadata.google.internal",
            "METADATA.google.internal.",
            "instance-data.ec2.internal",
        ] {
            for chosen_by in [ChosenBy::Admin, ChosenBy::Owner] {
                assert!(!may(&everything, host, chosen_by), "{host}");
            }
        }
    }

    #[test]
    fn an_admin_reaches_the_networks_that_were_named_and_the_internet() {
        let named = outbound(&["127.0.0.0/8", "10.1.0.0/16"]);
        for host in [
            "127.0.0.1",
            "10.1.2.3",
            "[::ffff:127.0.0.1]",
            "93.184.215.14",
            "example.com",
        ] {
            assert!(may(&named, host, ChosenBy::Admin), "{host}");
        }
        for host in [
            "10.2.0.1",
            "192.168.0.1",
            "172.16.0.1",
            "100.64.0.1",
            "[::1]",
            "[fc00::1]",
            "[64:ff9b::c0a8:1]",
        ] {
            assert!(!may(&named, host, ChosenBy::Admin), "{host}");
            assert!(may(&named, host, ChosenBy::Owner), "{host}");
        }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_resolves_to() {
        let of = |networks: &[&str]| Resolver(outbound(networks).rule(ChosenBy::Admin));
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(of(&[]).resolve(name()).await.is_err());
        assert!(of(&["127.0.0.0/8", "::1/128"]).resolve(name()).await.is_ok());
    }
}
