//! Danger by resemblance: how much an answer is like answers that told of danger, in words no list holds.
//!
//! A linear model over words, pairs of words and runs of four letters, trained on labelled replies (`between replies train`). It may
//! only raise a route, never lower one or file a value (hazard H08), and it is asked only beside an open question: what people
//! write out of the blue is read by a person anyway. The figures from which it counts are signed in `config/reader.toml`.

use super::vocabulary::{FNV1A, QuickMap, fnv1a};
use std::fmt::Write;

/// The trained weights.
#[derive(Debug, Clone, Default)]
pub struct Resemblance {
    weights: QuickMap<u64, f32>,
    bias: f32,
}

/// Why a file of weights cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line} of the weights is not a weight, a tab and a feature")]
pub struct WeightsError {
    /// Counted from 1.
    pub line: usize,
}

/// What the model sees of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature<'a> {
    /// A word.
    Word(&'a str),
    /// Two words that stand together.
    Pair(&'a str, &'a str),
    /// Four letters in a row, blanks between words among them: a misspelt word shares most of them.
    Run(&'a str),
}

/// The name under which the file keeps the weight of no feature at all.
pub(super) const BIAS: &str = "bias";

impl Resemblance {
    /// Reads weights, one a line: the weight, a tab, the feature.
    pub fn from_text(text: &str) -> Result<Self, WeightsError> {
        let mut model = Self::default();
        for (index, line) in text.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with("# ")) {
            let parsed = line.split_once('\t').and_then(|(weight, name)| Some((weight.parse::<f32>().ok()?, name)));
            let Some((weight, name)) = parsed else {
                return Err(WeightsError { line: index + 1 });
            };
            if name == BIAS {
                model.bias = weight;
            } else {
                model.weights.insert(hash_of_name(name), weight);
            }
        }
        Ok(model)
    }

    /// Whether anything was trained.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// From 0 to 1 for words between blanks, and the number of the word that told most.
    pub(super) fn of(&self, words: &str) -> (f32, usize) {
        let (mut sum, mut count) = (0.0, 0_u32);
        let (mut most, mut telling) = (0.0, 0);
        features(words, |feature, word| {
            count += 1;
            if let Some(weight) = self.weights.get(&hash(feature)) {
                sum += weight;
                if matches!(feature, Feature::Word(_)) && *weight > most {
                    (most, telling) = (*weight, word);
                }
            }
        });
        let logit = self.bias + sum / (count.max(1) as f32).sqrt();
        (1.0 / (1.0 + (-logit).exp()), telling)
    }
}

/// Every feature of a reply, with the number of its (first) word.
pub(super) fn features<'w>(words: &'w str, mut each: impl FnMut(Feature<'w>, usize)) {
    let mut before: Option<&str> = None;
    for (number, word) in words.split(' ').filter(|w| !w.is_empty()).enumerate() {
        each(Feature::Word(word), number);
        if let Some(before) = before {
            each(Feature::Pair(before, word), number - 1);
        }
        before = Some(word);
    }
    let mut starts = [0_usize; 4];
    for (seen, (at, c)) in words.char_indices().enumerate() {
        starts.rotate_left(1);
        starts[3] = at;
        if seen >= 3
            && let Some(run) = words.get(starts[0]..at + c.len_utf8())
        {
            each(Feature::Run(run), 0);
        }
    }
}

/// The feature as the file names it.
pub(super) fn name(feature: Feature<'_>) -> String {
    let mut name = String::new();
    let _ = match feature {
        Feature::Word(word) => write!(name, "w {word}"),
        Feature::Pair(a, b) => write!(name, "p {a} {b}"),
        Feature::Run(run) => write!(name, "r {run}"),
    };
    name
}

fn hash(feature: Feature<'_>) -> u64 {
    match feature {
        Feature::Word(word) => fnv1a(fnv1a(FNV1A, b"w "), word.as_bytes()),
        Feature::Pair(a, b) => fnv1a(fnv1a(fnv1a(fnv1a(FNV1A, b"p "), a.as_bytes()), b" "), b.as_bytes()),
        Feature::Run(run) => fnv1a(fnv1a(FNV1A, b"r "), run.as_bytes()),
    }
}

fn hash_of_name(name: &str) -> u64 {
    fnv1a(FNV1A, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_words_pairs_and_runs() {
        let mut found = Vec::new();
        features(" my leg ", |feature, word| found.push((name(feature), word)));
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["w my", "w leg", "p my leg", "r  my ", "r my l", "r y le", "r  leg", "r leg "]);
        for (name, _) in &found {
            let mut same = None;
            features(" my leg ", |feature, _| {
                if super::name(feature) == *name {
                    same = Some(hash(feature));
                }
            });
            assert_eq!(same, Some(hash_of_name(name)));
        }
    }

    #[test]
    fn a_file_that_is_none_names_its_line() {
        assert_eq!(
            Resemblance::from_text("# a note\n0.5\tw leg\nheavy\tw chest\n").unwrap_err(),
            WeightsError { line: 3 }
        );
        assert!(Resemblance::from_text("").unwrap().is_empty());
    }
}
