//! The phrases of the lexicon, compiled: elements over word numbers, with short gaps, matched without backtracking
//! beyond those gaps.
//!
//! ```text
//! word  a|b  @set      one word: itself, one of several, one of a named set
//! stop~                the word with its usual endings (stops, stopped, stopping)
//! a|b_c                "a", or "b c"
//! a & b & c            all of them near each other, in any order
//! word?                may be left out
//! ..  ..5              up to three (five) other words within the sentence
//! #  *                 a number; any one word
//! !a|b  !@set          the next word is none of these
//! ^  $                 the reply's first and last word, courtesies aside
//! <  >                 the first and last word of a part of a sentence
//! ```

mod compile;
mod members;
mod scan;

use super::tokens::Token;
use super::vocabulary::{Vocabulary, WordId};
use members::Members;
use std::collections::HashMap;
use std::sync::Arc;

/// A set of words as bits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Class(Vec<u64>);

impl Class {
    /// Adds a word.
    pub fn insert(&mut self, word: WordId) {
        let at = word as usize / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(at) {
            *bits |= 1 << (word % 64);
        }
    }

    /// Whether a word is in the set.
    pub fn contains(&self, word: WordId) -> bool {
        self.0.get(word as usize / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1)
    }

    /// The words of the set.
    pub fn words(&self) -> impl Iterator<Item = WordId> {
        self.0.iter().enumerate().filter(|(_, bits)| **bits != 0).flat_map(|(at, bits)| {
            // Each step takes away the lowest bit that is set.
            std::iter::successors(Some(*bits), |bits| Some(bits & bits.wrapping_sub(1)))
                .take_while(|bits| *bits != 0)
                .map(move |bits| at as WordId * 64 + bits.trailing_zeros())
        })
    }
}

/// Named sets of words.
pub type Sets = HashMap<String, Class>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Word(WordId),
    OneOf(u32),
    MaybeWord(WordId),
    MaybeOneOf(u32),
    NotWord(WordId),
    NotOneOf(u32),
    Any,
    AtLeast(u32),
    Gap(u8),
    First,
    Last,
    PartFirst,
    PartLast,
}

/// What a match stands for: the number of an entry.
pub type Entry = u16;

/// A phrase found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Whose phrase it is.
    pub entry: Entry,
    /// Its first token.
    pub from: u32,
    /// One past its last.
    pub to: u32,
    /// The kind of meaning, for quick asking.
    pub tag: Tag,
}

/// The kind of meaning a phrase has, as a small number its owner gives out (below 128).
pub type Tag = u8;

/// Why a phrase of the lexicon cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A set nobody defined.
    #[error("phrase {phrase:?} names the unknown set {set:?}")]
    UnknownSet {
        /// The phrase.
        phrase: String,
        /// The set.
        set: String,
    },
    /// More signs beside each other than are tried in every order.
    #[error("phrase {0:?} joins more than three signs with &")]
    TooManySigns(String),
    /// More different alternatives than are told apart.
    #[error("the phrases hold more than {0} different sets of words")]
    TooManySets(usize),
    /// Nothing to hold on to.
    #[error("phrase {0:?} has no word to start with")]
    NoStart(String),
}

/// All phrases, found in one pass over the tokens.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    elements: Vec<Element>,
    patterns: Vec<Pattern>,
    /// Needed until the phrases are sealed.
    gathered: Gathered,
    /// For each word, which patterns have it as their rarest, side by side.
    anchors: Vec<Anchor>,
    /// For each word: where its anchors begin and end.
    spans: Vec<[u32; 2]>,
    members: Members,
}

/// What is gathered while phrases are added.
#[derive(Debug, Clone, Default)]
struct Gathered {
    /// The words of each class: a list, as most classes are short.
    classes: Vec<Arc<[WordId]>>,
    class_numbers: HashMap<Arc<[WordId]>, u32>,
    /// How often a reply is likely to hold a word of each class.
    frequencies: Vec<usize>,
    /// For each word, which patterns have it as their rarest.
    anchors: Vec<Vec<Anchor>>,
    /// Words that stand in most replies.
    common: Class,
}

#[derive(Debug, Clone, Copy)]
struct Pattern {
    from: u32,
    to: u32,
    entry: Entry,
    tag: Tag,
}

/// A pattern at the rarest of the words it must have: looked at only where that word stands.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    /// Two more elements, as bits of a reply that has any of their words: without them the phrase cannot be there.
    needs: [u16; 2],
    pattern: u32,
    /// The fewest and the most tokens from the phrase's first to this word.
    least: u8,
    most: u8,
    /// Only at the reply's first word.
    opens: bool,
}

/// Words that have to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    Word(WordId),
    OneOf(u32),
}

/// The tokens of a reply with what the phrases need to know about them.
pub struct Sought<'a> {
    /// The tokens.
    pub tokens: &'a [Token],
    /// The first and one past the last token that is no courtesy.
    pub core: std::ops::Range<usize>,
}

/// The endings English words usually take.
pub fn inflections(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    let (stem, last) = (&word[..word.len().saturating_sub(1)], word.bytes().last().unwrap_or(0));
    match last {
        b'e' => forms.extend([format!("{word}s"), format!("{word}d"), format!("{stem}ing"), format!("{stem}in")]),
        b'y' if !word.ends_with("ay") && !word.ends_with("ey") && !word.ends_with("oy") => {
            forms.extend([format!("{stem}ies"), format!("{stem}ied"), format!("{word}ing"), format!("{word}in")]);
        }
        _ => {
            let plural = if word.ends_with("ch") || word.ends_with("sh") || matches!(last, b's' | b'x' | b'z') {
                "es"
            } else {
                "s"
            };
            forms.extend([format!("{word}{plural}"), format!("{word}ed"), format!("{word}ing"), format!("{word}in")]);
            if !matches!(last, b's' | b'x' | b'w' | b'y') && last.is_ascii_alphabetic() {
                let twice = format!("{word}{}", char::from(last));
                forms.extend([format!("{twice}ed"), format!("{twice}ing"), format!("{twice}in")]);
            }
        }
    }
    forms
}

/// "a|b_c d" stands for "a d" and "b c d": alternatives of several words become phrases of their own.
fn spell_out(phrase: &str) -> Vec<String> {
    orders(phrase).iter().flat_map(|order| spell_alternatives(order)).collect()
}

/// "a & b" stands for both words near each other in a sentence, in any order.
fn orders(phrase: &str) -> Vec<String> {
    const NEAR: &str = " ..8 ";
    let parts: Vec<&str> = phrase.split(" & ").map(str::trim).collect();
    match parts.as_slice() {
        [a, b] => vec![[*a, b].join(NEAR), [*b, a].join(NEAR)],
        [a, b, c] => [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
            .iter()
            .map(|order| order.map(|part| *part).join(NEAR))
            .collect(),
        _ => vec![phrase.to_owned()],
    }
}

/// "#6": a number of at least six, which no class of words can hold.
fn is_least(word: &str) -> bool {
    word.strip_prefix('#').is_some_and(|n| !n.is_empty())
}

fn spell_alternatives(phrase: &str) -> Vec<String> {
    let mut spelled = vec![String::new()];
    for part in phrase.split_whitespace() {
        let (long, short): (Vec<&str>, Vec<&str>) =
            part.split('|').partition(|word| word.contains('_') && !word.starts_with('@') || is_least(word));
        let mut ways: Vec<String> = long.into_iter().map(|word| word.replace('_', " ")).collect();
        if !short.is_empty() {
            ways.push(short.join("|"));
        }
        if part.starts_with('!') {
            // What must not follow is told by its first word.
            ways = vec![part.split('|').map(|word| word.split('_').next().unwrap_or("")).collect::<Vec<_>>().join("|")];
        }
        spelled = spelled.iter().flat_map(|before| ways.iter().map(move |way| format!("{before} {way}"))).collect();
    }
    spelled
}

/// The words an alternative stands for; the error is the name of an unknown set.
pub fn class_of(part: &str, vocabulary: &mut Vocabulary, sets: &Sets) -> Result<Class, String> {
    let mut class = Class::default();
    for word in part.split('|').filter(|w| !w.is_empty()) {
        if word == "@name" {
            class.insert(Vocabulary::NAME);
        } else if let Some(set) = word.strip_prefix('@') {
            let set = sets.get(set).ok_or_else(|| set.to_owned())?;
            set.words().for_each(|w| class.insert(w));
        } else if let Some(stem) = word.strip_suffix('~') {
            for form in inflections(stem) {
                class.insert(vocabulary.add(&super::normalise::fold_word(&form)));
            }
        } else if word == "#" {
            class.insert(Vocabulary::NUMBER);
        } else {
            class.insert(vocabulary.add(&super::normalise::fold_word(word)));
        }
    }
    Ok(class)
}

#[cfg(test)]
mod tests {
    use super::super::normalise::Folded;
    use super::super::tokens::tokenise;
    use super::*;

    fn found(phrase: &str, text: &str) -> bool {
        let mut v = Vocabulary::new();
        let mut p = Phrases::default();
        p.add(phrase, 1, 0, &mut v, &Sets::new()).expect("phrase");
        let folded = Folded::of(text, std::slice::from_ref(&(0..text.len())));
        let tokens = tokenise(&folded, &v, None);
        let mut hits = Vec::new();
        p.seal().expect("few sets");
        p.scan(&Sought { tokens: &tokens, core: 0..tokens.len() }, &mut hits);
        !hits.is_empty()
    }

    #[test]
    fn phrases_match_what_they_say() {
        assert!(found("chest ..2 pain", "my chest is in pain"));
        assert!(!found("chest ..2 pain", "my chest. The pain of paying"));
        assert!(!found("chest ..2 pain", "chest a b c pain"));
        assert!(found("^ stop $", "STOP"));
        assert!(!found("^ stop $", "stop it"));
        assert!(found("bleed~ !the", "bleeding from it"));
        assert!(!found("bleed~ !the", "bleeding the radiators"));
        assert!(found("a really? bad pain|ache", "a bad ache"));
        assert!(found("sugar ..2 #", "sugar was 3"));
        assert!(found("took #6|ten ..1 tablets", "took 16 tablets"));
        assert!(found("took #6|ten ..1 tablets", "took ten tablets"));
        assert!(!found("took #6 ..1 tablets", "took 2 tablets"));
        assert!(found("#6 tablets", "6 tablets"));
        assert!(found("leg & swollen & red|hot", "it is hot and red and swollen, my leg"));
        assert!(!found("leg & swollen", "my leg. Swollen river"));
    }

    #[test]
    fn an_unknown_set_is_an_error() {
        let err = Phrases::default().add("@nobody", 0, 0, &mut Vocabulary::new(), &Sets::new());
        assert!(matches!(err, Err(PatternError::UnknownSet { .. })));
        let err = Phrases::default().add("a & b & c & d", 0, 0, &mut Vocabulary::new(), &Sets::new());
        assert!(matches!(err, Err(PatternError::TooManySigns(_))));
    }
}
