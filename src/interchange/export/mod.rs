//! One person's record as JSON, CSV or FHIR.

mod csv;
mod fhir;
mod formula;
#[cfg(test)]
mod tests;

use crate::domain::record::PatientRecordView;

pub use csv::to_csv;
pub use fhir::to_fhir;
pub use formula::{neutralise, restore};

/// The record as JSON: complete, every text exactly as it was.
pub fn to_json(view: &PatientRecordView) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(view)
}
