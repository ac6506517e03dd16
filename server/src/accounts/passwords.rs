//! Passwords: rules for new ones, argon2id hashes, and checking without telling whether there is an
//! account.

use crate::http::problem::internal;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use model::error::{Problem, ProblemCode};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// OWASP's advice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const SHORTEST: usize = 10;
/// Longer ones only make the hash dearer.
const LONGEST_BYTES: usize = 1_000;
/// Hashes that may wait for their turn; each takes some 20 ms of a core.
const WAITING: usize = 64;

/// Passwords of ten characters and more that everybody tries first.
const WORN_OUT: &[&str] = &[
    "0123456789",
    "0987654321",
    "1111111111",
    "1122334455",
    "11223344556677",
    "123123123123",
    "1234567890",
    "12345678910",
    "123456789a",
    "1234567891",
    "123456789q",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "9876543210",
    "a123456789",
    "aa12345678",
    "abc1234567",
    "abcd123456",
    "abcdefghij",
    "administrator",
    "adminadmin",
    "admin12345",
    "admin123456",
    "changeme123",
    "changemenow",
    "correcthorsebatterystaple",
    "iloveyou123",
    "letmein123",
    "letmeinnow",
    "passw0rd123",
    "password01",
    "password10",
    "password11",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "password!23",
    "passwordpassword",
    "p@ssw0rd123",
    "p@ssword123",
    "q1w2e3r4t5",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "querent123",
    "querentquerent",
    "qwerty1234",
    "qwerty12345",
    "qwerty123456",
    "qwertyqwerty",
    "qwertyuiop",
    "qwertyuiop123",
    "secret1234",
    "sunshine123",
    "superadmin1",
    "welcome123",
    "welcome1234",
    "zaq12wsxcde3",
    "zxcvbnm123",
];

/// A hash that no password has, as dear to check as any other.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let bytes: [u8; 32] = store::seal::random();
    hash_now(&bytes).expect("argon2's parameters are constants that fit")
});

/// Hashes and checks on the blocking pool, as many at once as there are cores.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Passwords {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new(cores)), waiting: Arc::default() }
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// `Throttled` when too many wait, `Internal`.
    pub async fn hash(&self, password: SecretString) -> Result<SecretString, Problem> {
        let _turn = self.turn().await?;
        let hashed = tokio::task::spawn_blocking(move || {
            hash_now(password.expose_secret().as_bytes()).map(SecretString::from)
        });
        match hashed.await {
            Ok(Ok(hash)) => Ok(hash),
            Ok(Err(error)) => Err(internal(&error, "hash a password")),
            Err(error) => Err(internal(&error, "hash a password")),
        }
    }

    /// Is this the password? Without a hash (no such account) the answer is no and takes as long.
    ///
    /// # Errors
    /// `Throttled` when too many wait, `Internal`.
    pub async fn check(
        &self,
        password: SecretString,
        hash: Option<SecretString>,
    ) -> Result<bool, Problem> {
        let _turn = self.turn().await?;
        let checked = tokio::task::spawn_blocking(move || {
            let is_account = hash.is_some();
            let text = hash.unwrap_or_else(|| SecretString::from(NOBODYS.as_str()));
            let Ok(parsed) = PasswordHash::new(text.expose_secret()) else { return false };
            let fits =
                argon2().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
            fits && is_account
        });
        checked.await.map_err(|error| internal(&error, "check a password"))
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            let message = "Too many people sign in at this moment.";
            return Err(
                Problem::new(ProblemCode::Throttled, message).hint("Try again in 2 seconds.")
            );
        }
        let turn = self.turns.acquire().await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        turn.map_err(|error| internal(&error, "wait for a turn"))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    argon2().hash_password(password).map(|hash| hash.to_string())
}

/// May this become somebody's password?
///
/// # Errors
/// `Invalid`, with the rule that it breaks.
pub fn acceptable(password: &SecretString, email: &str) -> Result<(), Problem> {
    let text = password.expose_secret();
    let refuse = |message: &str| {
        Err(Problem::new(ProblemCode::Invalid, message)
            .hint("Three or four unrelated words make a good one."))
    };
    if text.chars().count() < SHORTEST {
        return refuse("The password needs at least 10 characters.");
    }
    if text.len() > LONGEST_BYTES {
        return refuse("The password is longer than 1,000 bytes.");
    }
    let lower = text.to_lowercase();
    let email = email.trim().to_lowercase();
    let name = email.split('@').next().unwrap_or_default();
    if lower == email || (name.len() >= 4 && lower.replace(name, "").chars().count() < 4) {
        return refuse("The password must not be your e-mail address.");
    }
    let first = lower.chars().next();
    if WORN_OUT.contains(&lower.trim()) || lower.chars().all(|c| Some(c) == first) {
        return refuse("This password is among the first that anybody would try.");
    }
    Ok(())
}

/// A random password for the first admin: four groups of five, no look-alikes, some 98 bits.
#[must_use]
pub fn one_time() -> SecretString {
    const LETTERS: &[u8; 30] = b"abcdefghjkmnpqrstuvwxyz2345678";
    let mut text = String::with_capacity(23);
    while text.len() < 23 {
        if text.len() % 6 == 5 {
            text.push('-');
            continue;
        }
        // Bytes past the last multiple of 30 would favour some letters.
        let [byte] = store::seal::random::<1>();
        if usize::from(byte) < 240 {
            text.push(char::from(LETTERS[usize::from(byte) % 30]));
        }
    }
    SecretString::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn weak_passwords_are_refused_with_the_rule() {
        for (password, rule) in [
            ("", "at least 10"),
            ("ninechars", "at least 10"),
            ("äöüäöüäöü", "at least 10"),
            ("Password123", "anybody would try"),
            ("aaaaaaaaaaaaaa", "anybody would try"),
            ("ann.miller@example.com", "e-mail"),
            ("ann.miller1", "e-mail"),
            (&"x1".repeat(501), "1,000"),
        ] {
            let problem = acceptable(&secret(password), "Ann.Miller@example.com").unwrap_err();
            assert!(problem.message.contains(rule), "{password}: {}", problem.message);
        }
        for good in ["plum otter lantern", "äöüäöüäöüx", "ann.miller likes tea"] {
            acceptable(&secret(good), "ann.miller@example.com").unwrap();
        }
    }

    #[test]
    fn one_time_passwords_pass_the_rules_and_differ() {
        let (one, two) = (one_time(), one_time());
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert_eq!(one.expose_secret().len(), 23);
        acceptable(&one, "admin@localhost").unwrap();
    }

    #[tokio::test]
    async fn hashes_check_and_nobody_has_a_password() {
        let passwords = Passwords::new();
        let hash = passwords.hash(secret("plum otter lantern")).await.unwrap();
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let check = async |text: &str, hash: Option<SecretString>| {
            passwords.check(secret(text), hash).await.unwrap()
        };
        assert!(check("plum otter lantern", Some(hash.clone())).await);
        assert!(!check("plum otter lanterm", Some(hash)).await);
        assert!(!check("anything", None).await);
        assert!(!check("anything", Some(secret("no hash"))).await);
    }
}
