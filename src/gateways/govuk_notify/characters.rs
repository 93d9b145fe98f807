//! What GOV.UK Notify sends unchanged. From its public documentation of text messages and its open rules.

use crate::domain::delivery::SendFailure;

/// The GSM 7-bit alphabet with its extension, as far as a text can hold it.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€";
/// Letters of Welsh that Notify passes on although they are not in that alphabet.
const WELSH: &str = "ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛẀẂŴẄỲÝŶŸáâêëíîïóôúûẁẃŵẅỳýŷÿ";
/// Punctuation that Notify writes in a plainer way, which changes no meaning.
const WRITTEN_PLAINLY: &str = "\u{2011}–—−…‘’“”‚„\u{a0}\u{202f}\t\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}";

/// Refuses a text that Notify would change or cut. Letters it would strip of their accents count as changed: they may
/// be somebody's name.
pub(in crate::gateways) fn check(text: &str, longest: u32) -> Result<(), SendFailure> {
    let refused = |code: String| Err(SendFailure::Rejected { code, permanent: true });
    if let Some(c) = text.chars().find(|c| ![GSM, WELSH, WRITTEN_PLAINLY].iter().any(|set| set.contains(*c))) {
        return refused(format!("character_U+{:04X}", u32::from(c)));
    }
    if text.chars().count() > longest as usize {
        return refused("too_long".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f07_what_would_become_a_question_mark_or_lose_its_accent_is_refused() {
        for (text, code) in [
            ("Well done 👍", "character_U+1F44D"),
            ("Dzień dobry", "character_U+0144"),
            ("Łódź", "character_U+0141"),
            ("آپ کیسے ہیں", "character_U+0622"),
            ("HbA1c ≤ 48", "character_U+2264"),
            ("5 µg", "character_U+00B5"),
            ("`", "character_U+0060"),
        ] {
            let expected = SendFailure::Rejected { code: code.to_owned(), permanent: true };
            assert_eq!(check(text, 918), Err(expected), "{text}");
        }
    }

    #[test]
    fn english_and_welsh_pass() {
        for text in ["Don’t worry – it’s £5… “really”?", "Siân, dŵr a llaeth: tŷ, gŵyl, ŷd", "a\nb {c} [d] ~ | € ^ \\"]
        {
            assert_eq!(check(text, 918), Ok(()), "{text}");
        }
    }

    #[test]
    fn the_limit_is_918_characters() {
        assert_eq!(check(&"x".repeat(918), 918), Ok(()));
        assert!(check(&"x".repeat(919), 918).is_err());
        assert_eq!(check(&"ŵ".repeat(918), 918), Ok(()));
    }
}
