//! When to try again: growing, jittered, and with an end tied to the message's use.

use super::SendFailure;

/// How the waits grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    /// The first wait in milliseconds.
    pub first_ms: i64,
    /// The longest wait in milliseconds, before jitter.
    pub longest_ms: i64,
}

/// The longest wait before jitter, beside what it asks for, where a gateway says itself when to come back: it works.
const LONGEST_WHEN_TOLD_MS: i64 = 5 * 60_000;

impl Default for BackOff {
    fn default() -> Self {
        Self { first_ms: 5_000, longest_ms: 30 * 60_000 }
    }
}

impl BackOff {
    /// When to turn to the message again after its failed attempt number `attempt` (from 1), or `None` to give up.
    ///
    /// `give_up_at_ms` is the moment from which the message is of no use any more. Where the outcome is unknown
    /// ([`SendFailure::certainly_not_sent`] is false) the caller must ask the gateway at that time, not send again.
    pub fn next_retry(
        &self,
        attempt: u32,
        failure: &SendFailure,
        now_ms: i64,
        seed: u64,
        give_up_at_ms: i64,
    ) -> Option<i64> {
        if failure.permanent() {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(32);
        let floor = failure.retry_floor_ms().unwrap_or(0).max(0);
        let longest = if floor > 0 { LONGEST_WHEN_TOLD_MS.min(self.longest_ms) } else { self.longest_ms };
        let grown = self.first_ms.max(1).saturating_mul(1_i64 << doublings).min(longest.max(1));
        let base = grown.max(floor);
        // Up to half of the growth on top: waits keep growing, and messages refused together do not come back together.
        let jitter = mix(seed ^ u64::from(attempt)) % (grown.unsigned_abs() / 2 + 1);
        let at = now_ms.saturating_add(base).saturating_add(i64::try_from(jitter).unwrap_or(0));
        (at < give_up_at_ms).then_some(at)
    }
}

/// [`BackOff::next_retry`] with the default growth.
pub fn next_retry(attempt: u32, failure: &SendFailure, now_ms: i64, seed: u64, give_up_at_ms: i64) -> Option<i64> {
    BackOff::default().next_retry(attempt, failure, now_ms, seed, give_up_at_ms)
}

/// SplitMix64's output function: spreads neighbouring seeds over the whole range.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NEVER: i64 = i64::MAX;

    fn refused() -> SendFailure {
        SendFailure::Unreachable { detail_code: "connect".to_owned() }
    }

    #[test]
    fn a_permanent_refusal_ends_it() {
        let failure = SendFailure::Rejected { code: "bad".to_owned(), permanent: true };
        assert_eq!(next_retry(1, &failure, 0, 1, NEVER), None);
    }

    #[test]
    fn nothing_is_tried_at_or_after_the_end_of_its_use() {
        let at = next_retry(1, &refused(), 1_000, 7, NEVER).unwrap();
        assert_eq!(next_retry(1, &refused(), 1_000, 7, at), None);
        assert_eq!(next_retry(1, &refused(), 1_000, 7, at + 1), Some(at));
    }

    #[test]
    fn messages_refused_together_come_back_apart() {
        let times: std::collections::BTreeSet<_> =
            (0..100).map(|seed| next_retry(3, &refused(), 0, seed, NEVER)).collect();
        assert!(times.len() > 90, "{}", times.len());
    }

    proptest! {
        #[test]
        fn waits_grow_until_the_longest(seed in any::<u64>(), attempt in 1u32..8) {
            let back_off = BackOff::default();
            let wait = |n| back_off.next_retry(n, &refused(), 0, seed, NEVER).unwrap();
            prop_assert!(wait(attempt + 1) > wait(attempt));
        }

        #[test]
        fn retry_after_is_never_undercut(
            seed in any::<u64>(), attempt in 1u32..100, wish in 0i64..7_200_000, now in 0i64..4_000_000_000_000,
        ) {
            let failure = SendFailure::Throttled { retry_after_ms: Some(wish) };
            prop_assert!(next_retry(attempt, &failure, now, seed, NEVER).unwrap() >= now + wish);
        }
    }
}
