//! How each gateway stands, in figures and in a sentence: what staff and support look at first.

use super::health::breaker;
use super::{Engine, OutreachError};
use crate::domain::delivery::{BreakerState, Channel, Traffic};
use crate::store::{due, health};
use serde::Serialize;

/// How one gateway stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Its name.
    pub gateway: String,
    /// What it carries.
    pub channels: Vec<Channel>,
    /// Of its own messages it gets so many percent.
    pub share_percent: i64,
    /// Handed over since the beginning of the last minute.
    pub last_minute: i64,
    /// The most it may be handed in a minute.
    pub most_a_minute: i64,
    /// Handed over in the last 15 minutes.
    pub sent: i64,
    /// Of those, failed.
    pub failed: i64,
    /// Of those, slow.
    pub slow: i64,
    /// Messages it was tried with last and that are not done: in its hands, asked about, or to be tried again.
    pub waiting: i64,
    /// For how long the oldest of them should have been gone; 0 when none waits. What was never tried belongs to no gateway
    /// yet: it stands in [`Queue`].
    pub oldest_seconds: i64,
    /// `closed` (it is used), `open` (it rests) or `half_open` (one message tries it).
    pub breaker: BreakerState,
    /// Since when, UTC milliseconds; `None` when it never changed.
    pub since: Option<i64>,
    /// When it is tried again, UTC milliseconds.
    pub tried_again_at: Option<i64>,
    /// The code of the failure that made it rest.
    pub code: Option<String>,
    /// What a person should know of it; `None` when all is well.
    pub why: Option<String>,
}

/// What waits to be sent, by whichever gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Messages that are due.
    pub due: i64,
    /// For how long the oldest of them has been.
    pub oldest_seconds: i64,
}

impl Engine {
    /// Every gateway, by name.
    pub async fn standings(&self) -> Result<Vec<Standing>, OutreachError> {
        let now = self.clock.now_ms();
        let rows = health::list(&self.db).await?;
        let traffic = self.traffic(now).await?;
        let last = self.last_minute(now).await?;
        let tried = due::tried(&self.db, now + LONGEST_WAIT_MS).await?;
        let of_gateway = self.gateways.iter().map(|gateway| {
            let (name, policy) = (gateway.name(), gateway.policy());
            let row = rows.iter().find(|row| row.gateway == name);
            let state = row.map(breaker).unwrap_or_default();
            let Traffic { sent, failed, slow } = traffic.get(name).copied().unwrap_or_default();
            let (waiting, oldest) =
                tried.iter().find(|(gateway, ..)| gateway == name).map_or((0, now), |(_, n, at)| (*n, *at));
            let rests = state.state != BreakerState::Closed;
            let mut standing = Standing {
                gateway: name.to_owned(),
                channels: policy.channels.clone(),
                share_percent: row.map_or(100, |row| row.share),
                last_minute: last.get(name).map_or(0, |traffic| traffic.sent),
                most_a_minute: (policy.rate_per_second * 60.0).floor() as i64,
                sent,
                failed,
                slow,
                waiting,
                oldest_seconds: (now - oldest).max(0) / 1_000,
                breaker: state.state,
                since: Some(state.since).filter(|at| *at > 0),
                tried_again_at: rests.then_some(state.probe_at),
                code: Some(state.code).filter(|code| rests && !code.is_empty()),
                why: None,
            };
            standing.why = row.and_then(|row| why(&standing, (row.judged_bad, row.judged_sent)));
            standing
        });
        Ok(of_gateway.collect())
    }

    /// What is due now.
    pub async fn queue(&self) -> Result<Queue, OutreachError> {
        let now = self.clock.now_ms();
        let backlog = due::backlog(&self.db, now).await?;
        let oldest_seconds = backlog.oldest.map_or(0, |at| (now - at).max(0) / 1_000);
        Ok(Queue { due: backlog.due, oldest_seconds })
    }
}

/// No retry is further away.
const LONGEST_WAIT_MS: i64 = 24 * 3_600_000;

fn why(standing: &Standing, (bad, of): (i64, i64)) -> Option<String> {
    let Standing { gateway, code, share_percent, .. } = standing;
    match standing.breaker {
        BreakerState::Closed if *share_percent < 100 => Some(format!(
            "{gateway} gets {share_percent}% of its texts: {bad} of {of} in 15 minutes failed or were slow while another gateway did better. It gets them back as they go well."
        )),
        BreakerState::Closed => None,
        BreakerState::Open | BreakerState::HalfOpen => Some(format!(
            "{gateway} does not work ({}): what can goes by another gateway, and one message at a time tries it again.",
            code.as_deref().unwrap_or("no code")
        )),
    }
}
