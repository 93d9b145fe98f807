//! What an email of ours answers or follows, so that mail programs show one conversation (RFC 5322 section 3.6.4).

use super::StoredFacts;
use super::facts::Batch;
use crate::store::{StoreError, Tx, ledger, mails};
use std::collections::{BTreeSet, HashMap};

/// The Message-IDs before each message of the batch, oldest first: an answer follows the person's mail and what that
/// answered; a chaser follows the question it chases. Messages that begin a conversation are left out.
pub(super) async fn threads(tx: &mut Tx, batch: &Batch) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let answered: BTreeSet<String> = batch.messages.values().filter_map(|m| m.in_reply_to.clone()).collect();
    let answered: Vec<String> = answered.into_iter().collect();
    let mut of_mail: HashMap<String, Vec<String>> = HashMap::new();
    for mail in mails::views(tx, &answered).await? {
        let reading: serde_json::Value = serde_json::from_str(&mail.reading).unwrap_or_default();
        let ours = reading.get("in_reply_to").and_then(|id| id.as_str()).map(str::to_owned);
        if let Some(id) = mail.mail_id {
            of_mail.insert(mail.message_id, ours.into_iter().chain([id]).collect());
        }
    }
    let mut threads = HashMap::new();
    let mut chased: HashMap<String, Vec<String>> = HashMap::new();
    for (id, message) in &batch.messages {
        if let Some(before) = message.in_reply_to.as_ref().and_then(|mail| of_mail.get(mail)) {
            threads.insert(id.clone(), before.clone());
        } else if let Ok(stored) = serde_json::from_str::<StoredFacts>(&message.facts)
            && stored.chases.is_some()
            && let Some(prompt) = batch.chased(message, &stored)
        {
            chased.entry(prompt.message_id.clone()).or_default().push(id.clone());
        }
    }
    let questions: Vec<String> = chased.keys().cloned().collect();
    for attempt in ledger::last_attempts(tx, &questions).await? {
        // Mail servers' gateways keep the Message-ID as the provider's id; other gateways have none.
        let Some(mail_id) = attempt.provider_id.filter(|id| attempt.channel == "email" && id.contains('@')) else {
            continue;
        };
        for follower in chased.get(&attempt.message_id).into_iter().flatten() {
            threads.insert(follower.clone(), vec![mail_id.clone()]);
        }
    }
    Ok(threads)
}
