//! What the trained models see of a reply: its words, pairs of them, runs of four letters, and what was asked.

use super::vocabulary::{hashed, joined};

/// One thing seen: its kind, and the words that make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Feature<'a> {
    kind: &'static str,
    parts: [&'a str; 3],
    /// Stands for it among the weights.
    pub(super) hash: u64,
}

impl Feature<'_> {
    /// A word by itself: what a reason can point at.
    pub(super) fn is_word(&self) -> bool {
        self.kind == WORD
    }

    /// The feature as the files of weights name it.
    pub(super) fn name(&self) -> String {
        let mut name = self.kind.to_owned();
        for part in self.parts.iter().filter(|p| !p.is_empty()) {
            name.push(' ');
            if self.kind == RUN {
                name.push_str(part);
            } else {
                name.extend(part.chars().map(|c| if c == ' ' { '_' } else { c }));
            }
        }
        name
    }
}

/// A word that features are made of, with its hash.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    name: &'a str,
    hash: u64,
}

impl<'a> Part<'a> {
    /// No part at all.
    pub(super) const NONE: Self = Self { name: "", hash: 0 };

    /// One word.
    pub(super) const fn new(name: &'a str) -> Self {
        Self { name, hash: of(name) }
    }

    /// Several words, which in the name of a feature stand as one.
    pub(super) fn phrase(name: &'a str) -> Self {
        Self { name, hash: hashed::<true>(name.as_bytes()) }
    }
}

/// A feature of a kind and its parts.
pub(super) fn feature<'a>(kind: Part<'static>, parts: [Part<'a>; 3]) -> Feature<'a> {
    let known = parts.iter().filter(|part| !part.name.is_empty());
    let hash = known.fold(kind.hash, |hash, part| joined(hash, part.hash));
    Feature { kind: kind.name, parts: parts.map(|part| part.name), hash }
}

/// The hash of a feature by its name in a file.
pub(super) fn hash_of_name(name: &str) -> u64 {
    let (kind, rest) = name.split_once(' ').unwrap_or((name, ""));
    if kind == RUN {
        return joined(of(kind), of(rest));
    }
    rest.split(' ').filter(|p| !p.is_empty()).fold(of(kind), |hash, part| joined(hash, of(part)))
}

/// The hash of one word. A word is part of many features: each takes the hash it has.
const fn of(word: &str) -> u64 {
    hashed::<false>(word.as_bytes())
}

const WORD: &str = "w";
const PAIR: &str = "p";
/// Four letters in a row, blanks between words among them: a misspelt word shares most of them.
const RUN: &str = "r";
const FIRST: &str = "f";
const LAST: &str = "l";
const LENGTH: &str = "n";
const ASKED: &str = "c";
const ASKED_WORD: &str = "x";
const ASKED_FIRST: &str = "y";
const ASKED_LENGTH: &str = "m";

/// The words between blanks.
pub(super) fn split(words: &str) -> impl Iterator<Item = &str> {
    // Words are short: to look at each byte is quicker than to search.
    let blank = |from: usize| words.as_bytes().iter().skip(from).position(|b| *b == b' ');
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = words.get(from..).filter(|rest| !rest.is_empty())?;
        let word = blank(from).and_then(|to| rest.get(..to)).unwrap_or(rest);
        from += word.len() + 1;
        Some(word)
    })
    .filter(|word| !word.is_empty())
}

/// Words, pairs and runs of words between blanks, each with the number of its (first) word.
pub(super) fn features<'w>(words: &'w str, mut each: impl FnMut(Feature<'w>, usize)) {
    words_and_pairs(words, &mut each);
    runs(words, |run| each(run, 0));
}

fn words_and_pairs<'w>(words: &'w str, mut each: impl FnMut(Feature<'w>, usize)) {
    const OF: [u64; 2] = [of(WORD), of(PAIR)];
    let mut before: Option<(&str, u64)> = None;
    for (number, word) in split(words).enumerate() {
        let own = of(word);
        each(Feature { kind: WORD, parts: [word, "", ""], hash: joined(OF[0], own) }, number);
        if let Some((before, hash)) = before {
            let hash = joined(joined(OF[1], hash), own);
            each(Feature { kind: PAIR, parts: [before, word, ""], hash }, number - 1);
        }
        before = Some((word, own));
    }
}

fn runs<'w>(words: &'w str, mut each: impl FnMut(Feature<'w>)) {
    let mut starts = [0_usize; 4];
    for (seen, (at, c)) in words.char_indices().enumerate() {
        starts.rotate_left(1);
        starts[3] = at;
        if seen >= 3
            && let Some(run) = words.get(starts[0]..at + c.len_utf8())
        {
            each(Feature { kind: RUN, parts: [run, "", ""], hash: hash_of_run(run.as_bytes()) });
        }
    }
}

const fn hash_of_run(letters: &[u8]) -> u64 {
    const RUNS: u64 = of(RUN);
    joined(RUNS, hashed::<false>(letters))
}

/// Words between blanks, and their features by hash: made once for all the models that are asked.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) words: String,
    count: usize,
    pub(super) hashes: Vec<u64>,
}

impl Seen {
    /// Looks at words between blanks.
    pub(super) fn of(words: String) -> Self {
        // A run for each letter; two more for each word, which is a letter and a blank at least.
        let mut hashes = Vec::with_capacity(2 * words.len());
        let mut count = 0;
        words_and_pairs(&words, |feature, _| {
            count += usize::from(feature.is_word());
            hashes.push(feature.hash);
        });
        if words.is_ascii() {
            hashes.extend(words.as_bytes().windows(4).map(hash_of_run));
        } else {
            runs(&words, |run| hashes.push(run.hash));
        }
        Self { words, count, hashes }
    }

    /// The number of the word that the feature at a place among the hashes is, if it is one. Behind the first word stand each
    /// next one and the pair that it ends.
    pub(super) fn word(&self, place: usize) -> Option<usize> {
        (place == 0 || place % 2 == 1).then_some(place.div_ceil(2)).filter(|number| *number < self.count)
    }
}

/// The same and what they answer: `asked` are the kind of the question and the kind of answer it asks for.
pub(super) fn features_of_answer<'w>(
    words: &'w str,
    asked: [&'static str; 2],
    mut each: impl FnMut(Feature<'w>, usize),
) {
    features(words, &mut each);
    features_of_question(words, asked, each);
}

/// What they answer, alone and beside the words.
pub(super) fn features_of_question<'w>(
    words: &'w str,
    asked: [&'static str; 2],
    mut each: impl FnMut(Feature<'w>, usize),
) {
    let [about, form] = asked;
    let question = |kind: &str| {
        let parts = asked.iter().filter(|p| !p.is_empty());
        parts.fold(of(kind), |hash, part| joined(hash, of(part)))
    };
    let (word_hash, first_hash) = (question(ASKED_WORD), question(ASKED_FIRST));
    each(Feature { kind: ASKED, parts: [about, form, ""], hash: question(ASKED) }, 0);
    let mut count = 0;
    let mut last = ("", 0);
    for (number, word) in split(words).enumerate() {
        let own = of(word);
        each(Feature { kind: ASKED_WORD, parts: [about, form, word], hash: joined(word_hash, own) }, number);
        if number == 0 {
            each(Feature { kind: FIRST, parts: [word, "", ""], hash: joined(of(FIRST), own) }, 0);
            each(Feature { kind: ASKED_FIRST, parts: [about, form, word], hash: joined(first_hash, own) }, 0);
        }
        last = (word, own);
        count = number + 1;
    }
    if count > 0 {
        each(Feature { kind: LAST, parts: [last.0, "", ""], hash: joined(of(LAST), last.1) }, count - 1);
    }
    let length = LENGTHS.get(count).or(LENGTHS.last()).copied().unwrap_or_default();
    each(Feature { kind: LENGTH, parts: [length, "", ""], hash: joined(of(LENGTH), of(length)) }, 0);
    let hash = joined(question(ASKED_LENGTH), of(length));
    each(Feature { kind: ASKED_LENGTH, parts: [about, form, length], hash }, 0);
}

/// Numbers of words; the last stands for all beyond.
const LENGTHS: [&str; 13] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_words_pairs_runs_and_what_was_asked() {
        let mut names = Vec::new();
        let mut see = |feature: Feature<'_>, _| {
            assert_eq!(feature.hash, hash_of_name(&feature.name()));
            names.push(feature.name());
        };
        features(" my leg ", &mut see);
        features_of_answer(" no ", ["reading", "bp"], &mut see);
        for words in [" my leg ", "", " ", " a ", " \u{e9}t\u{e9} 5 "] {
            let (mut hashes, mut numbers) = (Vec::new(), Vec::new());
            features(words, |feature, number| {
                hashes.push(feature.hash);
                numbers.push(feature.is_word().then_some(number));
            });
            let seen = Seen::of(words.to_owned());
            assert_eq!(seen.hashes, hashes, "{words:?}");
            assert_eq!((0..hashes.len()).map(|place| seen.word(place)).collect::<Vec<_>>(), numbers, "{words:?}");
        }
        let plain = ["w my", "w leg", "p my leg", "r  my ", "r my l", "r y le", "r  leg", "r leg "];
        let answer = [
            "w no",
            "r  no ",
            "c reading bp",
            "x reading bp no",
            "f no",
            "y reading bp no",
            "l no",
            "n 1",
            "m reading bp 1",
        ];
        assert_eq!(names, [plain.as_slice(), &answer].concat());
    }

    #[test]
    fn a_feature_of_parts_is_known_by_its_name() {
        let made = feature(Part::new("J:iy"), [Part::new("yes"), Part::phrase("in words"), Part::NONE]);
        assert_eq!((made.name().as_str(), made.hash), ("J:iy yes in_words", hash_of_name("J:iy yes in_words")));
    }
}
