//! The home readings there are.

use serde::{Deserialize, Serialize};

/// A home reading the product can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingKind {
    /// Blood pressure, mmHg.
    Bp,
    /// Body weight, kg.
    Weight,
    /// Blood glucose, mmol/L.
    Glucose,
    /// Peak flow, L/min.
    PeakFlow,
    /// Steps walked.
    Steps,
    /// HbA1c, mmol/mol or %.
    Hba1c,
    /// Body temperature, degrees Celsius.
    Temperature,
    /// Oxygen saturation, %.
    Spo2,
}
