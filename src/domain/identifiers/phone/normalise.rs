//! From what stands in a cell to the digits of an international number.

use super::super::{is_dash, is_invisible};
use super::PhoneError;

/// Nobody writes a number this long; a longer text is not one.
const MAX_CHARS: usize = 64;

/// An international number without its `+`, not yet known to exist.
pub(super) struct Normalised {
    pub digits: String,
    pub zero_restored: bool,
}

/// Understands `07700 900123`, `+44 (0)7700 900123`, `0044 7700…`, `447700…`, `7700900123` (zero lost),
/// `7700900123.0` (a number column), `'0770…` and `="0770…"` (spreadsheet text), `tel:`, digits of other scripts.
pub(super) fn normalise(text: &str) -> Result<Normalised, PhoneError> {
    let text = unwrap_spreadsheet(text);
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    if text.chars().count() > MAX_CHARS {
        return Err(PhoneError::TooLong(text.chars().filter(char::is_ascii_digit).count()));
    }
    if is_rounded(&text) {
        return Err(PhoneError::Rounded);
    }
    let text = drop_decimal_zero(&text);
    let mut digits = String::new();
    let mut plus = false;
    for c in text.chars() {
        if let Some(digit) = digit_of_any_script(c) {
            digits.push(digit);
        } else if matches!(c, '+' | '\u{FF0B}') && digits.is_empty() && !plus {
            plus = true;
        } else if !is_separator(c) {
            return Err(PhoneError::Words);
        }
    }
    if digits.is_empty() {
        return Err(PhoneError::Empty);
    }
    Ok(international(&digits, plus))
}

fn international(digits: &str, plus: bool) -> Normalised {
    let known = |digits: String| Normalised { digits, zero_restored: false };
    let uk = |national: &str| format!("44{}", national.trim_start_matches('0'));
    if let Some(abroad) = digits.strip_prefix("00") {
        return known(abroad.strip_prefix("44").map_or_else(|| abroad.to_owned(), uk));
    }
    if digits.starts_with('0') {
        // Also "+07700…", which people write when they have heard of country codes.
        return known(uk(digits));
    }
    if let Some(national) = digits.strip_prefix("44")
        && (plus || national.trim_start_matches('0').len() >= 9)
    {
        return known(uk(national));
    }
    if plus {
        return known(digits.to_owned());
    }
    Normalised { digits: uk(digits), zero_restored: true }
}

fn unwrap_spreadsheet(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let text = text.trim();
    let text = text.strip_prefix('=').unwrap_or(text).trim_matches(['"', '\'']).trim();
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => text[4..].trim().to_owned(),
        _ => text.to_owned(),
    }
}

/// `7.7009E+09`, `4,47701E+11`.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let exponent = exponent.trim_start_matches('+');
    !exponent.is_empty()
        && exponent.chars().all(|c| c.is_ascii_digit())
        && mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
}

fn drop_decimal_zero(text: &str) -> &str {
    match text.strip_suffix(".0").or_else(|| text.strip_suffix(".00")) {
        Some(whole) if whole.len() >= 9 && whole.chars().all(|c| c.is_ascii_digit()) => whole,
        _ => text,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_dash(c) || matches!(c, '.' | '(' | ')' | '[' | ']' | '\u{FF08}' | '\u{FF09}')
}

/// ASCII, full-width, Arabic, Persian, Devanagari, Bengali and Gurmukhi digits.
fn digit_of_any_script(c: char) -> Option<char> {
    const ZEROS: [u32; 7] = [0x30, 0xFF10, 0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66];
    let code = u32::from(c);
    ZEROS.iter().find_map(|zero| char::from_digit(code.checked_sub(*zero)?, 10))
}
