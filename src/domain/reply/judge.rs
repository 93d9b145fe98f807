//! How far each reader is to be believed: a small linear model over what the rules found and what the second reader holds for
//! likely. It has learned from replies the rules were never changed by, so it knows where the rules go wrong.
//!
//! It says what a reply means, how likely it is that the reading by rules may be filed as it stands, and how likely danger is.
//! What is made of that stands in `second_opinion.rs`.

use super::by_feature::ByFeature;
use super::features::{Feature, hash_of_name};
use super::odds;
use super::resemblance::WeightsError;
use super::understanding::Intent;

/// Outputs there is room for: all meanings, and two more.
const WIDTH: usize = 28;
type Row = [f32; WIDTH];

/// The name under which a file of weights has the bias of the judge; its features begin alike.
pub(super) const BIAS: &str = "J:bias";
/// How the names of its features begin.
pub(super) const PREFIX: &str = "J:";
/// Its output for readings that may be filed.
pub(super) const FILED: &str = "filed";
/// Its output for danger.
pub(super) const URGENT: &str = "urgent";

/// The trained weights.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    names: Vec<String>,
    /// What it tells apart, and the place of each.
    pub(super) meanings: Vec<(Intent, usize)>,
    filed: Option<usize>,
    urgent: Option<usize>,
    bias: Row,
    /// The features of `rows`, until it is sealed.
    learned: Vec<(u64, u32)>,
    places: ByFeature<u32>,
    rows: Vec<Row>,
    /// For each intent of the second reader the two rows of how likely that holds it; last those of what the trained models
    /// hold of a reply as a whole.
    opinions: Vec<[Row; 2]>,
}

/// What the judge says of a reply.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    sums: Row,
    /// From 0 to 1: the reading by rules may be filed.
    pub(super) filed: f32,
    /// From 0 to 1: a person should see it now.
    pub(super) urgent: f32,
}

impl Verdict {
    /// How likely a meaning is, as a logarithm without a common measure: to be compared with others.
    pub(super) fn of(&self, place: usize) -> f32 {
        self.sums.get(place).copied().unwrap_or(f32::MIN)
    }
}

impl Judge {
    /// Whether anything was trained.
    pub(super) fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    /// Takes a line of a file of weights: pairs of weight and output, and the feature.
    pub(super) fn learn(&mut self, line: usize, pairs: &str, name: &str) -> Result<(), WeightsError> {
        let wrong = || WeightsError { line };
        let mut row = [0.0; WIDTH];
        let mut words = pairs.split(' ');
        while let Some(weight) = words.next() {
            let weight = weight.parse::<f32>().map_err(|_| wrong())?;
            let output = words.next().ok_or_else(wrong)?;
            let place = match self.names.iter().position(|n| n == output) {
                Some(place) => place,
                None if name == BIAS => self.add(output).ok_or_else(wrong)?,
                None => return Err(wrong()),
            };
            *row.get_mut(place).ok_or_else(wrong)? = weight;
        }
        if name == BIAS {
            self.bias = row;
        } else {
            self.learned.push((hash_of_name(name), self.rows.len() as u32));
            self.rows.push(row);
        }
        Ok(())
    }

    fn add(&mut self, output: &str) -> Option<usize> {
        let place = self.names.len();
        match output {
            FILED => self.filed = Some(place),
            URGENT => self.urgent = Some(place),
            word => self.meanings.push((serde_json::from_value(word.into()).ok()?, place)),
        }
        self.names.push(output.to_owned());
        Some(place)
    }

    /// Makes what was learned ready, beside a second reader of these intents. Call it once, at the end.
    pub(super) fn seal(&mut self, intents: &[(Intent, f32)]) {
        self.places = std::mem::take(&mut self.learned).into_iter().collect();
        self.rows.shrink_to_fit();
        let row = |feature: Feature<'_>| self.row(feature.hash).copied().unwrap_or_default();
        let features = intents.iter().map(|(intent, _)| odds::of_intent(*intent)).chain([odds::of_models()]);
        self.opinions = features.map(|pair| pair.map(row)).collect();
    }

    fn row(&self, hash: u64) -> Option<&Row> {
        self.rows.get(self.places.get(hash)? as usize)
    }

    /// Starts a verdict.
    pub(super) fn hear(&self) -> Hearing<'_> {
        Hearing { judge: self, sums: self.bias }
    }
}

/// A verdict in the making.
pub(super) struct Hearing<'a> {
    judge: &'a Judge,
    sums: Row,
}

impl Hearing<'_> {
    /// Counts one thing that was found, by its hash, with its value.
    pub(super) fn count(&mut self, hash: u64, value: f32) {
        if let Some(row) = self.judge.row(hash) {
            self.sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * value);
        }
    }

    /// Counts what the models hold, whose features all replies have, and gives what comes of it all.
    pub(super) fn verdict(self, likely: &[f32], filed: f32, danger: f32) -> Verdict {
        let Self { judge, mut sums } = self;
        let values = likely.iter().map(|likely| odds::values_of_intent(*likely));
        let values = values.chain([odds::values_of_models(filed, danger)]);
        for ([one, other], [of_one, of_other]) in judge.opinions.iter().zip(values) {
            for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
                *sum = *sum + one * of_one + other * of_other;
            }
        }
        let likely = |place: Option<usize>, without: f32| {
            place.and_then(|p| sums.get(p)).map_or(without, |sum| 1.0 / (1.0 + (-sum).exp()))
        };
        Verdict { filed: likely(judge.filed, 1.0), urgent: likely(judge.urgent, 0.0), sums }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge() -> Judge {
        let mut judge = Judge::default();
        judge.learn(1, "0 yes 1 no 2 filed -2 urgent", BIAS).unwrap();
        judge.learn(2, "3 yes -4 filed", "J:i yes").unwrap();
        judge.seal(&[]);
        judge
    }

    #[test]
    fn what_is_counted_moves_the_outputs_it_names() {
        let judge = judge();
        let at = |intent| judge.meanings.iter().find(|(i, _)| *i == intent).unwrap().1;
        let before = judge.hear().verdict(&[], 0.0, 0.0);
        assert!(before.of(at(Intent::No)) > before.of(at(Intent::Yes)) && before.filed > 0.8 && before.urgent < 0.2);
        let mut hearing = judge.hear();
        hearing.count(hash_of_name("J:i yes"), 1.0);
        hearing.count(hash_of_name("J:i never heard"), 1.0);
        let after = hearing.verdict(&[], 0.0, 0.0);
        assert!(after.of(at(Intent::Yes)) > after.of(at(Intent::No)) && after.filed < 0.2);
        assert_eq!(after.urgent, before.urgent);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let mut judge = judge();
        assert_eq!(judge.learn(7, "3 perhaps", "J:i yes"), Err(WeightsError { line: 7 }), "an output without a bias");
        assert_eq!(judge.learn(8, "heavy yes", "J:i yes"), Err(WeightsError { line: 8 }));
        assert_eq!(judge.learn(9, "1 nonsense", BIAS), Err(WeightsError { line: 9 }));
    }
}
