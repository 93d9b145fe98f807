//! Appointments, goals, plans, conditions, messages, permissions and flags from a file.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{ContactNeeds, PatientKey, Provenance, RefusedPhone, SourceId, StopTag};
use crate::domain::identifiers::{EmailAddress, PhoneNumber};
use crate::domain::result::{Code, TakenAt};
use crate::domain::source::as_text;

/// What has become of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Asked for or waiting for an answer: nothing is sent about it.
    Proposed,
    /// Booked.
    Booked,
    /// The person has come.
    Attended,
    /// Cancelled.
    Cancelled,
    /// The person did not come.
    Missed,
    /// Entered in error: to be treated as if it had never been.
    EnteredInError,
}

/// An appointment.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AppointmentRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source; a moved appointment keeps it.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// The source gave no id of its own, so that a moved appointment looks like another one.
    pub id_is_derived: bool,
    /// Status.
    pub status: AppointmentStatus,
    /// Beginning.
    pub start: DateTime<Utc>,
    /// End, where given.
    pub end: Option<DateTime<Utc>>,
    /// Kind of appointment as written ("Diabetes annual review").
    pub service: Option<String>,
    /// Place as written.
    pub location: Option<String>,
    /// Clinician as written.
    pub clinician: Option<String>,
    /// In person, telephone, video, as written.
    pub mode: Option<String>,
}

/// A goal.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// The words, exactly as written.
    pub text: String,
    /// FHIR life-cycle status (`proposed`, `active`, `completed` …); `active` when a CSV does not say.
    pub lifecycle: String,
    /// FHIR achievement status, where given.
    pub achievement: Option<String>,
    /// The person's own words (expressed by the patient), as opposed to a clinical target.
    pub by_patient: bool,
    /// Start.
    pub start: Option<NaiveDate>,
    /// Due or review date.
    pub due: Option<NaiveDate>,
    /// The plan in words: what, how much, when.
    pub plan: Option<String>,
    /// Confidence 0 to 10.
    pub confidence: Option<u8>,
}

/// A care plan.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct CarePlanRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// FHIR status (`active`, `completed`, `revoked` …).
    pub status: String,
    /// What the plan is called or for.
    pub title: Option<String>,
    /// Reason as written.
    pub reason: Option<String>,
    /// Start.
    pub start: Option<NaiveDate>,
    /// End.
    pub end: Option<NaiveDate>,
    /// Activities as written.
    pub activities: Vec<String>,
}

/// A condition.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ConditionRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// Codes.
    pub codes: Vec<Code>,
    /// Name as written.
    pub display: String,
    /// Present now (clinical status active, recurrence, relapse, or no end date).
    pub active: bool,
    /// Onset.
    pub onset: Option<NaiveDate>,
    /// End.
    pub ended: Option<NaiveDate>,
    /// A tag that stops messages, when an active condition stands for one.
    pub stop_tag: Option<StopTag>,
}

/// A message another system recorded.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct CommunicationRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// FHIR status.
    pub status: String,
    /// The patient wrote it (otherwise it was written to or about the patient).
    pub from_patient: bool,
    /// Text parts joined by line breaks.
    pub text: String,
    /// When sent.
    pub sent: Option<TakenAt>,
    /// When received.
    pub received: Option<TakenAt>,
    /// Medium as coded or written.
    pub medium: Option<String>,
}

/// What a consent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentDecision {
    /// Allowed.
    Permit,
    /// Refused.
    Deny,
    /// The resource does not say which: it is kept, and never counts as permission.
    Unstated,
}

/// What a consent is about, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentTopic {
    /// Messages by text or email (written by this program's own export).
    Messages,
    /// Anything else: shown to staff, without effect on sending unless it denies.
    Other,
}

/// A consent.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// In force.
    pub active: bool,
    /// Allowed or refused.
    pub decision: ConsentDecision,
    /// About what.
    pub topic: ConsentTopic,
    /// Channel code, where one is named (`sms`, `email`).
    pub channel: Option<String>,
    /// Purpose code, where one is named (`results`, `goals` …).
    pub purpose: Option<String>,
    /// Scope and category as written.
    pub scope: Option<String>,
    /// When given.
    pub given_at: Option<TakenAt>,
}

/// A flag or tag on the record.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagRecord {
    /// Whose.
    pub patient: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// In force.
    pub active: bool,
    /// Codes.
    pub codes: Vec<Code>,
    /// Text as written.
    pub text: String,
    /// A tag that stops messages, when an active flag stands for one.
    pub stop_tag: Option<StopTag>,
    /// Start.
    pub start: Option<NaiveDate>,
    /// End.
    pub end: Option<NaiveDate>,
}

/// A carer, proxy or relative.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct RelatedPersonRecord {
    /// The patient.
    pub patient: PatientKey,
    /// Id in the source.
    pub source_id: SourceId,
    /// Where it stood.
    pub provenance: Provenance,
    /// Family name.
    pub family: Option<String>,
    /// Given names.
    pub given: Option<String>,
    /// Relationship as coded or written.
    pub relationship: Option<String>,
    /// In force; `true` when the file does not say.
    pub active: bool,
    /// Preferences.
    pub needs: ContactNeeds,
    /// Numbers that can be texted.
    #[serde(with = "as_text::list")]
    pub phones: Vec<PhoneNumber>,
    /// Numbers that cannot be used.
    pub phones_refused: Vec<RefusedPhone>,
    /// Email addresses.
    #[serde(with = "as_text::list")]
    pub emails: Vec<EmailAddress>,
}

// What a record says about a person must not reach a log through `{:?}`.
macro_rules! provenance_only_debug {
    ($($name:ident),* $(,)?) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("provenance", &self.provenance).finish_non_exhaustive()
            }
        }
    )*};
}
provenance_only_debug!(
    AppointmentRecord,
    GoalRecord,
    CarePlanRecord,
    ConditionRecord,
    CommunicationRecord,
    ConsentRecord,
    FlagRecord,
    RelatedPersonRecord,
);
