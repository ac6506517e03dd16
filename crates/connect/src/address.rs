//! Which servers may be connected: a connection form is a door into the network behind Querent.

use crate::ConnectError;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

/// Loopback, which a configuration may allow.
const HERE: &str = "this machine itself";
const RESOLVE: Duration = Duration::from_secs(5);

/// A host and port that an admin typed.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    allow_loopback: bool,
}

impl Address {
    /// Refuses what is no host name: a path would be a socket file on this machine.
    pub(crate) fn new(host: &str, port: u16, allow_loopback: bool) -> Result<Self, ConnectError> {
        let host = host.trim().trim_start_matches('[').trim_end_matches(']');
        let spelled = host.len() <= 253
            && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'));
        if host.is_empty() || !spelled || port == 0 {
            return Err(ConnectError::NotAllowed {
                reason: format!("'{host}:{port}' is not a host name or address with a port"),
            });
        }
        Ok(Self { host: host.to_owned(), port, allow_loopback })
    }

    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Resolves the name once; the answer is what gets connected. One forbidden address among
    /// several refuses all: a name that means both a public and a private place is a trick.
    pub(crate) async fn resolve(&self) -> Result<Vec<IpAddr>, ConnectError> {
        let unreachable =
            |message: String| ConnectError::Unreachable { place: self.place(), message };
        let lookup = tokio::net::lookup_host((self.host.as_str(), self.port));
        let found = tokio::time::timeout(RESOLVE, lookup)
            .await
            .map_err(|_| unreachable("the name server does not answer".to_owned()))?
            .map_err(|_| unreachable("the host name is not known".to_owned()))?;
        let mut addresses: Vec<IpAddr> = found.map(|socket| socket.ip()).collect();
        addresses.dedup();
        for address in &addresses {
            if let Some(what) = forbidden(*address, self.allow_loopback) {
                let unless = if what == HERE {
                    " unless QUERENT_ALLOW_LOOPBACK_DATABASES=true is set where it runs"
                } else {
                    ""
                };
                return Err(ConnectError::NotAllowed {
                    reason: format!(
                        "{} is {what} ({address}); Querent does not connect there{unless}",
                        self.host
                    ),
                });
            }
        }
        if addresses.is_empty() {
            return Err(unreachable("the host name has no address".to_owned()));
        }
        Ok(addresses)
    }
}

/// What kind of forbidden place an address is.
fn forbidden(address: IpAddr, allow_loopback: bool) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => forbidden_v4(v4, allow_loopback),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => forbidden_v4(v4, allow_loopback),
            None => forbidden_v6(v6, allow_loopback),
        },
    }
}

fn forbidden_v4(address: Ipv4Addr, allow_loopback: bool) -> Option<&'static str> {
    // Clouds serve credentials here: Alibaba and Oracle outside the link-local range.
    let metadata = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
    if address.is_link_local() {
        Some("a link-local address, where clouds keep their metadata")
    } else if metadata.contains(&address) {
        Some("a cloud's metadata address")
    } else if address.is_loopback() && !allow_loopback {
        Some(HERE)
    } else if address.octets()[0] == 0 || address.is_broadcast() || address.is_multicast() {
        Some("not a server's address")
    } else {
        None
    }
}

fn forbidden_v6(address: Ipv6Addr, allow_loopback: bool) -> Option<&'static str> {
    let aws_metadata = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    if address.segments()[0] & 0xffc0 == 0xfe80 {
        Some("a link-local address")
    } else if address == aws_metadata {
        Some("a cloud's metadata address")
    } else if address.is_loopback() && !allow_loopback {
        Some(HERE)
    } else if address.is_unspecified() || address.is_multicast() {
        Some("not a server's address")
    } else {
        None
    }
}

/// The IPv4 address behind a mapped, 6to4 or NAT64 one.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, .., y, z] = address.segments();
    let pair = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0x2002, _) => Some(pair(b, c)),
        (0x0064, 0xff9b) => Some(pair(y, z)),
        _ => address.to_ipv4_mapped(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, allow_loopback: bool, allowed: bool) {
        let refused = forbidden(address.parse().unwrap(), allow_loopback);
        assert_eq!(refused.is_none(), allowed, "{address}: {refused:?}");
    }

    #[test]
    fn addresses() {
        for address in [
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "0.0.0.0",
            "0.1.2.3",
            "255.255.255.255",
            "224.0.0.1",
            "fe80::1",
            "fd00:ec2::254",
            "::",
            "ff02::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::",
        ] {
            check(address, true, false);
        }
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            check(address, false, false);
            check(address, true, true);
        }
        for address in ["10.0.0.5", "192.168.1.1", "8.8.8.8", "fd12::1", "2001:db8::1"] {
            check(address, false, true);
        }
    }

    #[test]
    fn hosts() {
        for host in ["", " ", "/var/run/postgresql", "a b", "a;b", "a\0", "x?sslrootcert=y", "a@b"]
        {
            assert!(Address::new(host, 5432, true).is_err(), "{host:?}");
        }
        for host in ["db", "db.example.com", "10.0.0.1", "[::1]", "::1", "bücher.example"] {
            assert!(Address::new(host, 5432, true).is_ok(), "{host:?}");
        }
        assert!(Address::new("db", 0, true).is_err());
    }

    #[tokio::test]
    async fn localhost_needs_permission() {
        let refused = Address::new("localhost", 5432, false).unwrap().resolve().await;
        let Err(ConnectError::NotAllowed { reason }) = refused else { panic!("{refused:?}") };
        assert!(reason.contains("QUERENT_ALLOW_LOOPBACK_DATABASES=true"), "{reason}");
        assert!(Address::new("localhost", 5432, true).unwrap().resolve().await.is_ok());
    }
}
