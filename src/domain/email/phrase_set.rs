//! Many phrases looked for at once.
//!
//! Testing a line for each of two hundred phrases in turn took most of the time of reading a mail.
//! Here a line is walked once: the first three bytes of each word are looked up in a small filter,
//! and only where they begin a phrase is anything compared.

/// Phrases of at least three bytes, as [`fold`](super::own_words::fold) leaves text.
#[derive(Debug)]
pub(super) struct PhraseSet {
    phrases: Vec<&'static str>,
    /// The first three bytes of each phrase with its number, in order.
    starts: Vec<(u32, u16)>,
    /// One bit for each hash of three bytes that begins a phrase.
    filter: Vec<u64>,
}

const FILTER_BITS: u32 = 4096;

fn key(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [first, second, third, ..] => Some(u32::from(*first) << 16 | u32::from(*second) << 8 | u32::from(*third)),
        _ => None,
    }
}

fn bit(key: u32) -> (usize, u64) {
    let hash = (key.wrapping_mul(0x9E37_79B1) >> 20) % FILTER_BITS;
    ((hash / 64) as usize, 1 << (hash % 64))
}

impl PhraseSet {
    /// A set of the phrases; shorter ones than three bytes are never found.
    pub fn new(phrases: Vec<&'static str>) -> Self {
        let mut filter = vec![0; (FILTER_BITS / 64) as usize];
        let mut starts = Vec::with_capacity(phrases.len());
        for (number, phrase) in phrases.iter().enumerate() {
            let Some(key) = key(phrase.as_bytes()) else {
                continue;
            };
            starts.push((key, number as u16));
            let (word, mask) = bit(key);
            if let Some(word) = filter.get_mut(word) {
                *word |= mask;
            }
        }
        starts.sort_unstable();
        Self { phrases, starts, filter }
    }

    /// Numbers of the phrases that `text` begins with.
    fn at<'s>(&'s self, text: &'s [u8]) -> impl Iterator<Item = usize> + 's {
        let key = key(text).filter(|key| {
            let (word, mask) = bit(*key);
            self.filter.get(word).is_some_and(|bits| bits & mask != 0)
        });
        let from = key.map_or(self.starts.len(), |key| self.starts.partition_point(|(other, _)| *other < key));
        let same = self.starts.iter().skip(from).take_while(move |(other, _)| Some(*other) == key);
        same.map(|(_, number)| usize::from(*number))
            .filter(move |number| self.phrases.get(*number).is_some_and(|phrase| text.starts_with(phrase.as_bytes())))
    }

    /// The phrase that `text` begins with.
    pub fn start_of(&self, text: &str) -> Option<&'static str> {
        self.at(text.as_bytes()).next().and_then(|number| self.phrases.get(number).copied())
    }

    /// Where phrases begin and their numbers, in the order of the text. Phrases begin where words do;
    /// scripts without spaces are looked at letter by letter.
    pub fn find<'s>(&'s self, text: &'s str) -> impl Iterator<Item = (usize, usize)> + 's {
        let bytes = text.as_bytes();
        let mut before = b' ';
        let begins = bytes.iter().enumerate().filter(move |(_, byte)| {
            let word_start = !before.is_ascii_alphanumeric() || **byte >= 0xC0;
            before = **byte;
            word_start
        });
        begins.flat_map(move |(at, _)| self.at(bytes.get(at..).unwrap_or_default()).map(move |number| (at, number)))
    }

    /// The first phrase found in `text`.
    pub fn first_in(&self, text: &str) -> Option<&'static str> {
        self.find(text).next().and_then(|(_, number)| self.phrases.get(number).copied())
    }

    /// Whether any phrase is in `text`.
    pub fn is_in(&self, text: &str) -> bool {
        self.find(text).next().is_some()
    }

    /// The phrase of that number.
    pub fn phrase(&self, number: usize) -> &'static str {
        self.phrases.get(number).copied().unwrap_or_default()
    }
}

/// One phrase a line, `#` begins a comment, quotes keep spaces at the ends.
pub(super) fn lines(file: &'static str) -> Vec<&'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.trim_matches('"'))
        .filter(|line| !line.is_empty())
        .collect()
}

/// A set from a file of [`lines`].
pub(super) fn set(file: &'static str) -> PhraseSet {
    PhraseSet::new(lines(file))
}
