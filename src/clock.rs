//! Time and ids, injected: the only place that reads the system's clock or randomness for them.

use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Where "now" comes from. Clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    counter: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { source: Source::System, counter: Arc::default() }
    }

    /// A clock that stands still until it is moved: for the demo and for tests. Ids are then the same on every run.
    pub fn manual(at: DateTime<Utc>) -> Self {
        let at = Arc::new(AtomicI64::new(at.timestamp_millis()));
        Self { source: Source::Manual(at), counter: Arc::default() }
    }

    /// Now, in milliseconds since 1970 UTC.
    #[allow(clippy::disallowed_methods, reason = "the one place that may read the clock")]
    pub fn now_ms(&self) -> i64 {
        match &self.source {
            Source::System => Utc::now().timestamp_millis(),
            Source::Manual(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Does it only move when told to?
    pub const fn is_manual(&self) -> bool {
        matches!(self.source, Source::Manual(_))
    }

    /// Sets a manual clock. A system clock is left alone.
    pub fn set_ms(&self, to: i64) {
        if let Source::Manual(at) = &self.source {
            at.store(to, Ordering::SeqCst);
        }
    }

    /// A new id: sortable by time, unique (a UUID version 7 without hyphens).
    pub fn id(&self) -> String {
        let millis = self.now_ms().max(0).unsigned_abs();
        match self.source {
            Source::System => {
                let timestamp = uuid::Timestamp::from_unix(
                    uuid::timestamp::context::NoContext,
                    millis / 1000,
                    u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000,
                );
                uuid::Uuid::new_v7(timestamp).simple().to_string()
            }
            // RFC 9562: 48 bits of milliseconds, then version and our own counter in place of randomness.
            Source::Manual(_) => {
                let count = self.counter.fetch_add(1, Ordering::SeqCst);
                format!("{millis:012x}7000{:04x}{count:012x}", 0x8000 | (count >> 48))
            }
        }
    }
}

/// The instant of a stored time; the far past when it is outside what the calendar knows.
pub fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_and_its_ids_differ_and_sort() {
        let clock = Clock::manual(instant(1_800_000_000_000));
        let (first, second) = (clock.id(), clock.id());
        assert_eq!(clock.now_ms(), 1_800_000_000_000);
        assert!(first < second && first.len() == 32);
        clock.set_ms(1_800_000_000_001);
        assert!(second < clock.id());
    }

    #[test]
    fn system_ids_are_unique_and_sort_by_time() {
        let clock = Clock::system();
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| clock.id()).collect();
        assert_eq!(ids.len(), 1000);
    }
}
