//! The names of counters: whose, and of which local day or week.

use crate::clock::instant;
use crate::domain::calendar::{day_key, week_key};

/// The counter period of a local day and of a local week.
pub(super) fn day_period(now: i64, zone: chrono_tz::Tz) -> String {
    format!("d:{}", day_key(instant(now), zone))
}
pub(super) fn week_period(now: i64, zone: chrono_tz::Tz) -> String {
    format!("w:{}", week_key(instant(now), zone))
}

/// Both, of one moment: a batch asks for them many times.
#[derive(Clone, Debug)]
pub(super) struct Periods {
    pub day: String,
    pub week: String,
}

impl Periods {
    pub fn at(now: i64, zone: chrono_tz::Tz) -> Self {
        Self { day: day_period(now, zone), week: week_period(now, zone) }
    }
}

pub(super) fn spend_subject(practice_id: &str) -> String {
    format!("segments:{practice_id}")
}
/// Planned messages of a practice, each counted once.
pub(super) fn sent_subject(practice_id: &str) -> String {
    format!("messages:{practice_id}")
}
/// Not 0 on a day on which somebody said that the rise is right.
pub(super) fn rise_subject(practice_id: &str) -> String {
    format!("rise_released:{practice_id}")
}
