//! Delivery reports: in any order, any number of times; they only move a message forward.

use crate::domain::delivery::DeliveryStatus;
use crate::domain::message::MessageStatus;
use crate::domain::reason::Reason;
use crate::outreach::{Engine, OutreachError};
use crate::store::consents::ConsentRow;
use crate::store::reports::{Advance, DeliveryReportRow, Matched};
use crate::store::{Tx, consents, contacts, reports};
use std::collections::{BTreeSet, HashMap};

/// A report as a gateway gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The gateway's name.
    pub gateway: String,
    /// Our message id, or the provider's id of it.
    pub reference: String,
    /// Where the message stands.
    pub status: DeliveryStatus,
    /// When, UTC milliseconds; the time of receipt where the provider does not say.
    pub occurred_at: i64,
}

/// Stores reports and moves their messages. Unknown references are stored and move nothing.
pub async fn take_reports(engine: &Engine, taken: &[Report]) -> Result<usize, OutreachError> {
    if taken.is_empty() {
        return Ok(0);
    }
    let mut tx = engine.db.begin().await?;
    let moved = take_reports_in(engine, &mut tx, taken).await?;
    tx.commit().await?;
    Ok(moved)
}

/// The same inside a transaction.
pub(super) async fn take_reports_in(engine: &Engine, tx: &mut Tx, taken: &[Report]) -> Result<usize, OutreachError> {
    let pairs: Vec<(String, String)> = taken.iter().map(|r| (r.gateway.clone(), r.reference.clone())).collect();
    let known: HashMap<String, Matched> =
        reports::find_messages(tx, &pairs).await?.into_iter().map(|m| (m.reference.clone(), m)).collect();
    let now = engine.clock.now_ms();
    let rows: Vec<DeliveryReportRow> = taken
        .iter()
        .map(|report| DeliveryReportRow {
            id: engine.clock.id(),
            gateway: report.gateway.clone(),
            reference: report.reference.clone(),
            status: report.status.as_str().to_owned(),
            code: report.status.code().unwrap_or_default().to_owned(),
            occurred_at: report.occurred_at,
            received_at: now,
            message_id: known.get(&report.reference).map(|m| m.message_id.clone()),
        })
        .collect();
    let new: BTreeSet<String> = reports::insert(tx, &rows).await?.into_iter().collect();
    // A person's no is kept whatever else was reported of the message.
    for (report, row) in taken.iter().zip(&rows) {
        if report.status == DeliveryStatus::OptedOut
            && new.contains(&row.id)
            && let Some(matched) = known.get(&report.reference)
        {
            opted_out(engine, tx, matched, now).await?;
        }
    }
    // The furthest report of each message decides, whatever order and however many at a time they came in.
    let mut furthest: HashMap<&str, &Report> = HashMap::new();
    for report in taken {
        if let Some(matched) = known.get(&report.reference) {
            let best = furthest.entry(&matched.message_id).or_insert(report);
            let further = (word(&report.status).2, report.status.rank());
            if further > (word(&best.status).2, best.status.rank()) {
                *best = report;
            }
        }
    }
    let steps: Vec<Advance> = furthest.iter().map(|(id, report)| advance(id, &report.status, now)).collect();
    let moved = reports::advance(tx, &steps).await?;
    for matched in known.values().filter(|m| moved.contains(&m.message_id)) {
        if let Some(report) = furthest.get(matched.message_id.as_str()) {
            address_learns(engine, tx, matched, &report.status, now).await?;
        }
    }
    Ok(moved.len())
}

fn advance(id: &str, status: &DeliveryStatus, at: i64) -> Advance {
    let (word, reason, rank) = word(status);
    Advance { id: id.to_owned(), status: word.to_string(), reason: reason.to_string(), rank, at }
}

/// What the ledger says of a report, and how far along that is. The ledger knows fewer states than gateways do: only these
/// decide, or the order of reports in different batches would.
const fn word(status: &DeliveryStatus) -> (MessageStatus, Reason, i64) {
    match status {
        DeliveryStatus::Accepted | DeliveryStatus::Sent => (MessageStatus::Accepted, Reason::None, 1),
        DeliveryStatus::Undelivered { .. } => (MessageStatus::Undelivered, Reason::NetworkUndelivered, 2),
        DeliveryStatus::Failed { .. } => (MessageStatus::Failed, Reason::GatewayRefused, 3),
        DeliveryStatus::OptedOut => (MessageStatus::Failed, Reason::OptedOut, 4),
        DeliveryStatus::Delivered => (MessageStatus::Delivered, Reason::None, 5),
    }
}

/// An address that works again is reachable; one that fails for good, or on five days, is not (F22). Consent is untouched
/// unless the provider reports an opt-out.
async fn address_learns(
    engine: &Engine,
    tx: &mut Tx,
    matched: &Matched,
    status: &DeliveryStatus,
    now: i64,
) -> Result<(), OutreachError> {
    const FAILURE_DAYS: usize = 5;
    let day = now / 86_400_000;
    let points = contacts::at_addresses(tx, &[(matched.channel.clone(), matched.address.clone())]).await?;
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
            *permanent || days.len() >= FAILURE_DAYS
        }
        DeliveryStatus::OptedOut | DeliveryStatus::Accepted | DeliveryStatus::Sent => return Ok(()),
    };
    let word = if unreachable { "unreachable" } else { "active" };
    let json = serde_json::to_string(&days).unwrap_or_else(|_| "[]".to_owned());
    contacts::set_status(tx, &matched.channel, &matched.address, word, &json, now).await?;
    if unreachable && point.status != "unreachable" {
        let practices = engine.practices().await?;
        let alert = crate::outreach::alerts::NewAlert {
            practice_id: &matched.practice_id,
            patient_id: matched.patient_id.as_deref(),
            message_id: Some(&matched.message_id),
            dedupe_key: format!("unreachable:{}:{day}", point.id),
            kind: Reason::Unreachable.as_str(),
            priority: "routine",
            reason: Reason::Unreachable.sentence(),
        };
        let practice = practices.get(&matched.practice_id).map(|s| &s.practice);
        crate::outreach::alerts::raise(tx, &engine.clock, practice, alert).await?;
    }
    Ok(())
}

async fn opted_out(engine: &Engine, tx: &mut Tx, matched: &Matched, now: i64) -> Result<(), OutreachError> {
    let Some(patient_id) = &matched.patient_id else {
        return Ok(());
    };
    let row = ConsentRow {
        id: engine.clock.id(),
        patient_id: patient_id.clone(),
        channel: matched.channel.clone(),
        purpose: "all".to_owned(),
        decision: "refused".to_owned(),
        source: "reported by the gateway".to_owned(),
        actor: "system".to_owned(),
        message_id: Some(matched.message_id.clone()),
        at: now,
    };
    consents::append(tx, &[row]).await?;
    Ok(())
}
