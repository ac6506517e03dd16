//! What accounts are made of: password hashes, throttling, and the tokens of links.

pub mod passwords;
pub mod throttle;
pub mod tokens;

use passwords::Passwords;
use store::seal::Keyring;
use throttle::Throttle;
use tokens::Tokens;

/// Shared by everything that deals with accounts. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    pub passwords: Passwords,
    pub throttle: Throttle,
    pub tokens: Tokens,
}

impl Accounts {
    #[must_use]
    pub fn new(keyring: &Keyring) -> Self {
        Self {
            passwords: Passwords::new(),
            throttle: Throttle::default(),
            tokens: Tokens::new(keyring),
        }
    }
}
