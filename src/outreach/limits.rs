//! Limits of a whole practice, and the acts of staff that lift them: a day's spending, and a sudden rise that somebody confirms.

use super::periods::{day_period, rise_subject, sent_subject};
use super::{Engine, OutreachError};
use crate::domain::reason::Reason;
use crate::store::counters::CounterRow;
use crate::store::{Tx, counters, due};

/// Today's planned messages of a practice against what is usual there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rise {
    /// Sent today.
    pub sent: i64,
    /// From how many on sending stops and asks.
    pub limit: i64,
    /// Somebody has said that today's are right.
    pub released: bool,
}

impl Rise {
    /// Whether sending has stopped.
    pub fn stopped(self) -> bool {
        self.sent >= self.limit && !self.released
    }
}

impl Engine {
    /// Today's messages against what is usual; `None` while too little is known of the practice, or when it is switched off.
    pub async fn rise(&self, practice_id: &str) -> Result<Option<Rise>, OutreachError> {
        let practices = self.practices().await?;
        let Some((state, limit)) = practices.get(practice_id).and_then(|s| Some((s, s.rise_limit()?))) else {
            return Ok(None);
        };
        let today = day_period(self.clock.now_ms(), state.practice.settings.zone);
        let sent = counters::of(&self.db, &sent_subject(practice_id), &today).await?;
        let released = counters::of(&self.db, &rise_subject(practice_id), &today).await? > 0;
        Ok(Some(Rise { sent, limit, released }))
    }

    /// Somebody says that today's messages are right: what was held for the rise goes. Returns how many were woken.
    pub async fn release_rise(&self, tx: &mut Tx, practice_id: &str) -> Result<u64, OutreachError> {
        let practices = self.practices().await?;
        let zone = practices.get(practice_id).map_or(self.config.practice.zone, |s| s.practice.settings.zone);
        let row =
            CounterRow { subject: rise_subject(practice_id), period: day_period(self.clock.now_ms(), zone), used: 1 };
        counters::add(tx, &[row]).await?;
        self.wake_held(tx, practice_id, Reason::SuddenRise).await
    }

    /// Lets what a practice held for this reason be decided again at once. Returns how many.
    pub async fn wake_held(&self, tx: &mut Tx, practice_id: &str, reason: Reason) -> Result<u64, OutreachError> {
        Ok(due::wake_practice(tx, practice_id, reason.as_str(), self.clock.now_ms(), LOOKED_AT_WITHIN_MS).await?)
    }
}

/// What is held for a limit is looked at again every hour by itself.
const LOOKED_AT_WITHIN_MS: i64 = 2 * 3_600_000;
