//! The demo's own data feed: a practice imports fresh lists every morning, so the demo does when its clock moves.

use super::dice::mix;
use super::{Demo, DemoError};
use crate::outreach::Engine;
use crate::store::appointments::{self, AppointmentRow};
use crate::store::practices;

const HOUR_MS: i64 = 3_600_000;
const EVERY_MS: i64 = 6 * HOUR_MS;
/// How far back appointments are looked at for what became of them.
const BACK_MS: i64 = 7 * 24 * HOUR_MS;

/// Refreshes the feed when the last time lies some hours back: the data is as fresh as now, and past appointments were
/// attended, or one in twelve was missed.
pub(super) async fn refresh(engine: &Engine, demo: &Demo, now: i64) -> Result<(), DemoError> {
    if !demo.feed_is_due(now, EVERY_MS) {
        return Ok(());
    }
    let mut tx = engine.db.begin().await?;
    for feed in ["patients", "appointments"] {
        practices::feed_refreshed(&mut tx, &demo.practice_id, feed, now).await?;
    }
    let past = appointments::starting_between(&mut tx, &demo.practice_id, now - BACK_MS, now - HOUR_MS).await?;
    let over: Vec<AppointmentRow> = past
        .into_iter()
        .filter(|row| row.status == "booked")
        .map(|row| {
            let missed = mix(demo.seed, &row.source_id).is_multiple_of(12);
            AppointmentRow { status: if missed { "missed" } else { "attended" }.to_owned(), updated_at: now, ..row }
        })
        .collect();
    let changed = appointments::upsert(&mut tx, &over).await?;
    appointments::queue_planning(&mut tx, "appointment", &changed, now).await?;
    tx.commit().await?;
    engine.forget_practices();
    Ok(())
}
