//! Logistic regression by stochastic gradient descent.

use super::super::features::Feature;
use std::collections::{BTreeMap, HashMap};

/// How far a weight has moved before it moves: the higher, the calmer its first steps.
const CALM: f32 = 0.1;

/// How a model is trained.
pub(super) struct Course {
    pub(super) rounds: usize,
    pub(super) step: f32,
    /// A feature counts when so many replies hold it: what one reply holds alone says nothing of others.
    pub(super) held_by: u32,
    /// How much a weight shrinks each time it is moved: what few replies speak for stays small.
    pub(super) shrink: f32,
    /// How much a weight shrinks in each round, however many replies hold its feature.
    pub(super) prior: f32,
    /// Weights nearer to nothing than this are left out.
    pub(super) smallest: f32,
}

/// Replies as the numbers of their features, each with its class.
#[derive(Default)]
pub(super) struct Examples {
    numbers: HashMap<String, usize>,
    held: Vec<u32>,
    replies: Vec<Reply>,
}

struct Reply {
    features: Vec<(usize, f32)>,
    scale: f32,
    class: usize,
}

/// Weights by feature and, within it, by output.
pub(super) struct Trained {
    weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// A reply being taken in.
pub(super) struct Seen<'e> {
    examples: &'e mut Examples,
    features: Vec<(usize, f32)>,
}

impl Seen<'_> {
    /// Adds a feature.
    pub(super) fn see(&mut self, feature: &Feature<'_>, value: f32) {
        let next = self.examples.held.len();
        let number = *self.examples.numbers.entry(feature.name()).or_insert(next);
        if number == next {
            self.examples.held.push(0);
        }
        self.features.push((number, value));
    }

    /// Ends it. Long replies are `level` with short ones where their features only add up.
    pub(super) fn of_class(self, class: usize, level: bool) {
        let mut once: Vec<usize> = self.features.iter().filter(|(_, v)| *v != 0.0).map(|(n, _)| *n).collect();
        once.sort_unstable();
        once.dedup();
        for number in once {
            if let Some(count) = self.examples.held.get_mut(number) {
                *count += 1;
            }
        }
        let scale = if level { 1.0 / (self.features.len().max(1) as f32).sqrt() } else { 1.0 };
        self.examples.replies.push(Reply { features: self.features, scale, class });
    }
}

impl Examples {
    /// Starts a reply.
    pub(super) fn reply(&mut self) -> Seen<'_> {
        Seen { examples: self, features: Vec::new() }
    }

    /// Gradient descent with a step of its own for each weight (AdaGrad), in an order that is always the same. One output tells
    /// class 1 from class 0; several tell each class from the others.
    pub(super) fn descend(&self, course: &Course, outputs: usize) -> Trained {
        let mut weights = vec![0.0_f32; self.held.len() * outputs];
        let mut moved = vec![CALM; self.held.len() * outputs];
        let (mut bias, mut bias_moved) = (vec![0.0_f32; outputs], vec![1e-6_f32; outputs]);
        let held = |n: usize| self.held.get(n).copied().unwrap_or_default();
        let known: Vec<Vec<(usize, f32)>> = self
            .replies
            .iter()
            .map(|reply| reply.features.iter().copied().filter(|(n, _)| held(*n) >= course.held_by).collect())
            .collect();
        let mut order: Vec<usize> = (0..self.replies.len()).collect();
        let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
        let mut off = vec![0.0_f32; outputs];
        for _ in 0..course.rounds {
            for i in (1..order.len()).rev() {
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                order.swap(i, (dice % (i as u64 + 1)) as usize);
            }
            for (reply, known) in order.iter().filter_map(|i| Some((self.replies.get(*i)?, known.get(*i)?))) {
                off.fill(0.0);
                for (n, value) in known {
                    let own = weights.get(n * outputs..(n + 1) * outputs).unwrap_or_default();
                    off.iter_mut().zip(own).for_each(|(sum, weight)| *sum += weight * value);
                }
                off.iter_mut().zip(&bias).for_each(|(sum, bias)| *sum = bias + *sum * reply.scale);
                likelihoods(&mut off);
                for (output, off) in off.iter_mut().enumerate() {
                    *off -= if outputs == 1 { reply.class as f32 } else { f32::from(u8::from(reply.class == output)) };
                }
                for ((bias, moved), off) in bias.iter_mut().zip(&mut bias_moved).zip(&off) {
                    *moved += off * off;
                    *bias -= course.step * off / moved.sqrt();
                }
                for (n, value) in known {
                    let place = n * outputs..(n + 1) * outputs;
                    let (Some(own), Some(moved)) = (weights.get_mut(place.clone()), moved.get_mut(place)) else {
                        continue;
                    };
                    let pull = course.prior / held(*n).max(1) as f32;
                    for ((weight, moved), off) in own.iter_mut().zip(moved).zip(&off) {
                        let slope = off * reply.scale * value + pull * *weight;
                        *moved += slope * slope;
                        *weight -= course.step * slope / moved.sqrt() + course.shrink * *weight;
                    }
                }
            }
        }
        Trained { weights, bias }
    }

    /// The weights that count, by the name of their feature.
    pub(super) fn kept(&self, trained: &Trained, course: &Course) -> BTreeMap<&str, Vec<(usize, f32)>> {
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
