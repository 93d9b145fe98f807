//! One test result, with what the source wrote kept beside what was made of it.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::HoldReason;
use crate::domain::source::{PatientKey, Provenance, SourceId};

/// A code with its system and the words the source put to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Code {
    /// Terminology.
    pub system: CodeSystem,
    /// The code.
    pub code: String,
    /// The source's words for it.
    pub display: Option<String>,
}

/// A terminology.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeSystem {
    /// SNOMED CT.
    Snomed,
    /// LOINC.
    Loinc,
    /// A CSV column that does not say which: SNOMED and LOINC codes cannot be mistaken for each other.
    Unstated,
    /// Any other, by its URI.
    Other(String),
}

impl CodeSystem {
    /// The system behind a FHIR URI.
    pub fn from_uri(uri: &str) -> Self {
        match uri {
            "http://snomed.info/sct" => Self::Snomed,
            "http://loinc.org" => Self::Loinc,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// `<` and the like before a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparator {
    /// Below.
    #[serde(rename = "<")]
    Below,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// Above.
    #[serde(rename = ">")]
    Above,
}

impl fmt::Display for Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Above => ">",
        })
    }
}

/// The value in the catalogue's unit, or what there is instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResultValue {
    /// A number. Not rounded: the test's `decimals` say how it is shown.
    Number {
        /// In the canonical unit if the unit was understood, else as written.
        value: f64,
        /// `<` and the like.
        comparator: Option<Comparator>,
    },
    /// A blood pressure, both numbers in mmHg.
    BloodPressure {
        /// Top number.
        systolic: f64,
        /// Bottom number.
        diastolic: f64,
    },
    /// Words.
    Text {
        /// As written.
        text: String,
    },
    /// No value; the source's reason if it gives one.
    Absent {
        /// As written.
        reason: Option<String>,
    },
}

/// What the source wrote, character by character.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Value.
    pub value: String,
    /// Unit as shown.
    pub unit: Option<String>,
    /// Unit code, where the source has one beside the shown unit.
    pub unit_code: Option<String>,
}

/// A part of a result that has parts (a blood pressure's two numbers).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// The catalogue's key, when the code is known.
    pub test_key: Option<String>,
    /// Codes.
    pub codes: Vec<Code>,
    /// Value in the canonical unit.
    pub value: ResultValue,
    /// As written.
    pub original: Original,
}

/// The laboratory's reference range, in the canonical unit if the unit was understood.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// As written, when it is not two plain numbers.
    pub text: Option<String>,
}

impl Range {
    /// True when neither end is known.
    pub fn is_empty(&self) -> bool {
        self.low.is_none() && self.high.is_none()
    }
}

/// The laboratory's flag (HL7 table 0078, the values in use).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AbnormalFlag {
    /// Normal.
    N,
    /// Low.
    L,
    /// Below the lower alert limit.
    LL,
    /// High.
    H,
    /// Above the upper alert limit.
    HH,
    /// Abnormal.
    A,
    /// Abnormal, alert.
    AA,
}

impl AbnormalFlag {
    /// The flag as HL7 codes it, or the signs and words seen in exports. Anything else is `None`.
    pub fn read(text: &str) -> Option<Self> {
        Some(match text.trim().to_uppercase().as_str() {
            "N" | "NORMAL" => Self::N,
            "L" | "LOW" => Self::L,
            "LL" | "CRITICAL LOW" => Self::LL,
            "H" | "HIGH" => Self::H,
            "HH" | "CRITICAL HIGH" => Self::HH,
            "A" | "ABNORMAL" | "*" => Self::A,
            "AA" | "CRITICAL ABNORMAL" | "CRITICAL" => Self::AA,
            _ => return None,
        })
    }

    /// LL, HH and AA: the laboratory's alert limits.
    pub fn is_critical(self) -> bool {
        matches!(self, Self::LL | Self::HH | Self::AA)
    }
}

/// Where the result stands at the laboratory (OBX-11, FHIR `status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    /// Final (OBX-11 F).
    Final,
    /// Final after a correction (OBX-11 C; FHIR corrected, amended).
    Corrected,
    /// Preliminary, partial, registered (OBX-11 P, S, R, I).
    Preliminary,
    /// Cancelled or withdrawn by the laboratory (OBX-11 X, D, W).
    Cancelled,
    /// The source does not say.
    NotStated,
    /// A word this program does not know: treated as not final.
    Unknown,
}

impl ReportStatus {
    /// Reads a FHIR status, an OBX-11 letter or the words seen in exports.
    pub fn read(text: &str) -> Self {
        match text.trim().to_lowercase().as_str() {
            "" => Self::NotStated,
            "final" | "f" | "complete" | "completed" => Self::Final,
            "corrected" | "amended" | "appended" | "c" => Self::Corrected,
            "preliminary" | "partial" | "registered" | "interim" | "provisional" | "p" | "s" | "r" | "i" => {
                Self::Preliminary
            }
            "cancelled" | "entered-in-error" | "withdrawn" | "x" | "d" | "w" => Self::Cancelled,
            _ => Self::Unknown,
        }
    }

    /// Only these may be shown to the person (hazard H05).
    pub fn is_final(self) -> bool {
        matches!(self, Self::Final | Self::Corrected)
    }

    /// Of a result's and its report's status the one that is further from final.
    #[must_use]
    pub fn weaker(self, other: Self) -> Self {
        fn rank(s: ReportStatus) -> u8 {
            match s {
                ReportStatus::Final => 0,
                ReportStatus::Corrected => 1,
                ReportStatus::NotStated => 2,
                ReportStatus::Unknown => 3,
                ReportStatus::Preliminary => 4,
                ReportStatus::Cancelled => 5,
            }
        }
        if rank(other) > rank(self) { other } else { self }
    }
}

/// When something was taken, sent or given: sources write a day or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "precision", content = "at", rename_all = "snake_case")]
pub enum TakenAt {
    /// A day, without a time or a zone.
    Day(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
}

impl fmt::Display for TakenAt {
    /// ISO 8601: a date, or an instant in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Instant(at) => f.write_str(&at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
        }
    }
}

/// One test result, as imported: held.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source; a correction keeps it.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// The report it belongs to, where there is one.
    pub report_id: Option<SourceId>,
    /// Key in the results catalogue; `None` when no code or name is known there.
    pub test_key: Option<String>,
    /// All codes given.
    pub codes: Vec<Code>,
    /// The source's words for the test, without invisible characters.
    pub display: String,
    /// Value in the canonical unit.
    pub value: ResultValue,
    /// The catalogue's unit (UCUM), when the unit was understood.
    pub unit: Option<String>,
    /// What the source wrote.
    pub original: Original,
    /// Parts, for a blood pressure.
    pub components: Vec<Component>,
    /// When taken.
    pub taken_at: Option<TakenAt>,
    /// Reference range.
    pub range: Range,
    /// Laboratory's flag.
    pub flag: Option<AbnormalFlag>,
    /// A flag that could not be read stood there (kept as written).
    pub flag_unread: Option<String>,
    /// Status at the laboratory.
    pub status: ReportStatus,
    /// Why it is held, by [`super::assess()`]: never empty for an imported result.
    pub hold: Vec<HoldReason>,
}

// A result must not reach a log through `{:?}`.
impl fmt::Debug for ResultRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultRecord")
            .field("provenance", &self.provenance)
            .field("test_key", &self.test_key)
            .field("hold", &self.hold)
            .finish_non_exhaustive()
    }
}
