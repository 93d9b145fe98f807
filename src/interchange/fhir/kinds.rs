//! Which reader takes which resource, and whose it is.

use super::index::At;
use super::model::Reference;
use super::reading::{Outcome, Reading, check, refusal};
use super::split::{Entry, Split};
use super::{care, consent, observation, people};
use crate::domain::import::{Field, IgnoredReason, PatientKey, Refusal, RefusalReason};

impl Reading<'_> {
    /// Reads any resource but a patient.
    pub(super) fn read(&self, at: At, entry: &Entry<'_>, split: &Split<'_>) -> Result<Outcome, Refusal> {
        let read = match entry.kind() {
            "Observation" => {
                return check(entry).and_then(|()| observation::observation(self, at, entry, split));
            }
            "DiagnosticReport" => {
                return check(entry).and_then(|()| observation::report(self, at, entry, split));
            }
            "RelatedPerson" => people::related,
            "Appointment" => care::appointment,
            "Goal" => care::goal,
            "CarePlan" => care::care_plan,
            "Condition" => care::condition,
            "Communication" => consent::communication,
            "Consent" => consent::consent,
            "Flag" => consent::flag,
            _ => return Ok(Outcome::Ignored(IgnoredReason::NotUsed)),
        };
        check(entry)?;
        read(self, entry)
    }

    /// The person a resource is about.
    pub(super) fn subject(&self, entry: &Entry<'_>, subject: Option<&Reference>) -> Result<PatientKey, Refusal> {
        let refuse = |reason| refusal(entry, reason).field(Field::Subject);
        let Some(reference) = subject.and_then(|s| s.reference.as_deref()) else {
            return Err(refuse(RefusalReason::Missing));
        };
        if let Some(inner) = reference.strip_prefix('#') {
            return people::contained_patient(entry, inner, self.options)
                .ok_or_else(|| refuse(RefusalReason::PatientNotInFile));
        }
        self.index.person(self.file, reference).map_err(refuse)
    }
}
