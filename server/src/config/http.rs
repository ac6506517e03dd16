//! Where the server listens, and how it is reached.

use super::{ConfigError, Variables};
use http::{Uri, uri::Authority};
use ipnet::IpNet;
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// `QUERENT_ADDRESS`, by default `127.0.0.1:3000`.
    pub address: SocketAddr,
    /// `QUERENT_PUBLIC_URL`: how browsers reach the server, when that is fixed. Behind TLS it should
    /// be set: cookies are then marked as secure and only this origin may change anything.
    pub public_url: Option<PublicUrl>,
    /// `QUERENT_TRUSTED_PROXY`: whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `QUERENT_SITE_ROOT`: the built site; by default `site` beside the binary.
    pub site_root: PathBuf,
}

/// A scheme and an authority, such as `https://querent.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    pub https: bool,
    pub authority: Authority,
}

impl HttpConfig {
    pub(super) fn from(variables: &Variables) -> Result<Self, ConfigError> {
        let address = variables
            .parsed("QUERENT_ADDRESS", "an address with a port, such as 127.0.0.1:3000")?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        Ok(Self {
            address,
            public_url: variables.text("QUERENT_PUBLIC_URL").map(PublicUrl::parse).transpose()?,
            trusted_proxies: proxies(variables)?,
            site_root: variables
                .text("QUERENT_SITE_ROOT")
                .map_or_else(beside_the_binary, PathBuf::from),
        })
    }

    /// Are the headers that this peer sets about its client believed?
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|net| net.contains(&peer))
    }
}

impl PublicUrl {
    fn parse(text: &str) -> Result<Self, ConfigError> {
        const NAME: &str = "QUERENT_PUBLIC_URL";
        const FITS: &str = "an address such as https://querent.example.com";
        let uri: Uri = text.parse().map_err(|_| ConfigError::new(NAME, text, FITS))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(ConfigError::new(NAME, text, FITS)),
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(ConfigError::new(NAME, text, "an address without a path"));
        }
        let authority = uri.authority().ok_or_else(|| ConfigError::new(NAME, text, FITS))?;
        Ok(Self { https, authority: authority.clone() })
    }

    /// Is this the value of an `Origin` header from here?
    #[must_use]
    pub fn is_origin(&self, origin: &str) -> bool {
        origin.eq_ignore_ascii_case(&self.to_string())
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http{}://{}", if self.https { "s" } else { "" }, self.authority)
    }
}

fn proxies(variables: &Variables) -> Result<Vec<IpNet>, ConfigError> {
    const NAME: &str = "QUERENT_TRUSTED_PROXY";
    let Some(text) = variables.text(NAME) else { return Ok(Vec::new()) };
    text.split(',')
        .map(str::trim)
        .map(|part| {
            part.parse::<IpNet>()
                .or_else(|_| part.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| ConfigError::new(NAME, text, "addresses or networks with commas between them, such as 127.0.0.1, 10.0.0.0/8"))
        })
        .collect()
}

fn beside_the_binary() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
    beside.unwrap_or_else(|| PathBuf::from("site"))
}
