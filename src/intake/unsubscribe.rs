//! One click and no more email (RFC 8058): a consent change like STOP by text, with its own source.

use super::chase::{self, Ended};
use crate::domain::message::{Direction, Purpose};
use crate::outreach::alerts::{NewAlert, raise};
use crate::outreach::{Engine, OutreachError};
use crate::store::audit::AuditEventRow;
use crate::store::consents::ConsentRow;
use crate::store::ledger::MessageRow;
use crate::store::{Tx, audit, consents, ledger, patients, prompts};

const EMAIL: &str = "email";

impl Engine {
    /// The practice that a link of ours is from, by its name; `None` for a link that is not ours.
    pub async fn unsubscribe_link(&self, token: &str) -> Result<Option<String>, OutreachError> {
        let Some(id) = self.read_link(token).await? else { return Ok(None) };
        let message = ledger::get(&self.db, &id).await?;
        self.practice_name(message.filter(has_person).as_ref()).await
    }

    /// Does what the link says: no more email to the person it went to. Returns the practice's name; `None`, and nothing
    /// done, for a link that is not ours. A second click changes nothing.
    pub async fn unsubscribe(&self, token: &str) -> Result<Option<String>, OutreachError> {
        let Some(id) = self.read_link(token).await? else { return Ok(None) };
        let mut tx = self.db.begin().await?;
        let message = ledger::by_ids(&mut tx, &[id]).await?.into_iter().next().filter(has_person);
        if let Some(message) = &message
            && let Some(patient_id) = &message.patient_id
        {
            // Two clicks at once come one after the other.
            patients::lock(&mut tx, patient_id).await?;
            if !already(&mut tx, patient_id).await? {
                self.refuse_email(&mut tx, message, patient_id).await?;
            }
        }
        tx.commit().await?;
        self.practice_name(message.as_ref()).await
    }

    async fn refuse_email(&self, tx: &mut Tx, message: &MessageRow, patient_id: &str) -> Result<(), OutreachError> {
        let now = self.clock.now_ms();
        let consent = ConsentRow {
            id: self.clock.id(),
            patient_id: patient_id.to_owned(),
            channel: EMAIL.to_owned(),
            purpose: Purpose::All.to_string(),
            decision: "refused".to_owned(),
            source: "one-click unsubscribe".to_owned(),
            actor: "patient".to_owned(),
            message_id: Some(message.id.clone()),
            at: now,
        };
        consents::append(tx, &[consent]).await?;
        let open = prompts::open_of(tx, &[patient_id.to_owned()]).await?.into_iter().next();
        if let Some(prompt) = open {
            // A question that was asked by text stays open: only email was refused.
            let asked = ledger::by_ids(tx, std::slice::from_ref(&prompt.message_id)).await?.into_iter().next();
            if asked.is_some_and(|m| m.channel.as_deref() == Some(EMAIL)) {
                chase::end(tx, &prompt, Ended::OptedOut, now).await?;
            }
        }
        let event = AuditEventRow {
            id: self.clock.id(),
            at: now,
            actor: "patient".to_owned(),
            action: "unsubscribed".to_owned(),
            practice_id: Some(message.practice_id.clone()),
            subject: "patient".to_owned(),
            subject_id: patient_id.to_owned(),
            detail: serde_json::json!({ "message": message.id, "channel": EMAIL }).to_string(),
        };
        audit::append(tx, &[event]).await?;
        let practices = self.practices().await?;
        let alert = NewAlert {
            practice_id: &message.practice_id,
            patient_id: Some(patient_id),
            message_id: Some(&message.id),
            dedupe_key: format!("unsubscribed:{}:{now}", message.id),
            kind: "stop",
            priority: "routine",
            reason: "The person unsubscribed from email: see what stopped, and whether they still want reminders.",
        };
        raise(tx, &self.clock, practices.get(&message.practice_id).map(|s| &s.practice), alert).await?;
        Ok(())
    }

    async fn practice_name(&self, message: Option<&MessageRow>) -> Result<Option<String>, OutreachError> {
        let practices = self.practices().await?;
        Ok(message.map(|m| practices.get(&m.practice_id).map(|s| s.practice.name.clone()).unwrap_or_default()))
    }
}

fn has_person(message: &MessageRow) -> bool {
    message.direction == Direction::Out.as_str() && message.patient_id.is_some()
}

/// Whether the person's last word on email is no.
async fn already(tx: &mut Tx, patient_id: &str) -> Result<bool, OutreachError> {
    let history = consents::of_patients(tx, &[patient_id.to_owned()]).await?;
    let last =
        history.iter().rfind(|c| c.purpose == Purpose::All.as_str() && matches!(c.channel.as_str(), EMAIL | "any"));
    Ok(last.is_some_and(|c| c.decision == "refused"))
}
