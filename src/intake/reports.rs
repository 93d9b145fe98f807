//! Delivery reports: in any order, any number of times; they only move a message forward.

use crate::domain::delivery::{DeliveryStatus, SHARE_MINUTES};
use crate::domain::message::MessageStatus;
use crate::domain::reason::Reason;
use crate::outreach::{Engine, OutreachError, Reached, address_learns, minute};
use crate::store::consents::ConsentRow;
use crate::store::health::MinuteRow;
use crate::store::reports::{Advance, DeliveryReportRow, Matched};
use crate::store::{Tx, consents, health, reports};
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

/// Stores reports and moves their messages. Unknown references create nothing.
pub async fn take_reports(engine: &Engine, taken: &[Report]) -> Result<usize, OutreachError> {
    if taken.is_empty() {
        return Ok(0);
    }
    // Known before the transaction begins: inside it, a second connection would be waited for.
    engine.practices().await?;
    let mut tx = engine.db.begin().await?;
    let moved = take_reports_in(engine, &mut tx, taken).await?;
    tx.commit().await?;
    Ok(moved)
}

/// The same inside a transaction.
pub(super) async fn take_reports_in(engine: &Engine, tx: &mut Tx, taken: &[Report]) -> Result<usize, OutreachError> {
    let practices = engine.practices().await?;
    let pairs: Vec<(String, String)> = taken.iter().map(|r| (r.gateway.clone(), r.reference.clone())).collect();
    let known: HashMap<String, Matched> =
        reports::find_messages(tx, &pairs).await?.into_iter().map(|m| (m.reference.clone(), m)).collect();
    let now = engine.clock.now_ms();
    // What speaks of a message that is none of ours leaves nothing behind.
    let taken: Vec<&Report> = taken.iter().filter(|report| known.contains_key(&report.reference)).collect();
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
    for report in &taken {
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
            let reached = Reached {
                practice_id: &matched.practice_id,
                patient_id: matched.patient_id.as_deref(),
                message_id: &matched.message_id,
                channel: &matched.channel,
                address: &matched.address,
            };
            address_learns(engine, tx, &practices, reached, &report.status, now).await?;
        }
    }
    let counted = taken.iter().zip(&rows).filter(|(_, row)| new.contains(&row.id));
    let minutes: Vec<MinuteRow> =
        counted.filter_map(|(report, _)| traffic(engine, report, known.get(&report.reference)?, now)).collect();
    // Last, as in a worker's turn: others wait for these rows.
    health::add_minutes(tx, &minutes).await?;
    Ok(moved.len())
}

/// What a report says of its gateway, in the minute in which the text was handed over.
fn traffic(engine: &Engine, report: &Report, matched: &Matched, now: i64) -> Option<MinuteRow> {
    if now - matched.started_at > SHARE_MINUTES * 60_000 {
        return None;
    }
    let late_ms = engine.config.failover.slow_delivery_seconds * 1_000;
    let (failed, slow) = match &report.status {
        DeliveryStatus::Failed { permanent, .. } | DeliveryStatus::Undelivered { permanent, .. } => {
            (i64::from(!permanent), 0)
        }
        DeliveryStatus::Delivered => (0, i64::from(report.occurred_at - matched.started_at > late_ms)),
        DeliveryStatus::Accepted | DeliveryStatus::Sent | DeliveryStatus::OptedOut => (0, 0),
    };
    let row = MinuteRow { gateway: matched.gateway.clone(), minute: minute(matched.started_at), sent: 0, failed, slow };
    (failed + slow > 0).then_some(row)
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
        source: format!("gateway {}", matched.gateway),
        actor: "system".to_owned(),
        message_id: Some(matched.message_id.clone()),
        at: now,
    };
    consents::append(tx, &[row]).await?;
    Ok(())
}
