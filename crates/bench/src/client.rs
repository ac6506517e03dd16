//! A lean HTTP client: one kept-alive line to the server, the session's cookie on every request.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response, StatusCode, body::Incoming, header};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Who asks: the server's address and the cookie of a session.
#[derive(Clone)]
pub struct Session {
    pub address: SocketAddr,
    cookie: String,
}

impl Session {
    /// Signs in through the door people use.
    pub async fn log_in(address: SocketAddr, email: &str, password: &str) -> Result<Self> {
        let stranger = Self { address, cookie: String::new() };
        let body = serde_json::json!({ "email": email, "password": password });
        Self::begin(&stranger, "/api/account/log_in", &body).await
    }

    /// Sends what starts a session, and keeps the cookie of the answer.
    pub async fn begin(stranger: &Self, path: &str, body: &impl Serialize) -> Result<Self> {
        let mut line = stranger.line().await?;
        let response = line.send(path, serde_json::to_vec(body)?.into()).await?;
        let status = response.status();
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let pairs = cookies.filter_map(|value| value.to_str().ok()?.split(';').next());
        let cookie = pairs.collect::<Vec<_>>().join("; ");
        if status != StatusCode::OK || cookie.is_empty() {
            let text = response.into_body().collect().await?.to_bytes();
            bail!("{path} answered {status}: {}", String::from_utf8_lossy(&text));
        }
        Ok(Self { address: stranger.address, cookie })
    }

    pub fn stranger(address: SocketAddr) -> Self {
        Self { address, cookie: String::new() }
    }

    /// The cookie as a browser would send it.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    pub async fn line(&self) -> Result<Line> {
        let stream = TcpStream::connect(self.address).await.context("connecting to the server")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends when the sender is dropped; errors reach the sender as well.
        tokio::spawn(async move { drop(connection.await) });
        let origin = format!("http://{}", self.address);
        Ok(Line { sender, origin, cookie: self.cookie.clone() })
    }

    /// One call of a server function on a line of its own.
    pub async fn call<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        let answer = self.line().await?.post(path, serde_json::to_vec(body)?.into()).await?;
        serde_json::from_slice(&answer).with_context(|| {
            format!("understanding what {path} answered: {}", String::from_utf8_lossy(&answer))
        })
    }
}

pub struct Line {
    sender: SendRequest<Full<Bytes>>,
    origin: String,
    cookie: String,
}

impl Line {
    /// Sends a JSON body, and gives the whole body of a good answer.
    pub async fn post(&mut self, path: &str, body: Bytes) -> Result<Bytes> {
        let response = self.send(path, body).await?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        if status != StatusCode::OK {
            bail!("{path} answered {status}: {}", String::from_utf8_lossy(&bytes));
        }
        Ok(bytes)
    }

    /// Reads a body to its end and gives only its length.
    pub async fn drain(&mut self, path: &str, body: Bytes) -> Result<u64> {
        let response = self.send(path, body).await?;
        if response.status() != StatusCode::OK {
            bail!("{path} answered {}", response.status());
        }
        let mut body = response.into_body();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame?.data_ref().map_or(0, |data| data.len() as u64);
        }
        Ok(length)
    }

    pub async fn get(&mut self, path: &str) -> Result<Response<Incoming>> {
        let request = self.request("GET", path).body(Full::default())?;
        self.dispatch(path, request).await
    }

    async fn send(&mut self, path: &str, body: Bytes) -> Result<Response<Incoming>> {
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ORIGIN, &self.origin)
            .body(Full::new(body))?;
        self.dispatch(path, request).await
    }

    fn request(&self, method: &str, path: &str) -> hyper::http::request::Builder {
        let host = self.origin.trim_start_matches("http://");
        let request = Request::builder().method(method).uri(path).header(header::HOST, host);
        if self.cookie.is_empty() { request } else { request.header(header::COOKIE, &self.cookie) }
    }

    async fn dispatch(
        &mut self,
        path: &str,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>> {
        self.sender.ready().await?;
        self.sender.send_request(request).await.with_context(|| format!("asking {path}"))
    }
}
