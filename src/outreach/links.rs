//! Links for the people we write to: each names one message and is signed, so that nobody can make one up.

use super::{Engine, OutreachError};
use crate::store::own_keys;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const KEY: &str = "unsubscribe_links";
/// 128 bits of the signature, in hex: far beyond guessing, and short enough for one line of a mail.
const SIGNATURE: usize = 32;

/// Where an unsubscribe link leads, after the installation's public address.
pub const UNSUBSCRIBE_PATH: &str = "/unsubscribe/";

impl Engine {
    /// The key that links are signed with: made by the first process that needs it, and shared through the database.
    pub(super) async fn link_key(&self) -> Result<&str, OutreachError> {
        let known = self.link_key.get_or_try_init(|| async {
            if let Some(key) = own_keys::get(&self.db, KEY).await? {
                return Ok(key);
            }
            let made = crate::gateways::to_hex(&rand::random::<[u8; 32]>());
            let mut tx = self.db.begin().await?;
            own_keys::keep_first(&mut tx, KEY, &made, self.clock.now_ms()).await?;
            tx.commit().await?;
            // Another process may have been quicker.
            Ok(own_keys::get(&self.db, KEY).await?.unwrap_or(made))
        });
        known.await.map(String::as_str).map_err(OutreachError::Store)
    }

    /// Whether links can be made: the installation says where it is reached from outside.
    pub(super) fn has_public_address(&self) -> bool {
        self.config.server.public_url.starts_with("https://")
    }

    /// Has the key at hand before a turn's transaction opens, where links can be made.
    pub(super) async fn ready_links(&self) -> Result<(), OutreachError> {
        if self.has_public_address() {
            self.link_key().await?;
        }
        Ok(())
    }

    /// The address at which one click stops email to whom this message goes.
    pub(super) fn unsubscribe_url(&self, message_id: &str) -> Option<String> {
        let key = self.link_key.get().filter(|_| self.has_public_address())?;
        let base = self.config.server.public_url.trim_end_matches('/');
        Some(format!("{base}{UNSUBSCRIBE_PATH}{message_id}.{}", signature(key, message_id)?))
    }

    /// The message that a link names; `None` when we did not make it.
    pub async fn read_link(&self, token: &str) -> Result<Option<String>, OutreachError> {
        let Some((message_id, given)) = token.split_once('.').filter(|(_, given)| given.len() == SIGNATURE) else {
            return Ok(None);
        };
        let key = self.link_key().await?;
        let (Some(mac), Some(given)) = (keyed(key, message_id), from_hex(given)) else { return Ok(None) };
        Ok(mac.verify_truncated_left(&given).is_ok().then(|| message_id.to_owned()))
    }
}

fn keyed(key: &str, message_id: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(b"unsubscribe:");
    mac.update(message_id.as_bytes());
    Some(mac)
}

fn signature(key: &str, message_id: &str) -> Option<String> {
    let mut hex = crate::gateways::to_hex(&keyed(key, message_id)?.finalize().into_bytes());
    hex.truncate(SIGNATURE);
    Some(hex)
}

/// Lower-case digits only: one link has one spelling.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
