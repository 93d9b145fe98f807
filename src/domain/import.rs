//! What an import file says, as typed records, before anything of it is believed or stored.
//!
//! Every record carries the person it belongs to ([`PatientKey`]), where in the file it stood
//! ([`Provenance`]) and an id that is the same when the same file is read again ([`SourceId`]).

mod care;
mod contact;
mod field;
mod patient;
mod refusal;
mod report;
mod tags;

pub use crate::domain::result::ResultRecord;
pub use crate::domain::source::{PatientKey, Place, Provenance, SourceId};
pub use care::{
    AppointmentRecord, AppointmentStatus, CarePlanRecord, CommunicationRecord, ConditionRecord, ConsentDecision,
    ConsentRecord, ConsentTopic, FlagRecord, GoalRecord, RelatedPersonRecord,
};
pub use contact::{ContactChannel, ContactFormat, ContactNeeds, RefusedPhone};

pub use field::Field;
pub use patient::{Deceased, NotTextable, PatientRecord, Texting};
pub use refusal::{IgnoredReason, Refusal, RefusalReason, Shown};
pub use report::{Counts, FileKind, ImportFile, Warning, WarningKind};
pub use tags::StopTag;

use serde::{Deserialize, Serialize};

/// One accepted thing from an import file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// A person registered with (or leaving) the practice.
    Patient(Box<PatientRecord>),
    /// A carer, proxy or relative of a patient.
    RelatedPerson(Box<RelatedPersonRecord>),
    /// A booked, moved, cancelled or attended appointment.
    Appointment(Box<AppointmentRecord>),
    /// A test result or measurement; always held until a person or a standing rule releases it.
    Result(Box<ResultRecord>),
    /// Something the person or the practice aims for.
    Goal(Box<GoalRecord>),
    /// A plan of care with its activities.
    CarePlan(Box<CarePlanRecord>),
    /// A long-term or past condition.
    Condition(Box<ConditionRecord>),
    /// A message that another system sent or received.
    Communication(Box<CommunicationRecord>),
    /// A permission or refusal.
    Consent(Box<ConsentRecord>),
    /// A warning or tag on the person's record.
    Flag(Box<FlagRecord>),
}

impl Record {
    /// The person it belongs to.
    pub fn patient(&self) -> &PatientKey {
        match self {
            Self::Patient(r) => &r.key,
            Self::RelatedPerson(r) => &r.patient,
            Self::Appointment(r) => &r.patient,
            Self::Result(r) => &r.patient,
            Self::Goal(r) => &r.patient,
            Self::CarePlan(r) => &r.patient,
            Self::Condition(r) => &r.patient,
            Self::Communication(r) => &r.patient,
            Self::Consent(r) => &r.patient,
            Self::Flag(r) => &r.patient,
        }
    }

    /// The id under which the source knows it, or one derived from its content; the same on every reading.
    pub fn source_id(&self) -> &SourceId {
        match self {
            Self::Patient(r) => &r.source_id,
            Self::RelatedPerson(r) => &r.source_id,
            Self::Appointment(r) => &r.source_id,
            Self::Result(r) => &r.source_id,
            Self::Goal(r) => &r.source_id,
            Self::CarePlan(r) => &r.source_id,
            Self::Condition(r) => &r.source_id,
            Self::Communication(r) => &r.source_id,
            Self::Consent(r) => &r.source_id,
            Self::Flag(r) => &r.source_id,
        }
    }

    /// Where in which file it stood.
    pub fn provenance(&self) -> &Provenance {
        match self {
            Self::Patient(r) => &r.provenance,
            Self::RelatedPerson(r) => &r.provenance,
            Self::Appointment(r) => &r.provenance,
            Self::Result(r) => &r.provenance,
            Self::Goal(r) => &r.provenance,
            Self::CarePlan(r) => &r.provenance,
            Self::Condition(r) => &r.provenance,
            Self::Communication(r) => &r.provenance,
            Self::Consent(r) => &r.provenance,
            Self::Flag(r) => &r.provenance,
        }
    }

    /// The kind as a stable code (`"patient"`, `"result"`, …) for counts and storage.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Patient(_) => "patient",
            Self::RelatedPerson(_) => "related_person",
            Self::Appointment(_) => "appointment",
            Self::Result(_) => "result",
            Self::Goal(_) => "goal",
            Self::CarePlan(_) => "care_plan",
            Self::Condition(_) => "condition",
            Self::Communication(_) => "communication",
            Self::Consent(_) => "consent",
            Self::Flag(_) => "flag",
        }
    }
}
