//! A message of ours that came back: the ledger and the address learn it.

use super::reading::MailReading;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::message::MessageStatus;
use crate::domain::reason::Reason;
use crate::intake::reports::{Report, take_reports_in};
use crate::outreach::{Engine, OutreachError};
use crate::store::Tx;
use crate::store::ledger::{self, MessageRow, StatusChange};

/// Files a bounce with the message it is about, as a delivery report. One that names no message of ours goes to people.
pub async fn bounced(
    engine: &Engine,
    tx: &mut Tx,
    message: &MessageRow,
    reading: &MailReading,
) -> Result<(), OutreachError> {
    let original = original(engine, tx, message, reading).await?;
    let now = engine.clock.now_ms();
    if let Some(ours) = original.as_ref().filter(|_| !reading.bounce_delayed) {
        let code = reading.bounce_code.clone().unwrap_or_default();
        let report = Report {
            gateway: ours.gateway.clone().unwrap_or_default(),
            reference: ours.id.clone(),
            status: DeliveryStatus::Undelivered { code, permanent: reading.bounce_permanent },
            occurred_at: message.created_at,
        };
        take_reports_in(engine, tx, &[report]).await?;
    }
    let (status, reason) = match &original {
        Some(_) => (MessageStatus::Handled, Reason::MachineAnswer),
        None => (MessageStatus::ForStaff, Reason::UnknownSender),
    };
    let change =
        StatusChange { id: message.id.clone(), status: status.to_string(), reason: reason.to_string(), at: now };
    let practices = engine.practices().await?;
    let first = practices.iter().next().map(|s| s.practice.id.clone()).unwrap_or_default();
    let practice_id = original.as_ref().map_or(first, |ours| ours.practice_id.clone());
    let patient_id = original.as_ref().and_then(|ours| ours.patient_id.as_deref());
    ledger::set_received(tx, &message.id, &practice_id, patient_id, "{}", &change).await?;
    Ok(())
}

/// The message of ours that came back, by its Message-ID, or by the token of the address the bounce came to.
async fn original(
    engine: &Engine,
    tx: &mut Tx,
    message: &MessageRow,
    reading: &MailReading,
) -> Result<Option<MessageRow>, OutreachError> {
    let way = message.gateway.as_deref().and_then(|name| engine.gateways.get(name)).and_then(|g| g.mail_in());
    let by_id = way.and_then(|way| reading.bounced.as_deref().and_then(|id| super::reading::own_id(id, way)));
    for id in by_id.into_iter().chain(message.in_reply_to.clone()) {
        let found = ledger::by_ids(tx, &[id]).await?.into_iter().find(|m| m.direction == "out");
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
