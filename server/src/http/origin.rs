//! The origin check: nothing changes because another site's page made a browser ask for it.
//!
//! Every request but GET, HEAD and OPTIONS must show where it comes from:
//!
//! - `Sec-Fetch-Site`, which pages cannot set, must be `same-origin` when it is there;
//! - `Origin` must be the public URL, or (without one) name the host that the request was sent to;
//! - a request with neither header is refused. A browser always sends one of them. A program that
//!   uses a session's cookie sends `Origin: <the server's address>`, which shows that it knows what
//!   it does; a cookie alone is not enough.
//!
//! GET is never used to change anything, so that it needs no check.

use super::{peer::Peer, problem::ApiError};
use crate::{config::http::HttpConfig, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use model::error::ProblemCode;

/// The layer.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let peer = Peer::of(&parts, &state.config.http);
    match judge(&parts.headers, &peer, &state.config.http) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(why) => ApiError::new(ProblemCode::Forbidden, why.message())
            .hint(why.hint(&state.config.http))
            .into_response(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Foreign,
    Unknown,
}

impl Refusal {
    fn message(self) -> &'static str {
        match self {
            Self::Foreign => "This request comes from another site.",
            Self::Unknown => "This request does not say where it comes from.",
        }
    }

    fn hint(self, config: &HttpConfig) -> String {
        match (self, &config.public_url) {
            (Self::Foreign, Some(url)) => format!("Open Querent at {url}, its public address."),
            (Self::Foreign, None) => {
                "Behind a proxy that changes the Host header, set QUERENT_PUBLIC_URL.".to_owned()
            }
            (Self::Unknown, _) => "Send an Origin header with Querent's own address.".to_owned(),
        }
    }
}

fn judge(headers: &HeaderMap, peer: &Peer, config: &HttpConfig) -> Result<(), Refusal> {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return Err(Refusal::Foreign);
    }
    match headers.get(header::ORIGIN) {
        Some(origin) if is_ours(origin.to_str().unwrap_or_default(), peer, config) => Ok(()),
        Some(_) => Err(Refusal::Foreign),
        None if site.is_some() => Ok(()),
        None => Err(Refusal::Unknown),
    }
}

fn is_ours(origin: &str, peer: &Peer, config: &HttpConfig) -> bool {
    if let Some(url) = &config.public_url {
        return url.is_origin(origin);
    }
    let Some(host) = &peer.host else { return false };
    let named = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    named.is_some_and(|named| named.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Variables};

    fn verdict(public: Option<&str>, pairs: &[(&'static str, &str)]) -> Result<(), Refusal> {
        let variables: Vec<(&str, &str)> =
            public.iter().map(|url| ("QUERENT_PUBLIC_URL", *url)).collect();
        let config = Config::from(&Variables::of(&variables)).unwrap().http;
        let mut request = http::Request::builder().uri("/api/x").header("host", "querent:3000");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        judge(&parts.headers, &Peer::of(&parts, &config), &config)
    }

    #[test]
    fn without_a_public_url_the_host_decides() {
        let (foreign, unknown) = (Err(Refusal::Foreign), Err(Refusal::Unknown));
        for (pairs, expected) in [
            (vec![("origin", "http://querent:3000")], Ok(())),
            (vec![("origin", "https://querent:3000")], Ok(())),
            (vec![("origin", "HTTP://QUERENT:3000")], foreign),
            (vec![("origin", "http://Querent:3000")], Ok(())),
            (vec![("origin", "http://querent")], foreign),
            (vec![("origin", "http://evil.example")], foreign),
            (vec![("origin", "http://querent:3000.evil.example")], foreign),
            (vec![("origin", "null")], foreign),
            (vec![("origin", "")], foreign),
            (vec![], unknown),
            (vec![("sec-fetch-site", "same-origin")], Ok(())),
            (vec![("sec-fetch-site", "same-site")], foreign),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "http://querent:3000")], foreign),
            (vec![("sec-fetch-site", "none")], foreign),
            (vec![("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")], foreign),
        ] {
            assert_eq!(verdict(None, &pairs), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_public_url_decides_alone() {
        let public = Some("https://q.example");
        assert_eq!(verdict(public, &[("origin", "https://q.example")]), Ok(()));
        assert_eq!(verdict(public, &[("origin", "http://q.example")]), Err(Refusal::Foreign));
        assert_eq!(verdict(public, &[("origin", "http://querent:3000")]), Err(Refusal::Foreign));
    }

    #[test]
    fn forwarded_headers_count_from_trusted_proxies_only() {
        let config = |proxies: &str| {
            Config::from(&Variables::of(&[("QUERENT_TRUSTED_PROXY", proxies)])).unwrap().http
        };
        let request = || {
            let mut request = http::Request::builder()
                .header("host", "inner:1")
                .header("x-forwarded-for", "6.6.6.6, 8.8.8.8, 10.0.0.2")
                .header("x-forwarded-host", "outer.example")
                .header("x-forwarded-proto", "https")
                .body(())
                .unwrap();
            let socket: std::net::SocketAddr = "10.0.0.1:99".parse().unwrap();
            request.extensions_mut().insert(axum::extract::ConnectInfo(socket));
            request.into_parts().0
        };
        let peer = Peer::of(&request(), &config("10.0.0.0/8"));
        assert_eq!(peer.address.to_string(), "8.8.8.8");
        assert_eq!((peer.host.as_deref(), peer.https), (Some("outer.example"), true));
        let peer = Peer::of(&request(), &config("192.168.0.1"));
        assert_eq!(peer.address.to_string(), "10.0.0.1");
        assert_eq!((peer.host.as_deref(), peer.https), (Some("inner:1"), false));
    }
}
