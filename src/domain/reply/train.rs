//! Training the weights: logistic regression on labelled replies, the same weights from the same replies every time.

use super::danger;
use super::inspect::Line;
use super::likeness::spelled;
use super::reader::Reader;
use super::resemblance::{BIAS, features, name};
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
}

/// A feature counts when so many replies hold it: what one reply holds alone says nothing of others.
const HELD_BY: u32 = 2;
const ROUNDS: usize = 16;
const STEP: f32 = 0.3;
/// How much a weight shrinks each time it is moved: what few replies speak for stays small.
const SHRINK: f32 = 1e-4;
/// How far a weight has moved before it moves: the higher, the calmer its first steps.
const CALM: f32 = 0.1;
/// Weights nearer to nothing than this are left out.
const SMALLEST: f32 = 0.04;

/// The file of weights for labelled lines in the schema of `between replies evaluate`; lines that do not parse are left out.
pub fn train<'a>(lines: impl Iterator<Item = &'a str>, reader: &Reader) -> String {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut held: Vec<u32> = Vec::new();
    let mut examples: Vec<(Vec<usize>, bool)> = Vec::new();
    for line in lines {
        let Ok(Labelled { line, expected }) = serde_json::from_str::<Labelled>(line) else { continue };
        let context = line.context(reader);
        let text = Text::new(&line.reply, &context);
        let (words, _) = spelled(&text, &danger::read(&text, context.asked_reading()));
        let mut own = Vec::new();
        features(&words, |feature, _| {
            let next = numbers.len();
            let number = *numbers.entry(name(feature)).or_insert(next);
            if number == held.len() {
                held.push(0);
            }
            own.push(number);
        });
        let mut once = own.clone();
        once.sort_unstable();
        once.dedup();
        for number in once {
            if let Some(count) = held.get_mut(number) {
                *count += 1;
            }
        }
        examples.push((own, expected.intent == "red_flag"));
    }
    let (weights, bias) = descend(&examples, &held);
    let kept: BTreeMap<&str, f32> = numbers
        .iter()
        .filter_map(|(name, number)| Some((name.as_str(), *weights.get(*number)?)))
        .filter(|(_, weight)| weight.abs() >= SMALLEST)
        .collect();
    let mut file = format!("# Made by `between replies train`; not to be edited by hand.\n{bias:.3}\t{BIAS}\n");
    for (name, weight) in kept {
        let _ = writeln!(file, "{weight:.2}\t{name}");
    }
    file
}

/// Gradient descent with a step of its own for each weight (AdaGrad), in an order that is always the same.
fn descend(examples: &[(Vec<usize>, bool)], held: &[u32]) -> (Vec<f32>, f32) {
    let mut weights = vec![0.0_f32; held.len()];
    let mut moved = vec![CALM; held.len()];
    let (mut bias, mut bias_moved) = (0.0_f32, 1e-6_f32);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..ROUNDS {
        for i in (1..order.len()).rev() {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            order.swap(i, (dice % (i as u64 + 1)) as usize);
        }
        for (features, danger) in order.iter().filter_map(|i| examples.get(*i)) {
            let scale = 1.0 / (features.len().max(1) as f32).sqrt();
            let known = || features.iter().copied().filter(|n| held.get(*n).is_some_and(|h| *h >= HELD_BY));
            let sum: f32 = known().filter_map(|n| weights.get(n)).sum();
            let wanted = if *danger { 1.0 } else { 0.0 };
            let off = 1.0 / (1.0 + (-(bias + sum * scale)).exp()) - wanted;
            bias_moved += off * off;
            bias -= STEP * off / bias_moved.sqrt();
            let slope = off * scale;
            for n in known() {
                if let (Some(weight), Some(moved)) = (weights.get_mut(n), moved.get_mut(n)) {
                    *moved += slope * slope;
                    *weight -= STEP * slope / moved.sqrt() + SHRINK * *weight;
                }
            }
        }
    }
    (weights, bias)
}
