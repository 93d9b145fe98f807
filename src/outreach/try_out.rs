//! One clearly marked test message through a real gateway, in the ledger like any other, followed to its receipt.

use super::calls::{About, Answer, Ask};
use super::{Call, Engine, OutreachError, address_hash};
use crate::domain::delivery::{Channel, DeliveryStatus, SendFailure};
use crate::domain::identifiers::{EmailAddress, PhoneNumber};
use crate::domain::message::{Direction, Lane, MessageKind, MessageStatus, PastDue, Purpose};
use crate::domain::reason::Reason;
use crate::gateways::{Exchange, Gateway, LookUp, OutboundMessage};
use crate::store::audit::AuditEventRow;
use crate::store::due::{Held, NewDue};
use crate::store::ledger::{AttemptRow, MessageRow, SettledMessage};
use crate::store::{StoreError, audit, contacts, due, ledger, reports};
use std::sync::Arc;

/// Why no test message was sent.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// No such gateway.
    #[error("there is no gateway \"{0}\"; there are: {1}")]
    NoGateway(String, String),
    /// It carries no messages to such an address.
    #[error("the gateway {0} carries no {1} messages")]
    NotCarried(String, &'static str),
    /// Neither a mobile number nor an email address.
    #[error("{0} is no number or address that can be written to: {1}")]
    BadAddress(&'static str, String),
    /// A patient has this number or address: a test is for a colleague's.
    #[error("this number or address belongs to a patient: use a colleague's or your own")]
    OfAPatient,
    /// Its owner said STOP.
    #[error("this number or address is stopped: nothing may be sent to it")]
    Stopped,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Anything else.
    #[error(transparent)]
    Outreach(#[from] OutreachError),
}

/// A test under way.
pub struct TryOut {
    /// Its id in the ledger.
    pub message_id: String,
    /// The gateway that is tried.
    pub gateway: Arc<Gateway>,
    channel: Channel,
    to: String,
    text: String,
    began_at: i64,
}

/// What a step of the test showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The gateway has it.
    Taken(Option<String>),
    /// The gateway has not, by this code.
    Refused(String),
    /// Nobody can tell yet, by this code.
    Unknown(String),
    /// It was delivered.
    Delivered,
    /// It was not, by this word.
    NotDelivered(String),
    /// Nothing new.
    Waiting,
}

impl Engine {
    /// Checks that a test may go there, and writes it into the ledger with its try.
    pub async fn begin_try(&self, practice_id: &str, gateway: &str, to: &str, actor: &str) -> Result<TryOut, TryError> {
        let Some(found) = self.gateways.get(gateway) else {
            let names: Vec<&str> = self.gateways.iter().map(|g| g.name()).collect();
            return Err(TryError::NoGateway(gateway.to_owned(), names.join(", ")));
        };
        let (channel, to) = address(to)?;
        if !found.policy().channels.contains(&channel) {
            return Err(TryError::NotCarried(gateway.to_owned(), channel.as_str()));
        }
        let now = self.clock.now_ms();
        let id = self.clock.id();
        let text =
            format!("TEST from between, gateway {gateway}. Nothing is asked of you. Please ignore this message.");
        let mut tx = self.db.begin().await?;
        let pair = (channel.as_str().to_owned(), to.clone());
        if !contacts::at_addresses(&mut tx, &[pair]).await?.is_empty() {
            return Err(TryError::OfAPatient);
        }
        if !contacts::stopped(&mut tx, &[address_hash(channel.as_str(), &to)]).await?.is_empty() {
            return Err(TryError::Stopped);
        }
        let message = MessageRow {
            id: id.clone(),
            practice_id: practice_id.to_owned(),
            direction: Direction::Out.to_string(),
            kind: MessageKind::StaffMessage.to_string(),
            template: "gateway_test".to_owned(),
            purpose: Purpose::Service.to_string(),
            anchor: format!("gateway_test:{id}"),
            step: "gateway_test".to_owned(),
            status: MessageStatus::Sending.to_string(),
            channel: Some(channel.as_str().to_owned()),
            address: Some(to.clone()),
            gateway: Some(gateway.to_owned()),
            body: Some(text.clone()),
            facts: "{}".to_owned(),
            due_at: now,
            expires_at: Some(now + LONGEST_MS),
            past_due: PastDue::Skip.to_string(),
            created_at: now,
            updated_at: now,
            ..MessageRow::default()
        };
        let attempt = AttemptRow {
            message_id: id.clone(),
            number: 1,
            gateway: gateway.to_owned(),
            channel: channel.as_str().to_owned(),
            address: to.clone(),
            body: text.clone(),
            started_at: now,
            ..AttemptRow::default()
        };
        ledger::insert(&mut tx, &[message]).await?;
        // No worker takes it up before it has expired: this test alone sends it.
        let waits = NewDue { message_id: id.clone(), lane: Lane::Safety.number(), due_at: now + LONGEST_MS };
        due::insert(&mut tx, &[waits]).await?;
        ledger::insert_attempts(&mut tx, &[attempt]).await?;
        let event = AuditEventRow {
            id: self.clock.id(),
            at: now,
            actor: actor.to_owned(),
            action: "gateway_tested".to_owned(),
            practice_id: Some(practice_id.to_owned()),
            subject: "gateway".to_owned(),
            subject_id: gateway.to_owned(),
            detail: serde_json::json!({ "message": id }).to_string(),
        };
        audit::append(&mut tx, &[event]).await?;
        tx.commit().await?;
        Ok(TryOut { message_id: id, gateway: Arc::clone(found), channel, to, text, began_at: now })
    }

    /// Sends it, once, and records what became of that. It is not tried again.
    pub async fn send_try(&self, test: &TryOut) -> Result<(Step, Vec<Exchange>), TryError> {
        let now = self.clock.now_ms();
        let call = Call {
            held: Held { message_id: test.message_id.clone(), lease: 0 },
            number: 1,
            gateway: Arc::clone(&test.gateway),
            message: OutboundMessage {
                reference: test.message_id.clone(),
                channel: test.channel,
                to: test.to.clone(),
                subject: (test.channel == Channel::Email).then(|| "Test message".to_owned()),
                text: test.text.clone(),
                html: None,
                reply_to: None,
                sender: None,
                unsubscribe_url: None,
                follows: Vec::new(),
                nhs_number: None,
                valid_until_ms: Some(now + LONGEST_MS),
            },
            ask: Ask::Send,
            not_before: now,
            lease_until: now + LONGEST_MS,
            about: About {
                practice_id: String::new(),
                patient_id: None,
                template: "gateway_test".to_owned(),
                urgent: true,
                expires_at: now + LONGEST_MS,
                segments: 0,
                asks: false,
            },
        };
        let outcome = self.make(call).await;
        let exchanges = outcome.exchanges.clone();
        let step = match &outcome.answer {
            Answer::Taken { status: DeliveryStatus::Delivered, .. } => Step::Delivered,
            Answer::Taken { provider_id, .. } => Step::Taken(provider_id.clone()),
            Answer::Failed(failure) if failure.certainly_not_sent() => Step::Refused(word(failure)),
            Answer::Failed(failure) => Step::Unknown(word(failure)),
            Answer::NotThere | Answer::CannotTell | Answer::NotMade => Step::Waiting,
        };
        self.record(std::slice::from_ref(&outcome)).await?;
        let mut tx = self.db.begin().await?;
        due::remove(&mut tx, std::slice::from_ref(&test.message_id)).await?;
        if let Step::Refused(_) = step {
            let settled = self.settled(test, MessageStatus::Failed, Reason::GatewayRefused);
            ledger::settle(&mut tx, &[settled]).await?;
        }
        tx.commit().await?;
        Ok((step, exchanges))
    }

    /// What is known of it by now: from a receipt that came, or, with `ask`, from the gateway itself.
    pub async fn follow_try(&self, test: &TryOut, ask: bool) -> Result<Step, TryError> {
        let receipts = reports::of_message(&self.db, &test.message_id).await?;
        let words: Vec<&str> = receipts.iter().map(|r| r.status.as_str()).collect();
        if words.contains(&"delivered") {
            return Ok(Step::Delivered);
        }
        if let Some(last) =
            receipts.iter().rfind(|r| ["undelivered", "failed", "opted_out"].contains(&r.status.as_str()))
        {
            return Ok(Step::NotDelivered(format!("{} {}", last.status, last.code).trim_end().to_owned()));
        }
        if !ask || !test.gateway.policy().can_be_asked {
            return Ok(Step::Waiting);
        }
        let found = test.gateway.look_up(&test.message_id, &test.to, test.began_at, &test.text).await;
        let (status, step) = match found {
            Ok(LookUp::Found { status: DeliveryStatus::Delivered, .. }) => (MessageStatus::Delivered, Step::Delivered),
            Ok(LookUp::Found { status, .. }) => match status.code() {
                Some(code) => (MessageStatus::Undelivered, Step::NotDelivered(format!("{} {code}", status.as_str()))),
                None => return Ok(Step::Waiting),
            },
            _ => return Ok(Step::Waiting),
        };
        let reason = if status == MessageStatus::Delivered { Reason::None } else { Reason::NetworkUndelivered };
        let mut tx = self.db.begin().await?;
        ledger::settle(&mut tx, &[self.settled(test, status, reason)]).await?;
        tx.commit().await?;
        Ok(step)
    }

    fn settled(&self, test: &TryOut, status: MessageStatus, reason: Reason) -> SettledMessage {
        SettledMessage {
            id: test.message_id.clone(),
            status: status.to_string(),
            reason: reason.to_string(),
            attempts: 1,
            segments: 0,
            at: self.clock.now_ms(),
            channel: None,
            address: None,
            gateway: None,
        }
    }
}

/// A mobile number in E.164, or an email address.
fn address(text: &str) -> Result<(Channel, String), TryError> {
    if text.contains('@') {
        let email = EmailAddress::parse(text).map_err(|e| TryError::BadAddress("the address", e.to_string()))?;
        return Ok((Channel::Email, email.as_str().to_owned()));
    }
    let number = PhoneNumber::parse(text).map_err(|e| TryError::BadAddress("the number", e.to_string()))?;
    Ok((Channel::Sms, number.e164().to_owned()))
}

fn word(failure: &SendFailure) -> String {
    failure.code().to_owned()
}

/// A test is of no use for longer.
const LONGEST_MS: i64 = 10 * 60_000;
