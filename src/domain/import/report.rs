//! What came of reading one file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Field, IgnoredReason, Place, Record, Refusal, RefusalReason};

/// What kind of file it turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A list of patients.
    Patients,
    /// A list of appointments.
    Appointments,
    /// A list of results.
    Results,
    /// A list of goals.
    Goals,
    /// A list of conditions.
    Conditions,
    /// A list of care plans.
    CarePlans,
    /// A table that is recognised and not used.
    NotUsed,
    /// A FHIR bundle.
    FhirBundle,
    /// One FHIR resource.
    FhirResource,
    /// FHIR resources, one a line.
    FhirNdjson,
    /// Not recognised.
    Unknown,
}

/// How many of one kind or resource type were read and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows or resources seen.
    pub read: u64,
    /// Accepted.
    pub accepted: u64,
    /// Refused.
    pub refused: u64,
    /// Left aside.
    pub ignored: u64,
}

/// Something staff should know that stopped nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// The text is not UTF-8 and was read as Windows-1252.
    ReadAsWindows1252,
    /// Lines above the header were passed over.
    LinesAboveHeader,
    /// A column that no field is read from.
    ColumnNotUsed,
    /// A phone number cannot be used; the person was still taken.
    PhoneRefused,
    /// An email address cannot be used; the person was still taken.
    EmailRefused,
    /// Two people in the file have one number: no results or goals by text to either.
    SharedPhone,
    /// The surname differs from the one the patient has in the same file.
    SurnameDiffers,
    /// Identity papers' numbers (social security, passport, licence) were not kept.
    IdentityNumbersDropped,
    /// Every row fails for one field: the columns may be shifted.
    ColumnsMayBeShifted,
    /// The appointment time stands twice on the day the clocks go back; the first was taken.
    TimeOccursTwice,
    /// Appointments have no id of their own, so that a moved one cannot be told from a new one.
    NoAppointmentId,
    /// The report does not say whether results are final.
    NoResultStatus,
    /// Code and display, or unit and unit code, disagree; both are kept.
    CodingDisagrees,
    /// The source says that the NHS number was not verified.
    NhsNumberUnverified,
    /// A word that is not known was left out of an optional field.
    WordLeftOut,
}

impl WarningKind {
    /// One plain sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ReadAsWindows1252 => "the file is not UTF-8; read as Windows-1252",
            Self::LinesAboveHeader => "lines above the headings were passed over",
            Self::ColumnNotUsed => "a column is not used",
            Self::PhoneRefused => "a telephone number cannot be used",
            Self::EmailRefused => "an email address cannot be used",
            Self::SharedPhone => "people share a telephone number: no results or goals by text to them",
            Self::SurnameDiffers => "the surname differs from the patient's",
            Self::IdentityNumbersDropped => "social security, passport and licence numbers were not kept",
            Self::ColumnsMayBeShifted => "every row fails for the same field: the columns may be shifted",
            Self::TimeOccursTwice => "the time occurs twice that night; the first was taken",
            Self::NoAppointmentId => "appointments have no id: a moved one looks like a new one",
            Self::NoResultStatus => "nothing says whether the results are final",
            Self::CodingDisagrees => "code and wording disagree; both are kept",
            Self::NhsNumberUnverified => "the source has not verified the NHS number",
            Self::WordLeftOut => "a word is not known and was left out",
        }
    }
}

/// A warning, counted: the first place it arose stands for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What.
    pub kind: WarningKind,
    /// The field, where there is one.
    pub field: Option<Field>,
    /// A heading, a count, or why a number cannot be used; never a person's data.
    pub detail: Option<String>,
    /// First place.
    pub first: Place,
    /// How often.
    pub times: u64,
}

/// What came of reading one file: everything in it is accepted, refused or ignored, and counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportFile {
    /// File name without its folder.
    pub file: String,
    /// Kind.
    pub kind: FileKind,
    /// The mapping's name for CSV, `fhir-r4` for FHIR.
    pub format: String,
    /// What is to be stored, in the order of the file.
    pub accepted: Vec<Record>,
    /// What is not, in the order of the file.
    pub refused: Vec<Refusal>,
    /// Per kind of row or resource type.
    pub counts: BTreeMap<String, Counts>,
    /// What was left aside, per type and reason.
    pub ignored: BTreeMap<String, BTreeMap<IgnoredReason, u64>>,
    /// What staff should know.
    pub warnings: Vec<Warning>,
}

impl ImportFile {
    /// An empty report.
    pub fn new(file: impl Into<String>, kind: FileKind, format: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            kind,
            format: format.into(),
            accepted: Vec::new(),
            refused: Vec::new(),
            counts: BTreeMap::new(),
            ignored: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// The report of a file that was refused as a whole.
    pub fn stopped(file: impl Into<String>, kind: FileKind, refusal: Refusal) -> Self {
        let mut report = Self::new(file, kind, "");
        report.refused.push(refusal);
        report
    }

    /// The reason the whole file was refused, if it was.
    pub fn stopped_by(&self) -> Option<RefusalReason> {
        self.refused.iter().map(|r| r.reason).find(|r| r.stops_the_file())
    }

    /// Takes a record and counts it under `what`.
    pub fn accept(&mut self, what: &str, record: Record) {
        self.count(what, |c| c.accepted += 1);
        self.accepted.push(record);
    }

    /// Counts a resource that is used without becoming a record of its own.
    pub fn accept_silently(&mut self, what: &str) {
        self.count(what, |c| c.accepted += 1);
    }

    /// Refuses a row or resource and counts it.
    pub fn refuse(&mut self, refusal: Refusal) {
        let what = refusal.what.clone();
        self.count(&what, |c| c.refused += 1);
        self.refused.push(refusal);
    }

    /// Leaves one aside and counts it.
    pub fn ignore(&mut self, what: &str, reason: IgnoredReason) {
        self.count(what, |c| c.ignored += 1);
        *self.ignored.entry(what.to_owned()).or_default().entry(reason).or_default() += 1;
    }

    /// Adds a warning; one of the same kind, field and detail is only counted.
    pub fn warn(&mut self, kind: WarningKind, field: Option<Field>, detail: Option<String>, place: Place) {
        let same = |w: &&mut Warning| w.kind == kind && w.field == field && w.detail == detail;
        match self.warnings.iter_mut().find(same) {
            Some(w) => w.times += 1,
            None => self.warnings.push(Warning { kind, field, detail, first: place, times: 1 }),
        }
    }

    /// Whichever of two names rows of this file are counted under.
    pub fn what_of(&self, row: &str, resource: &str) -> String {
        let name = if self.counts.contains_key(resource) { resource } else { row };
        name.to_owned()
    }

    /// Refuses one that was counted as accepted.
    pub fn turn_accepted_into_refused(&mut self, refusal: Refusal) {
        let counts = self.counts.entry(refusal.what.clone()).or_default();
        counts.accepted = counts.accepted.saturating_sub(1);
        counts.refused += 1;
        self.refused.push(refusal);
    }

    /// Leaves one aside that was counted as accepted.
    pub fn turn_accepted_into_ignored(&mut self, what: &str, reason: IgnoredReason) {
        let counts = self.counts.entry(what.to_owned()).or_default();
        counts.accepted = counts.accepted.saturating_sub(1);
        counts.read = counts.read.saturating_sub(1);
        self.ignore(what, reason);
    }

    fn count(&mut self, what: &str, add: impl FnOnce(&mut Counts)) {
        let counts = self.counts.entry(what.to_owned()).or_default();
        counts.read += 1;
        add(counts);
    }
}
