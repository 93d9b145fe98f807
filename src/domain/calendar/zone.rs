//! From a wall-clock time in a zone to an instant, and back.

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// The instant at which clocks in `tz` show `local`.
///
/// A time that a forward change skips moves on by the length of the gap (01:30 becomes 02:30 that day);
/// a time that a backward change repeats means the first of the two. So every local time names exactly one
/// instant, and a daily send goes once on every day of the year.
pub fn resolve(tz: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match tz.from_local_datetime(&local) {
        LocalResult::Single(only) => only.to_utc(),
        LocalResult::Ambiguous(one, other) => one.min(other).to_utc(),
        LocalResult::None => {
            let day_before = local.checked_sub_signed(Duration::hours(24)).unwrap_or(local);
            let before = tz.offset_from_utc_datetime(&day_before).fix();
            let shift = Duration::seconds(before.local_minus_utc().into());
            local.checked_sub_signed(shift).unwrap_or(local).and_utc()
        }
    }
}

/// What clocks in `tz` show at `instant`. At the very edge of the calendar, where local time has no
/// representation, UTC is given instead of a panic.
pub fn local(instant: DateTime<Utc>, tz: Tz) -> NaiveDateTime {
    let utc = instant.naive_utc();
    utc.checked_add_offset(tz.offset_from_utc_datetime(&utc).fix()).unwrap_or(utc)
}

/// The calendar date that people in `tz` have at `instant`.
pub fn local_date(instant: DateTime<Utc>, tz: Tz) -> NaiveDate {
    local(instant, tz).date()
}

/// The time of day that clocks in `tz` show at `instant`.
pub fn local_time(instant: DateTime<Utc>, tz: Tz) -> NaiveTime {
    local(instant, tz).time()
}
