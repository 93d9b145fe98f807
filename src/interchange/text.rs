//! From bytes to text: byte-order marks, UTF-8, UTF-16 and Windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Text and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text without a byte-order mark.
    pub text: Cow<'a, str>,
    /// It was not UTF-8 and carried no mark, so it was read as Windows-1252.
    pub guessed: bool,
}

/// Decodes a text file. A byte-order mark decides; without one valid UTF-8 is UTF-8, and anything else is
/// Windows-1252, which is what record systems and spreadsheets on Windows write.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        let (text, _) = encoding.decode_without_bom_handling(rest);
        return Decoded { text, guessed: false };
    }
    match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Decoded { text, guessed: false },
        None => Decoded { text: WINDOWS_1252.decode_without_bom_handling(bytes).0, guessed: true },
    }
}

/// A cell or element without what people cannot see: outer spaces (also non-breaking), zero-width characters.
pub fn clean(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || crate::domain::result::is_invisible(c));
    if trimmed.chars().any(crate::domain::result::is_invisible) {
        Cow::Owned(trimmed.chars().filter(|c| !crate::domain::result::is_invisible(*c)).collect())
    } else {
        Cow::Borrowed(trimmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(decode("Zoë".as_bytes()).text, "Zoë");
        assert_eq!(decode(b"\xef\xbb\xbfZo\xc3\xab").text, "Zoë");
        let latin = decode(b"Zo\xeb \x80");
        assert_eq!((latin.text.as_ref(), latin.guessed), ("Zoë €", true));
        let utf16 = decode(b"\xff\xfeZ\0o\0\xeb\0");
        assert_eq!((utf16.text.as_ref(), utf16.guessed), ("Zoë", false));
        assert_eq!(decode(b"").text, "");
    }

    #[test]
    fn invisible_characters_go() {
        assert_eq!(clean("\u{a0} 943 476\u{200b}5919\u{feff} "), "943 4765919");
    }
}
