//! Training the weights: logistic regression on labelled replies, the same weights from the same replies every time.

use super::context::Context;
use super::danger;
use super::features::{Feature, features, features_of_answer};
use super::inspect::Line;
use super::likeness;
use super::reader::Reader;
use super::resemblance::BIAS;
use super::second_opinion;
use super::text::Text;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

#[derive(Deserialize)]
struct Labelled {
    #[serde(flatten)]
    line: Line,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    intent: String,
    /// There in lines that are labelled in full, and not only as danger or none.
    also: Option<Vec<String>>,
}

/// A feature counts when so many replies hold it: what one reply holds alone says nothing of others.
const HELD_BY: u32 = 2;
const STEP: f32 = 0.3;
/// How much a weight shrinks each time it is moved: what few replies speak for stays small.
const SHRINK: f32 = 1e-4;
/// How far a weight has moved before it moves: the higher, the calmer its first steps.
const CALM: f32 = 0.1;

/// How a model is trained.
struct Course {
    rounds: usize,
    /// Weights nearer to nothing than this are left out.
    smallest: f32,
}
const DANGER: Course = Course { rounds: 16, smallest: 0.04 };
const INTENTS: Course = Course { rounds: 20, smallest: 0.3 };

const RED_FLAG: &str = "red_flag";

const NOTE: &str = "# Made by `between replies train`; not to be edited by hand.";

/// The file of weights of danger for labelled lines in the schema of `between replies evaluate`; lines that do not parse are
/// left out.
pub fn danger<'a>(lines: impl Iterator<Item = &'a str>, reader: &Reader) -> String {
    let mut examples = Examples::default();
    each_labelled(lines, reader, |context, text, expected| {
        let words = likeness::spelled(text, &danger::read(text, context.asked_reading())).0;
        examples.add(usize::from(expected.intent == RED_FLAG), |see| features(&words, see));
    });
    let trained = examples.descend(&DANGER, 1);
    let mut file = format!("{NOTE}\n{:.3}\t{BIAS}\n", trained.bias.first().copied().unwrap_or_default());
    for (name, weights) in examples.kept(&trained, &DANGER) {
        for (_, weight) in weights {
            let _ = writeln!(file, "{weight:.2}\t{name}");
        }
    }
    file
}

/// The file of weights of the second reader, from those lines that are labelled in full.
pub fn second_reader<'a>(lines: impl Iterator<Item = &'a str>, reader: &Reader) -> String {
    let mut examples = Examples::default();
    let mut intents: BTreeMap<String, usize> = BTreeMap::new();
    each_labelled(lines, reader, |context, text, expected| {
        // Danger has a model of its own.
        if expected.also.is_none() || expected.intent == RED_FLAG {
            return;
        }
        let next = intents.len();
        let class = *intents.entry(expected.intent).or_insert(next);
        let words = second_opinion::spelled(text);
        examples.add(class, |see| features_of_answer(&words, second_opinion::asked(context), see));
    });
    let trained = examples.descend(&INTENTS, intents.len());
    let by_number: BTreeMap<usize, &str> = intents.iter().map(|(word, number)| (*number, word.as_str())).collect();
    let pairs = |weights: Vec<(usize, f32)>| -> String {
        let named = weights.into_iter().filter_map(|(n, weight)| Some(format!("{weight:.2} {}", by_number.get(&n)?)));
        named.collect::<Vec<_>>().join(" ")
    };
    let mut file = format!("{NOTE}\n{}\t{BIAS}\n", pairs(trained.bias.iter().copied().enumerate().collect()));
    for (name, weights) in examples.kept(&trained, &INTENTS) {
        let _ = writeln!(file, "{}\t{name}", pairs(weights));
    }
    file
}

fn each_labelled<'a>(
    lines: impl Iterator<Item = &'a str>,
    reader: &Reader,
    mut each: impl FnMut(&Context<'_>, &Text<'_>, Expected),
) {
    for line in lines {
        let Ok(Labelled { line, expected }) = serde_json::from_str::<Labelled>(line) else { continue };
        let context = line.context(reader);
        each(&context, &Text::new(&line.reply, &context), expected);
    }
}

/// Replies as the numbers of their features, each with its class.
#[derive(Default)]
struct Examples {
    numbers: HashMap<String, usize>,
    held: Vec<u32>,
    replies: Vec<(Vec<usize>, usize)>,
}

/// Weights by feature and, within it, by output.
struct Trained {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Examples {
    fn add(&mut self, class: usize, all: impl FnOnce(&mut dyn FnMut(Feature<'_>, usize))) {
        let mut own = Vec::new();
        all(&mut |feature, _| {
            let next = self.numbers.len();
            let number = *self.numbers.entry(feature.name()).or_insert(next);
            if number == self.held.len() {
                self.held.push(0);
            }
            own.push(number);
        });
        let mut once = own.clone();
        once.sort_unstable();
        once.dedup();
        for number in once {
            if let Some(count) = self.held.get_mut(number) {
                *count += 1;
            }
        }
        self.replies.push((own, class));
    }

    /// Gradient descent with a step of its own for each weight (AdaGrad), in an order that is always the same. One output tells
    /// class 1 from class 0; several tell each class from the others.
    fn descend(&self, course: &Course, outputs: usize) -> Trained {
        let mut weights = vec![0.0_f32; self.held.len() * outputs];
        let mut moved = vec![CALM; self.held.len() * outputs];
        let (mut bias, mut bias_moved) = (vec![0.0_f32; outputs], vec![1e-6_f32; outputs]);
        let mut order: Vec<usize> = (0..self.replies.len()).collect();
        let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..course.rounds {
            for i in (1..order.len()).rev() {
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                order.swap(i, (dice % (i as u64 + 1)) as usize);
            }
            for (features, class) in order.iter().filter_map(|i| self.replies.get(*i)) {
                let scale = 1.0 / (features.len().max(1) as f32).sqrt();
                let known = || features.iter().copied().filter(|n| self.held.get(*n).is_some_and(|h| *h >= HELD_BY));
                let mut sums = vec![0.0_f32; outputs];
                for n in known() {
                    let own = weights.get(n * outputs..(n + 1) * outputs).unwrap_or_default();
                    sums.iter_mut().zip(own).for_each(|(sum, weight)| *sum += weight);
                }
                sums.iter_mut().zip(&bias).for_each(|(sum, bias)| *sum = bias + *sum * scale);
                likelihoods(&mut sums);
                let mut off = sums;
                for (output, off) in off.iter_mut().enumerate() {
                    *off -= if outputs == 1 { *class as f32 } else { f32::from(u8::from(*class == output)) };
                }
                for ((bias, moved), off) in bias.iter_mut().zip(&mut bias_moved).zip(&off) {
                    *moved += off * off;
                    *bias -= STEP * off / moved.sqrt();
                }
                for n in known() {
                    let place = n * outputs..(n + 1) * outputs;
                    let (Some(own), Some(moved)) = (weights.get_mut(place.clone()), moved.get_mut(place)) else {
                        continue;
                    };
                    for ((weight, moved), off) in own.iter_mut().zip(moved).zip(&off) {
                        let slope = off * scale;
                        *moved += slope * slope;
                        *weight -= STEP * slope / moved.sqrt() + SHRINK * *weight;
                    }
                }
            }
        }
        Trained { weights, bias }
    }

    /// The weights that count, by the name of their feature.
    fn kept(&self, trained: &Trained, course: &Course) -> BTreeMap<&str, Vec<(usize, f32)>> {
        let outputs = trained.bias.len();
        let of = |n: usize| trained.weights.get(n * outputs..(n + 1) * outputs).unwrap_or_default();
        let kept = self.numbers.iter().map(|(name, n)| {
            let own = of(*n).iter().copied().enumerate().filter(|(_, weight)| weight.abs() >= course.smallest);
            (name.as_str(), own.collect::<Vec<_>>())
        });
        kept.filter(|(_, own)| !own.is_empty()).collect()
    }
}

/// Sums as likelihoods from 0 to 1.
fn likelihoods(sums: &mut [f32]) {
    if let [sum] = sums {
        *sum = 1.0 / (1.0 + (-*sum).exp());
        return;
    }
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    for sum in &mut *sums {
        *sum = (*sum - most).exp();
    }
    let all: f32 = sums.iter().sum();
    for sum in sums {
        *sum /= all;
    }
}
