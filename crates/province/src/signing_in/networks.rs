//! In which city a network is, as far as the operator has said so, and whether two browsers are near each other.
//! It does not know people, and keeps no address.

use crate::Province;
use crate::signing_in::Browser;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Most lines of a table of networks.
const LINES_MAX: usize = 100_000;

/// Networks and the regions that they are in.
#[derive(Debug, Default)]
pub struct Networks(Vec<(IpNet, Region)>);

/// Where a network is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Six digits (GB/T 2260).
    pub code: String,
    /// What people call it, such as 济南 Jinan; the code where nobody said.
    pub name: String,
}

/// How near two browsers are by their networks (R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    /// One network, or one city.
    Here,
    /// Two cities, or nobody knows: the person is asked once more.
    Unsure,
    /// Two provinces.
    Far,
}

impl Networks {
    /// Reads `prefix,region,name` lines, such as `10.1.0.0/16,370100,济南 Jinan`; empty lines and those with `#` are left out.
    ///
    /// # Errors
    /// The number of the first line that can't be read.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut rows = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut parts = line.splitn(3, ',').map(str::trim);
            let (net, code) = (parts.next().ok_or(at + 1)?, parts.next().ok_or(at + 1)?);
            let net: IpNet = net.parse().map_err(|_| at + 1)?;
            if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) || rows.len() >= LINES_MAX {
                return Err(at + 1);
            }
            let name = parts.next().filter(|name| !name.is_empty()).unwrap_or(code);
            rows.push((net.trunc(), Region { code: code.to_owned(), name: name.to_owned() }));
        }
        // The narrowest network that holds an address is the one that counts.
        rows.sort_by_key(|(net, _)| std::cmp::Reverse(net.prefix_len()));
        Ok(Self(rows))
    }

    fn region_of(&self, address: IpAddr) -> Option<&Region> {
        let address = address.to_canonical();
        self.0.iter().find(|(net, _)| net.contains(&address)).map(|(_, region)| region)
    }
}

impl Province {
    /// Says in which regions networks are.
    #[must_use]
    pub fn with_networks(self, networks: Networks) -> Self {
        Self { networks, ..self }
    }

    /// The region of an address; None where nobody said it.
    #[must_use]
    pub fn region_of(&self, address: IpAddr) -> Option<Region> {
        self.networks.region_of(address).cloned()
    }
}

/// How near are the browser that shows a picture and the one that read it?
pub(crate) fn near(network: &str, region: Option<&Region>, reader: &Browser) -> Near {
    if !network.is_empty() && network == reader.network {
        return Near::Here;
    }
    let part = |region: Option<&Region>, digits: usize| region.and_then(|it| it.code.get(..digits)).map(str::to_owned);
    let (ours, theirs) = (region, reader.region.as_ref());
    match (part(ours, 2), part(theirs, 2)) {
        (Some(a), Some(b)) if a != b => Near::Far,
        (Some(_), Some(_)) if part(ours, 4) == part(theirs, 4) => Near::Here,
        _ => Near::Unsure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_network_counts_and_lines_that_are_wrong_are_named() {
        let table = "# Shandong\n10.0.0.0/8,370000\n10.2.0.0/16,370200, 青岛 Qingdao\n\n2001:db8::/32,110000\n";
        let known = Networks::parse(table).unwrap();
        let region = |address: &str| known.region_of(address.parse().unwrap()).map(|it| it.name.as_str());
        assert_eq!(region("10.2.3.4"), Some("青岛 Qingdao"));
        assert_eq!(region("::ffff:10.9.3.4"), Some("370000"));
        assert_eq!(region("2001:db8:1::9"), Some("110000"));
        assert_eq!(region("192.0.2.1"), None);
        for (text, line) in [("10.0.0.0/8", 1), ("\n10.0.0.0/99,370000", 2), ("10.0.0.0/8,37", 1), ("x,370000", 1)] {
            assert_eq!(Networks::parse(text).unwrap_err(), line, "{text}");
        }
    }

    #[test]
    fn decision_table() {
        let table = [
            ("192.0.2.0/24", None, "192.0.2.0/24", None, Near::Here),
            ("192.0.2.0/24", None, "198.51.100.0/24", None, Near::Unsure),
            ("", None, "", None, Near::Unsure),
            ("a", Some("370102"), "b", Some("370103"), Near::Here),
            ("a", Some("370100"), "b", Some("370200"), Near::Unsure),
            ("a", Some("370100"), "b", None, Near::Unsure),
            ("a", Some("370100"), "b", Some("110000"), Near::Far),
        ];
        let of = |code: Option<&str>| code.map(|code| Region { code: code.to_owned(), name: code.to_owned() });
        for (network, region, reader_network, reader_region, expected) in table {
            let reader =
                Browser { network: reader_network.to_owned(), region: of(reader_region), ..Browser::default() };
            assert_eq!(near(network, of(region).as_ref(), &reader), expected, "{network} {region:?} {reader_network}");
        }
    }
}
