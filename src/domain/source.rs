//! Where facts come from: whose record it is, where it stood, and the id that makes a second import harmless.

pub mod as_text;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::identifiers::NhsNumber;

/// How a record is matched to a person.
///
/// A person with an NHS number is matched on the number *and* the date of birth (hazard H02). People
/// without one (the invented American data) are matched by identifier and system, and never texted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum PatientKey {
    /// A valid NHS number with the date of birth; the surname, when given, is for a warning only.
    NhsAndBirthDate {
        /// The number.
        #[serde(with = "as_text")]
        nhs_number: NhsNumber,
        /// Date of birth.
        birth_date: NaiveDate,
        /// As the file spells it. A difference from the stored name warns, and does not decide.
        surname: Option<String>,
    },
    /// An identifier in the system that gave it out.
    Identifier {
        /// The naming system, a URI.
        system: String,
        /// The value within it.
        value: String,
    },
}

impl PatientKey {
    /// Whether two keys name the same person: the surname takes no part.
    pub fn same_person(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }

    /// The parts that identify, without the surname, as one string for maps and derived ids.
    pub fn identity(&self) -> String {
        match self {
            Self::NhsAndBirthDate { nhs_number, birth_date, .. } => {
                format!("nhs|{}|{birth_date}", nhs_number.digits())
            }
            Self::Identifier { system, value } => format!("id|{system}|{value}"),
        }
    }
}

// Names and numbers of patients must not reach a log through `{:?}`.
impl fmt::Debug for PatientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NhsAndBirthDate { .. } => f.write_str("PatientKey::NhsAndBirthDate(..)"),
            Self::Identifier { system, .. } => {
                write!(f, "PatientKey::Identifier {{ system: {system:?}, .. }}")
            }
        }
    }
}

/// Where in a file a record or a refusal stood. All numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "place", content = "number", rename_all = "snake_case")]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of a text file (the line a row starts on).
    Line(u64),
    /// An entry of a FHIR bundle.
    Entry(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Line(n) => write!(f, "line {n}"),
            Self::Entry(n) => write!(f, "entry {n}"),
        }
    }
}

/// Which file, where in it, and by which mapping or format it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// File name without its folder.
    pub file: String,
    /// Line or entry.
    pub place: Place,
    /// The column mapping's name for CSV, `fhir-r4` for FHIR.
    pub format: String,
}

/// An id that is stable across readings of the same data: the source's own, or one derived from content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(String);

impl SourceId {
    /// The id the source itself gives, within its kind (`Observation/abc`, `appointment/4711`).
    pub fn given(kind: &str, id: &str) -> Self {
        Self(format!("{kind}/{id}"))
    }

    /// An id for rows that have none: a digest of the parts that make the row what it is, so that the
    /// same row read twice is one record.
    pub fn derived(kind: &str, parts: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            // The length keeps ("ab","c") and ("a","bc") apart.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        let mut id = format!("{kind}/row-");
        for byte in digest.finalize().iter().take(16) {
            id.push(hex_digit(byte >> 4));
            id.push(hex_digit(byte & 15));
        }
        Self(id)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(surname: &str) -> PatientKey {
        PatientKey::NhsAndBirthDate {
            nhs_number: NhsNumber::parse("9990079196").unwrap(),
            birth_date: NaiveDate::from_ymd_opt(1960, 2, 3).unwrap(),
            surname: Some(surname.into()),
        }
    }

    #[test]
    fn h02_the_surname_never_decides_who_someone_is() {
        assert!(key("Jones").same_person(&key("Smith-Jones")));
        let other = PatientKey::NhsAndBirthDate {
            nhs_number: NhsNumber::parse("9990079196").unwrap(),
            birth_date: NaiveDate::from_ymd_opt(1960, 3, 2).unwrap(),
            surname: Some("Jones".into()),
        };
        assert!(!key("Jones").same_person(&other), "the date of birth must match too");
    }

    #[test]
    fn debug_form_holds_nothing_about_the_person() {
        let shown = format!("{:?}", key("Jones"));
        assert!(!shown.contains("999") && !shown.contains("Jones") && !shown.contains("1960"));
    }

    #[test]
    fn derived_ids_depend_on_where_parts_end() {
        assert_ne!(SourceId::derived("r", &["ab", "c"]), SourceId::derived("r", &["a", "bc"]));
        assert_eq!(SourceId::derived("r", &["ab", "c"]), SourceId::derived("r", &["ab", "c"]));
    }
}
