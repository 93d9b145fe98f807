//! Held, released, withdrawn: who may move a result, and when a standing rule may do it for them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::HoldReason;

/// Who or what released a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Releaser {
    /// A member of staff.
    Staff {
        /// Staff id.
        id: String,
    },
    /// A standing rule, which stands for the clinician who switched it on.
    Rule {
        /// Rule id.
        rule: String,
        /// Staff id of the clinician.
        clinician: String,
    },
}

/// Why a released result was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawReason {
    /// The laboratory corrected it (hazard H05).
    Corrected,
    /// The laboratory cancelled it or entered it in error.
    Cancelled,
    /// A member of staff decided so.
    ByStaff,
    /// It belongs to somebody else.
    WrongPatient,
}

/// Where a result stands here, as opposed to at the laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReleaseState {
    /// Nothing is sent about it. Every result begins here.
    Held,
    /// It may be sent, if everything else allows it at that moment.
    Released {
        /// By whom.
        by: Releaser,
        /// Second person, where one was needed.
        second: Option<String>,
        /// When.
        at: DateTime<Utc>,
        /// Hold reasons the releasing person knew and accepted.
        knowing: BTreeSet<HoldReason>,
    },
    /// It may no longer be sent. Final: a correction is a new result, held again.
    Withdrawn {
        /// Staff id; `None` when an import did it.
        by: Option<String>,
        /// Why.
        reason: WithdrawReason,
        /// When.
        at: DateTime<Utc>,
        /// It had been released before, so that the person may have been told.
        was_released: bool,
    },
}

/// A clinician's standing instruction to release ordinary results of some tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingRule {
    /// Id.
    pub id: String,
    /// Staff id of the named clinician who switched it on.
    pub clinician: String,
    /// Test keys.
    pub tests: BTreeSet<String>,
    /// From when.
    pub switched_on_at: DateTime<Utc>,
    /// Until when.
    pub switched_off_at: Option<DateTime<Utc>>,
}

impl StandingRule {
    /// In force at `at`, with a named clinician behind it.
    pub fn is_on(&self, at: DateTime<Utc>) -> bool {
        !self.clinician.trim().is_empty()
            && self.switched_on_at <= at
            && self.switched_off_at.is_none_or(|off| at < off)
    }
}

/// What a person asks for when releasing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRequest {
    /// Staff id.
    pub by: String,
    /// A second person's staff id.
    pub second: Option<String>,
    /// The hold reasons shown to that person and accepted.
    pub knowing: BTreeSet<HoldReason>,
    /// No result of this test was ever released in this practice: two people have to look (hazard H03).
    pub first_of_its_test: bool,
}

/// Why a change of state was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseRefused {
    /// Data faults: the result has to be corrected at its source.
    #[error("what the result says is not certain: {}", .0.first().map_or("", |r| r.sentence()))]
    NotCertain(Vec<HoldReason>),
    /// Hold reasons the person has not accepted, so has perhaps not seen.
    #[error("there is a hold reason that was not accepted: {}", .0.first().map_or("", |r| r.sentence()))]
    NotAccepted(Vec<HoldReason>),
    /// A second person is needed.
    #[error("the first release of a test needs a second person")]
    SecondPersonNeeded,
    /// The second person is the first.
    #[error("the second person must be somebody else")]
    SamePerson,
    /// Nobody is named.
    #[error("a release names the person who made it")]
    Nobody,
    /// Not from this state.
    #[error("the result is not held")]
    NotHeld,
    /// Already withdrawn.
    #[error("the result is withdrawn already")]
    AlreadyWithdrawn,
}

/// Releases a held result on a person's word.
pub fn release(
    state: &ReleaseState,
    holds: &[HoldReason],
    request: &ReleaseRequest,
    at: DateTime<Utc>,
) -> Result<ReleaseState, ReleaseRefused> {
    if *state != ReleaseState::Held {
        return Err(ReleaseRefused::NotHeld);
    }
    if request.by.trim().is_empty() {
        return Err(ReleaseRefused::Nobody);
    }
    let uncertain: Vec<_> = holds.iter().copied().filter(|r| r.blocks_release()).collect();
    if !uncertain.is_empty() {
        return Err(ReleaseRefused::NotCertain(uncertain));
    }
    let unseen: Vec<_> =
        holds.iter().copied().filter(|r| *r != HoldReason::Unfiled && !request.knowing.contains(r)).collect();
    if !unseen.is_empty() {
        return Err(ReleaseRefused::NotAccepted(unseen));
    }
    match request.second.as_deref().map(str::trim).filter(|s| !s.is_empty()) {
        Some(second) if second == request.by.trim() => return Err(ReleaseRefused::SamePerson),
        None if request.first_of_its_test => return Err(ReleaseRefused::SecondPersonNeeded),
        _ => {}
    }
    Ok(ReleaseState::Released {
        by: Releaser::Staff { id: request.by.clone() },
        second: request.second.clone(),
        at,
        knowing: request.knowing.clone(),
    })
}

/// Releases a held result by a standing rule: only when nothing but [`HoldReason::Unfiled`] holds it and a rule for
/// its test is in force. Otherwise `None`, and it stays held.
pub fn release_by_rule(
    state: &ReleaseState,
    test_key: Option<&str>,
    holds: &[HoldReason],
    rules: &[StandingRule],
    at: DateTime<Utc>,
) -> Option<ReleaseState> {
    if *state != ReleaseState::Held || holds != [HoldReason::Unfiled] {
        return None;
    }
    let key = test_key?;
    let rule = rules.iter().find(|rule| rule.is_on(at) && rule.tests.contains(key))?;
    Some(ReleaseState::Released {
        by: Releaser::Rule { rule: rule.id.clone(), clinician: rule.clinician.clone() },
        second: None,
        at,
        knowing: BTreeSet::new(),
    })
}

/// Withdraws a held or released result.
pub fn withdraw(
    state: &ReleaseState,
    by: Option<&str>,
    reason: WithdrawReason,
    at: DateTime<Utc>,
) -> Result<ReleaseState, ReleaseRefused> {
    let was_released = match state {
        ReleaseState::Held => false,
        ReleaseState::Released { .. } => true,
        ReleaseState::Withdrawn { .. } => return Err(ReleaseRefused::AlreadyWithdrawn),
    };
    Ok(ReleaseState::Withdrawn { by: by.map(str::to_owned), reason, at, was_released })
}

/// Back to held: before anything was sent, or to look again.
pub fn hold(state: &ReleaseState) -> Result<ReleaseState, ReleaseRefused> {
    match state {
        ReleaseState::Withdrawn { .. } => Err(ReleaseRefused::AlreadyWithdrawn),
        _ => Ok(ReleaseState::Held),
    }
}
