//! Ending an open question, and with it the rest of its chase.

use crate::domain::message::MessageStatus;
use crate::domain::reason::Reason;
use crate::outreach::{OutreachError, StoredFacts};
use crate::store::ledger::StatusChange;
use crate::store::prompts::PromptRow;
use crate::store::{Tx, due, ledger, prompts};

/// How a question ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ended<'a> {
    /// This message answered it.
    AnsweredBy(&'a str),
    /// The person wants no more of it.
    OptedOut,
}

/// Ends a question: what waits for its end goes on, what would only chase it is called off.
pub(super) async fn end(tx: &mut Tx, prompt: &PromptRow, how: Ended<'_>, now: i64) -> Result<(), OutreachError> {
    let (word, by, reason) = match how {
        Ended::AnsweredBy(message) => ("answered", Some(message), Reason::Answered),
        Ended::OptedOut => ("closed", None, Reason::OptedOut),
    };
    prompts::end(tx, &prompt.id, word, by).await?;
    due::wake(tx, &prompt.patient_id, Reason::QuestionOpen.as_str(), now).await?;
    let Some(appointment_id) = &prompt.appointment_id else {
        return Ok(());
    };
    let around = ledger::for_appointments(tx, std::slice::from_ref(appointment_id)).await?;
    let Some(asked) = around.iter().find(|m| m.id == prompt.message_id).map(|m| m.step.clone()) else {
        return Ok(());
    };
    let chasers: Vec<String> = around
        .iter()
        .filter(|m| matches!(m.status.as_str(), "planned" | "queued" | "held"))
        .filter(|m| {
            serde_json::from_str::<StoredFacts>(&m.facts)
                .is_ok_and(|facts| facts.chases.as_deref() == Some(asked.as_str()))
        })
        .map(|m| m.id.clone())
        .collect();
    let changes: Vec<StatusChange> = chasers
        .iter()
        .map(|id| StatusChange {
            id: id.clone(),
            status: MessageStatus::Cancelled.to_string(),
            reason: reason.to_string(),
            at: now,
        })
        .collect();
    ledger::set_status(tx, &changes).await?;
    due::remove(tx, &chasers).await?;
    Ok(())
}
