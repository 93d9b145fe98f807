//! The GSM 03.38 alphabet: the default table and its extension.

/// Units of one character in GSM-7, or `None` when it is not in the alphabet.
pub(super) fn gsm_units(ch: char) -> Option<usize> {
    match ch {
        // From space to Z and a to z it holds what ASCII does, the backtick excepted.
        '\n'
        | '\r'
        | ' '..='Z'
        | 'a'..='z'
        | '_'
        | '£'
        | '¥'
        | '¤'
        | '§'
        | '¡'
        | '¿'
        | 'è'
        | 'é'
        | 'ù'
        | 'ì'
        | 'ò'
        | 'à'
        | 'ä'
        | 'ö'
        | 'ñ'
        | 'ü'
        | 'ø'
        | 'å'
        | 'æ'
        | 'ß'
        | 'Ç'
        | 'Ø'
        | 'Å'
        | 'Æ'
        | 'É'
        | 'Ä'
        | 'Ö'
        | 'Ñ'
        | 'Ü'
        | 'Δ'
        | 'Φ'
        | 'Γ'
        | 'Λ'
        | 'Ω'
        | 'Π'
        | 'Ψ'
        | 'Σ'
        | 'Θ'
        | 'Ξ' => Some(1),
        '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        _ => None,
    }
}
