//! The second reader: a linear model that has learned from labelled replies what answers to which question mean.
//!
//! The first reader works by rules and is exact; it stumbles over wording nobody thought of. The second knows no rule and is
//! never exact. Which of them to believe is weighed by `judge.rs`, whose weights stand in the same file.

use super::by_feature::ByFeature;
use super::features::{Seen, features_of_question, hash_of_name};
use super::judge::{self, Judge};
use super::resemblance::{BIAS, WeightsError, lines};
use super::understanding::Intent;
use std::collections::BTreeMap;

/// The trained weights.
#[derive(Debug, Clone, Default)]
pub struct SecondReader {
    /// What it has learned to tell apart, each with its bias.
    pub(super) intents: Vec<(Intent, f32)>,
    /// The bias of its opinion that a reply needs nobody.
    filed: f32,
    features: ByFeature<Says>,
    /// The number of an intent, and what a feature says for it; [`NOBODY`] is no intent.
    weights: Vec<(u8, f32)>,
    /// What features say that say much, for every intent in order.
    rows: Vec<Sums>,
    /// Which reader to believe.
    pub(super) judge: Box<Judge>,
}

/// Where what a feature says stands.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// From here on in the weights, so many.
    Little(u32, u8),
    /// In a row of its own.
    Much(u32),
}

impl Default for Says {
    fn default() -> Self {
        Self::Little(0, 0)
    }
}

/// Of so many weights on a feature has a row of its own: it takes little more room, and is summed up in half the time.
const MUCH: usize = 8;

/// All intents, and needing nobody.
const WIDTH: usize = 28;
type Sums = [f32; WIDTH];

/// The number of "needs nobody".
const NOBODY: u8 = WIDTH as u8 - 1;

/// What it holds for likely.
#[derive(Debug, Clone, Default)]
pub(super) struct Opinion {
    likely: Sums,
    /// How many intents there are.
    count: usize,
    /// That a reply needs nobody, as a logit.
    pub(super) filed: f32,
}

impl Opinion {
    /// For each intent the logarithm of how likely it is.
    pub(super) fn likely(&self) -> &[f32] {
        self.likely.get(..self.count).unwrap_or_default()
    }
}

impl SecondReader {
    /// Reads weights, one feature a line: pairs of weight and intent, a tab, the feature. The line of the bias comes first.
    pub fn from_text(text: &str) -> Result<Self, WeightsError> {
        let mut model = Self::default();
        let mut numbers: BTreeMap<String, u8> = BTreeMap::new();
        let mut features = Vec::new();
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
                    let number = model.intents.len() as u8;
                    if number == NOBODY {
                        return Err(wrong);
                    }
                    numbers.insert(intent.to_owned(), number);
                    let intent = serde_json::from_value(intent.into()).map_err(|_| wrong.clone())?;
                    model.intents.push((intent, weight));
                }
            }
            if name != BIAS {
                features.push((hash_of_name(name), model.place(from)));
            }
        }
        model.features = features.into_iter().collect();
        model.weights.shrink_to_fit();
        model.rows.shrink_to_fit();
        model.judge.seal(&model.intents);
        Ok(model)
    }

    /// Where the weights of a feature are kept, which were just read from `from` on.
    fn place(&mut self, from: usize) -> Says {
        let own = self.weights.get(from..).unwrap_or_default();
        if own.len() < MUCH {
            return Says::Little(from as u32, own.len() as u8);
        }
        let mut row = [0.0; WIDTH];
        for (number, weight) in own {
            add(&mut row, *number, *weight);
        }
        self.weights.truncate(from);
        self.rows.push(row);
        Says::Much(self.rows.len() as u32 - 1)
    }

    /// What it holds for likely of words, beside what was asked.
    pub(super) fn of(&self, seen: &Seen, asked: [&'static str; 2]) -> Opinion {
        let mut sums = Sums::default();
        let mut count = seen.hashes.len();
        for hash in &seen.hashes {
            self.count(*hash, &mut sums);
        }
        features_of_question(&seen.words, asked, |feature, _| {
            count += 1;
            self.count(feature.hash, &mut sums);
        });
        let scale = 1.0 / (count.max(1) as f32).sqrt();
        let filed = sums[usize::from(NOBODY)] * scale + self.filed;
        let mut opinion = Opinion { likely: sums, count: self.intents.len(), filed };
        let likely = opinion.likely.get_mut(..opinion.count).unwrap_or_default();
        for (sum, (_, bias)) in likely.iter_mut().zip(&self.intents) {
            *sum = *sum * scale + bias;
        }
        let most = likely.iter().copied().fold(f32::MIN, f32::max);
        let all = most + likely.iter().map(|sum| (sum - most).exp()).sum::<f32>().ln();
        for sum in likely {
            *sum -= all;
        }
        opinion
    }

    fn count(&self, hash: u64, sums: &mut Sums) {
        match self.features.get(hash) {
            None => {}
            Some(Says::Much(row)) => {
                let row = self.rows.get(row as usize).unwrap_or(&[0.0; WIDTH]);
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
            }
            Some(Says::Little(from, count)) => {
                let from = from as usize;
                let own = self.weights.get(from..from + usize::from(count)).unwrap_or_default();
                for (number, weight) in own {
                    add(sums, *number, *weight);
                }
            }
        }
    }
}

fn add(sums: &mut Sums, number: u8, weight: f32) {
    if let Some(sum) = sums.get_mut(usize::from(number)) {
        *sum += weight;
    }
}
