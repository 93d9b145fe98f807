//! A patient as a file describes one.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::identifiers::{EmailAddress, NhsNumber, PhoneNumber};
use crate::domain::source::as_text;

use super::{ContactNeeds, PatientKey, Provenance, RefusedPhone, SourceId, StopTag};

/// Whether and when the person died, as far as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deceased", content = "on", rename_all = "snake_case")]
pub enum Deceased {
    /// Nothing says so.
    No,
    /// Died, date not given (or a death notification is on the record).
    Yes,
    /// Died on this date.
    On(NaiveDate),
}

impl Deceased {
    /// True when anything says the person died.
    pub fn is_dead(self) -> bool {
        self != Self::No
    }
}

/// Why a person can never be texted or emailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotTextable {
    /// Without a valid NHS number nobody can be sure who the person is.
    NoNhsNumber,
}

impl fmt::Display for NotTextable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNhsNumber => f.write_str("no NHS number: never texted or emailed"),
        }
    }
}

/// Whether messages may ever go to this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "texting", content = "reason", rename_all = "snake_case")]
pub enum Texting {
    /// Nothing in the identity forbids it; consent and all other rules still apply.
    Possible,
    /// Never.
    Never(NotTextable),
}

/// A person as the file describes one.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct PatientRecord {
    /// How the person is matched.
    pub key: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// NHS number.
    #[serde(with = "as_text::optional")]
    pub nhs_number: Option<NhsNumber>,
    /// Further identifiers (system, value). Social security, passport and licence numbers are not kept.
    pub identifiers: Vec<(String, String)>,
    /// Family name.
    pub family: String,
    /// Given names as written, separated by spaces.
    pub given: String,
    /// What the person likes to be called.
    pub known_as: Option<String>,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Death.
    pub deceased: Deceased,
    /// Registered with the practice; `None` when the file does not say.
    pub registered: Option<bool>,
    /// Language, interpreter, formats and preferred channel.
    pub needs: ContactNeeds,
    /// Numbers that can be texted, in the order of the file, without repeats.
    #[serde(with = "as_text::list")]
    pub phones: Vec<PhoneNumber>,
    /// Numbers that cannot be used.
    pub phones_refused: Vec<RefusedPhone>,
    /// Email addresses.
    #[serde(with = "as_text::list")]
    pub emails: Vec<EmailAddress>,
    /// The record is marked sensitive: nothing is ever sent.
    pub sensitive: bool,
    /// The file itself says that the person declined messages.
    pub declined: bool,
    /// Tags that stop or limit messages.
    pub stop_tags: Vec<StopTag>,
    /// Other tags as written (registers, groups).
    pub tags: Vec<String>,
}

impl PatientRecord {
    /// Whether messages may ever go to this person, judged by identity alone.
    pub fn texting(&self) -> Texting {
        match self.nhs_number {
            Some(_) => Texting::Possible,
            None => Texting::Never(NotTextable::NoNhsNumber),
        }
    }

    /// Shorthand for [`PatientRecord::texting`] being possible.
    pub fn textable(&self) -> bool {
        self.texting() == Texting::Possible
    }
}

// A patient must not reach a log through `{:?}`.
impl fmt::Debug for PatientRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientRecord").field("provenance", &self.provenance).finish_non_exhaustive()
    }
}
