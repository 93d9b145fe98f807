//! The second reader: a linear model that has learned from labelled replies what answers to which question mean.
//!
//! The first reader works by rules and is exact; it stumbles over wording nobody thought of. The second knows no rule and is
//! never exact. Which of them to believe is weighed by `judge.rs`, whose weights stand in the same file.

use super::features::{features_of_answer, hash_of_name};
use super::judge::{self, Judge};
use super::resemblance::{BIAS, WeightsError, lines};
use super::understanding::Intent;
use super::vocabulary::QuickMap;
use std::collections::BTreeMap;

/// The trained weights.
#[derive(Debug, Clone, Default)]
pub struct SecondReader {
    /// What it has learned to tell apart, each with its bias.
    pub(super) intents: Vec<(Intent, f32)>,
    /// The bias of its opinion that a reply needs nobody.
    filed: f32,
    /// Where in `weights` those of a feature stand.
    features: QuickMap<u64, (u32, u32)>,
    /// The number of an intent, and what the feature says for it; [`NOBODY`] is no intent.
    weights: Vec<(u8, f32)>,
    /// Which reader to believe.
    pub(super) judge: Judge,
}

/// The number of "needs nobody".
const NOBODY: u8 = u8::MAX;

/// What it holds for likely.
#[derive(Debug, Clone, Default)]
pub(super) struct Opinion {
    /// For each intent the logarithm of how likely it is.
    pub(super) likely: Vec<f32>,
    /// That a reply needs nobody, as a logit.
    pub(super) filed: f32,
}

impl SecondReader {
    /// Reads weights, one feature a line: pairs of weight and intent, a tab, the feature. The line of the bias comes first.
    pub fn from_text(text: &str) -> Result<Self, WeightsError> {
        let mut model = Self::default();
        let mut numbers: BTreeMap<String, u8> = BTreeMap::new();
        for entry in lines(text) {
            let (line, pairs, name) = entry?;
            if name.starts_with(judge::PREFIX) {
                model.judge.learn(line, pairs, name)?;
                continue;
            }
            let wrong = WeightsError { line };
            let from = model.weights.len();
            let mut words = pairs.split(' ');
            while let Some(weight) = words.next() {
                let weight = weight.parse::<f32>().map_err(|_| wrong.clone())?;
                let intent = words.next().ok_or(wrong.clone())?;
                if name != BIAS {
                    let number = numbers.get(intent).copied().ok_or(wrong.clone())?;
                    model.weights.push((number, weight));
                } else if intent == judge::FILED {
                    model.filed = weight;
                    numbers.insert(intent.to_owned(), NOBODY);
                } else {
                    numbers.insert(intent.to_owned(), model.intents.len() as u8);
                    let intent = serde_json::from_value(intent.into()).map_err(|_| wrong.clone())?;
                    model.intents.push((intent, weight));
                }
            }
            if name != BIAS {
                model.features.insert(hash_of_name(name), (from as u32, model.weights.len() as u32));
            }
        }
        model.weights.shrink_to_fit();
        Ok(model)
    }

    /// What it holds for likely of words between blanks, beside what was asked.
    pub(super) fn of(&self, words: &str, asked: [&'static str; 2]) -> Opinion {
        let mut sums = vec![0.0_f32; self.intents.len()];
        let mut filed = 0.0;
        let mut count = 0_u32;
        features_of_answer(words, asked, |feature, _| {
            count += 1;
            let place = self.features.get(&feature.hash).copied().unwrap_or_default();
            for (number, weight) in self.weights.get(place.0 as usize..place.1 as usize).unwrap_or_default() {
                if *number == NOBODY {
                    filed += weight;
                } else if let Some(sum) = sums.get_mut(usize::from(*number)) {
                    *sum += weight;
                }
            }
        });
        let scale = 1.0 / (count.max(1) as f32).sqrt();
        for (sum, (_, bias)) in sums.iter_mut().zip(&self.intents) {
            *sum = *sum * scale + bias;
        }
        let most = sums.iter().copied().fold(f32::MIN, f32::max);
        let all = most + sums.iter().map(|sum| (sum - most).exp()).sum::<f32>().ln();
        for sum in &mut sums {
            *sum -= all;
        }
        Opinion { likely: sums, filed: filed * scale + self.filed }
    }
}
