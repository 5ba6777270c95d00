//! How far a sign-in is from what a user is known for.
//!
//! Three signs are looked at: a device that was not seen before, a place that was not seen
//! before, and a way too long for the time since the last sign-in. One of the first two is a
//! low risk, both are a medium one, the third is a high one. A first sign-in has nothing to
//! be compared with and is no risk.
//!
//! The vendor does not publish how it weighs; these are our own choices.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::base::clock::UnixMillis;

/// Devices, networks and places are remembered so many at a time, the newest.
const REMEMBERED: usize = 20;
/// Faster than this, in kilometres an hour, nobody travels.
const FASTEST_KMH: f64 = 1000.0;
/// Nearer than this, in kilometres, places are not told apart with certainty.
const NEAR_KM: f64 = 200.0;
/// The addresses of one network: so many leading bits of an IPv4 and of an IPv6 address.
const NETWORK_BITS: (u8, u8) = (24, 48);

/// Where an address is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    pub country: String,
    pub city: String,
    pub timezone: String,
    /// Degrees north and east.
    pub coordinates: Option<(f64, f64)>,
}

impl Place {
    fn key(&self) -> String {
        format!("{}/{}", self.country, self.city)
    }
}

/// From where and with what a sign-in comes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// What tells the device from others; `None` when the caller sends nothing of the kind.
    pub device: Option<String>,
    pub address: Option<IpAddr>,
    pub place: Option<Place>,
}

impl Origin {
    /// Names the network of the address.
    fn network(&self) -> Option<String> {
        let address = self.address?;
        let bits = match address {
            IpAddr::V4(_) => NETWORK_BITS.0,
            IpAddr::V6(_) => NETWORK_BITS.1,
        };
        let network = IpNet::new(address, bits).ok()?;
        Some(network.trunc().to_string())
    }

    /// Names the place: by the table of places, else by the network.
    fn place_key(&self) -> Option<String> {
        self.place.as_ref().map(Place::key).or_else(|| self.network())
    }
}

/// What a user is known for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    pub devices: Vec<String>,
    pub places: Vec<String>,
    /// When and where the last sign-in was whose place is known, else when the last one was.
    pub last: Option<(UnixMillis, Option<Place>)>,
}

impl Profile {
    /// Takes in a sign-in that was good.
    pub fn learn(&mut self, origin: &Origin, at: UnixMillis) {
        remember(&mut self.devices, origin.device.clone());
        remember(&mut self.places, origin.place_key());
        // An address without a place is no way to hide where the user was before.
        let is_known = self.last.as_ref().is_some_and(|(_, place)| place.is_some());
        if origin.place.is_some() || !is_known {
            self.last = Some((at, origin.place.clone()));
        }
    }

    /// Forgets the device and the place of a sign-in that was not the user's.
    pub fn unlearn(&mut self, origin: &Origin) {
        self.devices.retain(|known| Some(known) != origin.device.as_ref());
        let place = origin.place_key();
        self.places.retain(|known| Some(known) != place.as_ref());
        if let Some((_, last)) = &mut self.last
            && last.is_some()
            && *last == origin.place
        {
            *last = None;
        }
    }
}

fn remember(list: &mut Vec<String>, new: Option<String>) {
    let Some(new) = new else { return };
    list.retain(|known| *known != new);
    list.push(new);
    let surplus = list.len().saturating_sub(REMEMBERED);
    list.drain(..surplus);
}

/// What speaks against a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    NewDevice,
    NewPlace,
    /// The way from the last sign-in is too long for the time.
    Speed,
}

/// How much speaks against a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    Low,
    Medium,
    High,
}

/// Returns what speaks against a sign-in.
pub fn signs(profile: &Profile, origin: &Origin, at: UnixMillis) -> Vec<Sign> {
    let Some((last_at, last_place)) = &profile.last else {
        return Vec::new();
    };
    let mut signs = Vec::new();
    // Who leaves it out has none of the known ones.
    let is_new_device = match &origin.device {
        Some(device) => !profile.devices.contains(device),
        None => !profile.devices.is_empty(),
    };
    if is_new_device {
        signs.push(Sign::NewDevice);
    }
    if origin
        .place_key()
        .is_some_and(|place| !profile.places.contains(&place))
    {
        signs.push(Sign::NewPlace);
    }
    if let (Some(from), Some(to)) = (last_place, &origin.place)
        && is_too_fast(from, to, at.since(*last_at))
    {
        signs.push(Sign::Speed);
    }
    signs
}

/// Weighs what speaks against a sign-in.
pub fn level(signs: &[Sign]) -> Option<Level> {
    if signs.contains(&Sign::Speed) {
        return Some(Level::High);
    }
    match signs.len() {
        0 => None,
        1 => Some(Level::Low),
        _ => Some(Level::Medium),
    }
}

fn is_too_fast(from: &Place, to: &Place, millis: i64) -> bool {
    let (Some(from), Some(to)) = (from.coordinates, to.coordinates) else {
        return false;
    };
    let km = distance_km(from, to);
    let secs = i32::try_from(millis.max(0) / 1000).unwrap_or(i32::MAX);
    km > NEAR_KM && km > FASTEST_KMH * f64::from(secs) / 3600.0
}

/// Returns the length of the shortest way over the ground (haversine formula).
fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    const DIAMETER_KM: f64 = 12_742.0;
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let across = from.0.to_radians().cos() * to.0.to_radians().cos();
    let part = half(from.0, to.0) + across * half(from.1, to.1);
    DIAMETER_KM * part.clamp(0.0, 1.0).sqrt().asin()
}

/// Returns the first entry of a list of address ranges that is none.
pub fn bad_range(list: &[String]) -> Option<&String> {
    list.iter().find(|range| range.parse::<IpNet>().is_err())
}

/// Returns a range of IPv4 addresses that is written as one of IPv6 (`::ffff:0:0/96`) as what it is.
fn canonical(range: IpNet) -> IpNet {
    let bits = range.prefix_len().checked_sub(96);
    let plain = bits.and_then(|bits| IpNet::new(range.addr().to_canonical(), bits).ok());
    plain
        .filter(|plain| matches!(plain, IpNet::V4(_)) && matches!(range, IpNet::V6(_)))
        .unwrap_or(range)
}

/// Tells whether an address is in one of the ranges.
pub fn is_in(list: &[String], address: IpAddr) -> bool {
    let address = address.to_canonical();
    list.iter()
        .filter_map(|range| range.parse::<IpNet>().ok())
        .map(canonical)
        .any(|range| range.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn place(city: &str, coordinates: (f64, f64)) -> Place {
        Place {
            country: "X".to_owned(),
            city: city.to_owned(),
            coordinates: Some(coordinates),
            ..Place::default()
        }
    }

    fn origin(device: &str, address: &str, place: Option<Place>) -> Origin {
        Origin {
            device: Some(device.to_owned()),
            address: Some(address.parse().unwrap()),
            place,
        }
    }

    #[test]
    fn a_first_sign_in_is_no_risk_and_the_same_again_is_none() {
        let mut profile = Profile::default();
        let home = origin("phone", "192.0.2.7", None);
        assert_eq!(signs(&profile, &home, UnixMillis(0)), []);
        profile.learn(&home, UnixMillis(0));
        assert_eq!(signs(&profile, &home, UnixMillis(1)), []);
        let neighbour = origin("phone", "192.0.2.200", None);
        assert_eq!(signs(&profile, &neighbour, UnixMillis(1)), [], "the same network");
    }

    #[test]
    fn who_leaves_the_device_out_comes_with_a_new_one_where_others_are_known() {
        let nothing = Origin::default();
        let mut profile = Profile::default();
        profile.learn(&nothing, UnixMillis(0));
        assert_eq!(signs(&profile, &nothing, UnixMillis(1)), []);
        profile.learn(&origin("phone", "192.0.2.7", None), UnixMillis(1));
        assert_eq!(signs(&profile, &nothing, UnixMillis(2)), [Sign::NewDevice]);
    }

    #[test]
    fn an_address_without_a_place_leaves_the_last_known_one() {
        let berlin = place("Berlin", (52.5, 13.4));
        let sydney = place("Sydney", (-33.9, 151.2));
        let mut profile = Profile::default();
        let home = origin("phone", "192.0.2.7", Some(berlin.clone()));
        profile.learn(&origin("phone", "10.0.0.1", None), UnixMillis(0));
        profile.learn(&home, UnixMillis(1));
        profile.learn(&origin("phone", "10.0.0.1", None), UnixMillis(HOUR));
        assert_eq!(profile.last, Some((UnixMillis(1), Some(berlin))));
        let away = origin("phone", "198.51.100.1", Some(sydney));
        assert!(signs(&profile, &away, UnixMillis(2 * HOUR)).contains(&Sign::Speed));
        // Of what was not the user's no speed is taken.
        profile.learn(&away, UnixMillis(2 * HOUR));
        profile.unlearn(&away);
        assert!(!signs(&profile, &home, UnixMillis(3 * HOUR)).contains(&Sign::Speed));
    }

    #[test]
    fn devices_places_and_speed_add_up() {
        let berlin = place("Berlin", (52.5, 13.4));
        let sydney = place("Sydney", (-33.9, 151.2));
        let mut profile = Profile::default();
        profile.learn(&origin("phone", "192.0.2.7", Some(berlin.clone())), UnixMillis(0));
        for (device, place, hours, expected) in [
            ("phone", &berlin, 1, None),
            ("laptop", &berlin, 1, Some(Level::Low)),
            ("phone", &sydney, 48, Some(Level::Low)),
            ("laptop", &sydney, 48, Some(Level::Medium)),
            ("phone", &sydney, 3, Some(Level::High)),
        ] {
            let origin = origin(device, "198.51.100.1", Some(place.clone()));
            let found = signs(&profile, &origin, UnixMillis(hours * HOUR));
            assert_eq!(level(&found), expected, "{device} {} {hours}", place.city);
        }
        assert!((distance_km((52.5, 13.4), (-33.9, 151.2)) - 16_090.0).abs() < 100.0);
    }

    #[test]
    fn what_was_not_the_user_is_forgotten() {
        let mut profile = Profile::default();
        let home = origin("phone", "192.0.2.7", None);
        let away = origin("laptop", "198.51.100.1", None);
        profile.learn(&home, UnixMillis(0));
        profile.learn(&away, UnixMillis(1));
        profile.unlearn(&away);
        assert_eq!(
            signs(&profile, &away, UnixMillis(2)),
            [Sign::NewDevice, Sign::NewPlace]
        );
        assert_eq!(signs(&profile, &home, UnixMillis(2)), []);
        for at in 0..50 {
            remember(&mut profile.devices, Some(at.to_string()));
        }
        assert_eq!(profile.devices.len(), REMEMBERED);
    }

    #[test]
    fn ranges_hold_addresses_of_their_kind() {
        let list = ["10.0.0.0/8".to_owned(), "2001:db8::/32".to_owned()];
        assert_eq!(bad_range(&list), None);
        for (address, inside) in [
            ("10.1.2.3", true),
            ("11.0.0.0", false),
            ("2001:db8:1::1", true),
            ("::1", false),
            ("::ffff:10.1.2.3", true),
        ] {
            assert_eq!(is_in(&list, address.parse().unwrap()), inside, "{address}");
        }
        let mapped = ["::ffff:10.0.0.0/104".to_owned()];
        assert!(is_in(&mapped, "10.1.2.3".parse().unwrap()));
        assert!(!is_in(&mapped, "11.1.2.3".parse().unwrap()));
        for bad in ["10.0.0.0", "10.0.0.0/33", "x/8"] {
            assert!(bad_range(&[bad.to_owned()]).is_some(), "{bad}");
        }
    }
}
