//! What an address learns from what becomes of messages to it: whether it can still be used.

use super::alerts::{NewAlert, raise};
use super::{Engine, OutreachError, Practices};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::reason::Reason;
use crate::store::{Tx, contacts};

/// The message that tells something, and where it went.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "columns of message and attempt")]
pub struct Reached<'a> {
    pub practice_id: &'a str,
    pub patient_id: Option<&'a str>,
    pub message_id: &'a str,
    pub channel: &'a str,
    pub address: &'a str,
}

/// An address that works again is reachable; one that fails for good, or on five days, is not, and staff are asked to mend it
/// (F22). Consent is untouched.
pub async fn address_learns(
    engine: &Engine,
    tx: &mut Tx,
    practices: &Practices,
    reached: Reached<'_>,
    status: &DeliveryStatus,
    now: i64,
) -> Result<(), OutreachError> {
    const FAILURE_DAYS: usize = 5;
    let Reached { practice_id, patient_id, message_id, channel, address } = reached;
    let day = now / 86_400_000;
    let points = contacts::at_addresses(tx, &[(channel.to_owned(), address.to_owned())]).await?;
    let Some(point) = points.first() else {
        return Ok(());
    };
    if point.status == "wrong_person" {
        return Ok(());
    }
    let mut days: Vec<i64> = serde_json::from_str(&point.failure_days).unwrap_or_default();
    let unreachable = match status {
        DeliveryStatus::Delivered => {
            days.clear();
            false
        }
        DeliveryStatus::Undelivered { permanent, .. } | DeliveryStatus::Failed { permanent, .. } => {
            if days.last() != Some(&day) {
                days.push(day);
            }
            // What failed for good is not mended by a later failure that is not.
            *permanent || days.len() >= FAILURE_DAYS || point.status == "unreachable"
        }
        DeliveryStatus::OptedOut | DeliveryStatus::Accepted | DeliveryStatus::Sent => return Ok(()),
    };
    let word = if unreachable { "unreachable" } else { "active" };
    let json = serde_json::to_string(&days).unwrap_or_else(|_| "[]".to_owned());
    contacts::set_status(tx, channel, address, word, &json, now).await?;
    if unreachable && point.status != "unreachable" {
        let alert = NewAlert {
            practice_id,
            patient_id,
            message_id: Some(message_id),
            dedupe_key: format!("unreachable:{}:{day}", point.id),
            kind: Reason::Unreachable.as_str(),
            priority: "routine",
            reason: Reason::Unreachable.sentence(),
        };
        raise(tx, &engine.clock, practices.get(practice_id).map(|s| &s.practice), alert).await?;
    }
    Ok(())
}
