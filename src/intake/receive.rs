//! Receive first: a message is committed before anybody is answered, and a repeat changes nothing.

use crate::clock::Clock;
use crate::domain::identifiers::PhoneNumber;
use crate::outreach::{Engine, OutreachError};
use crate::store::ledger::MessageRow;
use crate::store::{StoreError, inbox, ledger};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// A received message as the gateway gave it.
#[derive(Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The gateway's name.
    pub gateway: String,
    /// The gateway's own id of it: the same id is the same message.
    pub provider_reference: String,
    /// `sms` or `email`.
    pub channel: String,
    /// Who wrote: a number as the gateway gives it, or an address.
    pub from: String,
    /// The reply token of an email, when it came back to one.
    pub token: Option<String>,
    /// Email only.
    pub subject: Option<String>,
    /// The text as it came.
    pub text: String,
}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbound").field("gateway", &self.gateway).finish_non_exhaustive()
    }
}

/// PostgreSQL cannot store the character NUL; it is kept as the visible sign for it.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

/// A sender as contact points have it. Some providers give numbers without the plus (GOV.UK Notify, Vonage, FireText), some as
/// they are dialled here. Names, short codes and what is no number stay as they came.
fn sender(inbound: &Inbound) -> String {
    let from = inbound.from.trim();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_e164 = from.strip_prefix('+').is_some_and(digits);
    if inbound.channel != "sms" || is_e164 {
        return storable(from);
    }
    let abroad = || if digits(from) { PhoneNumber::read(&format!("+{from}")).ok() } else { None };
    let number = PhoneNumber::read(from).ok().or_else(abroad);
    number.map_or_else(|| storable(from), |number| number.e164().to_owned())
}

fn row(clock: &Clock, inbound: &Inbound) -> MessageRow {
    let now = clock.now_ms();
    MessageRow {
        id: clock.id(),
        direction: "in".to_owned(),
        status: "received".to_owned(),
        channel: Some(inbound.channel.clone()),
        address: Some(sender(inbound)),
        gateway: Some(inbound.gateway.clone()),
        provider_reference: Some(storable(&inbound.provider_reference)),
        subject: inbound.subject.as_deref().map(storable),
        body: Some(storable(&inbound.text)),
        in_reply_to: inbound.token.as_deref().map(storable),
        facts: "{}".to_owned(),
        due_at: now,
        created_at: now,
        updated_at: now,
        ..MessageRow::default()
    }
}

/// Stores messages durably, in one transaction. Returns how many are new: a known (gateway, reference) changes nothing.
pub async fn receive(engine: &Engine, messages: &[Inbound]) -> Result<usize, OutreachError> {
    let rows: Vec<MessageRow> = messages.iter().map(|inbound| row(&engine.clock, inbound)).collect();
    let mut tx = engine.db.begin().await?;
    let ids = ledger::insert(&mut tx, &rows).await?;
    inbox::insert(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(ids.len())
}

/// Collects what arrives while the last commit ran and stores it together: each caller waits for its group's commit.
#[derive(Clone)]
pub struct Receiver {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    messages: Vec<Inbound>,
    done: oneshot::Sender<Result<(), ReceiveError>>,
}

/// Why a message was not stored: the sender must try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveError {
    /// The database is away or full.
    #[error("the database is away")]
    Outage,
    /// The database refused it.
    #[error("the message could not be stored")]
    Refused,
}

/// How many requests may wait for one commit, and how many may stand in line before callers are turned away.
const GROUP: usize = 500;
const LINE: usize = 5_000;

impl Receiver {
    /// Starts the collecting task. It ends when every clone of the receiver is gone.
    pub fn start(engine: Arc<Engine>) -> Self {
        let (queue, mut line) = mpsc::channel::<Waiting>(LINE);
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(GROUP);
            while line.recv_many(&mut group, GROUP).await > 0 {
                store_group(&engine, &mut group).await;
            }
        });
        Self { queue }
    }

    /// Stores messages; `Ok` only when they are durable.
    pub async fn submit(&self, messages: Vec<Inbound>) -> Result<(), ReceiveError> {
        let (done, stored) = oneshot::channel();
        self.queue.try_send(Waiting { messages, done }).map_err(|_| ReceiveError::Outage)?;
        stored.await.unwrap_or(Err(ReceiveError::Outage))
    }
}

async fn store_group(engine: &Engine, group: &mut Vec<Waiting>) {
    let all: Vec<Inbound> = group.iter().flat_map(|w| w.messages.iter().cloned()).collect();
    match receive(engine, &all).await {
        Ok(_) => {
            for waiting in group.drain(..) {
                let _ = waiting.done.send(Ok(()));
            }
        }
        Err(error) if is_outage(&error) => {
            tracing::error!(code = "receive_outage", "received messages could not be stored");
            for waiting in group.drain(..) {
                let _ = waiting.done.send(Err(ReceiveError::Outage));
            }
        }
        // One message of the group was refused: each on its own, so that good ones do not wait for a bad one.
        Err(_) => {
            for waiting in group.drain(..) {
                let stored = receive(engine, &waiting.messages).await;
                let _ = waiting.done.send(match stored {
                    Ok(_) => Ok(()),
                    Err(error) if is_outage(&error) => Err(ReceiveError::Outage),
                    Err(_) => Err(ReceiveError::Refused),
                });
            }
        }
    }
}

fn is_outage(error: &OutreachError) -> bool {
    matches!(error, OutreachError::Store(error) if StoreError::is_outage(error))
}
