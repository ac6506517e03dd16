//! Who is signed in, known at once on both sides: the server reads the request, the browser what the
//! server wrote into the page.

use leptos::prelude::*;
use model::{account::Person, id::ConnectionId};
use serde::{Deserialize, Serialize};

/// What the server knew when it rendered the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub person: Option<Person>,
    /// The connection last used in this browser.
    pub connection: Option<ConnectionId>,
}

/// The cookie that keeps the connection last used.
pub const CONNECTION_COOKIE: &str = "querent-connection";

/// The signed-in person, if any. In context, `Copy`.
#[derive(Clone, Copy)]
pub struct Session {
    start: StoredValue<Start>,
}

impl Session {
    /// Reads who is asking: once, in `App`.
    pub fn provide() {
        let start = SharedValue::new(read).into_inner();
        provide_context(Self { start: StoredValue::new(start) });
    }

    #[must_use]
    pub fn get() -> Self {
        expect_context()
    }

    #[must_use]
    pub fn person(self) -> Option<Person> {
        self.start.with_value(|start| start.person.clone())
    }

    #[must_use]
    pub fn connection(self) -> Option<ConnectionId> {
        self.start.with_value(|start| start.connection)
    }
}

#[cfg(feature = "ssr")]
fn read() -> Start {
    let person = crate::backend::caller().ok().and_then(|caller| caller.person);
    let connection = cookie(CONNECTION_COOKIE).and_then(|text| text.parse().ok());
    Start { person, connection }
}

#[cfg(not(feature = "ssr"))]
fn read() -> Start {
    Start::default()
}

/// A cookie of the request being answered.
#[cfg(feature = "ssr")]
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    parts
        .headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_string())
}
