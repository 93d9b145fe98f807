//! When a gateway is left alone: a circuit breaker. Closed, it is used. After several hard failures of different messages in a
//! row it opens and rests; then one message at a time tries it (half open), until one is answered.

use super::SendFailure;
use serde::Deserialize;

text_enum! {
    /// Whether a gateway is used.
    BreakerState {
        /// It is used.
        Closed = "closed",
        /// It rests: what can goes by another gateway.
        Open = "open",
        /// One message tries it; the others wait for what becomes of that.
        HalfOpen = "half_open",
    }
}

/// When a gateway is left alone, and when its share falls (`share`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each setting is explained where people read it: config/between.toml")]
pub struct FailoverRules {
    pub open_after: i64,
    pub within_seconds: i64,
    pub rest_seconds: i64,
    pub longest_rest_seconds: i64,
    pub share_from_texts: i64,
    pub bad_percent: i64,
    pub slow_seconds: i64,
    pub slow_delivery_seconds: i64,
}

/// One gateway's breaker, as all workers share it. Times are UTC milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Whether it is used.
    pub state: BreakerState,
    /// Hard failures in a row.
    pub failures: i64,
    /// When the first of them was.
    pub first_failed_at: i64,
    /// The message that failed last: its own repeats are not counted, one bad message shuts no gateway.
    pub last_failed: String,
    /// The code of the last failure.
    pub code: String,
    /// Since when it is open, or closed again.
    pub since: i64,
    /// When the next message may try it.
    pub probe_at: i64,
    /// How often it opened without being answered in between.
    pub openings: i64,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            state: BreakerState::Closed,
            failures: 0,
            first_failed_at: 0,
            last_failed: String::new(),
            code: String::new(),
            since: 0,
            probe_at: 0,
            openings: 0,
        }
    }
}

/// What a send told about its gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// It answered, whatever it said.
    Answered,
    /// It could not be reached, or its answer proved nothing.
    Failed {
        /// The message.
        message: &'a str,
        /// The failure's code.
        code: &'a str,
    },
}

impl SendFailure {
    /// Whether the failure says that the gateway itself does not work, whatever the message.
    pub fn is_hard(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::BadResponse { .. } | Self::TimedOut | Self::NotConfigured => true,
            Self::Throttled { .. }
            | Self::Rejected { .. }
            | Self::OptedOut
            | Self::BadAddress { .. }
            | Self::Expired => false,
        }
    }
}

impl Breaker {
    /// After a send that began at `began_at` ended at `now`. What began before it opened says nothing new.
    #[must_use]
    pub fn after(&self, told: Told<'_>, rules: &FailoverRules, began_at: i64, now: i64) -> Self {
        match (self.state, told) {
            (BreakerState::Closed, Told::Answered) if self.failures == 0 => self.clone(),
            (BreakerState::Closed, Told::Answered) => Self { since: self.since, ..Self::default() },
            (BreakerState::Closed, Told::Failed { message, code }) => self.failed(message, code, rules, now),
            _ if began_at <= self.since => self.clone(),
            (_, Told::Answered) => Self { since: now, ..Self::default() },
            (BreakerState::Open, Told::Failed { .. }) => self.clone(),
            (BreakerState::HalfOpen, Told::Failed { message, code }) => Self {
                state: BreakerState::Open,
                probe_at: now + rest_ms(rules, self.openings),
                openings: self.openings + 1,
                last_failed: message.to_owned(),
                code: code.to_owned(),
                ..self.clone()
            },
        }
    }

    fn failed(&self, message: &str, code: &str, rules: &FailoverRules, now: i64) -> Self {
        if self.failures > 0 && self.last_failed == message {
            return self.clone();
        }
        let fresh = self.failures == 0 || now - self.first_failed_at > rules.within_seconds * 1_000;
        let failures = if fresh { 1 } else { self.failures + 1 };
        let counted = Self {
            failures,
            first_failed_at: if fresh { now } else { self.first_failed_at },
            last_failed: message.to_owned(),
            code: code.to_owned(),
            ..self.clone()
        };
        if failures < rules.open_after.max(1) {
            return counted;
        }
        Self { state: BreakerState::Open, since: now, probe_at: now + rest_ms(rules, 0), openings: 1, ..counted }
    }

    /// Whether a message may try a gateway that is not closed. A try without an outcome is given up with its lease.
    pub fn may_probe(&self, now: i64) -> bool {
        self.state != BreakerState::Closed && now >= self.probe_at
    }

    /// One message tries it; no other before `until`.
    #[must_use]
    pub fn probing(&self, until: i64) -> Self {
        Self { state: BreakerState::HalfOpen, probe_at: until, ..self.clone() }
    }
}

/// The rests grow: a gateway that is down for hours is not asked every half minute.
fn rest_ms(rules: &FailoverRules, openings: i64) -> i64 {
    let doublings = openings.clamp(0, 20) as u32;
    (rules.rest_seconds.max(1) << doublings).min(rules.longest_rest_seconds.max(1)) * 1_000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use BreakerState as S;

    fn rules() -> FailoverRules {
        FailoverRules {
            open_after: 3,
            within_seconds: 60,
            rest_seconds: 30,
            longest_rest_seconds: 100,
            share_from_texts: 100,
            bad_percent: 15,
            slow_seconds: 10,
            slow_delivery_seconds: 240,
        }
    }

    fn failed(message: &str) -> Told<'_> {
        Told::Failed { message, code: "connect" }
    }

    fn opened(at: i64) -> Breaker {
        ["a", "b", "c"].iter().fold(Breaker::default(), |b, m| b.after(failed(m), &rules(), at, at))
    }

    #[test]
    fn it_opens_after_failures_in_a_row_rests_tries_once_and_closes() {
        let mut breaker = Breaker::default();
        for (n, message) in ["a", "b"].iter().enumerate() {
            breaker = breaker.after(failed(message), &rules(), 0, 1_000);
            assert_eq!((breaker.state, breaker.failures), (S::Closed, n as i64 + 1));
        }
        assert_eq!(breaker.after(Told::Answered, &rules(), 0, 1_000), Breaker::default(), "an answer starts anew");
        breaker = breaker.after(failed("c"), &rules(), 0, 1_000);
        assert_eq!((breaker.state, breaker.since, breaker.probe_at), (S::Open, 1_000, 31_000));
        assert!(!breaker.may_probe(30_999) && breaker.may_probe(31_000));
        let trying = breaker.probing(91_000);
        assert_eq!(trying.state, S::HalfOpen);
        assert!(!trying.may_probe(90_999), "one at a time");
        assert!(trying.may_probe(91_000), "a try whose worker died is given up");
        let again = trying.after(failed("d"), &rules(), 31_000, 32_000);
        assert_eq!((again.state, again.since, again.probe_at), (S::Open, 1_000, 32_000 + 60_000), "a longer rest");
        let closed = again.probing(200_000).after(Told::Answered, &rules(), 93_000, 94_000);
        assert_eq!((closed.state, closed.failures, closed.since, closed.openings), (S::Closed, 0, 94_000, 0));
    }

    #[test]
    fn one_bad_message_and_failures_far_apart_open_nothing() {
        let same = (0..20).fold(Breaker::default(), |b, n| b.after(failed("a"), &rules(), n, n));
        assert_eq!((same.state, same.failures), (S::Closed, 1));
        let apart = (0..20).fold(Breaker::default(), |b, n| {
            b.after(failed(if n % 2 == 0 { "a" } else { "b" }), &rules(), n * 61_000, n * 61_000)
        });
        assert_eq!(apart.state, S::Closed);
    }

    #[test]
    fn what_began_before_it_opened_moves_nothing() {
        let open = opened(5_000);
        assert_eq!(open.after(Told::Answered, &rules(), 5_000, 6_000), open);
        assert_eq!(open.probing(90_000).after(failed("z"), &rules(), 4_000, 6_000), open.probing(90_000));
        assert_eq!(open.after(Told::Answered, &rules(), 5_001, 6_000).state, S::Closed, "any later answer closes it");
    }

    proptest! {
        #[test]
        fn it_is_tried_in_the_end_whatever_happens(steps in proptest::collection::vec((0..3u8, 0..100_000i64), 1..60)) {
            let mut breaker = Breaker::default();
            let mut now = 1;
            for (index, (step, wait)) in steps.iter().enumerate() {
                let began = now;
                now += wait;
                let message = index.to_string();
                breaker = match step {
                    0 => breaker.after(Told::Answered, &rules(), began, now),
                    1 => breaker.after(failed(&message), &rules(), began, now),
                    _ if breaker.may_probe(now) => breaker.probing(now + 60_000),
                    _ => breaker,
                };
                if breaker.state != S::Closed {
                    prop_assert!(breaker.may_probe(now + 100_000), "{:?}", breaker);
                }
            }
        }
    }
}
