//! A browser, as far as the server can tell: keeps its cookies, sends its origin.

use model::{
    account::Person,
    error::{Problem, ProblemCode},
};
use reqwest::{
    Method, StatusCode,
    header::{COOKIE, HeaderMap, ORIGIN, SET_COOKIE},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// One browser.
pub struct Client {
    http: reqwest::Client,
    url: String,
    /// What is sent as `Origin`; `None`: nothing.
    pub origin: Option<String>,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What the server answered, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Method and path, for messages.
    pub asked: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    #[must_use]
    pub fn new(url: &str) -> Self {
        // reqwest wants one even for plain HTTP; an error means that there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().expect("a plain client needs nothing"),
            url: url.to_owned(),
            origin: Some(url.to_owned()),
            cookies: Mutex::default(),
        }
    }

    /// Another browser with a copy of the cookies.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self::new(&self.url);
        *copy.cookies.lock().unwrap_or_else(PoisonError::into_inner) =
            self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        copy
    }

    /// The value of a cookie that the server set.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// # Panics
    /// When the server does not answer.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Vec::new()).await
    }

    /// Posts JSON.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).expect("test data is JSON");
        self.send("POST", path, &[("content-type", "application/json")], body).await
    }

    /// Sends anything.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let asked = format!("{method} {path}");
        let method = Method::from_bytes(method.as_bytes()).expect("a method is a word");
        let mut request = self.http.request(method, format!("{}{path}", self.url)).body(body);
        if let Some(origin) = &self.origin {
            request = request.header(ORIGIN, origin);
        }
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        self.keep_cookies(response.headers());
        Answer {
            asked,
            status: response.status(),
            headers: response.headers().clone(),
            body: response.bytes().await.map(Vec::from).unwrap_or_default(),
        }
    }

    /// Signs in through the door people use.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/account/log_in", &json!({ "email": email, "password": password })).await
    }

    /// Who the server thinks this is.
    ///
    /// # Panics
    /// When the server does not answer as expected.
    pub async fn whoami(&self) -> Option<Person> {
        self.post("/api/account/current", &json!({})).await.expect_status(200).json()
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<String> = cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for header in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let Some((name, value)) = header.split(';').next().and_then(|p| p.split_once('='))
            else {
                continue;
            };
            if value.is_empty() || header.to_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Answer {
    /// # Panics
    /// When the status is another one.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text());
        self
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// # Panics
    /// When the body is something else.
    #[track_caller]
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error} in {}", self.asked, self.text()))
    }

    /// The problem in the body, with the status that belongs to it.
    ///
    /// # Panics
    /// When the answer is no problem of this kind.
    #[track_caller]
    pub fn expect_problem(&self, code: ProblemCode) -> Problem {
        let problem: Problem = self.json();
        assert_eq!((problem.code, self.status.as_u16()), (code, code.status()), "{}", self.asked);
        problem
    }

    /// A header's text; empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
