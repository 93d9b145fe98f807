//! What a turn writes, in sets, once everything is decided; and the slots of each gateway's rate.

use super::super::pace::interval_us;
use super::super::periods::{sent_subject, spend_subject};
use super::super::{Call, Engine, OutreachError, Practices};
use crate::domain::message::MessageStatus;
use crate::domain::reason::Reason;
use crate::store::counters::CounterRow;
use crate::store::due::{Deferred, Held};
use crate::store::ledger::{AttemptRow, MessageRow, StatusChange};
use crate::store::prompts::PromptRow;
use crate::store::{Tx, counters, due, ledger, prompts};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What a turn will write, gathered while it decides.
#[derive(Default)]
pub(super) struct Writes {
    pub(super) attempts: Vec<AttemptRow>,
    pub(super) changes: Vec<StatusChange>,
    pub(super) finished: Vec<Held>,
    pub(super) deferred: Vec<Deferred>,
    pub(super) prompts: Vec<PromptRow>,
    /// Messages whose open question gives way to one of `prompts`.
    pub(super) chased: Vec<String>,
    pub(super) counters: BTreeMap<(String, String), i64>,
    pub(super) set_aside: Vec<Arc<MessageRow>>,
    pub(super) told: Vec<(Arc<MessageRow>, Reason)>,
}

impl Engine {
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        writes: Writes,
        expected: &HashMap<(String, String), i64>,
        calls: &mut Vec<Call>,
    ) -> Result<(), OutreachError> {
        let now = self.clock.now_ms();
        let wanted: Vec<String> = writes.prompts.iter().map(|p| p.message_id.clone()).collect();
        prompts::close_of_messages(tx, &writes.chased).await?;
        let opened: BTreeSet<String> = prompts::open(tx, &writes.prompts).await?.into_iter().collect();
        // Another worker asked this person something in the meantime: this question waits, and is not sent.
        let late: BTreeSet<String> = wanted.into_iter().filter(|id| !opened.contains(id)).collect();
        calls.retain(|call| !late.contains(&call.held.message_id));
        let mut deferred = writes.deferred;
        let mut changes = writes.changes;
        for attempt in writes.attempts.iter().filter(|a| late.contains(&a.message_id)) {
            changes.retain(|c| c.id != attempt.message_id);
            changes.push(change(&attempt.message_id, MessageStatus::Held, Reason::QuestionOpen, now));
            deferred.push(Deferred {
                message_id: attempt.message_id.clone(),
                lease: attempt.lease,
                due_at: now + 60_000,
            });
        }
        let attempts: Vec<AttemptRow> = writes.attempts.into_iter().filter(|a| !late.contains(&a.message_id)).collect();
        ledger::insert_attempts(tx, &attempts).await?;
        for message in &writes.set_aside {
            changes.push(change(&message.id, MessageStatus::Held, Reason::Poison, now));
        }
        ledger::set_status(tx, &changes).await?;
        due::defer(tx, &deferred).await?;
        due::finish(tx, &writes.finished).await?;
        let counted: Vec<CounterRow> =
            writes.counters.into_iter().map(|((subject, period), used)| CounterRow { subject, period, used }).collect();
        // Who is alone is overtaken by nobody.
        let after = if tx.is_alone() {
            counters::add(tx, &counted).await?;
            Vec::new()
        } else {
            counters::add_and_tell(tx, &counted).await?
        };
        if after.iter().any(|row| overtaken(practices, row, expected)) {
            return Err(OutreachError::Overtaken);
        }
        let aside = writes.set_aside.into_iter().map(|m| (m, Reason::Poison));
        for (message, reason) in writes.told.into_iter().chain(aside) {
            super::super::alerts::raise_for_message(tx, &self.clock, practices, &message, reason).await?;
        }
        Ok(())
    }

    /// Reserves a slot in each gateway's rate. Safety texts and answers reserve too, but do not wait for theirs.
    pub(super) async fn pace(&self, tx: &mut Tx, calls: &mut [Call]) -> Result<(), OutreachError> {
        let mut by_gateway: BTreeMap<String, Vec<&mut Call>> = BTreeMap::new();
        for call in calls {
            by_gateway.entry(call.gateway.name().to_owned()).or_default().push(call);
        }
        for (name, mut calls) in by_gateway {
            let Some(gateway) = self.gateways.get(&name) else {
                continue;
            };
            let interval_us = interval_us(gateway);
            let first = self.reserve(tx, gateway, calls.len() as i64).await?;
            for (index, call) in calls.iter_mut().enumerate() {
                if !call.about.urgent {
                    call.not_before = (first + index as i64 * interval_us) / 1000;
                }
            }
        }
        Ok(())
    }
}

impl Writes {
    pub(super) fn change(&mut self, message: &MessageRow, status: MessageStatus, reason: Reason, at: i64) {
        if message.status != status.as_str() || message.reason != reason.as_str() {
            self.changes.push(change(&message.id, status, reason, at));
        }
    }
}

/// Whether others have added to a counter since it was read, and that might have changed what was decided: the same person was
/// written to, or a practice's limit is reached.
fn overtaken(practices: &Practices, now: &CounterRow, expected: &HashMap<(String, String), i64>) -> bool {
    if expected.get(&(now.subject.clone(), now.period.clone())) == Some(&now.used) {
        return false;
    }
    for state in practices.iter() {
        let id = &state.practice.id;
        if now.subject == spend_subject(id) {
            let limit = state.practice.settings.limits.segments_per_day;
            return limit > 0 && now.used > limit;
        }
        if now.subject == sent_subject(id) {
            return state.rise_limit().is_some_and(|limit| now.used > limit);
        }
    }
    true
}

fn change(id: &str, status: MessageStatus, reason: Reason, at: i64) -> StatusChange {
    StatusChange { id: id.to_owned(), status: status.to_string(), reason: reason.to_string(), at }
}
