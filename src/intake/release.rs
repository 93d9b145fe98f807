//! Moving a result between held, released and withdrawn: one way, for commands and pages alike.

use super::imports::state_of;
use crate::clock::instant;
use crate::domain::reason::Reason;
use crate::domain::result::{HoldReason, ReleaseRefused, ReleaseRequest, WithdrawReason, hold, release, withdraw};
use crate::outreach::{Engine, OutreachError};
use crate::store::audit::{self, AuditEventRow};
use crate::store::{StoreError, due, results};
use std::collections::BTreeSet;

/// What is to become of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultMove {
    /// The person may be told.
    Release {
        /// A second person, for the first release of a test.
        second: Option<String>,
        /// Hold reasons that were seen and accepted; `None` when all that are shown were.
        knowing: Option<BTreeSet<HoldReason>>,
    },
    /// Back to held.
    Hold,
    /// Never sent.
    Withdraw,
}

/// Why a result was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// There is no such result in this practice.
    #[error("there is no such result")]
    NotFound,
    /// The rules of release refuse it.
    #[error(transparent)]
    Refused(#[from] ReleaseRefused),
    /// Somebody else moved it in the meantime.
    #[error("the result was changed by somebody else: look again")]
    Changed,
    /// The database.
    #[error(transparent)]
    Outreach(#[from] OutreachError),
}

impl From<StoreError> for MoveError {
    fn from(error: StoreError) -> Self {
        Self::Outreach(error.into())
    }
}

/// Moves a result in the name of a clinician and notes who asked for it. Returns whose it is.
pub async fn move_result(
    engine: &Engine,
    practice_id: &str,
    id: &str,
    clinician: &str,
    to: &ResultMove,
    actor: &str,
) -> Result<String, MoveError> {
    let row =
        results::get(&engine.db, id).await?.filter(|r| r.practice_id == practice_id).ok_or(MoveError::NotFound)?;
    let now = engine.clock.now_ms();
    let (state, at) = (state_of(&row), instant(now));
    let (word, names) = match to {
        ResultMove::Release { second, knowing } => {
            let holds: Vec<HoldReason> =
                serde_json::from_str(&row.hold_reasons).unwrap_or_else(|_| vec![HoldReason::UnknownTest]);
            let first_of_its_test = !results::ever_released(&engine.db, practice_id, &row.test).await?;
            let request = ReleaseRequest {
                by: clinician.to_owned(),
                second: second.clone(),
                knowing: knowing.clone().unwrap_or_else(|| holds.iter().copied().collect()),
                first_of_its_test,
            };
            release(&state, &holds, &request, at)?;
            (
                "released",
                second.as_ref().map_or_else(|| clinician.to_owned(), |second| format!("{clinician} and {second}")),
            )
        }
        ResultMove::Hold => {
            hold(&state)?;
            ("held", clinician.to_owned())
        }
        ResultMove::Withdraw => {
            withdraw(&state, Some(clinician), WithdrawReason::ByStaff, at)?;
            ("withdrawn", clinician.to_owned())
        }
    };
    let mut tx = engine.db.begin().await?;
    if !results::set_state(&mut tx, id, &[row.state.as_str()], word, &names, now).await? {
        return Err(MoveError::Changed);
    }
    if word == "released" {
        due::wake(&mut tx, &row.patient_id, Reason::NoReleasedResult.as_str(), now).await?;
    }
    let event = AuditEventRow {
        id: engine.clock.id(),
        at: now,
        actor: actor.to_owned(),
        action: format!("result_{word}"),
        practice_id: Some(practice_id.to_owned()),
        subject: "test_result".to_owned(),
        subject_id: id.to_owned(),
        detail: serde_json::json!({ "in_the_name_of": names }).to_string(),
    };
    audit::append(&mut tx, &[event]).await?;
    tx.commit().await?;
    Ok(row.patient_id)
}
