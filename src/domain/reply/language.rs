//! Replies in other languages: recognised and sent to a person, with their numerals understood.

use super::samples::{NAMES, SAMPLES};
use super::text::Text;
use super::tokens::Kind;
use super::tongues::Bits;

/// The language of a reply that is not in English, as a BCP 47 code.
pub fn of(text: &Text<'_>) -> Option<&'static str> {
    if !text.folded.text.is_ascii()
        && let Some(code) = by_script(&text.folded.text)
    {
        return Some(code);
    }
    in_latin(text)
}

fn by_script(text: &str) -> Option<&'static str> {
    let mut counts = [0u32; 9];
    let mut letters = 0u32;
    for c in text.chars().take(600) {
        let slot = match c as u32 {
            0x980..=0x9FF => 0,
            0xA00..=0xA7F => 1,
            0x600..=0x6FF | 0x750..=0x77F => 2,
            0x900..=0x97F => 3,
            0x400..=0x4FF => 4,
            0xA80..=0xAFF => 5,
            0xB80..=0xBFF => 6,
            0x4E00..=0x9FFF => 7,
            0x370..=0x3FF => 8,
            _ => {
                letters += u32::from(c.is_ascii_alphabetic());
                continue;
            }
        };
        if let Some(n) = counts.get_mut(slot) {
            *n += 1;
        }
    }
    let (slot, n) = counts.iter().enumerate().max_by_key(|(_, n)| **n)?;
    if *n < 2 || *n * 2 < letters {
        return None;
    }
    Some(match slot {
        0 => "bn",
        1 => "pa",
        // Letters Arabic does not have: Urdu and its neighbours.
        2 if text.chars().any(|c| {
            matches!(
                c,
                '\u{67E}'
                    | '\u{686}'
                    | '\u{688}'
                    | '\u{691}'
                    | '\u{679}'
                    | '\u{6BA}'
                    | '\u{6BE}'
                    | '\u{6C1}'
                    | '\u{6CC}'
                    | '\u{6D2}'
                    | '\u{6A9}'
                    | '\u{6AF}'
            )
        }) =>
        {
            "ur"
        }
        2 => "ar",
        3 => "hi",
        4 if text.chars().any(|c| matches!(c, '\u{456}' | '\u{457}' | '\u{454}' | '\u{491}')) => "uk",
        4 => "ru",
        5 => "gu",
        6 => "ta",
        7 => "zh",
        _ => "el",
    })
}

fn in_latin(text: &Text<'_>) -> Option<&'static str> {
    let tongues = &text.lexicon.tongues;
    let any = text.tokens.iter().fold(0u8, |bits, t| {
        let b = tongues.of(t.word);
        bits | b.strong & !b.weak | b.number
    });
    if any == 0 {
        return None;
    }
    // "at 9 and at 6": a word before digits is no numeral.
    let digits = |at: usize| text.token(at).is_some_and(|t| t.kind == Kind::Number);
    let bits: Vec<Bits> = text
        .tokens
        .iter()
        .take(60)
        .enumerate()
        .filter(|(_, t)| t.kind == Kind::Word)
        .map(|(at, t)| {
            let bits = tongues.of(t.word);
            if bits.number != 0 && digits(at + 1) { Bits::default() } else { bits }
        })
        .collect();
    let words = bits.len() as u32;
    let mut best: Option<(&'static str, u32)> = None;
    for (n, sample) in SAMPLES.iter().enumerate() {
        let bit = 1u8 << n;
        let count = |f: fn(&Bits) -> u8| bits.iter().filter(|b| f(b) & bit != 0).count() as u32;
        let (strong, weak, numbers) = (count(|b| b.strong), count(|b| b.weak), count(|b| b.number));
        let own = count(|b| b.strong & !b.weak);
        let score = own * 3 + strong + weak + numbers;
        // A lone foreign word in an English sentence is no foreign reply.
        let enough = own >= 2
            || own == 1 && words <= 3
            || own == 1 && weak + numbers >= 2
            || numbers >= 1 && strong + numbers >= 2 && words <= 4;
        if enough && score * 2 >= words && best.is_none_or(|(_, b)| score > b) {
            best = Some((sample.code, score));
        }
    }
    best.map(|(code, _)| code)
}

/// The number a word stands for in a language.
pub fn number(code: &str, word: &str) -> Option<f64> {
    let sample = SAMPLES.iter().find(|s| s.code == code)?;
    sample.numbers.iter().position(|n| *n == word).map(|n| n as f64 + 1.0)
}

/// Whether a word names a language.
pub fn is_name(text: &Text<'_>, at: usize) -> bool {
    NAMES.iter().any(|(_, words)| words.iter().any(|w| text.is_str(at, w)))
}

/// The language a reply names.
pub fn named(text: &Text<'_>) -> Option<&'static str> {
    (0..text.tokens.len())
        .find_map(|at| NAMES.iter().find(|(_, words)| words.iter().any(|w| text.is_str(at, w))).map(|(code, _)| *code))
}
