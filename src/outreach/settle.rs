//! What became of calls: outcomes that have finished by now are recorded together.

use super::calls::Ask;
use super::health::Health;
use super::reach::{Reached, address_learns};
use super::{Engine, Outcome, OutreachError, Practices, calls::Answer};
use crate::domain::delivery::{BackOff, Channel, DeliveryStatus, SendFailure};
use crate::domain::message::MessageStatus;
use crate::domain::reason::Reason;
use crate::store::consents::ConsentRow;
use crate::store::due::{Deferred, Held};
use crate::store::exchanges::ExchangeRow;
use crate::store::ledger::{AttemptOutcome, SettledMessage, StatusChange};
use crate::store::{Tx, consents, contacts, due, exchanges, ledger, prompts};
use std::collections::BTreeSet;

/// What happens to the message after a call.
enum Next {
    /// It is done: status, reason.
    Done(MessageStatus, Reason),
    /// It is looked at again then, shown with this status and reason.
    Again(i64, MessageStatus, Reason),
}

pub(super) async fn settle(
    engine: &Engine,
    tx: &mut Tx,
    practices: &Practices,
    health: &Health,
    outcomes: &[Outcome],
) -> Result<(), OutreachError> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let mut attempts = Vec::with_capacity(outcomes.len());
    let mut finished = Vec::new();
    let mut deferred = Vec::new();
    let mut next = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        attempts.push(attempt_outcome(outcome));
        let step = what_next(engine, health, outcome);
        match &step {
            Next::Done(..) => finished.push(outcome.held.clone()),
            Next::Again(at, ..) => deferred.push(Deferred {
                message_id: outcome.held.message_id.clone(),
                lease: outcome.held.lease,
                due_at: *at,
            }),
        }
        next.push(step);
    }
    ledger::finish_attempts(tx, &attempts).await?;
    if engine.config.sending.exchange_log_days > 0 {
        exchanges::insert(tx, &outcomes.iter().flat_map(exchange_rows).collect::<Vec<_>>()).await?;
    }
    // Only what was still ours may move: a worker that overslept its lease records its try and nothing else.
    let ours: BTreeSet<String> =
        due::finish(tx, &finished).await?.into_iter().chain(due::defer(tx, &deferred).await?).collect();
    let mut settled = Vec::new();
    let mut changes = Vec::new();
    let mut not_sent = Vec::new();
    for (outcome, step) in outcomes.iter().zip(&next) {
        if !ours.contains(&outcome.held.message_id) {
            tracing::warn!(message_id = %outcome.held.message_id, code = "lease_lost", "an outcome came after its lease");
            continue;
        }
        let (status, reason) = match step {
            Next::Done(status, reason) | Next::Again(_, status, reason) => (*status, *reason),
        };
        if matches!(outcome.answer, Answer::NotMade | Answer::NotThere | Answer::CannotTell)
            && matches!(step, Next::Again(..))
        {
            changes.push(StatusChange {
                id: outcome.held.message_id.clone(),
                status: status.to_string(),
                reason: reason.to_string(),
                at: outcome.at,
            });
        } else {
            settled.push(settled_message(outcome, status, reason, matches!(step, Next::Done(..))));
        }
        if status == MessageStatus::Failed && outcome.about.asks {
            not_sent.push(outcome.held.message_id.clone());
        }
        consequences(engine, tx, practices, outcome, step).await?;
    }
    ledger::settle(tx, &settled).await?;
    ledger::set_status(tx, &changes).await?;
    for patient in prompts::close_of_messages(tx, &not_sent).await? {
        due::wake(tx, &patient, Reason::QuestionOpen.as_str(), engine.clock.now_ms()).await?;
    }
    Ok(())
}

fn what_next(engine: &Engine, health: &Health, outcome: &Outcome) -> Next {
    let expires = outcome.about.expires_at;
    match &outcome.answer {
        Answer::Taken { status, .. } => match status {
            DeliveryStatus::Delivered => Next::Done(MessageStatus::Delivered, Reason::None),
            DeliveryStatus::Accepted | DeliveryStatus::Sent => Next::Done(MessageStatus::Accepted, Reason::None),
            DeliveryStatus::Undelivered { .. } => Next::Done(MessageStatus::Undelivered, Reason::NetworkUndelivered),
            DeliveryStatus::Failed { .. } => Next::Done(MessageStatus::Failed, Reason::GatewayRefused),
            DeliveryStatus::OptedOut => Next::Done(MessageStatus::Failed, Reason::OptedOut),
        },
        // Nothing was called: decide again at once, with a fresh claim.
        Answer::NotMade => Next::Again(outcome.at, MessageStatus::Queued, Reason::Retrying),
        // Asked about only now, tried before the gateway was well again: its next try waits no longer than the others'.
        Answer::NotThere if late(health, outcome) => Next::Again(outcome.at, MessageStatus::Queued, Reason::Retrying),
        // A try that failed: the next comes after a growing wait, as after any other. It began with the try: who waited as long to
        // be asked about has waited.
        Answer::NotThere => match retry_at(outcome, &SendFailure::TimedOut, expires) {
            Some(at) => Next::Again(at, MessageStatus::Queued, Reason::Retrying),
            None => Next::Done(MessageStatus::Failed, Reason::GaveUp),
        },
        Answer::CannotTell => unknown(engine, outcome),
        Answer::Failed(failure) => {
            if matches!(outcome.ask, Ask::LookUp { .. }) {
                return match retry_at(outcome, failure, expires) {
                    Some(at) => Next::Again(at, MessageStatus::Unknown, Reason::OutcomeUnknown),
                    None => Next::Done(MessageStatus::Unknown, Reason::OutcomeUnknown),
                };
            }
            if !failure.certainly_not_sent() {
                return if outcome.gateway.policy().can_be_asked {
                    Next::Again(outcome.at + ASK_AFTER_MS, MessageStatus::Unknown, Reason::OutcomeUnknown)
                } else {
                    unknown(engine, outcome)
                };
            }
            match failure {
                SendFailure::OptedOut => Next::Done(MessageStatus::Failed, Reason::OptedOut),
                SendFailure::Expired => Next::Done(MessageStatus::Skipped, Reason::Expired),
                // Another address may do: the next look leaves this one out, and ends the step when there is none (F17).
                SendFailure::BadAddress { .. } => Next::Again(outcome.at, MessageStatus::Queued, Reason::BadAddress),
                SendFailure::Rejected { permanent: true, .. } => {
                    Next::Again(outcome.at, MessageStatus::Queued, Reason::GatewayRefused)
                }
                _ => match retry_at(outcome, failure, expires) {
                    Some(at) => Next::Again(at, MessageStatus::Queued, Reason::Retrying),
                    None => Next::Done(MessageStatus::Failed, Reason::GaveUp),
                },
            }
        }
    }
}

/// Whether the try that was asked about was made before its gateway was well again.
fn late(health: &Health, outcome: &Outcome) -> bool {
    matches!(outcome.ask, Ask::LookUp { since } if health.well_since(outcome.gateway.name(), since))
}

/// Nobody can tell: the policy of the kind decides.
fn unknown(engine: &Engine, outcome: &Outcome) -> Next {
    if engine.config.sending.resend_when_unknown.contains(&outcome.about.template) {
        let at = outcome.at + ASK_AFTER_MS;
        if at < outcome.about.expires_at {
            return Next::Again(at, MessageStatus::Queued, Reason::Retrying);
        }
    }
    Next::Done(MessageStatus::Unknown, Reason::OutcomeUnknown)
}

fn retry_at(outcome: &Outcome, failure: &SendFailure, give_up_at: i64) -> Option<i64> {
    // Safety texts and answers are tried again sooner: they matter within minutes.
    let back_off =
        if outcome.about.urgent { BackOff { first_ms: 2_000, longest_ms: 60_000 } } else { BackOff::default() };
    let seed =
        outcome.held.message_id.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let tried_at = match (&outcome.answer, &outcome.ask) {
        (Answer::NotThere, Ask::LookUp { since }) => *since,
        _ => outcome.at,
    };
    let attempt = u32::try_from(outcome.number).unwrap_or(u32::MAX);
    let at = back_off.next_retry(attempt, failure, tried_at, seed, give_up_at)?.max(outcome.at);
    (at < give_up_at).then_some(at)
}

/// Whether the gateway is asked before the message is tried again. "Come back later" says that nothing was taken, but it often
/// comes from a balancer that cannot know: where asking is possible, it costs one request and saves a double.
fn asked_before_again(outcome: &Outcome, failure: &SendFailure) -> bool {
    !failure.certainly_not_sent()
        || matches!(failure, SendFailure::Throttled { .. }) && outcome.gateway.policy().can_be_asked
}

fn attempt_outcome(outcome: &Outcome) -> AttemptOutcome {
    let looked_up = matches!(outcome.ask, Ask::LookUp { .. });
    let (word, code, provider_id) = match &outcome.answer {
        Answer::Taken { provider_id, .. } => {
            (if looked_up { "resolved_sent" } else { "accepted" }, None, provider_id.clone())
        }
        Answer::NotMade => (if looked_up { "unknown" } else { "not_sent" }, None, None),
        Answer::NotThere => ("resolved_not_sent", None, None),
        Answer::CannotTell => ("unknown", None, None),
        Answer::Failed(failure) if looked_up || asked_before_again(outcome, failure) => {
            ("unknown", Some(failure.code().to_owned()), None)
        }
        Answer::Failed(failure) if failure.permanent() => ("refused", Some(failure.code().to_owned()), None),
        Answer::Failed(failure) => ("retry", Some(failure.code().to_owned()), None),
    };
    AttemptOutcome {
        message_id: outcome.held.message_id.clone(),
        number: outcome.number,
        finished_at: outcome.at,
        outcome: word.to_owned(),
        code,
        provider_id,
    }
}

/// What was exchanged, for the log beside the try.
fn exchange_rows(outcome: &Outcome) -> impl Iterator<Item = ExchangeRow> + '_ {
    outcome.exchanges.iter().enumerate().map(|(part, exchange)| ExchangeRow {
        message_id: outcome.held.message_id.clone(),
        attempt: outcome.number,
        at: exchange.at_ms,
        part: part as i64,
        ask: if outcome.ask == Ask::Send { "send" } else { "look_up" }.to_owned(),
        gateway: outcome.gateway.name().to_owned(),
        request: exchange.request.clone(),
        status: exchange.status.map(i64::from),
        answer: exchange.answer.clone(),
        took_ms: exchange.took_ms,
    })
}

fn settled_message(outcome: &Outcome, status: MessageStatus, reason: Reason, done: bool) -> SettledMessage {
    SettledMessage {
        id: outcome.held.message_id.clone(),
        status: status.to_string(),
        reason: reason.to_string(),
        channel: done.then(|| outcome.to.0.as_str().to_owned()),
        address: done.then(|| outcome.to.1.clone()),
        gateway: done.then(|| outcome.gateway.name().to_owned()),
        attempts: outcome.number,
        segments: outcome.about.segments,
        at: outcome.at,
    }
}

/// What a failure means beyond its message: an address that does not work, an opt-out the provider knows of, staff told.
async fn consequences(
    engine: &Engine,
    tx: &mut Tx,
    practices: &Practices,
    outcome: &Outcome,
    step: &Next,
) -> Result<(), OutreachError> {
    let Held { message_id, .. } = &outcome.held;
    let (channel, address) = &outcome.to;
    let told = match (&outcome.answer, step) {
        (Answer::Failed(SendFailure::BadAddress { .. }), _) => {
            contacts::set_status(tx, channel.as_str(), address, "unreachable", "[]", outcome.at).await?;
            Some(Reason::Unreachable)
        }
        (Answer::Failed(SendFailure::OptedOut) | Answer::Taken { status: DeliveryStatus::OptedOut, .. }, _) => {
            opted_out_at_gateway(engine, tx, outcome, *channel).await?;
            Some(Reason::OptedOut)
        }
        (_, Next::Done(MessageStatus::Unknown | MessageStatus::Failed, reason)) => Some(*reason),
        _ => None,
    };
    // What the gateway says when it is asked counts as its report does.
    if let (Answer::Taken { status, .. }, Ask::LookUp { .. }) = (&outcome.answer, outcome.ask) {
        let reached = Reached {
            practice_id: &outcome.about.practice_id,
            patient_id: outcome.about.patient_id.as_deref(),
            message_id,
            channel: channel.as_str(),
            address,
        };
        address_learns(engine, tx, practices, reached, status, outcome.at).await?;
    }
    if let Some(reason) = told
        && let Some(message) = ledger::by_ids(tx, std::slice::from_ref(message_id)).await?.into_iter().next()
    {
        super::alerts::raise_for_message(tx, &engine.clock, practices, &message, reason).await?;
    }
    Ok(())
}

async fn opted_out_at_gateway(
    engine: &Engine,
    tx: &mut Tx,
    outcome: &Outcome,
    channel: Channel,
) -> Result<(), OutreachError> {
    let Some(patient_id) = &outcome.about.patient_id else {
        return Ok(());
    };
    let row = ConsentRow {
        id: engine.clock.id(),
        patient_id: patient_id.clone(),
        channel: channel.as_str().to_owned(),
        purpose: "all".to_owned(),
        decision: "refused".to_owned(),
        source: format!("gateway {}", outcome.gateway.name()),
        actor: "system".to_owned(),
        message_id: Some(outcome.held.message_id.clone()),
        at: outcome.at,
    };
    consents::append(tx, &[row]).await?;
    Ok(())
}

/// How long after an unanswered call the gateway is asked about it: the call itself has certainly ended by then.
const ASK_AFTER_MS: i64 = 30_000;
