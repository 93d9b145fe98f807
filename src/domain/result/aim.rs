//! The range that is shown beside a result, and whose it is. Nothing is judged by it.

use serde::{Deserialize, Serialize};

use super::{Range, Test};

/// Whose range it is: the message says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AimSource {
    /// Agreed with the person.
    Agreed,
    /// The practice's.
    Practice,
    /// The laboratory's reference range.
    Laboratory,
}

/// A range to show, in the test's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Aim {
    /// Whose.
    pub source: AimSource,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Aim {
    /// The one that is shown: agreed with the person before the practice's, that before the laboratory's.
    /// A goal range replaces the standard range; it is never mixed with it.
    pub fn choose(
        agreed: Option<(Option<f64>, Option<f64>)>,
        practice: Option<(Option<f64>, Option<f64>)>,
        laboratory: &Range,
    ) -> Option<Self> {
        let laboratory = Some((laboratory.low, laboratory.high));
        [(AimSource::Agreed, agreed), (AimSource::Practice, practice), (AimSource::Laboratory, laboratory)]
            .into_iter()
            .find_map(|(source, range)| {
                let (low, high) = range?;
                (low.is_some() || high.is_some()).then_some(Self { source, low, high })
            })
    }

    /// The range in words with the test's unit: `20 to 41 mmol/mol`, `48 mmol/mol or less`, `90 mL/min or more`.
    pub fn words(&self, test: &Test) -> Option<String> {
        let unit = &test.plain_unit;
        match (self.low, self.high) {
            (Some(low), Some(high)) => Some(format!("{} to {} {unit}", test.show(low), test.show(high))),
            (None, Some(high)) => Some(format!("{} {unit} or less", test.show(high))),
            (Some(low), None) => Some(format!("{} {unit} or more", test.show(low))),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::result::ResultsCatalogue;

    #[test]
    fn the_persons_own_aim_comes_first_and_is_not_mixed() {
        let laboratory = Range { low: Some(20.0), high: Some(41.0), text: None };
        let aim = Aim::choose(Some((None, Some(53.0))), Some((None, Some(48.0))), &laboratory).unwrap();
        assert_eq!((aim.source, aim.low, aim.high), (AimSource::Agreed, None, Some(53.0)));
        let aim = Aim::choose(Some((None, None)), None, &laboratory).unwrap();
        assert_eq!((aim.source, aim.low), (AimSource::Laboratory, Some(20.0)));
        assert_eq!(Aim::choose(None, None, &Range::default()), None);
        let catalogue = ResultsCatalogue::shipped().unwrap();
        assert_eq!(aim.words(catalogue.get("hba1c").unwrap()).unwrap(), "20 to 41 mmol/mol");
    }
}
