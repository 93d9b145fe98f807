//! One form for every way of writing the same thing: case, accents, quotes, full width, invisible marks, other scripts' digits.

use unicode_normalization::UnicodeNormalization;

/// A text in its folded form, with the way back to the bytes it came from.
#[derive(Debug, Default)]
pub struct Folded {
    /// Lower case, plain quotes and dashes, ASCII digits, no accents on Latin letters, nothing invisible.
    pub text: String,
    /// The byte each folded byte came from; empty where both are the same.
    origin: Vec<u32>,
    base: u32,
}

impl Folded {
    /// Folds the ranges of `original` that are to be read, joined by line breaks.
    pub fn of(original: &str, keep: &[std::ops::Range<usize>]) -> Self {
        if let [only] = keep
            && let Some(part) = original.get(only.clone())
            && part.is_ascii()
        {
            let mut text = part.to_owned();
            text.make_ascii_lowercase();
            return Self { text, origin: Vec::new(), base: only.start as u32 };
        }
        let mut folded = Self::default();
        for range in keep {
            if !folded.text.is_empty() {
                folded.push('\n', range.start);
            }
            if let Some(part) = original.get(range.clone()) {
                folded.add(part, range.start);
            }
        }
        folded
    }

    /// The byte of the original that stands behind a byte of the folded text.
    pub fn origin(&self, byte: usize) -> u32 {
        if self.origin.is_empty() {
            return self.base + byte as u32;
        }
        self.origin.get(byte).or(self.origin.last()).copied().unwrap_or(0)
    }

    fn add(&mut self, part: &str, start: usize) {
        for (at, c) in part.char_indices() {
            let at = start + at;
            if c.is_ascii() {
                self.push(c.to_ascii_lowercase(), at);
            } else {
                self.add_wide(c, at);
            }
        }
    }

    fn add_wide(&mut self, c: char, at: usize) {
        if is_invisible(c) {
            return;
        }
        // "11\u{B7}2": a raised point behind a digit is a decimal point.
        if c == '\u{B7}' && self.text.bytes().last().is_some_and(|b| b.is_ascii_digit()) {
            self.push('.', at);
            return;
        }
        if let Some(plain) = plain(c) {
            for p in plain.chars() {
                self.push(p, at);
            }
            return;
        }
        if let Some(digit) = digit(c) {
            self.push(char::from(b'0' + digit), at);
            return;
        }
        let mut latin = false;
        for d in c.nfkd() {
            if is_accent(d) {
                // An accent is dropped from a Latin letter, and kept where it makes another letter of another script.
                if !latin {
                    self.push(d, at);
                }
                continue;
            }
            latin = d.is_ascii_alphabetic();
            match plain(d) {
                Some(plain) => plain.chars().for_each(|p| self.push(p, at)),
                None => d.to_lowercase().for_each(|l| self.push(l, at)),
            }
        }
    }

    fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.origin.resize(self.text.len(), at as u32);
    }
}

/// Folds a word of the lexicon the way replies are folded.
pub fn fold_word(word: &str) -> String {
    Folded::of(word, std::slice::from_ref(&(0..word.len()))).text.replace('\'', "")
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// Marks that carry no meaning in a reply: joiners, directions, soft hyphens, variation and skin tone selectors, keycaps.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{20E3}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}')
        || is_accent(c)
}

/// Characters whose plain form Unicode's decomposition does not give.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{2BC}' | '\u{2B9}' | '\u{60}'
        | '\u{B4}' => "'",
        '\u{201C}'..='\u{201F}' | '\u{AB}' | '\u{BB}' | '\u{2033}' => "\"",
        '\u{2044}' | '\u{2215}' | '\u{29F8}' => "/",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{2022}' | '\u{25CF}' | '\u{25AA}' | '\u{B7}' => "-",
        '\u{2026}' => "...",
        '\u{BD}' => " 1/2",
        '\u{BC}' => " 1/4",
        '\u{BE}' => " 3/4",
        '\u{142}' | '\u{141}' => "l",
        '\u{F8}' | '\u{D8}' => "o",
        '\u{111}' | '\u{110}' => "d",
        '\u{DF}' => "ss",
        '\u{E6}' | '\u{C6}' => "ae",
        '\u{153}' | '\u{152}' => "oe",
        '\u{131}' => "i",
        '\u{61F}' => "?",
        '\u{66B}' | '\u{964}' | '\u{965}' | '\u{6D4}' | '\u{3002}' => ".",
        '\u{66C}' | '\u{60C}' | '\u{3001}' => ",",
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\u{1680}' => " ",
        '\u{2028}' | '\u{2029}' | '\u{85}' => "\n",
        _ => return None,
    })
}

/// The value of a decimal digit of another script: each block's nought, from the Unicode character database.
fn digit(c: char) -> Option<u8> {
    const NOUGHTS: [u32; 20] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20,
        0x1040, 0x17E0, 0x1810, 0x1D7D8, 0xFF10,
    ];
    let c = c as u32;
    NOUGHTS.iter().find(|n| (**n..**n + 10).contains(&c)).map(|n| (c - n) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> String {
        Folded::of(text, std::slice::from_ref(&(0..text.len()))).text
    }

    #[test]
    fn one_form_for_every_way_of_writing() {
        for (written, form) in [
            ("STOP", "stop"),
            ("ＳＴＯＰ", "stop"),
            ("S\u{200B}T\u{2060}OP", "stop"),
            ("can\u{2019}t", "can't"),
            ("4\u{FE0F}\u{20E3}", "4"),
            ("৭.২", "7.2"),
            ("٣٫٤", "3.4"),
            ("Dzień ból", "dzien bol"),
            ("𝟏𝟑𝟖", "138"),
            ("13½", "13 1/2"),
            ("ਸਾਹ", "ਸਾਹ"),
        ] {
            assert_eq!(fold(written), fold(form), "{written:?}");
        }
    }

    #[test]
    fn the_way_back_is_kept() {
        let text = "ok – ８";
        let folded = Folded::of(text, std::slice::from_ref(&(0..text.len())));
        let at = folded.text.find('8').expect("digit");
        assert_eq!(folded.origin(at) as usize, text.find('８').expect("digit"));
    }
}
