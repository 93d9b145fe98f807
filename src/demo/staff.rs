//! The demo's duty team: it looks at urgent alerts that simulated replies caused, in opening hours, after a while. Alerts
//! that a newcomer causes on a phone are left for them.

use super::advance::SIMULATED;
use super::{Demo, DemoError};
use crate::clock::instant;
use crate::outreach::Engine;
use crate::store::audit::{self, AuditEventRow};
use crate::store::views::lists::{self, NamedAlert};
use crate::store::{alerts, ledger};

const AFTER_MS: i64 = 25 * 60_000;
const TEAM: &str = "duty team";
const MOST: i64 = 200;

/// Is an urgent alert open while somebody is there?
pub(super) async fn are_waited_for(engine: &Engine, demo: &Demo, now: i64) -> Result<bool, DemoError> {
    Ok(somebody_is_there(engine, demo, now).await? && lists::desk_counts(&engine.db, &demo.practice_id).await?.alerts_urgent > 0)
}

async fn somebody_is_there(engine: &Engine, demo: &Demo, now: i64) -> Result<bool, DemoError> {
    let practices = engine.practices().await?;
    Ok(practices.get(&demo.practice_id).is_some_and(|state| state.practice.is_open(instant(now))))
}

/// Acknowledges what has been open for some time.
pub(super) async fn acknowledge(engine: &Engine, demo: &Demo, now: i64) -> Result<(), DemoError> {
    if !are_waited_for(engine, demo, now).await? {
        return Ok(());
    }
    for NamedAlert { alert, .. } in lists::alerts(&engine.db, &demo.practice_id, "open", MOST).await? {
        let urgent = matches!(alert.priority.as_str(), "stat" | "urgent");
        if !urgent || now - alert.created_at < AFTER_MS {
            continue;
        }
        let Some(message_id) = &alert.message_id else { continue };
        let message = ledger::get(&engine.db, message_id).await?;
        let reference = message.and_then(|m| m.provider_reference).unwrap_or_default();
        if !reference.starts_with(SIMULATED) {
            continue;
        }
        let mut tx = engine.db.begin().await?;
        alerts::acknowledge(&mut tx, &alert.id, TEAM, "Rang the person at once.", now).await?;
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
