//! The tokens of links: signed, with an end, and good for one purpose.
//!
//! Whether a link was used already is in the store; the token only carries its number. The signing
//! key is derived from the keyring.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use model::{
    error::{Problem, ProblemCode},
    id::InviteId,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::seal::Keyring;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    SetUp,
    /// An invitation or a reset: which of them, the store knows.
    Password,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    jti: InviteId,
    purpose: Purpose,
    /// Seconds since the epoch.
    exp: i64,
}

/// Signs and reads tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    keys: Arc<(EncodingKey, DecodingKey)>,
}

impl Tokens {
    pub(super) fn new(keyring: &Keyring) -> Self {
        let key = keyring.derive("links");
        let secret = key.expose_secret();
        Self {
            keys: Arc::new((EncodingKey::from_secret(secret), DecodingKey::from_secret(secret))),
        }
    }

    /// # Errors
    /// `Internal`.
    pub fn sign(
        &self,
        link: InviteId,
        purpose: Purpose,
        expires_at_ms: i64,
    ) -> Result<String, Problem> {
        let claims = Claims { jti: link, purpose, exp: expires_at_ms / 1_000 };
        encode(&Header::new(Algorithm::HS256), &claims, &self.keys.0)
            .map_err(|error| crate::http::problem::internal(&error, "sign a link"))
    }

    /// The link's number.
    ///
    /// # Errors
    /// `NotFound` for a token that is not ours, is for something else, or has expired: whoever made
    /// it up learns nothing.
    pub fn read(&self, token: &str, purpose: Purpose) -> Result<InviteId, Problem> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        let claims = decode::<Claims>(token, &self.keys.1, &validation);
        match claims {
            Ok(data) if data.claims.purpose == purpose => Ok(data.claims.jti),
            _ => Err(gone()),
        }
    }
}

/// What is said of every link that does not work, whatever the reason.
#[must_use]
pub fn gone() -> Problem {
    Problem::new(ProblemCode::NotFound, "This link is unknown, has been used, or has expired.")
        .hint("Ask your administrator for a new one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUTURE: i64 = 9_999_999_999_000;

    #[test]
    fn tokens_work_for_their_purpose_key_and_time() {
        let tokens = Tokens::new(&Keyring::random());
        let id = InviteId::generate();
        let token = tokens.sign(id, Purpose::Password, FUTURE).unwrap();
        assert_eq!(tokens.read(&token, Purpose::Password), Ok(id));
        assert_eq!(tokens.read(&token, Purpose::SetUp), Err(gone()));
        assert_eq!(Tokens::new(&Keyring::random()).read(&token, Purpose::Password), Err(gone()));
        let old = tokens.sign(id, Purpose::Password, 1_000).unwrap();
        assert_eq!(tokens.read(&old, Purpose::Password), Err(gone()));
    }

    #[test]
    fn made_up_tokens_are_refused() {
        let tokens = Tokens::new(&Keyring::random());
        let token = tokens.sign(InviteId::generate(), Purpose::SetUp, FUTURE).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        for bad in [
            String::new(),
            "a.b.c".to_owned(),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.{}", parts[0], parts[1], parts[2].to_uppercase()),
            "\u{0}".repeat(100_000),
        ] {
            assert_eq!(tokens.read(&bad, Purpose::SetUp), Err(gone()));
        }
    }
}
