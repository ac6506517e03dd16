//! The keyring: secrets are sealed before they are stored, and opened only where they are used.
//!
//! Sealed bytes are `1 | key id (8) | nonce (24) | XChaCha20-Poly1305 ciphertext`. The context (what
//! the secret belongs to) is authenticated with it, so that sealed bytes moved to another row do
//! not open there.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Generate, Payload},
};
use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString, zeroize::Zeroize};
use sha2::{Digest, Sha256};
use std::{fmt, fs, io::Write, path::Path, sync::Arc};

const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;
const ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;

/// The keys of this installation; the first seals, all open. Cheap to clone, `Debug` shows ids only.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<[Key]>,
}

struct Key {
    id: [u8; ID_BYTES],
    bytes: SecretBox<[u8; KEY_BYTES]>,
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("a secret key must be 32 bytes in base64 or hexadecimal")]
    KeyFormat,
    #[error("cannot read the key file {path}")]
    ReadKey { path: String, source: std::io::Error },
    #[error("cannot write the key file {path}")]
    WriteKey { path: String, source: std::io::Error },
    #[error("the key file {path} may be read by others: its mode must be 0600")]
    OpenToOthers { path: String },
    #[error("a stored secret was sealed with key {id}, which this installation does not have")]
    UnknownKey { id: String },
    #[error("a stored secret is damaged, or belongs elsewhere")]
    Damaged,
}

impl Keyring {
    /// Reads `QUERENT_SECRET_KEY`: one key, or several with commas between them, the newest first.
    ///
    /// # Errors
    /// `KeyFormat`.
    pub fn parse(text: &SecretString) -> Result<Self, SealError> {
        let keys: Vec<Key> =
            text.expose_secret().split(',').map(Key::parse).collect::<Result<_, _>>()?;
        Ok(Self { keys: keys.into() })
    }

    /// Reads the key file, or makes it with a random key and mode 0600.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds no key, or may be read by others.
    pub fn from_file(path: &Path) -> Result<Self, SealError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                refuse_if_open_to_others(path)?;
                Self::parse(&SecretString::from(text.trim().to_owned()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_file(path),
            Err(source) => Err(SealError::ReadKey { path: path.display().to_string(), source }),
        }
    }

    /// A keyring of one random key, which is lost with the process.
    #[must_use]
    pub fn random() -> Self {
        Self { keys: Arc::new([Key::new(random())]) }
    }

    /// Seals `secret`; `context` says what it belongs to and must be given again to open it.
    #[must_use]
    pub fn seal(&self, context: &str, secret: &[u8]) -> Vec<u8> {
        let key = &self.keys[0];
        let nonce: [u8; NONCE_BYTES] = random();
        let payload = Payload { msg: secret, aad: context.as_bytes() };
        let sealed = key
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("encryption fails only for messages of more than 256 GB");
        let mut out = Vec::with_capacity(1 + ID_BYTES + NONCE_BYTES + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&key.id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens what [`seal`](Self::seal) made with the same context.
    ///
    /// # Errors
    /// `UnknownKey` when it was sealed with a key that is gone, `Damaged` for anything else.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, SealError> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(SealError::Damaged)?;
        let (id, rest) = rest.split_first_chunk::<ID_BYTES>().ok_or(SealError::Damaged)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Damaged)?;
        let key = self
            .keys
            .iter()
            .find(|key| key.id == *id)
            .ok_or_else(|| SealError::UnknownKey { id: hex(id) })?;
        let payload = Payload { msg: text, aad: context.as_bytes() };
        let opened =
            key.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Damaged)?;
        Ok(opened.into())
    }

    /// A key for another purpose, such as signing links, that says nothing about the first key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> SecretSlice<u8> {
        let digest = Sha256::new()
            .chain_update(b"querent/derive/1/")
            .chain_update(purpose.as_bytes())
            .chain_update([0])
            .chain_update(self.keys[0].bytes.expose_secret())
            .finalize();
        digest.to_vec().into()
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| hex(&key.id))).finish()
    }
}

impl Key {
    fn new(bytes: [u8; KEY_BYTES]) -> Self {
        let digest =
            Sha256::new().chain_update(b"querent/key-id/1/").chain_update(bytes).finalize();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&digest[..ID_BYTES]);
        Self { id, bytes: SecretBox::new(Box::new(bytes)) }
    }

    fn parse(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        let mut bytes = match unhex(text) {
            Some(bytes) => bytes,
            None => STANDARD.decode(text).map_err(|_| SealError::KeyFormat)?,
        };
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| SealError::KeyFormat);
        bytes.zeroize();
        key.map(Self::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes.expose_secret().into())
    }
}

fn make_file(path: &Path) -> Result<Keyring, SealError> {
    let failed = |source| SealError::WriteKey { path: path.display().to_string(), source };
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    let key: [u8; KEY_BYTES] = random();
    let mut text = STANDARD.encode(key);
    text.push('\n');
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    text.zeroize();
    Ok(Keyring { keys: Arc::new([Key::new(key)]) })
}

#[cfg(unix)]
fn refuse_if_open_to_others(path: &Path) -> Result<(), SealError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |source| SealError::ReadKey { path: path.display().to_string(), source };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(SealError::OpenToOthers { path: path.display().to_string() })
}

#[cfg(not(unix))]
fn refuse_if_open_to_others(_: &Path) -> Result<(), SealError> {
    Ok(())
}

/// Bytes from the operating system's random generator.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    <[u8; N]>::generate()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != KEY_BYTES * 2 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..KEY_BYTES).map(|i| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(text: &str) -> Keyring {
        Keyring::parse(&SecretString::from(text)).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_context_only() {
        let ring = Keyring::random();
        let sealed = ring.seal("connection/1", b"s3cret");
        assert!(!sealed.windows(6).any(|w| w == b"s3cret"));
        assert_eq!(ring.open("connection/1", &sealed).unwrap().expose_secret(), b"s3cret");
        assert!(matches!(ring.open("connection/2", &sealed), Err(SealError::Damaged)));
        assert!(matches!(
            Keyring::random().open("connection/1", &sealed),
            Err(SealError::UnknownKey { .. })
        ));
        assert_ne!(ring.seal("connection/1", b"s3cret"), sealed, "nonces repeat");
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let ring = Keyring::random();
        let sealed = ring.seal("c", b"s3cret");
        for cut in 0..sealed.len() {
            assert!(ring.open("c", &sealed[..cut]).is_err());
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ring.open("c", &changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn an_old_key_still_opens() {
        let old = "00".repeat(32);
        let new = STANDARD.encode([7; 32]);
        let sealed = keyring(&old).seal("c", b"x");
        let both = keyring(&format!("{new}, {old}"));
        assert_eq!(both.open("c", &sealed).unwrap().expose_secret(), b"x");
        assert!(keyring(&old).open("c", &both.seal("c", b"x")).is_err(), "the new key seals");
    }

    #[test]
    fn bad_keys_are_refused() {
        for bad in ["", "abc", "00", &"g".repeat(64), &STANDARD.encode([1; 31])] {
            assert!(Keyring::parse(&SecretString::from(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("querent.key");
        let sealed = Keyring::from_file(&path).unwrap().seal("c", b"x");
        assert!(Keyring::from_file(&path).unwrap().open("c", &sealed).is_ok());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(Keyring::from_file(&path), Err(SealError::OpenToOthers { .. })));
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let text = format!("{:?}", keyring(&"ab".repeat(32)));
        assert!(!text.contains("abab"), "{text}");
    }
}
