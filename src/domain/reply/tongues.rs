//! The words of other languages, by their number in the vocabulary.

use super::normalise::fold_word;
use super::samples::SAMPLES;
use super::vocabulary::{Vocabulary, WordId};

/// Which words belong to which sample, by word number, as bits.
#[derive(Debug, Clone, Default)]
pub struct Tongues(Vec<Bits>);

/// What a word is in each sampled language, one bit a language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bits {
    /// Languages of which the word is typical.
    pub strong: u8,
    /// Languages that have the word and share it with others.
    pub weak: u8,
    /// Languages in which it is a numeral.
    pub number: u8,
}

impl Tongues {
    /// Adds the samples' words to a vocabulary.
    pub fn new(vocabulary: &mut Vocabulary) -> Self {
        let mut tongues = Self::default();
        for (n, sample) in SAMPLES.iter().enumerate() {
            let bit = 1u8 << n;
            for word in sample.strong.split_whitespace() {
                tongues.at(vocabulary.add(&fold_word(word))).strong |= bit;
            }
            for word in sample.weak.split_whitespace() {
                tongues.at(vocabulary.add(&fold_word(word))).weak |= bit;
            }
            for word in sample.numbers {
                tongues.at(vocabulary.add(&fold_word(word))).number |= bit;
            }
        }
        tongues
    }

    fn at(&mut self, word: WordId) -> &mut Bits {
        let at = word as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, Bits::default());
        }
        &mut self.0[at]
    }

    /// What a word is.
    pub fn of(&self, word: WordId) -> Bits {
        self.0.get(word as usize).copied().unwrap_or_default()
    }
}
