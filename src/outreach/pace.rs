//! Slots in a gateway's rate: reserved in the database, so that all workers together keep it in every second.

use super::{Engine, OutreachError};
use crate::gateways::Gateway;
use crate::store::{Tx, counters};

impl Engine {
    /// Reserves slots of a gateway's rate, far enough ahead that they have not passed when the transaction is committed.
    /// Returns the first, in microseconds since 1970.
    pub(super) async fn reserve(&self, tx: &mut Tx, gateway: &Gateway, count: i64) -> Result<i64, OutreachError> {
        let ahead_ms = if self.clock.is_manual() || !is_paced(gateway) { 0 } else { SLOTS_AHEAD_MS };
        let from_us = (self.clock.now_ms() + ahead_ms) * 1000;
        Ok(counters::reserve_pace(tx, gateway.name(), count, interval_us(gateway), from_us).await?)
    }

    /// Another slot for a call that missed its own: made late, it would stand too close to those that others made on time.
    pub(super) async fn slot_again(&self, gateway: &Gateway) -> Result<i64, OutreachError> {
        let mut tx = self.db.begin().await?;
        let slot_us = self.reserve(&mut tx, gateway, 1).await?;
        tx.commit().await?;
        Ok(slot_us / 1000)
    }
}

/// The time between two slots. A little more than the rate allows: what a timer is late by then still fits into every second.
pub(super) fn interval_us(gateway: &Gateway) -> i64 {
    const SLACK: f64 = 1.008;
    (1_000_000.0 * SLACK / gateway.policy().rate_per_second).ceil() as i64
}

/// Whether a gateway's rate is one to be kept to the call. Beyond some thousands a second it is no limit in practice, and its
/// slots lie closer together than a timer can tell.
pub(super) fn is_paced(gateway: &Gateway) -> bool {
    gateway.policy().rate_per_second <= 5_000.0
}

/// How far ahead slots are reserved: a turn is committed in less, even on a busy database.
const SLOTS_AHEAD_MS: i64 = 200;
