//! Every word the lexicon knows, with a number each; misspelt words are led to theirs within stated bounds.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The number of a word. 0 is a word the lexicon does not know.
pub type WordId = u32;

/// A quick hash for short words; the keys are our own lexicon, so nobody can choose them to collide.
#[derive(Default, Clone, Copy)]
pub struct QuickHash(u64);

impl Hasher for QuickHash {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(n.into());
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(n.into());
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// A word the readers ask about, as one number: its hash, reckoned when the program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Word(u64);

impl Word {
    /// The word as the lexicon spells it.
    pub const fn new(word: &str) -> Self {
        Self(hashed::<false>(word.as_bytes()))
    }
}

/// A hash of bytes, eight at a time; blanks count as the underscores that stand for them in a file, if so wished.
pub(in crate::domain::reply) const fn hashed<const JOIN: bool>(mut bytes: &[u8]) -> u64 {
    let mut hash = 0;
    while let Some((eight, rest)) = bytes.split_first_chunk::<8>() {
        let eight = u64::from_le_bytes(*eight);
        hash = joined(hash, if JOIN { underscored(eight) } else { eight });
        bytes = rest;
    }
    let tail = tail(bytes);
    // The length parts a text from the same text and a nought.
    joined(hash, (if JOIN { underscored(tail) } else { tail }) | (bytes.len() as u64 + 1) << 56)
}

/// Fewer than eight bytes as a number, in two reads that may overlap: they agree where they do.
const fn tail(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64);
        return first | last << (8 * (bytes.len() - 4));
    }
    match *bytes {
        [a] => a as u64,
        [a, b] => u16::from_le_bytes([a, b]) as u64,
        [a, b, c] => u32::from_le_bytes([a, b, c, 0]) as u64,
        _ => 0,
    }
}

/// Every blank among eight bytes made an underscore, all at once.
const fn underscored(eight: u64) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7F; 8]);
    // Nought where a byte is a blank; the sum sets the top bit of every other byte and carries into none.
    let other = eight ^ u64::from_le_bytes([b' '; 8]);
    let blanks = !(((other & LOW) + LOW) | other | LOW);
    eight ^ (blanks - (blanks >> 7))
}

/// A hash that goes on with another.
pub(in crate::domain::reply) const fn joined(hash: u64, part: u64) -> u64 {
    (hash.rotate_left(5) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A list of [`Word`]s, reckoned when the program is built.
macro_rules! words {
    ($($word:literal),* $(,)?) => {
        const { &[$($crate::domain::reply::vocabulary::Word::new($word)),*] }
    };
}
pub(in crate::domain::reply) use words;

/// A map with the quick hash.
pub(in crate::domain::reply) type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<QuickHash>>;

/// Words and their numbers.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// By the hash of a word: it is twice as quick as by its letters, and takes a third of the memory.
    words: QuickMap<Word, WordId>,
    /// Words worth finding behind a slip of the thumb, keyed by the hash of each form with one letter left out.
    slips: QuickMap<u64, WordId>,
    names: Vec<Box<str>>,
    hashes: Vec<Word>,
}

impl Vocabulary {
    /// Any run of digits.
    pub const NUMBER: WordId = 1;
    /// The name the message was addressed to.
    pub const NAME: WordId = 2;
    /// Words shorter than this are taken as written.
    const SHORTEST_SLIP: usize = 4;

    /// An empty vocabulary with its reserved words.
    pub fn new() -> Self {
        let mut vocabulary = Self::default();
        for reserved in ["", "\u{1}number", "\u{1}name"] {
            vocabulary.names.push(reserved.into());
            vocabulary.hashes.push(Word::default());
        }
        vocabulary
    }

    /// The number of `word` (already folded), giving out a new one if needed.
    pub fn add(&mut self, word: &str) -> WordId {
        if let Some(id) = self.words.get(&Word::new(word)) {
            return *id;
        }
        let id = self.names.len() as WordId;
        self.words.insert(Word::new(word), id);
        self.names.push(word.into());
        self.hashes.push(Word::new(word));
        id
    }

    /// Makes `word` another way of writing `id`. A word that has its own number keeps it.
    pub fn alias(&mut self, word: &str, id: WordId) -> bool {
        if let Some(known) = self.words.get(&Word::new(word)) {
            return *known == id;
        }
        self.words.insert(Word::new(word), id);
        true
    }

    /// Lets slips of the thumb lead to `word`: one letter left out, doubled, added or two swapped.
    pub fn forgive(&mut self, word: &str) {
        let Some(id) = self.words.get(&Word::new(word)).copied() else {
            return;
        };
        if word.len() < Self::SHORTEST_SLIP || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return;
        }
        self.slips.entry(hash(word.bytes())).or_insert(id);
        for skip in 1..word.len() {
            self.slips.entry(hash(without(word, skip))).or_insert(id);
        }
    }

    /// The number of a word exactly as written, or 0.
    pub fn exact(&self, word: &str) -> WordId {
        self.words.get(&Word::new(word)).copied().unwrap_or(0)
    }

    /// The word behind a number, as the readers ask about it.
    pub fn hash(&self, id: WordId) -> Word {
        self.hashes.get(id as usize).copied().unwrap_or_default()
    }

    /// The word behind a number.
    pub fn name(&self, id: WordId) -> &str {
        self.names.get(id as usize).map_or("", AsRef::as_ref)
    }

    /// The number of a word as people write it: as is, with a letter held down, or with one slip.
    pub fn find(&self, word: &str) -> WordId {
        if let Some(id) = self.words.get(&Word::new(word)) {
            return *id;
        }
        if !word.is_ascii() || word.len() > 40 {
            return 0;
        }
        if let Some(id) = self.held_down(word).or_else(|| self.as_spoken(word)) {
            return id;
        }
        self.slip(word)
    }

    /// "sendin", "wasnae": an ending written as many people speak it.
    fn as_spoken(&self, word: &str) -> Option<WordId> {
        let spelled = |parts: [&str; 2]| {
            let mut bytes = [0u8; 20];
            let mut at = 0;
            for b in parts.into_iter().flat_map(str::bytes) {
                *bytes.get_mut(at)? = b;
                at += 1;
            }
            let whole = bytes.get(..at).and_then(|b| std::str::from_utf8(b).ok())?;
            self.words.get(&Word::new(whole)).copied()
        };
        // "thin" is no "thing".
        if word.ends_with("in") && (word.len() > Self::SHORTEST_SLIP || matches!(word, "doin" | "goin" | "bein")) {
            return spelled([word, "g"]);
        }
        let not = word.strip_suffix("nae").or_else(|| word.strip_suffix("na"))?;
        if not.len() < 3 { None } else { spelled([not, "nt"]) }
    }

    /// "stoppppp", "sooo": three or more of one letter are taken for one, then for two.
    fn held_down(&self, word: &str) -> Option<WordId> {
        let bytes = word.as_bytes();
        if !bytes.windows(3).any(|w| matches!(w, [a, b, c] if a == b && b == c)) {
            return None;
        }
        [1, 2].into_iter().find_map(|most| {
            let mut plain = String::with_capacity(word.len());
            let mut run = 0;
            for (i, b) in bytes.iter().enumerate() {
                run = if i > 0 && bytes.get(i - 1) == Some(b) { run + 1 } else { 1 };
                if run <= most {
                    plain.push(char::from(*b));
                }
            }
            self.words.get(&Word::new(&plain)).copied()
        })
    }

    fn slip(&self, word: &str) -> WordId {
        if word.len() < Self::SHORTEST_SLIP || self.slips.is_empty() {
            return 0;
        }
        // A letter was left out, or two were swapped (both lose one letter to the same form), or one was added.
        if let Some(id) = self.slips.get(&hash(word.bytes())) {
            return *id;
        }
        for skip in 1..word.len() {
            if let Some(id) = self.slips.get(&hash(without(word, skip)))
                && Self::near(word, self.name(*id))
            {
                return *id;
            }
        }
        0
    }

    /// One letter added, left out, or two neighbours swapped; another letter in place of one only in longer words.
    fn near(word: &str, known: &str) -> bool {
        let (a, b) = (word.as_bytes(), known.as_bytes());
        let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
        let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
        if start == 0 {
            return false;
        }
        let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
        if long - short == 1 {
            return start + end >= short;
        }
        if long != short {
            return false;
        }
        let middle = short.saturating_sub(start + end);
        let swapped = middle == 2 && a.get(start) == b.get(start + 1) && a.get(start + 1) == b.get(start);
        swapped || (middle == 1 && short >= 6)
    }
}

fn without(word: &str, skip: usize) -> impl Iterator<Item = u8> {
    word.bytes().enumerate().filter(move |(i, _)| *i != skip).map(|(_, b)| b)
}

fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_within_bounds() {
        let mut v = Vocabulary::new();
        for w in ["stop", "chest", "pain", "breathing"] {
            v.add(w);
            v.forgive(w);
        }
        for (written, meant) in [
            ("stpo", "stop"),
            ("stoppppp", "stop"),
            ("chst", "chest"),
            ("pian", "pain"),
            ("breathign", "breathing"),
            ("breatjing", "breathing"),
        ] {
            assert_eq!(v.name(v.find(written)), meant, "{written}");
        }
        for w in ["sending", "wasnt", "thing", "bang"] {
            v.add(w);
        }
        for (spoken, meant) in [("sendin", "sending"), ("wasnae", "wasnt"), ("wasna", "wasnt")] {
            assert_eq!(v.name(v.find(spoken)), meant, "{spoken}");
        }
        assert_eq!((v.find("thin"), v.find("banana")), (0, 0));
        for other in ["step", "chess", "rain", "shop", "pin", "x"] {
            assert_eq!(v.find(other), 0, "{other}");
        }
    }
}
