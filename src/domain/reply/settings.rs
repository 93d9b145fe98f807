//! The figures a clinician signs: which values are plausible, which a person reads, which are urgent.

use serde::Deserialize;

/// Both ends of a plausible range, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Range(pub f64, pub f64);

impl Range {
    /// Whether a value is inside.
    pub fn holds(&self, value: f64) -> bool {
        (self.0..=self.1).contains(&value)
    }
}

/// What a value has to be for a person to see it, or to see it now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Urgent under this.
    pub urgent_under: Option<f64>,
    /// Urgent from this on.
    pub urgent_from: Option<f64>,
    /// Read by a person under this.
    pub review_under: Option<f64>,
    /// Read by a person from this on.
    pub review_from: Option<f64>,
}

/// The file `config/reader.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who signed these figures, and when; shown beside every urgent value.
    pub signed: String,
    /// Plausible ranges: outside them the person is asked again.
    pub plausible: Plausible,
    /// Cut-offs.
    #[serde(default)]
    pub cut_off: CutOffs,
    /// A mood of this or less, of ten, is read by a person.
    pub low_mood_at_most: f64,
    /// A count without a maximum is doubted beyond this many times the target.
    pub count_beyond_target: f64,
    /// How like replies that told of danger an answer must be; left out, likeness counts for nothing.
    #[serde(default)]
    pub resemblance: Option<Likeness>,
    /// How much the second reader counts; left out, for nothing.
    #[serde(default)]
    pub second_reader: Option<SecondOpinion>,
    /// Longer replies are read at both ends only, in bytes.
    pub longest: usize,
}

/// From 0 to 1: how likely danger is, by two measures of which the stricter counts.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Likeness {
    /// Read by a person from this on, as the judge sees it.
    pub review_from: f32,
    /// Read at once from this on, as the judge sees it.
    pub urgent_from: f32,
    /// An answer that is so like replies that told of danger is read by a person, whatever the judge says.
    pub like_review_from: f32,
    /// And one that is so like them at once.
    pub like_urgent_from: f32,
}

/// How far the judge goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondOpinion {
    /// The head start of the meaning the rules read, as a natural logarithm of likelihoods.
    pub head_start: f32,
    /// The further head start of "not understood", after which the person is asked again, over meanings that are nothing
    /// without a value.
    pub ask_again: f32,
    /// A wish to stop is named beside the likeliest meaning where it is less likely by no more than this, as a natural logarithm.
    pub stop_within: f32,
    /// From 0 to 1: a reading less likely right than this is read by a person.
    pub file_from: f32,
    /// From 0 to 1: from this on a reading is filed although a long remark stands beside it.
    pub trust_from: f32,
}

/// Plausible ranges.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plausible {
    /// mmHg.
    pub systolic: Range,
    /// mmHg.
    pub diastolic: Range,
    /// Beats a minute.
    pub pulse: Range,
    /// kg.
    pub weight: Range,
    /// mmol/L.
    pub glucose: Range,
    /// L/min.
    pub peak_flow: Range,
    /// Steps a day.
    pub steps: Range,
    /// mmol/mol.
    pub hba1c: Range,
    /// %.
    pub hba1c_percent: Range,
    /// Degrees Celsius.
    pub temperature: Range,
    /// %.
    pub spo2: Range,
}

/// Cut-offs by reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CutOffs {
    /// mmHg.
    pub systolic: Limits,
    /// mmHg.
    pub diastolic: Limits,
    /// Beats a minute.
    pub pulse: Limits,
    /// mmol/L.
    pub glucose: Limits,
    /// Degrees Celsius.
    pub temperature: Limits,
    /// %.
    pub spo2: Limits,
    /// kg.
    pub weight: Limits,
    /// L/min.
    pub peak_flow: Limits,
    /// mmol/mol.
    pub hba1c: Limits,
    /// Steps.
    pub steps: Limits,
    /// Ketones in the blood, mmol/L: told beside a glucose, never filed.
    pub ketones: Limits,
}
