//! Words, numbers and marks of a folded text, cut once; every reader works on these.

use super::normalise::Folded;
use super::vocabulary::{Vocabulary, Word, WordId};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters, or letters and digits of one known word ("b4").
    Word,
    /// A run of digits.
    Number,
    /// A picture character.
    Emoji,
    /// An email address.
    Email,
    /// A web address.
    Url,
}

/// How strongly a token is parted from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// They touch.
    None,
    /// Blanks only.
    Space,
    /// A comma.
    Comma,
    /// A colon, dash, bracket or dots.
    Clause,
    /// The end of a sentence.
    Sentence,
    /// A line break.
    Line,
    /// An empty line.
    Paragraph,
}

/// One word, number or picture.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// Its word, 0 if the lexicon does not know it.
    pub word: WordId,
    /// What it is.
    pub kind: Kind,
    /// The number, saturating.
    pub value: u64,
    /// How many digits it was written with.
    pub digits: u8,
    /// Bytes in the folded text.
    pub from: u32,
    /// One past the last.
    pub to: u32,
    /// What parts it from the token before.
    pub parted: Break,
    /// The first mark between it and the token before: 0 if they touch, a blank if there is no mark.
    pub mark: u8,
    /// How many marks stand between.
    pub marks: u8,
    /// Blanks stand between.
    pub spaced: bool,
    /// A question mark follows.
    pub asked: bool,
    /// An opening bracket stands right before.
    pub bracket: bool,
    /// The word as the readers ask about it: as the lexicon spells it, or as written.
    pub known: Word,
    /// What kinds of phrases cover it, as bits that `text.rs` gives out.
    pub covers: u8,
    /// The first token of its sentence.
    pub sentence_from: u32,
    /// One past the last token of its sentence.
    pub sentence_to: u32,
}

impl Token {
    /// A picture that means nothing of its own.
    pub fn is_smile(&self) -> bool {
        self.kind == Kind::Emoji && self.word == 0
    }
}

/// Cuts a folded text into tokens.
pub fn tokenise(folded: &Folded, vocabulary: &Vocabulary, name: Option<&str>) -> Vec<Token> {
    let mut cutter = Cutter {
        text: &folded.text,
        bytes: folded.text.as_bytes(),
        vocabulary,
        name,
        tokens: Vec::with_capacity(folded.text.len() / 4 + 2),
        gap: Gap::start(),
    };
    cutter.run();
    let mut tokens = cutter.tokens;
    let mut from = 0;
    for (at, token) in tokens.iter_mut().enumerate() {
        if token.parted >= Break::Sentence {
            from = at as u32;
        }
        token.sentence_from = from;
    }
    let mut to = tokens.len() as u32;
    for (at, token) in tokens.iter_mut().enumerate().rev() {
        token.sentence_to = to;
        if token.parted >= Break::Sentence {
            to = at as u32;
        }
    }
    tokens
}

/// The marks and blanks since the last token.
#[derive(Clone, Copy)]
struct Gap {
    parted: Break,
    mark: u8,
    marks: u8,
    spaced: bool,
    dots: u8,
    lines: u8,
    bracket: bool,
}

impl Gap {
    fn start() -> Self {
        Self { parted: Break::None, mark: 0, marks: 0, spaced: false, dots: 0, lines: 0, bracket: false }
    }
}

struct Cutter<'a> {
    text: &'a str,
    bytes: &'a [u8],
    vocabulary: &'a Vocabulary,
    name: Option<&'a str>,
    tokens: Vec<Token>,
    gap: Gap,
}

impl Cutter<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        let mut at = 0;
        while at < self.bytes.len() {
            let b = self.byte(at);
            if b.is_ascii_alphanumeric() {
                at = self.run_of_word(at);
            } else if b.is_ascii() {
                at = self.mark(at, b);
            } else {
                at = self.wide(at);
            }
        }
    }

    /// A character beyond ASCII: a letter of another script, a picture, or a mark.
    fn wide(&mut self, at: usize) -> usize {
        let Some(c) = self.text.get(at..).and_then(|t| t.chars().next()) else {
            return at + 1;
        };
        let to = at + c.len_utf8();
        if is_letter(c) {
            return self.run_of_word(at);
        }
        if is_picture(c) {
            let word = self.vocabulary.exact(self.text.get(at..to).unwrap_or_default());
            self.push(Kind::Emoji, at, to, word, 0, 0);
        } else {
            match c {
                '\u{20AC}' | '\u{A3}' | '\u{B0}' => {
                    let word = self.vocabulary.exact(self.text.get(at..to).unwrap_or_default());
                    self.push(Kind::Word, at, to, word, 0, 0);
                }
                _ => self.part(Break::Space, b'?', true),
            }
        }
        to
    }

    fn run_of_word(&mut self, from: usize) -> usize {
        let mut at = from;
        let (mut digits, mut letters) = (0usize, 0usize);
        let mut apostrophe = false;
        while at < self.bytes.len() {
            let b = self.byte(at);
            if b.is_ascii_digit() {
                digits += 1;
                at += 1;
            } else if b.is_ascii_alphabetic() {
                letters += 1;
                at += 1;
            } else if b == b'\'' && letters > 0 && at > from && self.byte(at + 1).is_ascii_alphabetic() && digits == 0 {
                apostrophe = true;
                at += 1;
            } else if b >= 0x80 {
                let Some(c) = self.text.get(at..).and_then(|t| t.chars().next()) else {
                    break;
                };
                if !is_letter(c) {
                    break;
                }
                letters += 1;
                at += c.len_utf8();
            } else {
                break;
            }
        }
        let run = self.text.get(from..at).unwrap_or_default();
        if digits == 0 {
            if (run == "http" || run == "https" || run == "www") && matches!(self.byte(at), b':' | b'.') {
                return self.url(from);
            }
            let word = self.word(run, apostrophe);
            self.push(Kind::Word, from, at, word, 0, 0);
        } else if letters == 0 {
            let value = number(run);
            self.push(Kind::Number, from, at, Vocabulary::NUMBER, value, digits.min(255) as u8);
        } else {
            let word = self.vocabulary.exact(run);
            if word == 0 {
                self.pieces(from, at);
            } else {
                self.push(Kind::Word, from, at, word, 0, 0);
            }
        }
        at
    }

    /// "82kg", "bp141", "7am": digits and letters that touch become tokens of their own.
    fn pieces(&mut self, from: usize, to: usize) {
        let mut start = from;
        while start < to {
            let digit = self.byte(start).is_ascii_digit();
            let mut end = start;
            while end < to && self.byte(end).is_ascii_digit() == digit {
                end += 1;
            }
            let run = self.text.get(start..end).unwrap_or_default();
            if digit {
                let value = number(run);
                self.push(Kind::Number, start, end, Vocabulary::NUMBER, value, (end - start).min(255) as u8);
            } else {
                let word = self.vocabulary.exact(run);
                self.push(Kind::Word, start, end, word, 0, 0);
            }
            start = end;
        }
    }

    fn word(&self, run: &str, apostrophe: bool) -> WordId {
        if apostrophe {
            let mut plain = [0u8; 32];
            let mut n = 0;
            for b in run.bytes().filter(|b| *b != b'\'').take(32) {
                if let Some(slot) = plain.get_mut(n) {
                    *slot = b;
                    n += 1;
                }
            }
            let plain = plain.get(..n).and_then(|p| std::str::from_utf8(p).ok()).unwrap_or(run);
            // "my calf's swollen": where the two together are no word, the thing itself with its "is".
            match plain.strip_suffix('s') {
                Some(thing) if self.vocabulary.exact(plain) == 0 && run.ends_with("'s") => self.known(thing),
                _ => self.known(plain),
            }
        } else {
            self.known(run)
        }
    }

    fn known(&self, run: &str) -> WordId {
        if let Some(name) = self.name
            && run.starts_with(name)
            && matches!(run.get(name.len()..), Some("" | "s"))
        {
            return Vocabulary::NAME;
        }
        self.vocabulary.find(run)
    }

    fn url(&mut self, from: usize) -> usize {
        let mut to = from;
        while to < self.bytes.len() && !self.byte(to).is_ascii_whitespace() {
            to += 1;
        }
        self.push(Kind::Url, from, to, 0, 0, 0);
        to
    }

    fn mark(&mut self, at: usize, b: u8) -> usize {
        match b {
            b' ' | b'\t' | b'\r' | 0x0B | 0x0C => {
                self.gap.spaced = true;
                if self.gap.parted < Break::Space {
                    self.gap.parted = Break::Space;
                }
            }
            b'\n' => {
                self.gap.lines = self.gap.lines.saturating_add(1);
                self.part(if self.gap.lines > 1 { Break::Paragraph } else { Break::Line }, b'\n', true);
            }
            b'@' if self.is_email(at) => return self.email(at),
            b'&' => self.symbol("and", at),
            b'@' => self.symbol("at", at),
            b'%' => self.symbol("%", at),
            b'+' if !self.byte(at + 1).is_ascii_digit() => self.symbol("and", at),
            b'.' => {
                self.gap.dots = self.gap.dots.saturating_add(1);
                let touching = self.byte(at + 1).is_ascii_digit() && at > 0 && self.byte(at - 1).is_ascii_digit();
                let parted = if touching {
                    Break::None
                } else if self.gap.dots > 1 {
                    Break::Clause
                } else {
                    Break::Sentence
                };
                if self.gap.dots > 1 && self.gap.parted == Break::Sentence {
                    self.gap.parted = Break::Clause;
                }
                self.part(parted, b, false);
            }
            b'?' => {
                if let Some(last) = self.tokens.last_mut() {
                    last.asked = true;
                }
                self.part(Break::Sentence, b, false);
            }
            b'!' => self.part(Break::Sentence, b, false),
            b';' | b':' | b')' => self.part(Break::Clause, b, false),
            b'(' | b'[' => {
                self.part(Break::Clause, b, false);
                self.gap.bracket = true;
            }
            b'-' => {
                let spaced = self.gap.spaced || self.byte(at + 1).is_ascii_whitespace();
                self.part(if spaced { Break::Clause } else { Break::Space }, b, false);
            }
            b',' | b'/' | b'\\' => self.part(Break::Comma, b, false),
            _ => self.part(Break::Space, b, false),
        }
        at + 1
    }

    /// A mark that stands for a word: & is "and".
    fn symbol(&mut self, word: &str, at: usize) {
        let word = self.vocabulary.exact(word);
        self.push(Kind::Word, at, at + 1, word, 0, 0);
    }

    fn part(&mut self, parted: Break, mark: u8, blank: bool) {
        self.gap.parted = self.gap.parted.max(parted);
        if blank {
            self.gap.spaced = true;
        }
        if mark != b'\n' {
            if self.gap.marks == 0 {
                self.gap.mark = mark;
            }
            self.gap.marks = self.gap.marks.saturating_add(1);
        }
    }

    fn is_email(&self, at: usize) -> bool {
        at > 0 && is_local(self.byte(at - 1)) && self.byte(at + 1).is_ascii_alphanumeric()
    }

    fn email(&mut self, at: usize) -> usize {
        let mut from = at;
        while from > 0 && is_local(self.byte(from - 1)) {
            from -= 1;
        }
        let mut to = at + 1;
        while to < self.bytes.len() && (self.byte(to).is_ascii_alphanumeric() || matches!(self.byte(to), b'.' | b'-')) {
            to += 1;
        }
        while to > at && !self.byte(to - 1).is_ascii_alphanumeric() {
            to -= 1;
        }
        let mut first = None;
        while let Some(last) = self.tokens.last()
            && last.from as usize >= from
        {
            first = self.tokens.pop();
        }
        if let Some(first) = first {
            self.gap = Gap {
                parted: first.parted,
                mark: first.mark,
                marks: first.marks,
                spaced: first.spaced,
                bracket: first.bracket,
                ..Gap::start()
            };
        }
        self.push(Kind::Email, from, to, 0, 0, 0);
        to
    }

    fn push(&mut self, kind: Kind, from: usize, to: usize, word: WordId, value: u64, digits: u8) {
        let gap = std::mem::replace(&mut self.gap, Gap::start());
        let known = match word {
            0 => Word::new(self.text.get(from..to).unwrap_or_default()),
            _ => self.vocabulary.hash(word),
        };
        let mark = if gap.marks > 0 {
            gap.mark
        } else if gap.spaced {
            b' '
        } else {
            0
        };
        self.tokens.push(Token {
            word,
            kind,
            value,
            digits,
            from: from as u32,
            to: to as u32,
            parted: gap.parted,
            mark,
            marks: gap.marks,
            spaced: gap.spaced,
            asked: false,
            bracket: gap.bracket,
            known,
            covers: 0,
            sentence_from: 0,
            sentence_to: 0,
        });
    }
}

fn is_local(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+')
}

fn number(digits: &str) -> u64 {
    digits.bytes().fold(0u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b.wrapping_sub(b'0'))))
}

/// Letters and the vowel signs that belong to them (Bengali, Gurmukhi, Devanagari, Arabic script).
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c as u32, 0x610..=0x61A | 0x64B..=0x65F | 0x670 | 0x6D6..=0x6ED | 0x900..=0xDFF)
}

fn is_picture(c: char) -> bool {
    matches!(c as u32, 0x2190..=0x21FF | 0x2300..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF | 0xFFFC | 0xFFFD | 0x1F000..=0x1FAFF)
}
