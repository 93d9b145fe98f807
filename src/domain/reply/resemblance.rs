//! Danger by resemblance: how much an answer is like answers that told of danger, in words no list holds.
//!
//! A linear model, trained on labelled replies (`between replies train`). It may only raise a route, never lower one or file a
//! value (hazard H08), and it is asked only beside an open question: what people write out of the blue is read by a person
//! anyway. The figures from which it counts are signed in `config/reader.toml`.

use super::by_feature::ByFeature;
use super::features::{Seen, hash_of_name};
use super::understanding::Flag;

/// The trained weights.
#[derive(Debug, Clone, Default)]
pub struct Resemblance {
    weights: ByFeature<f32>,
    bias: f32,
    /// The families it tells apart, each with its bias.
    families: Vec<(Flag, f32)>,
    /// By word, where in `weights_of_families` stands what it says for each.
    words: ByFeature<(u32, u32)>,
    weights_of_families: Vec<(u8, f32)>,
}

/// Why a file of weights cannot be read.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("line {line} of the weights is not one: weight, tab, feature")]
pub struct WeightsError {
    /// Counted from 1.
    pub line: usize,
}

/// How the names of the features begin that tell families of danger apart; they are words.
pub(super) const FAMILY: &str = "F:";

/// The name under which the files keep the weight of no feature at all.
pub(super) const BIAS: &str = "bias";

/// The lines of a file of weights: their number, what stands before the tab, and the name of the feature.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Result<(usize, &str, &str), WeightsError>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("# "));
    lines.map(|(index, line)| {
        let (weight, name) = line.split_once('\t').ok_or(WeightsError { line: index + 1 })?;
        Ok((index + 1, weight, name))
    })
}

impl Resemblance {
    /// Reads weights, one a line: the weight, a tab, the feature.
    pub fn from_text(text: &str) -> Result<Self, WeightsError> {
        let mut model = Self::default();
        let (mut weights, mut words) = (Vec::new(), Vec::new());
        for entry in lines(text) {
            let (line, weight, name) = entry?;
            if let Some(word) = name.strip_prefix(FAMILY) {
                let from = model.weights_of_families.len() as u32;
                model.learn_family(weight, word).ok_or(WeightsError { line })?;
                words.push((hash_of_name(word), (from, model.weights_of_families.len() as u32)));
                continue;
            }
            let weight = weight.parse::<f32>().map_err(|_| WeightsError { line })?;
            if name == BIAS {
                model.bias = weight;
            } else {
                weights.push((hash_of_name(name), weight));
            }
        }
        model.weights = weights.into_iter().collect();
        model.words = words.into_iter().collect();
        Ok(model)
    }

    /// What a word says for each family. The line of the bias says which families there are.
    fn learn_family(&mut self, pairs: &str, word: &str) -> Option<()> {
        let mut words = pairs.split(' ');
        while let Some(weight) = words.next() {
            let weight = weight.parse::<f32>().ok()?;
            let family: Flag = serde_json::from_value(words.next()?.into()).ok()?;
            if word == BIAS {
                self.families.push((family, weight));
            } else {
                let number = self.families.iter().position(|(known, _)| *known == family)?;
                self.weights_of_families.push((number as u8, weight));
            }
        }
        Some(())
    }

    /// The family of danger that words tell of most likely, if they tell of danger at all.
    pub(super) fn family(&self, seen: &Seen) -> Option<Flag> {
        let mut sums = vec![0.0_f32; self.families.len()];
        let mut count = 0_u32;
        let words = seen.hashes.iter().enumerate().filter(|(place, _)| seen.word(*place).is_some());
        for (_, hash) in words {
            count += 1;
            let (from, to) = self.words.get(*hash).unwrap_or_default();
            for (number, weight) in self.weights_of_families.get(from as usize..to as usize).unwrap_or_default() {
                if let Some(sum) = sums.get_mut(usize::from(*number)) {
                    *sum += weight;
                }
            }
        }
        let scale = 1.0 / (count.max(1) as f32).sqrt();
        let likely = sums.iter().zip(&self.families).map(|(sum, (family, bias))| (sum * scale + bias, *family));
        likely.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, family)| family)
    }

    /// Whether anything was trained.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// How like danger words are, as a logit, and the number of the word that told most.
    pub(super) fn of(&self, seen: &Seen) -> (f32, usize) {
        let mut sum = 0.0;
        let (mut most, mut telling) = (0.0, 0);
        for (place, hash) in seen.hashes.iter().enumerate() {
            let Some(weight) = self.weights.get(*hash) else { continue };
            sum += weight;
            if weight > most
                && let Some(word) = seen.word(place)
            {
                (most, telling) = (weight, word);
            }
        }
        (self.bias + sum / (seen.hashes.len().max(1) as f32).sqrt(), telling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_none_names_its_line() {
        assert_eq!(
            Resemblance::from_text("# a note\n0.5\tw leg\nheavy\tw chest\n").unwrap_err(),
            WeightsError { line: 3 }
        );
        assert_eq!(Resemblance::from_text("0.5 w leg\n").unwrap_err(), WeightsError { line: 1 });
        assert!(Resemblance::from_text("").unwrap().is_empty());
        assert_eq!(Resemblance::from_text("1 stroke\tF:w face\n").unwrap_err(), WeightsError { line: 1 }, "no bias");
    }

    #[test]
    fn the_family_is_the_one_its_words_speak_for() {
        let model = Resemblance::from_text("0 stroke 0.1 hypo\tF:bias\n2 stroke\tF:w face\n").unwrap();
        let face = Seen::of(" my face ".to_owned());
        assert_eq!(model.family(&face), Some(Flag::Stroke));
        assert_eq!(model.family(&Seen::of(" my foot ".to_owned())), Some(Flag::Hypo));
        assert_eq!(Resemblance::default().family(&face), None);
    }
}
