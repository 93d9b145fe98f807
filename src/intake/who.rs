//! Who wrote: one person, none, or several at one number.

use crate::domain::message::Direction;
use crate::outreach::{OutreachError, Practices, address_hash};
use crate::store::counters::CounterRow;
use crate::store::ledger::MessageRow;
use crate::store::patients::PatientRow;
use crate::store::prompts::PromptRow;
use crate::store::{Tx, consents, contacts, counters, ledger, patients, prompts};
use std::collections::BTreeSet;

/// The people at an address, and what the conversation with them stands at.
#[derive(Debug, Default)]
pub(super) struct Sender {
    /// Everybody who may have written.
    pub people: Vec<PatientRow>,
    /// The practice, as far as it can be told.
    pub practice_id: String,
    /// The open question of the one person.
    pub prompt: Option<PromptRow>,
    /// The newest question that is no longer open.
    pub earlier: Option<PromptRow>,
    /// The one person has stopped this channel.
    pub stopped: bool,
    /// Automatic answers to this address today.
    pub auto_answers: i64,
    /// Messages received from this address today, this one included.
    pub received_today: i64,
    /// How often this very text came from this address today, this time included: people rarely repeat themselves to the
    /// letter, machines always do.
    pub same_text_today: i64,
    /// An email with the person's token, from an address that is not theirs on record.
    pub other_address: bool,
    /// The hash of the address.
    pub hash: String,
}

impl Sender {
    /// The one person, if it is clear who wrote.
    pub fn one(&self) -> Option<&PatientRow> {
        match self.people.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// Counters of one address and day.
pub(super) fn auto_subject(hash: &str) -> String {
    format!("auto:{hash}")
}
pub(super) fn received_subject(hash: &str) -> String {
    format!("in:{hash}")
}

pub(super) async fn sender(
    tx: &mut Tx,
    practices: &Practices,
    message: &MessageRow,
    day: &str,
) -> Result<Sender, OutreachError> {
    let channel = message.channel.clone().unwrap_or_default();
    let address = message.address.clone().unwrap_or_default();
    let hash = address_hash(&channel, &address);
    let mut ids: BTreeSet<String> = BTreeSet::new();
    // An email that came back to a reply address belongs to that conversation, whoever it says it is from.
    if let Some(token) = &message.in_reply_to
        && let Some(ours) = ledger::by_ids(tx, std::slice::from_ref(token)).await?.into_iter().next()
        && ours.direction == Direction::Out.as_str()
    {
        ids.extend(ours.patient_id);
    }
    // Anybody can write any From line: without the token an email is nobody's until a person says whose.
    if ids.is_empty() && channel != "email" {
        let rows = contacts::at_addresses(tx, &[(channel.clone(), address.clone())]).await?;
        ids.extend(rows.into_iter().filter(|c| c.status != "wrong_person").map(|c| c.patient_id));
    }
    let ids: Vec<String> = ids.into_iter().collect();
    let mut sender = Sender { people: patients::by_ids(tx, &ids).await?, hash, ..Sender::default() };
    if channel == "email" && sender.one().is_some() {
        let known = contacts::at_addresses(tx, &[(channel.clone(), address)]).await?;
        sender.other_address = !known.iter().any(|c| sender.one().is_some_and(|p| p.id == c.patient_id));
    }
    sender.practice_id = match sender.people.first() {
        Some(person) => person.practice_id.clone(),
        None => practices.iter().next().map(|s| s.practice.id.clone()).unwrap_or_default(),
    };
    if let Some(person) = sender.one() {
        let id = person.id.clone();
        sender.prompt = prompts::open_of(tx, std::slice::from_ref(&id)).await?.into_iter().next();
        sender.earlier = prompts::latest_closed(tx, &id).await?;
    }
    if sender.people.is_empty() {
        sender.stopped = !contacts::stopped(tx, std::slice::from_ref(&sender.hash)).await?.is_empty();
    } else {
        // Several people at one number have stopped it when each of them has.
        let history = consents::of_patients(tx, &ids).await?;
        sender.stopped = sender.people.iter().all(|person| {
            history
                .iter()
                .filter(|c| c.patient_id == person.id && c.purpose == "all")
                .rfind(|c| c.channel == channel || c.channel == "any")
                .is_some_and(|c| c.decision == "refused")
        });
    }
    let received = CounterRow { subject: received_subject(&sender.hash), period: day.to_owned(), used: 1 };
    let auto = CounterRow { subject: auto_subject(&sender.hash), period: day.to_owned(), used: 0 };
    let same = CounterRow {
        subject: format!("same:{}", address_hash(&sender.hash, message.body.as_deref().unwrap_or_default().trim())),
        period: day.to_owned(),
        used: 1,
    };
    counters::add(tx, &[received.clone(), same.clone()]).await?;
    for row in counters::get(tx, &[received.clone(), same.clone(), auto.clone()]).await? {
        if row.subject == received.subject {
            sender.received_today = row.used;
        } else if row.subject == same.subject {
            sender.same_text_today = row.used;
        } else {
            sender.auto_answers = row.used;
        }
    }
    Ok(sender)
}
