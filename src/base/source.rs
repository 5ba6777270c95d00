//! Whom calls from a network are counted for.

use std::net::IpAddr;

/// An address; of IPv6 the network of 64 bits, which one customer has whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    V4([u8; 4]),
    V6([u16; 4]),
    /// This machine itself: a proxy on it brings everyone.
    Loopback,
}

impl Source {
    /// Returns the source of an address; an IPv4 address is the same however it is written.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            address if address.is_loopback() => Self::Loopback,
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}
