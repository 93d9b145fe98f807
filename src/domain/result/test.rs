//! One test of the catalogue: its names, codes, units and limits.

use serde::Deserialize;

use super::units::{AcceptedUnit, Converted, UnitProblem, fold_unit};

/// Limits beyond which a result is held for a clinician. Defaults: the strictest of several laboratories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldLimits {
    /// Held when lower than this.
    pub below: Option<f64>,
    /// Held when this or lower.
    pub at_or_below: Option<f64>,
    /// Held when higher than this.
    pub above: Option<f64>,
    /// Held when this or higher.
    pub at_or_above: Option<f64>,
}

/// One test of the catalogue.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Stable key.
    pub key: String,
    /// Plain words for the person.
    pub plain_name: String,
    /// Names by which exports call it when there is no code; compared by letters and digits only.
    #[serde(default)]
    pub names: Vec<String>,
    /// SNOMED CT codes that mean this test.
    #[serde(default)]
    pub snomed: Vec<String>,
    /// LOINC codes that mean this test.
    #[serde(default)]
    pub loinc: Vec<String>,
    /// Canonical unit (UCUM); empty for a panel.
    #[serde(default)]
    pub unit: String,
    /// The unit as people read it.
    #[serde(default)]
    pub plain_unit: String,
    /// Decimals with which the value is shown.
    #[serde(default)]
    pub decimals: u8,
    /// Units that are understood.
    #[serde(default)]
    pub units: Vec<AcceptedUnit>,
    /// Units in which this test cannot be: an error, not merely unknown.
    #[serde(default)]
    pub impossible_units: Vec<String>,
    /// Lowest and highest plausible value in the canonical unit.
    pub plausible: Option<(f64, f64)>,
    /// Held when the laboratory's reference range is missing.
    #[serde(default)]
    pub range_required: bool,
    /// Hold limits in the canonical unit.
    #[serde(default)]
    pub hold: HoldLimits,
    /// Always held for a clinician.
    #[serde(default)]
    pub sensitive: bool,
    /// The panel this is one number of (`blood_pressure`).
    pub part_of: Option<String>,
    /// Where the codes and limits were seen.
    #[serde(default)]
    pub source: String,
}

impl Test {
    /// Converts a value, by the shown unit and the unit code if both are given.
    ///
    /// A code that is known counts even when the shown words are not ("millimeter of mercury", `mm[Hg]`);
    /// two known units that differ are a disagreement.
    pub fn convert(&self, value: f64, unit: Option<&str>, unit_code: Option<&str>) -> Result<Converted, UnitProblem> {
        let given = |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(fold_unit);
        let (shown, code) = (given(unit), given(unit_code));
        if shown.iter().chain(&code).any(|u| self.impossible_units.iter().any(|i| fold_unit(i) == *u)) {
            return Err(UnitProblem::Impossible);
        }
        let found = |unit: &Option<String>| unit.as_ref().and_then(|u| self.accepted(u));
        match (found(&shown), found(&code)) {
            (Some(a), Some(b)) if !std::ptr::eq(a, b) => Err(UnitProblem::Disagree),
            (_, Some(unit)) => Ok(Converted { value: unit.to_canonical(value) }),
            // A code that is not in the table beside a shown unit that is: nobody knows which is meant.
            (Some(unit), None) if code.is_none() => Ok(Converted { value: unit.to_canonical(value) }),
            (Some(_), None) => Err(UnitProblem::Disagree),
            (None, None) if shown.is_none() && code.is_none() => Err(UnitProblem::Missing),
            (None, None) => Err(UnitProblem::Unknown),
        }
    }

    fn accepted(&self, folded: &str) -> Option<&AcceptedUnit> {
        self.units.iter().find(|u| u.names.iter().any(|n| fold_unit(n) == folded))
    }

    /// The value as it is shown: rounded to the test's decimals.
    pub fn show(&self, value: f64) -> String {
        format!("{value:.*}", usize::from(self.decimals))
    }
}
