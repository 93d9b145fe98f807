//! What happens when the source sends a result again (hazard H05).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::release::{ReleaseState, WithdrawReason, withdraw};
use super::{FollowUpDays, HoldReason, ReportStatus, ResultRecord};

/// How soon somebody has to look at a held or corrected result, and by when (hazard H28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Goes to the top of the list.
    pub urgent: bool,
    /// Working days until it is overdue; 0 is the same day.
    pub within_working_days: u8,
}

impl FollowUp {
    /// For a held result. There is always one: no result is held without somebody having to look.
    pub fn of_held(holds: &[HoldReason], days: FollowUpDays) -> Self {
        let urgent = holds.iter().any(|reason| reason.is_urgent());
        Self { urgent, within_working_days: if urgent { days.urgent_working_days } else { days.routine_working_days } }
    }
}

/// What to do with a result that arrived before under the same id.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrival {
    /// The same again: nothing to do.
    Same,
    /// It was still held: the new content replaces the old, and is held.
    ReplaceHeld,
    /// It was released or withdrawn and says something else now: the old one is withdrawn, the new one begins held,
    /// and a person is told at once. The message to the patient is for that person to send.
    Correction {
        /// State of the old one from now on.
        old: ReleaseState,
        /// The staff task.
        task: FollowUp,
    },
}

/// Compares what arrived with what is there.
pub fn arrive(old: &ResultRecord, old_state: &ReleaseState, new: &ResultRecord, at: DateTime<Utc>) -> Arrival {
    if says_the_same(old, new) {
        return Arrival::Same;
    }
    let reason = if new.status == ReportStatus::Cancelled {
        WithdrawReason::Cancelled
    } else if old.patient.same_person(&new.patient) {
        WithdrawReason::Corrected
    } else {
        WithdrawReason::WrongPatient
    };
    if *old_state == ReleaseState::Held && reason != WithdrawReason::WrongPatient {
        return Arrival::ReplaceHeld;
    }
    // A result that is withdrawn already stays so, and its new form still needs a person.
    let withdrawn = withdraw(old_state, None, reason, at).unwrap_or_else(|_| old_state.clone());
    Arrival::Correction { old: withdrawn, task: FollowUp { urgent: true, within_working_days: 0 } }
}

/// Everything a person could be told, compared; where it stood in a file and how it is held do not count.
fn says_the_same(a: &ResultRecord, b: &ResultRecord) -> bool {
    a.patient.same_person(&b.patient)
        && a.test_key == b.test_key
        && a.codes == b.codes
        && a.value == b.value
        && a.original == b.original
        && a.components == b.components
        && a.taken_at == b.taken_at
        && a.range == b.range
        && a.flag == b.flag
        && a.flag_unread == b.flag_unread
        && a.status == b.status
}
