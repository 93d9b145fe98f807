//! The demo's duty team: in opening hours it looks at alerts that simulated replies caused: urgent ones within the hour,
//! the others the next day. What a newcomer causes on a phone is left for them.

use super::replies::SIMULATED;
use super::{Demo, DemoError};
use crate::clock::instant;
use crate::outreach::Engine;
use crate::store::audit::{self, AuditEventRow};
use crate::store::ledger::{MessageRow, StatusChange};
use crate::store::views::lists::{self, NamedAlert};
use crate::store::{Tx, alerts, ledger};

const MINUTE_MS: i64 = 60_000;
/// How often the team looks.
const EVERY_MS: i64 = 25 * MINUTE_MS;
const URGENT_AFTER_MS: i64 = 20 * MINUTE_MS;
const ROUTINE_AFTER_MS: i64 = 20 * 60 * MINUTE_MS;
const TEAM: &str = "duty team";
const MOST: i64 = 300;

/// Is an urgent alert open while somebody is there?
pub(super) async fn are_waited_for(engine: &Engine, demo: &Demo, now: i64) -> Result<bool, DemoError> {
    Ok(somebody_is_there(engine, demo, now).await?
        && lists::urgent_open_count(&engine.db, &demo.practice_id).await? > 0)
}

async fn somebody_is_there(engine: &Engine, demo: &Demo, now: i64) -> Result<bool, DemoError> {
    let practices = engine.practices().await?;
    Ok(practices.get(&demo.practice_id).is_some_and(|state| state.practice.is_open(instant(now))))
}

/// Acknowledges what has been open for some time.
pub(super) async fn acknowledge(engine: &Engine, demo: &Demo, now: i64) -> Result<(), DemoError> {
    if !somebody_is_there(engine, demo, now).await? || !demo.staff_are_due(now, EVERY_MS) {
        return Ok(());
    }
    for NamedAlert { alert, .. } in lists::alerts(&engine.db, &demo.practice_id, "open", MOST).await? {
        let urgent = matches!(alert.priority.as_str(), "stat" | "urgent");
        if now - alert.created_at < if urgent { URGENT_AFTER_MS } else { ROUTINE_AFTER_MS } {
            continue;
        }
        let Some(message_id) = &alert.message_id else {
            continue;
        };
        let Some(message) = ledger::get(&engine.db, message_id).await? else {
            continue;
        };
        if !message.provider_reference.as_deref().is_some_and(|reference| reference.starts_with(SIMULATED)) {
            continue;
        }
        let mut tx = engine.db.begin().await?;
        let words = if urgent { "Rang the person at once." } else { "Read and dealt with." };
        alerts::acknowledge(&mut tx, &alert.id, TEAM, words, now).await?;
        deal_with(&mut tx, &message, now).await?;
        let event = AuditEventRow {
            id: engine.clock.id(),
            at: now,
            actor: TEAM.to_owned(),
            action: "alert_acknowledged".to_owned(),
            practice_id: Some(demo.practice_id.clone()),
            subject: "alert".to_owned(),
            subject_id: alert.id.clone(),
            detail: "{}".to_owned(),
        };
        audit::append(&mut tx, &[event]).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn deal_with(tx: &mut Tx, message: &MessageRow, now: i64) -> Result<(), DemoError> {
    if message.status == "for_staff" {
        let change =
            StatusChange { id: message.id.clone(), status: "handled".to_owned(), reason: String::new(), at: now };
        ledger::set_status(tx, &[change]).await?;
    }
    Ok(())
}
