//! Into the ledger: every intended send, once.

use crate::clock::Clock;
use crate::domain::message::{Direction, Lane, MessageKind, MessageStatus, PastDue, Purpose};
use crate::domain::plan::PlannedSend;
use crate::domain::programme::Asks;
use crate::domain::reason::Reason;
use crate::store::due::NewDue;
use crate::store::ledger::{self, MessageRow};
use crate::store::{StoreError, Tx, due};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a ledger row keeps of its step: a later edit of the programme does not change what was planned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredFacts {
    /// Values for the wording that were fixed when it was planned.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// The question it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Asks>,
    /// How long the question stays open, in hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_for_hours: Option<i64>,
    /// The step it chases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chases: Option<String>,
    /// Tags that keep people out of its programme.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_tags: Vec<String>,
}

/// A send to be written into the ledger.
#[derive(Clone, Debug)]
pub struct NewSend {
    /// The practice.
    pub practice_id: String,
    /// The person; `None` for staff and unknown senders.
    pub patient_id: Option<String>,
    /// What and when.
    pub send: PlannedSend,
    /// What it keeps of its step.
    pub facts: StoredFacts,
    /// The lane it waits in.
    pub lane: Lane,
    /// A fixed address: (channel, address, gateway), for answers and messages to staff.
    pub to: Option<(String, String, Option<String>)>,
    /// The appointment it is about.
    pub appointment_id: Option<String>,
    /// The message it answers.
    pub in_reply_to: Option<String>,
    /// A finished text, for messages that staff wrote.
    pub body: Option<String>,
}

impl NewSend {
    /// An answer to a received message, due at once.
    pub fn answer(
        practice_id: &str,
        patient_id: Option<&str>,
        inbound_id: &str,
        template: &str,
        lane: Lane,
        now: i64,
    ) -> Self {
        const DAY_MS: i64 = 86_400_000;
        Self {
            practice_id: practice_id.to_owned(),
            patient_id: patient_id.map(str::to_owned),
            send: PlannedSend {
                kind: MessageKind::AutoReply,
                template: template.to_owned(),
                purpose: Purpose::Service,
                anchor: format!("inbound:{inbound_id}"),
                step: template.to_owned(),
                status: MessageStatus::Queued,
                reason: Reason::None,
                due_at: now,
                expires_at: now + DAY_MS,
                priority: 100,
                past_due: PastDue::Send,
                facts: BTreeMap::new(),
                enrolment_id: None,
                goal_id: None,
            },
            facts: StoredFacts::default(),
            lane,
            to: None,
            appointment_id: None,
            in_reply_to: Some(inbound_id.to_owned()),
            body: None,
        }
    }
}

/// Writes sends into the ledger and lets those that are planned wait for their moment. A key that is already there
/// changes nothing. Returns how many are new.
pub async fn enqueue(tx: &mut Tx, clock: &Clock, sends: Vec<NewSend>) -> Result<u64, StoreError> {
    let now = clock.now_ms();
    let mut rows = Vec::with_capacity(sends.len());
    let mut waits = Vec::with_capacity(sends.len());
    for new in sends {
        let id = clock.id();
        let NewSend { send, to, .. } = new;
        if matches!(send.status, MessageStatus::Planned | MessageStatus::Queued) {
            waits.push(NewDue { message_id: id.clone(), lane: new.lane.number(), due_at: send.due_at });
        }
        let mut facts = new.facts;
        facts.values.extend(send.facts);
        let (channel, address, gateway) = match to {
            Some((channel, address, gateway)) => (Some(channel), Some(address), gateway),
            None => (None, None, None),
        };
        rows.push(MessageRow {
            id,
            practice_id: new.practice_id,
            patient_id: new.patient_id,
            direction: Direction::Out.to_string(),
            kind: send.kind.to_string(),
            template: send.template,
            purpose: send.purpose.to_string(),
            anchor: send.anchor,
            step: send.step,
            status: send.status.to_string(),
            reason: send.reason.to_string(),
            channel,
            address,
            gateway,
            provider_reference: None,
            subject: None,
            body: new.body,
            facts: serde_json::to_string(&facts)?,
            due_at: send.due_at,
            expires_at: Some(send.expires_at),
            priority: send.priority,
            past_due: send.past_due.to_string(),
            appointment_id: new.appointment_id,
            enrolment_id: send.enrolment_id,
            goal_id: send.goal_id,
            in_reply_to: new.in_reply_to,
            attempts: 0,
            segments: None,
            created_at: now,
            updated_at: now,
        });
    }
    let inserted: BTreeSet<String> = ledger::insert(tx, &rows).await?.into_iter().collect();
    waits.retain(|wait| inserted.contains(&wait.message_id));
    due::insert(tx, &waits).await?;
    Ok(inserted.len() as u64)
}
