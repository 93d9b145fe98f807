//! Signatures of webhooks. Every comparison is in constant time, and every key is tried whatever an earlier one said.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Forged, WebhookRequest};
use crate::secret::Secret;

/// How far a signed time may be from ours, either way.
pub(super) const WINDOW_MS: i64 = 5 * 60_000;

/// HMAC-SHA256 over the parts, one after the other.
pub(super) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>> {
    Some(keyed(key, parts)?.finalize().into_bytes().to_vec())
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// Whether `given` (hex, any case) is the HMAC-SHA256 over the parts with one of the keys.
pub(super) fn check_hmac_hex(keys: &[Secret], parts: &[&[u8]], given: &str) -> Result<(), Forged> {
    let given = from_hex(given).ok_or(Forged::WrongSignature)?;
    any(keys, |key| keyed(key, parts).is_some_and(|mac| mac.verify_slice(&given).is_ok()))
}

/// Whether a request is signed as our own forms are: `x-signature` is the HMAC-SHA256 over `x-timestamp`, a dot and the raw
/// body, and the signed time is near ours.
pub(super) fn check_signed_request(keys: &[Secret], request: &WebhookRequest<'_>) -> Result<(), Forged> {
    let given = request.header("x-signature").ok_or(Forged::Unsigned)?;
    let timestamp = request.header("x-timestamp").ok_or(Forged::Unsigned)?;
    check_hmac_hex(keys, &[timestamp.as_bytes(), b".", request.body], given)?;
    let seconds: i64 = timestamp.parse().map_err(|_| Forged::Unsigned)?;
    check_window(seconds.saturating_mul(1_000), request.received_at_ms)
}

/// Whether the `Authorization: Bearer` token is one of the keys.
pub(super) fn check_bearer(keys: &[Secret], request: &WebhookRequest<'_>) -> Result<(), Forged> {
    let given = request.header("authorization").ok_or(Forged::Unsigned)?;
    let token = match given.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_start(),
        _ => return Err(Forged::Unsigned),
    };
    check_token(keys, token)
}

/// Whether a token is one of the keys.
pub(super) fn check_token(keys: &[Secret], token: &str) -> Result<(), Forged> {
    // Comparing MACs of both takes the same time whatever the token's length and content.
    let Some(given) = hmac_sha256(b"token", &[token.as_bytes()]) else {
        return Err(Forged::WrongSignature);
    };
    any(keys, |key| keyed(b"token", &[key]).is_some_and(|mac| mac.verify_slice(&given).is_ok()))
}

/// Whether a signed time lies inside the window around the moment of receipt.
pub(super) fn check_window(signed_at_ms: i64, received_at_ms: i64) -> Result<(), Forged> {
    let distance = signed_at_ms.abs_diff(received_at_ms);
    if distance <= WINDOW_MS.unsigned_abs() { Ok(()) } else { Err(Forged::OutsideWindow) }
}

/// Whether one of the keys fits. All are tried, so that the time does not tell which.
pub(super) fn any(keys: &[Secret], fits: impl Fn(&[u8]) -> bool) -> Result<(), Forged> {
    if keys.is_empty() {
        return Err(Forged::NotOpen);
    }
    let fitting = keys.iter().fold(0_u32, |sum, key| sum + u32::from(fits(key.expose().as_bytes())));
    if fitting > 0 { Ok(()) } else { Err(Forged::WrongSignature) }
}

/// Bytes as lower-case hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| (c as char).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4231_test_case_2() {
        let mac = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]).unwrap();
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(to_hex(&mac), expected);
        let keys = [Secret::new("other"), Secret::new("Jefe")];
        let parts: [&[u8]; 1] = [b"what do ya want for nothing?"];
        assert_eq!(check_hmac_hex(&keys, &parts, expected), Ok(()));
        assert_eq!(check_hmac_hex(&keys, &parts, &expected.to_uppercase()), Ok(()));
        assert_eq!(check_hmac_hex(&keys[..1], &parts, expected), Err(Forged::WrongSignature));
        assert_eq!(check_hmac_hex(&keys, &parts, &expected[..62]), Err(Forged::WrongSignature));
        assert_eq!(check_hmac_hex(&keys, &parts, ""), Err(Forged::WrongSignature));
        assert_eq!(check_hmac_hex(&[], &parts, expected), Err(Forged::NotOpen));
    }

    #[test]
    fn the_window_is_five_minutes_to_the_millisecond_either_way() {
        let now = 1_800_000_000_000;
        for distance in [-WINDOW_MS, 0, WINDOW_MS] {
            assert_eq!(check_window(now + distance, now), Ok(()));
        }
        for distance in [-WINDOW_MS - 1, WINDOW_MS + 1, i64::MIN / 2] {
            assert_eq!(check_window(now.saturating_add(distance), now), Err(Forged::OutsideWindow));
        }
    }

    #[test]
    fn hex_round_trips_and_refuses_the_rest() {
        assert_eq!(from_hex("00ff7A"), Some(vec![0, 255, 0x7a]));
        assert_eq!(from_hex(&to_hex(&[1, 2, 254])), Some(vec![1, 2, 254]));
        for bad in ["0", "0g", "+1", " 1", "é"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn tokens_match_whole() {
        let keys = [Secret::new("new-token-of-16-chars"), Secret::new("old-token-of-16-chars")];
        assert_eq!(check_token(&keys, "old-token-of-16-chars"), Ok(()));
        for bad in ["", "old-token-of-16-char", "old-token-of-16-chars "] {
            assert_eq!(check_token(&keys, bad), Err(Forged::WrongSignature));
        }
    }
}
