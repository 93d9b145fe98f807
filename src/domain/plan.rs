//! What will be sent around an appointment, and for a person in a programme: pure, so that planning twice is planning once.

mod appointment;
mod recurring;

pub use appointment::{AppointmentFacts, AppointmentPlan, AppointmentState, Existing, for_appointment};
pub use recurring::{RecurringFacts, first_at, next_occurrence, occurrences_at};

use super::message::{MessageKind, MessageStatus, PastDue, Purpose};
use super::reason::Reason;
use std::collections::BTreeMap;

/// A send that is intended: a row of the ledger before it has an id.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedSend {
    /// What kind of message.
    pub kind: MessageKind,
    /// Which wording.
    pub template: String,
    /// The topic it needs consent for.
    pub purpose: Purpose,
    /// What it hangs on; with person, purpose and step it is the key that makes it unique.
    pub anchor: String,
    /// The step's name.
    pub step: String,
    /// `planned`, or `skipped` when its moment had passed already.
    pub status: MessageStatus,
    /// Why, if it is not planned.
    pub reason: Reason,
    /// When, UTC milliseconds.
    pub due_at: i64,
    /// From when on it is of no use, UTC milliseconds.
    pub expires_at: i64,
    /// Higher goes first when a person's cap is short.
    pub priority: i64,
    /// What happens when its moment has passed.
    pub past_due: PastDue,
    /// Facts fixed by the step.
    pub facts: BTreeMap<String, String>,
    /// The enrolment it belongs to.
    pub enrolment_id: Option<String>,
    /// The goal it is about.
    pub goal_id: Option<String>,
}

const HOUR_MS: i64 = 3_600_000;

/// How long after its moment a step with the policy `skip` may still go: a worker that was briefly away is no reason to
/// lose it, a day is.
const SKIP_GRACE_MS: i64 = 12 * HOUR_MS;
