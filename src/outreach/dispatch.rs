//! One turn of sending: settle what has finished, claim what is due, decide, render, and hand back the calls to make.
//!
//! A turn is one transaction. The tries stand in the ledger before the first call is made, so that a crash leaves a trace
//! to be resolved, never a silent second send.

mod prepare;
mod write;

use super::{Call, Engine, Outcome, OutreachError, Practices, settle};
use crate::domain::message::Lane;
use crate::store::due::{Claim, Held};
use crate::store::{Tx, counters, due};
use std::collections::HashMap;

/// What a turn did.
#[derive(Default)]
pub struct Turn {
    /// The calls to make now.
    pub calls: Vec<Call>,
    /// How many messages were claimed.
    pub claimed: usize,
}

impl Engine {
    /// One turn: `outcomes` of calls that have finished since the last are recorded, and up to `room` new ones prepared.
    /// When it fails nothing was recorded: the caller keeps the outcomes for its next turn.
    ///
    /// Limits hold exactly also among several workers: a turn that finds at its end that others have used up what it had
    /// decided with is rolled back and decided anew. Each time somebody else's turn was committed.
    pub async fn turn(&self, outcomes: &[Outcome], room: usize) -> Result<Turn, OutreachError> {
        let practices = self.practices().await?;
        self.ready_links().await?;
        loop {
            match self.try_turn(&practices, outcomes, room).await {
                Err(OutreachError::Overtaken) => {}
                done => return done,
            }
        }
    }

    async fn try_turn(&self, practices: &Practices, outcomes: &[Outcome], room: usize) -> Result<Turn, OutreachError> {
        let mut tx = self.db.begin().await?;
        let mut health = self.health(&mut tx, practices, outcomes).await?;
        settle::settle(self, &mut tx, practices, &health, outcomes).await?;
        let claims = self.claim(&mut tx, room).await?;
        let claimed = claims.len();
        let calls =
            if claims.is_empty() { Vec::new() } else { self.prepare(&mut tx, practices, &mut health, claims).await? };
        self.count_traffic(&mut tx, outcomes).await?;
        tx.commit().await?;
        Ok(Turn { calls, claimed })
    }

    /// Records outcomes and claims nothing: when the program stops.
    pub async fn record(&self, outcomes: &[Outcome]) -> Result<(), OutreachError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let practices = self.practices().await?;
        let mut tx = self.db.begin().await?;
        let health = self.health(&mut tx, &practices, outcomes).await?;
        settle::settle(self, &mut tx, &practices, &health, outcomes).await?;
        self.count_traffic(&mut tx, outcomes).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Claims one message, commits, and only then prepares it: used when a whole batch failed, so that one bad row is
    /// counted and in the end set aside while all others go (F01, R20).
    pub async fn careful_turn(&self) -> Result<Turn, OutreachError> {
        let practices = self.practices().await?;
        self.ready_links().await?;
        let mut tx = self.db.begin().await?;
        let claims = self.claim_one(&mut tx).await?;
        tx.commit().await?;
        if claims.is_empty() {
            return Ok(Turn::default());
        }
        loop {
            let mut tx = self.db.begin().await?;
            let mut health = self.health(&mut tx, &practices, &[]).await?;
            match self.prepare(&mut tx, &practices, &mut health, claims.clone()).await {
                Err(OutreachError::Overtaken) => {}
                Ok(calls) => {
                    tx.commit().await?;
                    return Ok(Turn { calls, claimed: 1 });
                }
                Err(error) => {
                    drop(tx);
                    if matches!(&error, OutreachError::Store(store) if !store.is_outage()) {
                        for claim in &claims {
                            self.blame(&Held { message_id: claim.message_id.clone(), lease: claim.lease }).await?;
                        }
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Records outcomes each in a transaction of its own: when recording them together failed. One that cannot be recorded
    /// is left to its lease: after that the gateway is asked, and after some rounds the message is set aside.
    pub async fn record_each(&self, outcomes: &[Outcome]) -> Result<(), OutreachError> {
        for outcome in outcomes {
            match self.record(std::slice::from_ref(outcome)).await {
                Err(OutreachError::Store(error)) if !error.is_outage() => {
                    tracing::error!(message_id = %outcome.held.message_id, code = "settle_failed", "an outcome could not be recorded");
                    self.blame(&outcome.held).await?;
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// The program failed at a message: that is held against it.
    async fn blame(&self, held: &Held) -> Result<(), OutreachError> {
        let mut tx = self.db.begin().await?;
        due::blame(&mut tx, held, LEASES_A_FAILURE - 1).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sends everything that is due now and waits for the outcomes: one pass, as `send-due` and the demo make it.
    pub async fn send_due(&self) -> Result<usize, OutreachError> {
        let mut outcomes = Vec::new();
        let mut sent = 0;
        let mut careful = 0;
        let mut failures = 0;
        loop {
            let settled = outcomes.is_empty();
            let turn = if careful > 0 {
                careful -= 1;
                self.record_each(&outcomes).await?;
                outcomes.clear();
                self.careful_turn().await
            } else {
                self.turn(&outcomes, self.config.sending.in_flight).await
            };
            match turn {
                Ok(turn) => {
                    outcomes.clear();
                    failures = 0;
                    if turn.claimed == 0 && settled {
                        return Ok(sent);
                    }
                    sent += turn.calls.len();
                    outcomes.extend(self.make_all(turn.calls).await);
                }
                Err(OutreachError::Store(error)) if !error.is_outage() && failures < MOST_FAILURES => {
                    tracing::warn!(code = "turn_failed", "a batch failed; its messages are taken one by one");
                    failures += 1;
                    careful = CAREFUL_TURNS;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Exactly one message, of the first lane that has one: a bad row must not take others down with it.
    async fn claim_one(&self, tx: &mut Tx) -> Result<Vec<Claim>, OutreachError> {
        let now = self.clock.now_ms();
        let lease_until = now + self.config.sending.lease_seconds * 1000;
        for lane in [Lane::Safety, Lane::Conversation, Lane::Planned] {
            let found = due::claim(tx, lane.number(), now, lease_until, 1).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn claim(&self, tx: &mut Tx, room: usize) -> Result<Vec<Claim>, OutreachError> {
        let now = self.clock.now_ms();
        let lease_until = now + self.config.sending.lease_seconds * 1000;
        let mut left = i64::try_from(room).unwrap_or(i64::MAX).min(self.config.sending.batch);
        let mut claims = Vec::new();
        for lane in [Lane::Safety, Lane::Conversation, Lane::Planned] {
            let limit = if lane == Lane::Planned {
                if left <= 0 {
                    break;
                }
                left.min(self.free_slots(tx, now).await?)
            } else {
                // Safety texts and answers never wait for room.
                left.max(ROOM_FOR_ANSWERS)
            };
            if limit <= 0 {
                break;
            }
            let found = due::claim(tx, lane.number(), now, lease_until, limit).await?;
            left -= found.len() as i64;
            claims.extend(found);
        }
        Ok(claims)
    }

    /// How many sends the gateways together take within the next second: never claim more. What is in hand when the program is
    /// killed is a person's matter where the gateway cannot be asked: there it is what goes within a part of a second.
    async fn free_slots(&self, tx: &mut Tx, now: i64) -> Result<i64, OutreachError> {
        let names: Vec<String> = self.gateways.iter().map(|g| g.name().to_owned()).collect();
        let next_free: HashMap<String, i64> = counters::paces(tx, &names).await?.into_iter().collect();
        let mut free = 0;
        for gateway in self.gateways.iter() {
            let rate = gateway.policy().rate_per_second;
            let ahead_us = (next_free.get(gateway.name()).copied().unwrap_or(0) - now * 1000).max(0);
            let window_us = if gateway.policy().can_be_asked { 1_000_000 } else { MUTE_WINDOW_US };
            let left_us = (window_us - ahead_us).max(0);
            free += (left_us as f64 * rate / 1_000_000.0).ceil() as i64;
        }
        // Without a gateway everything is claimed all the same, to be told so.
        Ok(if names.is_empty() { i64::MAX } else { free })
    }
}

/// A failure in the program counts as so many leases that ended without one: a program that is killed again and again says
/// nothing against the messages it had in hand, and a message that kills it must be set aside in the end all the same.
pub const LEASES_A_FAILURE: i64 = 4;

/// How far ahead messages for a gateway that cannot be asked are prepared: slots are reserved 200 ms ahead, and a turn must be
/// over before they have passed.
const MUTE_WINDOW_US: i64 = 400_000;

/// Turns with one message each after a batch failed.
const CAREFUL_TURNS: usize = 50;

/// Failures in a row after which it is not a row that is bad.
const MOST_FAILURES: usize = 200;

/// Calls beyond the limit in flight that are kept for safety texts and answers.
const ROOM_FOR_ANSWERS: i64 = 16;
