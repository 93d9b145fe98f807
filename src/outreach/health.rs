//! The state of gateways as all workers share it: which one rests after failures, which has a smaller share, and why.

use super::alerts::{NewAlert, raise};
use super::calls::{Answer, Ask};
use super::{Engine, Outcome, OutreachError, Practices};
use crate::domain::delivery::{Breaker, BreakerState, Channel, SHARE_MINUTES, SendFailure, Told, Traffic, share};
use crate::store::health::{HealthRow, MinuteRow};
use crate::store::{Tx, due, health};
use std::collections::{BTreeMap, BTreeSet};

/// What a turn knows of its gateways.
#[derive(Debug, Default)]
pub(super) struct Health {
    rows: BTreeMap<String, HealthRow>,
    changed: BTreeSet<String>,
}

impl Health {
    /// Of a hundred messages the gateway takes so many while another can take the rest.
    pub(super) fn takes(&self, gateway: &str, now: i64) -> i64 {
        match self.rows.get(gateway) {
            None => 100,
            Some(row) if row.state == BreakerState::Closed.as_str() => row.share,
            // One message may try it; `probed` says which.
            Some(row) if breaker(row).may_probe(now) => 100,
            Some(_) => 0,
        }
    }

    /// When a gateway that rests is tried again.
    pub(super) fn rests_until(&self, gateway: &str, now: i64) -> Option<i64> {
        let row = self.rows.get(gateway).filter(|row| row.state != BreakerState::Closed.as_str())?;
        (!breaker(row).may_probe(now)).then_some(row.probe_at)
    }

    /// Whether a message that goes out by this gateway now is the one that tries it.
    pub(super) fn is_probe(&self, gateway: &str, now: i64) -> bool {
        self.rows.get(gateway).is_some_and(|row| breaker(row).may_probe(now))
    }

    /// Whether the gateway works now and was found to since that moment, after it had rested.
    pub(super) fn well_since(&self, gateway: &str, moment: i64) -> bool {
        self.rows.get(gateway).is_some_and(|row| row.state == BreakerState::Closed.as_str() && row.since > moment)
    }

    /// One message tries the gateway; no other before its lease ends.
    pub(super) fn probed(&mut self, gateway: &str, lease_until: i64) {
        if let Some(row) = self.rows.get_mut(gateway) {
            *row = with(row, &breaker(row).probing(lease_until));
            self.changed.insert(gateway.to_owned());
        }
    }

    /// Writes what changed.
    pub(super) async fn save(&mut self, tx: &mut Tx) -> Result<(), OutreachError> {
        let changed = std::mem::take(&mut self.changed);
        let rows: Vec<HealthRow> = changed.iter().filter_map(|name| self.rows.get(name)).cloned().collect();
        health::save(tx, &rows).await?;
        Ok(())
    }
}

/// The breaker in a row.
pub fn breaker(row: &HealthRow) -> Breaker {
    Breaker {
        state: row.state.parse().unwrap_or(BreakerState::Closed),
        failures: row.failures,
        first_failed_at: row.first_failed_at,
        last_failed: row.last_failed.clone(),
        code: row.code.clone(),
        since: row.since,
        probe_at: row.probe_at,
        openings: row.openings,
    }
}

fn with(row: &HealthRow, breaker: &Breaker) -> HealthRow {
    HealthRow {
        state: breaker.state.to_string(),
        failures: breaker.failures,
        first_failed_at: breaker.first_failed_at,
        last_failed: breaker.last_failed.clone(),
        code: breaker.code.clone(),
        since: breaker.since,
        probe_at: breaker.probe_at,
        openings: breaker.openings,
        ..row.clone()
    }
}

fn whole(gateway: &str) -> HealthRow {
    let row = HealthRow { gateway: gateway.to_owned(), share: 100, ..HealthRow::default() };
    with(&row, &Breaker::default())
}

/// What a send told of its gateway; `None` for what is no send, and for what was refused before anything left.
fn told(outcome: &Outcome) -> Option<Told<'_>> {
    if outcome.ask != Ask::Send {
        return None;
    }
    match &outcome.answer {
        Answer::Taken { .. } => Some(Told::Answered),
        Answer::Failed(SendFailure::NotConfigured) if outcome.exchanges.is_empty() => None,
        Answer::Failed(failure) if failure.is_hard() => {
            Some(Told::Failed { message: &outcome.held.message_id, code: failure.code() })
        }
        Answer::Failed(SendFailure::Expired) => None,
        Answer::Failed(_) => Some(Told::Answered),
        Answer::NotThere | Answer::CannotTell | Answer::NotMade => None,
    }
}

impl Engine {
    /// The state of the gateways after these outcomes. While all is well this is one small look; only what concerns a gateway
    /// that fails, or is to be tried, waits for the other workers. The first thing a turn does, before it holds any other row.
    pub(super) async fn health(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        outcomes: &[Outcome],
    ) -> Result<Health, OutreachError> {
        let now = self.clock.now_ms();
        let hard = |o: &Outcome| matches!(told(o), Some(Told::Failed { .. }));
        let failed: BTreeSet<String> =
            outcomes.iter().filter(|o| hard(o)).map(|o| o.gateway.name().to_owned()).collect();
        let mut rows = health::all(tx).await?;
        let unwell = |row: &HealthRow| row.failures > 0 || breaker(row).state != BreakerState::Closed;
        let told_of = |row: &HealthRow| outcomes.iter().any(|o| o.gateway.name() == row.gateway);
        let concerned = rows.iter().any(|row| unwell(row) && (told_of(row) || breaker(row).may_probe(now)));
        if failed.is_empty() && !concerned {
            return Ok(Health { rows: by_name(rows), changed: BTreeSet::new() });
        }
        rows = health::lock(tx, &failed.into_iter().collect::<Vec<_>>()).await?;
        let mut state = Health { rows: by_name(rows), changed: BTreeSet::new() };
        let mut well = Vec::new();
        for outcome in outcomes {
            let (Some(told), Some(row)) = (told(outcome), state.rows.get_mut(outcome.gateway.name())) else {
                continue;
            };
            let before = breaker(row);
            let after = before.after(told, &self.config.failover, outcome.began_at, outcome.at);
            if after == before {
                continue;
            }
            *row = with(row, &after);
            state.changed.insert(row.gateway.clone());
            if before.state != after.state {
                let (gateway, code) = (row.gateway.as_str(), after.code.as_str());
                tracing::warn!(gateway, state = %after.state, why = code, code = "breaker", "a gateway's breaker moved");
            }
            if before.state == BreakerState::Closed && after.state == BreakerState::Open {
                let (gateway, since) = (row.gateway.clone(), after.since);
                self.tell_of_rest(tx, practices, &gateway, since).await?;
            }
            if before.state != BreakerState::Closed && after.state == BreakerState::Closed {
                well.push(row.gateway.clone());
            }
        }
        state.save(tx).await?;
        for gateway in well {
            // What waits for its next try need not: at the gateway's rate, as everything.
            due::wake_gateway(tx, &gateway, now, LONGEST_RETRY_MS).await?;
        }
        Ok(state)
    }

    /// Every practice is told once that a gateway rests.
    async fn tell_of_rest(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        gateway: &str,
        since: i64,
    ) -> Result<(), OutreachError> {
        for state in practices.iter() {
            let alert = NewAlert {
                practice_id: &state.practice.id,
                patient_id: None,
                message_id: None,
                dedupe_key: format!("gateway_down:{gateway}:{since}"),
                kind: "gateway_down",
                priority: "routine",
                reason: "A gateway does not work: what can goes by another, the rest is tried again.",
            };
            raise(tx, &self.clock, Some(&state.practice), alert).await?;
        }
        Ok(())
    }

    /// Counts what became of sends, by the minute. The last thing a turn does.
    pub(super) async fn count_traffic(&self, tx: &mut Tx, outcomes: &[Outcome]) -> Result<(), OutreachError> {
        let slow_ms = self.config.failover.slow_seconds * 1_000;
        let sends = outcomes.iter().filter(|o| o.ask == Ask::Send);
        let rows: Vec<MinuteRow> = sends
            .filter_map(|outcome| {
                let failed = match &outcome.answer {
                    Answer::Taken { .. } => false,
                    Answer::Failed(failure) => is_its_fault(failure),
                    _ => return None,
                };
                let slow = !failed && outcome.at - outcome.began_at > slow_ms;
                Some(MinuteRow {
                    gateway: outcome.gateway.name().to_owned(),
                    minute: minute(outcome.began_at),
                    sent: 1,
                    failed: i64::from(failed),
                    slow: i64::from(slow),
                })
            })
            .collect();
        health::add_minutes(tx, &rows).await?;
        Ok(())
    }

    /// Judges every gateway by its last 15 minutes and moves its share. Returns how many moved.
    pub async fn judge_gateways(&self) -> Result<usize, OutreachError> {
        let now = self.clock.now_ms();
        let traffic = self.traffic(now).await?;
        let known: BTreeMap<String, HealthRow> = by_name(health::list(&self.db).await?);
        let texts = |g: &crate::gateways::Gateway| g.policy().channels.contains(&Channel::Sms);
        let mut moved = Vec::new();
        for gateway in self.gateways.iter().filter(|g| texts(g)) {
            let name = gateway.name();
            let of = |name: &str| traffic.get(name).copied().unwrap_or_default();
            let resting = |name: &str| known.get(name).is_some_and(|row| row.state != BreakerState::Closed.as_str());
            let others: Vec<Traffic> = self
                .gateways
                .iter()
                .filter(|g| texts(g) && g.name() != name && !resting(g.name()))
                .map(|g| of(g.name()))
                .collect();
            let row = known.get(name).cloned().unwrap_or_else(|| whole(name));
            let own = of(name);
            let next = share(row.share, own, &others, &self.config.failover);
            if next != row.share {
                // While it drifts back, what it fell for still stands as the reason.
                let fell = next < row.share;
                let (sent, bad, at) =
                    if fell { (own.sent, own.bad(), now) } else { (row.judged_sent, row.judged_bad, row.judged_at) };
                moved.push(HealthRow { share: next, judged_sent: sent, judged_bad: bad, judged_at: at, ..row });
            }
        }
        let mut tx = self.db.begin().await?;
        health::lock(&mut tx, &[]).await?;
        health::set_shares(&mut tx, &moved).await?;
        health::forget_minutes(&mut tx, minute(now) - KEPT_MINUTES).await?;
        tx.commit().await?;
        Ok(moved.len())
    }

    /// What became of each gateway's texts in the last 15 minutes.
    pub async fn traffic(&self, now: i64) -> Result<BTreeMap<String, Traffic>, OutreachError> {
        self.traffic_since(minute(now) - SHARE_MINUTES + 1).await
    }

    /// The same since the beginning of the last minute.
    pub(super) async fn last_minute(&self, now: i64) -> Result<BTreeMap<String, Traffic>, OutreachError> {
        self.traffic_since(minute(now - 60_000)).await
    }

    async fn traffic_since(&self, since: i64) -> Result<BTreeMap<String, Traffic>, OutreachError> {
        let rows = health::traffic(&self.db, since).await?;
        let traffic = |row: MinuteRow| (row.gateway, Traffic { sent: row.sent, failed: row.failed, slow: row.slow });
        Ok(rows.into_iter().map(traffic).collect())
    }
}

/// Minutes since 1970.
pub fn minute(at_ms: i64) -> i64 {
    at_ms.div_euclid(60_000)
}

/// No retry of what a gateway did not take is further away.
const LONGEST_RETRY_MS: i64 = 3_600_000;

/// How long minutes are kept.
const KEPT_MINUTES: i64 = 24 * 60;

/// Whether a text failed by the gateway's fault, not by its address, its words or the person's will.
fn is_its_fault(failure: &SendFailure) -> bool {
    match failure {
        SendFailure::Throttled { .. } => true,
        SendFailure::Rejected { permanent, .. } => !permanent,
        other => other.is_hard(),
    }
}

fn by_name(rows: Vec<HealthRow>) -> BTreeMap<String, HealthRow> {
    rows.into_iter().map(|row| (row.gateway.clone(), row)).collect()
}
