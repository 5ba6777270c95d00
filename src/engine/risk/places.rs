//! Which place an address is at: a table in the data folder, `places.csv`.
//!
//! Nothing outside is asked. Each line of the table has `range,country,city,timezone,latitude,
//! longitude`, the last three of which may be empty; the smallest range that holds an address
//! decides. A line that is none is left out. The table is read anew when its file changes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use ipnet::IpNet;
use tracing::warn;

use crate::rules::risk::Place;

/// The name of the table in the data folder.
pub const FILE: &str = "places.csv";

/// The table as it was last read.
#[derive(Default)]
pub struct Places {
    read: RwLock<(Option<SystemTime>, Arc<Table>)>,
}

impl Places {
    /// Returns the place of an address; `None` when the table has none, or there is no table.
    ///
    /// Reads the file when it has changed: call it off the async threads.
    pub fn of(&self, data_dir: &Path, address: IpAddr) -> Option<Place> {
        self.table(&data_dir.join(FILE)).of(address)
    }

    fn table(&self, path: &Path) -> Arc<Table> {
        let changed_at = std::fs::metadata(path).and_then(|it| it.modified()).ok();
        {
            let read = self
                .read
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if read.0 == changed_at {
                return Arc::clone(&read.1);
            }
        }
        let table = Arc::new(match changed_at.map(|_| std::fs::read(path)) {
            Some(Ok(bytes)) => Table::parse(&bytes),
            Some(Err(reason)) => {
                warn!(%reason, "the table of places cannot be read");
                Table::default()
            }
            None => Table::default(),
        });
        let mut read = self
            .read
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *read = (changed_at, Arc::clone(&table));
        table
    }
}

/// Ranges and their places.
#[derive(Default)]
struct Table {
    ranges: BTreeMap<IpNet, Place>,
    /// The lengths that ranges have: of IPv4 (`false`) and of IPv6 (`true`).
    lengths: BTreeSet<(bool, u8)>,
}

impl Table {
    fn parse(bytes: &[u8]) -> Self {
        let mut table = Self::default();
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(bytes);
        for row in rows.records().flatten() {
            let Some(Ok(range)) = row.get(0).map(str::parse::<IpNet>) else {
                continue;
            };
            let text = |at: usize| row.get(at).unwrap_or_default().to_owned();
            let degrees = |at: usize, most: f64| {
                let number = row.get(at)?.parse::<f64>().ok()?;
                (number.abs() <= most).then_some(number)
            };
            let place = Place {
                country: text(1),
                city: text(2),
                timezone: text(3),
                coordinates: degrees(4, 90.0).zip(degrees(5, 180.0)),
            };
            let range = range.trunc();
            table.lengths.insert((range.addr().is_ipv6(), range.prefix_len()));
            table.ranges.insert(range, place);
        }
        table
    }

    fn of(&self, address: IpAddr) -> Option<Place> {
        self.lengths
            .iter()
            .rev()
            .filter(|(is_v6, _)| *is_v6 == address.is_ipv6())
            .find_map(|(_, length)| {
                let range = IpNet::new(address, *length).ok()?.trunc();
                self.ranges.get(&range)
            })
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_range_decides() {
        let table = Table::parse(
            b"# range,country,city,timezone,latitude,longitude\n\
              10.0.0.0/8,DE,Berlin,Europe/Berlin,52.5,13.4\n\
              10.1.0.0/16, AU, Sydney,,-33.9,151.2\n\
              2001:db8::/32,US\n\
              nonsense,XX\n\
              10.2.0.0/16,XX,Far,,1000,0\n",
        );
        let city = |address: &str| table.of(address.parse().unwrap()).map(|place| place.city);
        assert_eq!(city("10.9.9.9").as_deref(), Some("Berlin"));
        assert_eq!(city("10.1.2.3").as_deref(), Some("Sydney"));
        assert_eq!(city("192.0.2.1"), None);
        let v6 = table.of("2001:db8::1".parse().unwrap()).unwrap();
        assert_eq!((v6.country.as_str(), v6.coordinates), ("US", None));
        assert_eq!(table.of("10.2.0.1".parse().unwrap()).unwrap().coordinates, None);
    }

    #[test]
    fn a_changed_table_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::default();
        let address = "192.0.2.1".parse().unwrap();
        assert_eq!(places.of(folder.path(), address), None);
        std::fs::write(folder.path().join(FILE), "192.0.2.0/24,DE,Berlin\n").unwrap();
        assert_eq!(places.of(folder.path(), address).unwrap().city, "Berlin");
        std::fs::remove_file(folder.path().join(FILE)).unwrap();
        assert_eq!(places.of(folder.path(), address), None);
    }
}
