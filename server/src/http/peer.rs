//! Who is at the other end, through proxies that the installation trusts.

use crate::config::http::HttpConfig;
use axum::extract::ConnectInfo;
use http::{HeaderMap, header, request::Parts};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What is known of the client and of the address it used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's own address.
    pub address: IpAddr,
    /// The host and port as the client wrote them; `None`: it did not.
    pub host: Option<String>,
    /// Is the client's line encrypted, as far as the server can know?
    pub https: bool,
}

impl Peer {
    #[must_use]
    pub fn of(parts: &Parts, config: &HttpConfig) -> Self {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let socket = socket.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
        let own_host = text(&parts.headers, header::HOST.as_str())
            .or_else(|| parts.uri.authority().map(|authority| authority.to_string()));
        let public = config.public_url.as_ref().is_some_and(|url| url.https);
        if !config.trusts(socket) {
            return Self { address: socket, host: own_host, https: public };
        }
        let forwarded = |name: &str| {
            text(&parts.headers, name)
                .and_then(|value| value.split(',').next_back().map(|last| last.trim().to_owned()))
        };
        Self {
            address: client(&parts.headers, config).unwrap_or(socket),
            host: forwarded("x-forwarded-host").or(own_host),
            https: public || forwarded("x-forwarded-proto").as_deref() == Some("https"),
        }
    }
}

/// The last address in `X-Forwarded-For` that is not a trusted proxy: what stands before it, the
/// client may have made up.
fn client(headers: &HeaderMap, config: &HttpConfig) -> Option<IpAddr> {
    let lists = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> = lists
        .flat_map(|list| list.split(','))
        .map(|hop| hop.trim().parse().ok())
        .collect::<Option<_>>()?;
    hops.iter().rev().find(|hop| !config.trusts(**hop)).or(hops.first()).copied()
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
